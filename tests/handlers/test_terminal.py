"""The terminal's door: numbers, commands, later letters, its end."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.messages import Reply
from handlers import terminal
from tests.doors.assembly import Bot, made_bot
from tests.doors.letters import write_letter
from tests.doors.terminal import TerminalDriver


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    async with made_bot() as made:
        yield made


async def talk(bot: Bot, *lines: str | None) -> list[str]:
    """Everything printed while these lines are typed; None is the end of input."""
    printed: list[str] = []
    typed = iter((*lines, None))

    async def read() -> str | None:
        return next(typed)

    await terminal.talk(bot.intake, bot.mailbox, bot.say, read, printed.append)
    return printed


async def test_greets_and_takes_leave(bot: Bot) -> None:
    hello, welcome, bye = await talk(bot)
    assert "/help" in hello
    assert "托问：您好" in welcome
    assert "  1. 几个月能送托\n  2. 一个月多少钱" in welcome
    assert bye == bot.say("terminal.bye")


@pytest.mark.parametrize("word", ["exit", " EXIT ", "quit", "/exit"])
async def test_exit_ends(bot: Bot, word: str) -> None:
    assert len(await talk(bot, word, "一岁半")) == 3


async def test_numbers_pick_what_was_offered_last(bot: Bot) -> None:
    printed = await talk(bot, "1", "2", "9", "")
    assert "一岁半可以送" in printed[2]
    assert "已经转给工作人员" in printed[3]
    assert "您说的是：9" in printed[4]
    assert len(printed) == 6


async def test_commands(bot: Bot) -> None:
    printed = await talk(bot, "/human", "/nothing\x1b[2J")
    assert "已经转给工作人员" in printed[2]
    assert "/nothing[2J" in printed[3]
    assert "\x1b" not in printed[3]


async def test_what_is_printed_cannot_steer_the_terminal(bot: Bot) -> None:
    printed = await talk(bot, "a\x1b]0;title\x07b\r")
    assert "a]0;titleb" in printed[2]


async def test_a_place_may_be_written_instead_of_shared(bot: Bot) -> None:
    assert bot.say("terminal.location") in (await talk(bot, "附近有吗"))[2]


async def test_trouble_is_a_sentence(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(_: object) -> None:
        raise ConnectionError("no database")

    monkeypatch.setattr(bot.intake, "receive", fail)
    assert (await talk(bot, "一岁半"))[1:3] == [bot.say("terminal.trouble")] * 2


async def test_later_letters_are_shown_while_nobody_types(bot: Bot) -> None:
    async with TerminalDriver(bot.intake, bot.mailbox, bot.say) as driver:
        await write_letter(bot.writer, driver.terminal.address, Reply("回复来了"))
        async with asyncio.timeout(5):
            await driver.hear()
        assert driver.printed[-1] == "工作人员：回复来了"
        [held] = await driver.say("等等")
        assert held.text == "您说的是：等等"
        assert await driver.say("沉默") == []


async def test_an_old_talk_is_not_shown_again(bot: Bot) -> None:
    await talk(bot, "一岁半")
    assert len(await talk(bot)) == 3


async def test_standard_input_and_output(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lines = iter(["一行\n", ""])
    monkeypatch.setattr("sys.stdin.readline", lambda: next(lines), raising=False)
    assert await terminal.read_line() == "一行\n"
    assert await terminal.read_line() is None
    terminal.write_line("好")
    assert capsys.readouterr().out == "好\n"
