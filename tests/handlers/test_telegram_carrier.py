"""Replies on their way to a chat: splitting, buttons, the location key, and what refusals become."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.errors import RetryLater, Undeliverable
from bot.messages import Address, Choice, Reply
from bot.outbox import Parcel
from handlers.telegram_carrier import LONGEST, TelegramCarrier, inline_keyboard, parts, units
from handlers.telegram_errors import delivery_error, seconds
from handlers.telegram_request import make_bot
from tests.doors.telegram import fake_settings
from tests.fakes.bot_api import BotApi, Kind
from tests.fakes.bot_api_people import State
from tests.fakes.voice import WordingFiles

HERE = Address("telegram", "1001")


class Sender:
    """A carrier with its Bot API."""

    def __init__(self, api: BotApi, carrier: TelegramCarrier) -> None:
        self.api = api
        self.person = api.person()
        self.carrier = carrier

    async def __call__(self, reply: Reply, number: int = 1, address: Address = HERE) -> str:
        return await self.carrier.carry(Parcel(number, address, reply, "bot"))


@pytest.fixture
async def send() -> AsyncIterator[Sender]:
    async with BotApi().serve() as api:
        bot = make_bot(fake_settings(api.url))
        async with bot:
            yield Sender(api, TelegramCarrier(bot, WordingFiles()))


async def test_plain_text(send: Sender) -> None:
    text = "<b>*不* _是_ [标记](http://x)</b> {{ 1 }}"
    assert await send(Reply(text)) == str(send.person.screen[-1].id)
    assert [seen.text for seen in send.person.heard] == [text]
    [request] = send.api.called("sendMessage")
    assert set(request) == {"chat_id", "text", "link_preview_options"}
    assert request["link_preview_options"] == '{"is_disabled": true}'


async def test_choices_become_buttons(send: Sender) -> None:
    await send(Reply("哪一种？", (Choice("modes.full_day", "全日托"), Choice("modes.half_day", "半日托"))))
    assert send.person.heard[0].buttons == [("全日托", "modes.full_day"), ("半日托", "modes.half_day")]


@pytest.mark.parametrize(
    ("labels", "rows"),
    [
        (["全日托", "半日托"], [2]),
        (["全日托", "半日托", "计时托"], [2, 1]),
        (["一二三四五六七八", "一二三四五六七八"], [2]),
        (["一二三四五六七八九", "半日托"], [1, 1]),
        (["半日托", "一二三四五六七八九", "全日托"], [1, 1, 1]),
        ([str(n) for n in range(120)], [2] * 50),
    ],
)
def test_rows_by_width(labels: list[str], rows: list[int]) -> None:
    keyboard = inline_keyboard([Choice(str(n), label) for n, label in enumerate(labels)])
    assert [len(row) for row in keyboard["inline_keyboard"]] == rows


async def test_location_key_alone(send: Sender) -> None:
    await send(Reply("您在哪里？", ask_location=True))
    assert [seen.text for seen in send.person.heard] == ["您在哪里？"]
    assert send.person.keyboard
    assert send.person.keyboard["keyboard"][0][0]["request_location"] is True
    assert send.person.keyboard["one_time_keyboard"] is True


async def test_location_key_beside_choices(send: Sender) -> None:
    await send(Reply("您在哪里？", (Choice("area.rencheng", "任城区"),), ask_location=True))
    first, second = send.person.heard
    assert (first.text, first.buttons) == ("您在哪里？", [("任城区", "area.rencheng")])
    assert second.text == WordingFiles()("telegram.share_location")
    assert second.buttons == []
    assert send.person.keyboard


async def test_long_text_is_split_at_a_line(send: Sender) -> None:
    text = "\n".join("托育问答。" * 19 for _ in range(100))
    last = await send(Reply(text, (Choice("start", "回到开头"),)))
    heard = send.person.heard
    assert len(heard) == 3
    assert "\n".join(seen.text for seen in heard) == text
    assert [bool(seen.buttons) for seen in heard] == [False, False, True]
    assert last == str(heard[-1].id)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("甲" * 4000 + "\n\n" + "乙" * 50 + "\n" + "丙" * 500, "甲"),
        ("甲" * 4000 + "。" + "乙" * 500, "。"),
        ("甲" * 4000 + "，" + "乙" * 500, "，"),
        ("a" * 4000 + " " + "b" * 500, "a"),
        ("甲" * 5000, "甲"),
        ("短。" + "甲" * 5000, "甲"),
        ("👶" * 3000, "👶"),
    ],
)
def test_cut(text: str, ends: str) -> None:
    first, *rest = parts(text)
    assert first.endswith(ends)
    assert rest
    assert all(units(part) <= LONGEST for part in (first, *rest))


@given(st.text(alphabet=st.sampled_from("甲乙。，\n 👶a"), max_size=60), st.integers(1, 300))
def test_nothing_is_lost_in_splitting(unit: str, times: int) -> None:
    text = unit * times
    pieces = parts(text)
    assert all(units(piece) <= LONGEST for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


async def test_retry_goes_on_with_the_part_that_failed(send: Sender) -> None:
    text = "甲" * 4096 + "乙" * 10
    send.api.fault(Kind.STATUS, "sendMessage", 500, skip=1)
    with pytest.raises(RetryLater):
        await send(Reply(text), 2)
    await send(Reply("另一句"), 3)
    await send(Reply(text), 2)
    assert [seen.text[0] for seen in send.person.heard] == ["甲", "另", "乙"]


async def test_flood_halts_the_channel(send: Sender) -> None:
    send.api.fault(Kind.FLOOD, "sendMessage", 7)
    with pytest.raises(RetryLater) as caught:
        await send(Reply("好"))
    assert (caught.value.after, caught.value.whole_channel) == (7, True)


@pytest.mark.parametrize(
    ("kind", "amount"),
    [(Kind.STATUS, 500), (Kind.STATUS, 503), (Kind.GARBAGE, 0), (Kind.DROP, 0), (Kind.RESET_AFTER, 0)],
)
async def test_trouble_is_retried_later(send: Sender, kind: Kind, amount: float) -> None:
    send.api.fault(kind, "sendMessage", amount)
    with pytest.raises(RetryLater) as caught:
        await send(Reply("好"))
    assert not caught.value.whole_channel
    assert send.api.token not in str(caught.value)
    await send(Reply("好"))


@pytest.mark.parametrize(
    ("state", "reason"),
    [(State.BLOCKED, "blocked"), (State.DEACTIVATED, "deactivated"), (State.NOT_STARTED, "not_started")],
)
async def test_out_of_reach(send: Sender, state: State, reason: str) -> None:
    send.person.state = state
    with pytest.raises(Undeliverable) as caught:
        await send(Reply("好"))
    assert caught.value.reason == reason


async def test_unknown_chat(send: Sender) -> None:
    with pytest.raises(Undeliverable, match="chat_not_found"):
        await send(Reply("好"), address=Address("telegram", "77"))


async def test_refused_for_its_content(send: Sender) -> None:
    with pytest.raises(Undeliverable, match="refused: Message text is empty"):
        await send(Reply("  \n"))
    with pytest.raises(Undeliverable, match="refused"):
        await send(Reply("好", (Choice("x" * 65, "太长"),)))


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Forbidden("Forbidden: bot was blocked by the user"), "blocked"),
        (Forbidden("Forbidden: user is deactivated"), "deactivated"),
        (Forbidden("Forbidden: bot was kicked from the group chat"), "kicked"),
        (Forbidden("Forbidden: bot is not a member of the channel chat"), "not_a_member"),
        (BadRequest("Bad Request: chat not found"), "chat_not_found"),
        (BadRequest("Bad Request: PEER_ID_INVALID"), "chat_not_found"),
        (BadRequest("Bad Request: USER_IS_BLOCKED"), "blocked"),
        (BadRequest("Bad Request: INPUT_USER_DEACTIVATED"), "deactivated"),
        (BadRequest("Bad Request: not enough rights to send text messages to the chat"), "no_rights"),
        (BadRequest("Bad Request: group chat was upgraded to a supergroup chat"), "migrated"),
        (BadRequest("Bad Request: something new"), "refused: Something new"),
        (ChatMigrated(-100), "migrated"),
    ],
)
def test_never(error: TelegramError, reason: str) -> None:
    result = delivery_error(error)
    assert isinstance(result, Undeliverable)
    assert result.reason == reason


@pytest.mark.parametrize(
    ("error", "whole"),
    [
        (TimedOut(), False),
        (NetworkError("x"), False),
        (Conflict("x"), False),
        (TelegramError("x"), False),
        (InvalidToken(), True),
    ],
)
def test_later(error: TelegramError, whole: bool) -> None:
    result = delivery_error(error)
    assert isinstance(result, RetryLater)
    assert result.after > 0
    assert result.whole_channel is whole


def test_retry_after_in_both_spellings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    assert seconds(RetryAfter(timedelta(seconds=4))) == 4
    monkeypatch.setenv("PTB_TIMEDELTA", "false")
    with pytest.warns(DeprecationWarning, match="timedelta"):
        error = RetryAfter(4)
    with pytest.warns(DeprecationWarning, match="timedelta"):
        assert seconds(error) == 4
