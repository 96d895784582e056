"""What is promised about a message that comes in, on both databases."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import chain, repeat

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from bot.conversation import Context, Turn
from bot.decision import Decision, NewCase, Priority
from bot.intake import Background
from bot.messages import Attachment, Choice, Incoming, Medium, Point, Reply
from tests.bot.conftest import Build
from tests.fakes.backbone import echo, message


def with_case(incoming: Incoming, background: Background, now: datetime, number: str) -> Decision:
    plain = echo(incoming, background, now, number)
    seen = ",".join(case.number for case in background.cases)
    case = NewCase(number, Priority.EMERGENCY, incoming.text, "north", {"rule": "test"})
    return replace(plain, reply=Reply(f"{number} after {seen}"), case=case)


async def test_answer_is_stored_and_delivered(build: Build) -> None:
    async with build() as it:
        receipt = await it.intake.receive(message("hello"))
        assert receipt.fresh
        assert receipt.outcome == "echo"
        assert receipt.decision["topics"] == ["echo"]
        assert [letter.reply.text for letter in receipt.letters] == ["0:hello"]
        await asyncio.sleep(0.1)
        assert it.carrier.carried == {"1": ["0:hello"]}
    rows = await it.rows("SELECT state, external_id, attempts, lease_owner, settled_at FROM outgoing")
    assert [(row.state, row.external_id[0], row.attempts, row.lease_owner) for row in rows] == [
        ("delivered", "x", 1, None)
    ]


async def test_redelivery_finds_what_is_stored(build: Build) -> None:
    async with build() as it:
        said = message("hello")
        first = await it.intake.receive(said)
        again = await it.intake.receive(said)
        assert (first.fresh, again.fresh) == (True, False)
        assert replace(again, fresh=True) == first
        assert len(await it.rows("SELECT id FROM incoming")) == 1
    assert it.carrier.carried == {"1": ["0:hello"]}


async def test_redelivery_within_one_batch(build: Build) -> None:
    async with build() as it:
        said = message("hello")
        receipts = await asyncio.gather(*(it.intake.receive(said) for _ in range(5)))
        assert [receipt.fresh for receipt in receipts] == [True, False, False, False, False]
        assert len({receipt.letters for receipt in receipts}) == 1
        assert len(await it.rows("SELECT id FROM incoming")) == 1


async def test_context_travels_within_and_between_batches(build: Build) -> None:
    async with build() as it:
        await asyncio.gather(*(it.intake.receive(message(str(n), chat=str(n % 3))) for n in range(30)))
        await asyncio.gather(*(it.intake.receive(message(str(n), chat=str(n % 3))) for n in range(30, 60)))
        await asyncio.sleep(0.3)
    for chat in range(3):
        expected = [f"{min(n // 3, 6)}:{n}" for n in range(60) if n % 3 == chat]
        assert it.carrier.carried[str(chat)] == expected


async def test_a_failing_thought_harms_no_other(build: Build) -> None:
    def moody(incoming: Incoming, background: Background, now: datetime, number: str) -> Decision:
        if incoming.text == "bad":
            raise RuntimeError("no idea")
        if incoming.text == "unstorable":
            return replace(echo(incoming, background, now, number), why={"x": {1, 2}})
        return echo(incoming, background, now, number)

    async with build(think=moody) as it:
        texts = ("good", "bad", "unstorable", "fine")
        receipts = await asyncio.gather(*(it.intake.receive(message(text, chat=text)) for text in texts))
        assert [receipt.outcome for receipt in receipts] == ["echo", "escalate", "escalate", "echo"]
        assert receipts[1].letters[0].reply.text == "[bot.trouble]"
        cases = await it.rows("SELECT words, priority FROM cases ORDER BY id")
        assert [tuple(row) for row in cases] == [("bad", Priority.NORMAL), ("unstorable", Priority.NORMAL)]


async def test_cases_are_numbered_and_known_afterwards(build: Build) -> None:
    async with build(think=with_case) as it:
        numbers = []
        for n in range(7):
            receipt = await it.intake.receive(message(str(n)))
            numbers.append(receipt.letters[0].reply.text.split()[0])
        last = receipt.letters[0].reply.text
        assert last == f"{numbers[-1]} after {','.join(numbers[-2:-7:-1])}"
        row = (await it.rows("SELECT number, priority, state, words, district FROM cases ORDER BY id DESC"))[0]
        assert tuple(row) == (numbers[-1], 2, "new", "6", "north")


async def test_a_taken_number_is_changed(build: Build) -> None:
    given: Iterator[str] = chain(["1", "1", "1", "2"], map(str, range(10, 99)))
    async with build(think=with_case, numbers=lambda: next(given)) as it:
        first = await it.intake.receive(message("a"))
        second = await it.intake.receive(message("b"))
        assert (first.letters[0].reply.text, second.letters[0].reply.text) == ("1 after ", "2 after 1")


async def test_what_no_database_can_store_is_taken_out(build: Build) -> None:
    async with build() as it:
        receipt = await it.intake.receive(message("a\x00b\ud800c", pick="p\x00", reference="r\x00"))
        assert receipt.letters[0].reply.text == "0:ab?c"


async def test_position_is_not_stored_but_attachments_are(build: Build) -> None:
    async with build() as it:
        photo = Attachment(Medium.PHOTO, "file-1", size=7)
        said = message("here", location=Point(35.4, 116.6), attachments=(photo,), pick="c1")
        await it.intake.receive(said)
        row = (await it.rows("SELECT * FROM incoming"))[0]
        assert "35.4" not in str(row)
        for word in ("location", "file-1", "photo", "c1"):
            assert word in str(row.payload)


async def test_waiting_callers_may_leave(build: Build) -> None:
    async with build() as it:
        tasks = [asyncio.create_task(it.intake.receive(message(str(n), chat=str(n)))) for n in range(10)]
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        done = await asyncio.gather(*tasks, return_exceptions=True)
        assert sum(isinstance(result, asyncio.CancelledError) for result in done) == 5
        assert len(await it.rows("SELECT id FROM incoming")) == 10


async def test_erasing_keeps_only_what_must_be_kept(build: Build) -> None:
    def forgetful(incoming: Incoming, background: Background, now: datetime, number: str) -> Decision:
        if incoming.text == "forget":
            return Decision("erased", Reply("done"), Context(), erase=True)
        return with_case(incoming, background, now, number)

    async with build(think=forgetful) as it:
        await it.intake.receive(message("secret one"))
        await it.intake.receive(message("other secret", chat="2"))
        await asyncio.sleep(0.1)
        await asyncio.gather(
            it.intake.receive(message("secret two", pick="secret")),
            it.intake.receive(message("forget")),
            it.intake.receive(message("later")),
        )
        await asyncio.sleep(0.2)
        heard = await it.rows("SELECT text, payload, outcome FROM incoming WHERE conversation_id = 1 ORDER BY id")
        assert [row.text for row in heard] == ["", "", "", "later"]
        assert "secret" not in str(heard)
        assert [row.outcome for row in heard] == ["echo", "echo", "erased", "echo"]
        sent = await it.rows("SELECT payload, state FROM outgoing WHERE conversation_id = 1 ORDER BY id")
        assert {row.state for row in sent} == {"delivered"}
        assert [bool("text" in str(row.payload)) for row in sent] == [False, False, True, True]
        talk = await it.rows("SELECT context FROM conversation WHERE id = 1")
        assert "secret" not in str(talk)
        assert len(it.carrier.carried["1"]) == 4
        assert len(await it.rows("SELECT id FROM incoming WHERE text = 'other secret'")) == 1


async def test_unreadable_updates_are_kept_once(build: Build) -> None:
    async with build() as it:
        await it.intake.keep_raw("telegram", '{"x": "\x00"}', "no message")
        await it.intake.keep_raw("telegram", '{"x": "\x00"}', "no message")
        await it.intake.keep_raw("telegram", "other", "no message")
        assert [row.raw for row in await it.rows("SELECT raw FROM unreadable ORDER BY id")] == ['{"x": ""}', "other"]


async def test_a_failing_database_is_tried_again(build: Build) -> None:
    async with build() as it:
        faults = chain([True, True], repeat(False))

        def disturb(*_: object) -> None:
            if next(faults):
                raise OperationalError("INSERT", {}, Exception("gone"))

        event.listen(it.engine.sync_engine, "commit", disturb)
        receipt = await it.intake.receive(message("hello"))
        assert receipt.fresh
        assert len(await it.rows("SELECT id FROM incoming")) == 1


async def test_a_lasting_failure_reaches_the_caller(build: Build) -> None:
    async with build() as it:

        def disturb(*_: object) -> None:
            raise OperationalError("INSERT", {}, Exception("gone"))

        event.listen(it.engine.sync_engine, "commit", disturb)
        results = await asyncio.gather(
            *(it.intake.receive(message("x", chat=str(n))) for n in range(3)), return_exceptions=True
        )
        assert [type(result) for result in results] == [OperationalError] * 3
        event.remove(it.engine.sync_engine, "commit", disturb)
        assert await it.rows("SELECT id FROM incoming") == []
        await it.intake.ping()


async def test_one_that_cannot_be_stored_does_not_keep_the_others_out(build: Build) -> None:
    async with build() as it:
        naive = replace(message("bad", chat="9"), sent_at=datetime(2026, 1, 1))  # noqa: DTZ001
        results = await asyncio.gather(
            it.intake.receive(message("a")),
            it.intake.receive(naive),
            it.intake.receive(message("b")),
            return_exceptions=True,
        )
        assert [isinstance(result, Exception) for result in results] == [False, True, False]
        assert [row.text for row in await it.rows("SELECT text FROM incoming ORDER BY id")] == ["a", "b"]


def clarifying(incoming: Incoming, background: Background, now: datetime, number: str) -> Decision:
    """`?x` is held, `+x` replaces what is held and reads its words too, anything else is answered at once."""
    held = [turn for turn in background.context.turns if turn.held]
    text = incoming.text
    if text.startswith("+"):
        text = "".join(turn.text for turn in held) + text
    turn = Turn(incoming.text, incoming.reference, now, "echo", held=text.startswith("?") and "+" not in text)
    return Decision(
        "echo",
        Reply(text, (Choice("c", "C"),)),
        background.context.after(turn),
        hold=turn.held,
        replaces_held=bool(held) and incoming.text.startswith("+"),
    )


@pytest.mark.parametrize("together", [True, False])
async def test_a_held_reply_gives_way(build: Build, together: bool) -> None:
    async with build(think=clarifying) as it:
        texts = ("?a", "+b")
        if together:
            await asyncio.gather(*(it.intake.receive(message(text)) for text in texts))
        else:
            for text in texts:
                await it.intake.receive(message(text))
        await asyncio.sleep(0.5)
        assert it.carrier.carried["1"] == ["?a+b"]
        assert await it.states() == ["withdrawn", "delivered"]
        rows = await it.rows("SELECT id, replaced_by FROM incoming ORDER BY id")
        assert rows[0].replaced_by == rows[1].id


async def test_a_held_reply_goes_out_when_nothing_follows(build: Build) -> None:
    async with build(think=clarifying) as it:
        await it.intake.receive(message("?a"))
        await asyncio.sleep(0.15)
        assert it.carrier.carried["1"] == []
        await asyncio.sleep(0.4)
        assert it.carrier.carried["1"] == ["?a"]
        await it.intake.receive(message("+b"))
        await asyncio.sleep(0.1)
        assert it.carrier.carried["1"] == ["?a", "+b"]


@pytest.mark.parametrize("together", [True, False])
async def test_another_answer_ends_the_waiting_and_keeps_the_order(build: Build, together: bool) -> None:
    async with build(think=clarifying, burst_seconds=5) as it:
        texts = ("?a", "b", "c")
        if together:
            await asyncio.gather(*(it.intake.receive(message(text)) for text in texts))
        else:
            for text in texts:
                await it.intake.receive(message(text))
        await asyncio.sleep(0.5)
        assert it.carrier.carried["1"] == ["?a", "b", "c"]


async def test_without_burst_window_nothing_is_held(build: Build) -> None:
    async with build(think=clarifying, burst_seconds=0) as it:
        receipt = await it.intake.receive(message("?a"))
        assert [letter.reply.text for letter in receipt.letters] == ["?a"]
