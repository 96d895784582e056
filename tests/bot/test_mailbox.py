"""Letters of channels that are asked, not pushed to."""

import asyncio
from datetime import timedelta

from bot.mailbox import Line
from bot.messages import Address
from tests.bot.conftest import Build
from tests.bot.test_intake import clarifying
from tests.fakes.backbone import message

HER = Address("web", "1")


async def test_a_receipt_hands_out_what_is_ready(build: Build) -> None:
    async with build() as it:
        receipt = await it.intake.receive(message("a", channel="web"))
        assert await it.states() == ["delivered"]
        assert await it.mailbox.letters(HER) == receipt.letters
        assert await it.mailbox.letters(HER, receipt.letters[0].id) == ()
        assert await it.mailbox.newest(HER) == receipt.letters[0].id
        assert await it.mailbox.newest(Address("web", "nobody")) == 0


async def test_a_held_letter_is_seen_only_when_due(build: Build) -> None:
    async with build(think=clarifying) as it:
        assert (await it.intake.receive(message("?a", channel="web"))).letters == ()
        assert await it.mailbox.letters(HER) == ()
        assert await it.mailbox.wait({HER: 0}, 2) == {HER}
        assert [letter.reply.text for letter in await it.mailbox.letters(HER)] == ["?a"]
        assert await it.states() == ["delivered"]


async def test_a_held_letter_gives_way(build: Build) -> None:
    async with build(think=clarifying) as it:
        await it.intake.receive(message("?a", channel="web"))
        receipt = await it.intake.receive(message("+b", channel="web"))
        assert [letter.reply.text for letter in receipt.letters] == ["?a+b"]
        await asyncio.sleep(0.4)
        assert await it.mailbox.letters(HER) == receipt.letters


async def test_nothing_overtakes_a_letter_that_waits(build: Build) -> None:
    async with build(think=clarifying, burst_seconds=9) as it:
        await it.intake.receive(message("?a", channel="web"))
        receipt = await it.intake.receive(message("b", channel="web"))
        assert receipt.letters == ()
        assert [letter.reply.text for letter in await it.mailbox.letters(HER)] == ["?a", "b"]
        again = await it.mailbox.letters(HER)
        assert [letter.reply.text for letter in again] == ["?a", "b"]


async def test_a_letter_taken_back_at_the_last_moment_is_not_shown(build: Build) -> None:
    async with build(think=clarifying) as it:
        await it.intake.receive(message("?a", channel="web"))
        it.clock.ahead = timedelta(seconds=1)
        both = await asyncio.gather(it.mailbox.letters(HER), it.intake.receive(message("+b", channel="web")))
        shown = [letter.reply.text for letter in both[0]]
        states = await it.states()
        assert (shown, states[0]) in [(["?a"], "delivered"), ([], "withdrawn")]
        assert await it.mailbox.letters(HER) != ()


async def test_waiting_ends_with_a_letter_or_with_time(build: Build) -> None:
    async with build() as it:
        assert await it.mailbox.wait({HER: 0}, 0.1) == frozenset()
        waiting = asyncio.create_task(it.mailbox.wait({HER: 0, Address("web", "2"): 0}, 5))
        await asyncio.sleep(0.05)
        await it.intake.receive(message("a", channel="web"))
        async with asyncio.timeout(0.4):
            assert await waiting == {HER}


async def test_history_is_in_the_order_of_the_talk(build: Build) -> None:
    async with build() as it:
        await asyncio.gather(*(it.intake.receive(message(text, channel="web")) for text in "abc"))
        lines = await it.mailbox.history(HER)
        assert [(line.by, line.text) for line in lines] == [
            ("parent", "a"),
            ("bot", "0:a"),
            ("parent", "b"),
            ("bot", "1:b"),
            ("parent", "c"),
            ("bot", "2:c"),
        ]
        last: tuple[Line, ...] = await it.mailbox.history(HER, limit=2)
        assert [line.text for line in last] == ["c", "2:c"]
        assert last[1].letter is not None
