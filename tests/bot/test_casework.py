"""What happens to a case and what follows from it, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.act import Actor, Done, Refused
from bot.case import Do, Refusal, State, Who
from bot.casebook import Casebook
from bot.messages import Address, Attachment, Incoming, Medium
from db.engine import open_engine
from tests.fakes.office import CaseHouse, case_house


@asynccontextmanager
async def process(url: str) -> AsyncIterator[CaseHouse]:
    """Stands for a process of its own: nothing is shared but the database."""
    engine = open_engine(url)
    async with case_house(engine) as house:
        yield house
    await engine.dispose()


PARENT = Actor(Who.PARENT, via="web")


@pytest.fixture
async def house(engine: AsyncEngine) -> AsyncIterator[CaseHouse]:
    async with case_house(engine) as made:
        yield made


async def staff_mail(house: CaseHouse, chat: str) -> list[tuple[str, str]]:
    rows = await house.rows(
        "SELECT o.payload FROM outgoing o JOIN conversation c ON c.id = o.conversation_id "
        f"WHERE c.address = '{chat}' ORDER BY o.id"
    )
    import json

    payloads = [json.loads(row.payload) if isinstance(row.payload, str) else row.payload for row in rows]
    return [(payload["case"]["kind"] if "case" in payload else "direct", payload["text"]) for payload in payloads]


async def test_from_question_to_confirmed(house: CaseHouse) -> None:
    anna = await house.hire("anna", "north")
    await house.bind("north", "-100")
    number = await house.asked("北?")
    assert (await house.case(number)).desk == "north"
    assert (await house.done(Do.CLAIM, number, anna)).state is State.CLAIMED
    done = await house.done(Do.ANSWER, number, anna, "yes")
    assert done.state is State.ANSWERED
    assert (await house.letters())[-1] == f"[case.answer office=托育服务工作人员 number={number} text=yes]"
    assert (await house.done(Do.CONFIRM, number, PARENT, place=Address("web", "1"))).state is State.CONFIRMED
    assert await house.history(number) == ["open", "claim", "answer", "confirm"]
    kinds = [kind for kind, _ in await staff_mail(house, "-100")]
    assert kinds == ["card", "line", "notice"], "cards that still wait serve for later acts too"
    (audit,) = {row.what for row in await house.rows("SELECT what FROM audit WHERE what = 'answer'")}
    assert audit == "answer"


async def test_what_is_refused(house: CaseHouse) -> None:
    anna, ben = await house.hire("anna", "north"), await house.hire("ben", "north")
    carl, boss = await house.hire("carl", "south"), await house.hire("boss", role="admin")
    number = await house.asked("北")

    async def refusal(do: Do, by: Actor, text: str = "", **fields: object) -> Refusal:
        result = await house.do(do, number, by, text, **fields)
        assert isinstance(result, Refused), result
        return result.reason

    assert await refusal(Do.CLAIM, carl) is Refusal.NOT_MEMBER
    assert await refusal(Do.CLAIM, Actor(Who.STAFF, 999, "web")) is Refusal.NOT_MEMBER
    assert await refusal(Do.ANSWER, anna, "  ") is Refusal.EMPTY
    assert await refusal(Do.CLOSE, anna) is Refusal.EMPTY, "nobody is left without a word"
    assert await refusal(Do.CONFIRM, PARENT, place=Address("web", "2")) is Refusal.NOT_YOURS
    seen = (await house.case(number)).version
    await house.done(Do.CLAIM, number, anna)
    assert await refusal(Do.CLAIM, ben) is Refusal.TAKEN
    assert await refusal(Do.ANSWER, ben, "me too") is Refusal.TAKEN
    assert await refusal(Do.ANSWER, anna, "x", seen=seen) is Refusal.STALE
    assert await refusal(Do.CLAIM, boss) is Refusal.TAKEN
    assert await refusal(Do.TRANSFER, anna, desk="north") is Refusal.SAME_DESK
    assert await refusal(Do.TRANSFER, anna, desk="moon") is Refusal.UNKNOWN_DESK
    assert await refusal(Do.LAPSE, anna) is Refusal.NOT_ALLOWED
    assert isinstance(await house.do(Do.NOTE, "0", anna, "x"), Refused)
    assert (await house.done(Do.ANSWER, number, boss, "from above")).state is State.ANSWERED
    refused = await house.rows("SELECT detail FROM audit")
    assert len([row for row in refused if "taken" in str(row.detail)]) == 3


async def test_transfer_keeps_the_clock_and_the_history(house: CaseHouse) -> None:
    anna, carl = await house.hire("anna", "north"), await house.hire("carl", "south")
    await house.bind("north", "-1")
    await house.bind("south", "-2")
    number = await house.asked("北")
    promised = (await house.case(number)).promised_at
    await house.done(Do.NOTE, number, anna, "look")
    await house.done(Do.TRANSFER, number, anna, desk="south")
    row = await house.case(number)
    assert (row.desk, row.state, row.promised_at, row.holder_id) == ("south", "transferred", promised, None)
    assert ("card", "") in await staff_mail(house, "-2")
    assert isinstance(await house.do(Do.ANSWER, number, anna, "late"), Refused)
    await house.done(Do.ANSWER, number, carl, "here")
    assert await house.history(number) == ["open", "note", "transfer", "answer"]


async def test_adding_after_the_answer_reopens_for_the_same_colleague(house: CaseHouse) -> None:
    anna = await house.hire("anna", "north")
    number = await house.asked("北")
    await house.done(Do.ANSWER, number, anna, "yes")
    first = (await house.case(number)).promised_at
    house.clock.forward(hours=1)
    done = await house.done(Do.ADD, number, PARENT, "but")
    row = await house.case(number)
    assert (done.state, row.preferred_id, row.holder_id, row.reopened) == (State.REOPENED, anna.staff_id, None, 1)
    assert str(row.promised_at) > str(first)


async def test_first_claim_wins_between_processes(database_url: str) -> None:
    """Ten colleagues claim twenty cases through four writers at once: each case is claimed by exactly one."""
    async with AsyncExitStack() as stack:
        houses = [await stack.enter_async_context(process(database_url)) for _ in range(4)]
        first = houses[0]
        people = [await first.hire(f"p{n}", "north") for n in range(10)]
        numbers = [await first.asked("北", parent=str(n)) for n in range(20)]
        tries = [
            houses[(i + k) % 4].do(Do.CLAIM, number, person)
            for i, person in enumerate(people)
            for k, number in enumerate(numbers)
        ]
        results = await asyncio.gather(*tries)
        won = [result.number for result in results if isinstance(result, Done)]
        assert sorted(won) == sorted(numbers)
        claims = await first.rows("SELECT case_id FROM case_event WHERE \"do\" = 'claim'")
        assert len(claims) == len({row.case_id for row in claims}) == 20


async def test_two_answers_at_once_give_one(house: CaseHouse) -> None:
    anna, ben = await house.hire("anna", "north"), await house.hire("ben", "north")
    number = await house.asked("北")
    results = await asyncio.gather(house.do(Do.ANSWER, number, anna, "a"), house.do(Do.ANSWER, number, ben, "b"))
    assert [type(result) for result in results].count(Done) == 1
    assert len(await house.letters()) == 2


async def test_a_letter_that_never_arrives_is_shown(house: CaseHouse) -> None:
    anna = await house.hire("anna", "north")
    await house.bind("north", "-1")
    number = await house.asked("北")
    done = await house.done(Do.ANSWER, number, anna, "yes")
    async with house.engine.begin() as connection:
        await house.casework.lost(done.letters, connection)
    assert (await house.history(number))[-1] == "lost"
    assert any("notice_lost" in text for _, text in await staff_mail(house, "-1"))


async def test_the_file_of_a_case(house: CaseHouse) -> None:
    anna = await house.hire("anna", "north")
    book = Casebook(house.engine, house.casework.office, house.clock)
    old = await house.asked("北 送到几点", parent="2")
    await house.done(Do.ANSWER, old, anna, "five")
    number = await house.asked("北 晚上送到几点", parent="1")
    await house.done(Do.NOTE, number, anna, "hm")
    house.clock.forward(minutes=30)
    file = await book.file(number)
    assert file is not None
    assert file.line.left == timedelta(minutes=60)
    assert [(event.do, event.name) for event in file.events] == [(Do.OPEN, ""), (Do.NOTE, "Anna")]
    assert [(past.number, past.answer) for past in file.similar] == [(old, "five")]
    assert file.given == (f"number {number}",)
    await house.done(Do.ANSWER, number, anna, "six")
    await house.letters()
    file = await book.file(number)
    assert file is not None
    assert (file.events[-1].text, file.events[-1].delivery) == ("six", "delivered")
    assert await book.file("0") is None
    assert [line.number for line in await book.mine(Address("web", "1"))] == [number]


async def test_the_queue_is_by_urgency_and_time_left(house: CaseHouse) -> None:
    anna = await house.hire("anna", "north")
    book = Casebook(house.engine, house.casework.office, house.clock)
    first = await house.asked("北 1", parent="1")
    house.clock.forward(minutes=10)
    second = await house.asked("北 2", parent="2")
    urgent = await house.asked("北 !", parent="3")
    south = await house.asked("南", parent="4")
    before = await book.version({"north"})
    assert [line.number for line in await book.queue({"north"})] == [urgent, first, second]
    assert south in [line.number for line in await book.queue(None)]
    await house.done(Do.ANSWER, urgent, anna, "x")
    assert [line.number for line in await book.queue({"north"})] == [first, second, urgent]
    assert [line.number for line in await book.held_by(anna.staff_id or 0)] == [urgent]
    assert await book.version({"north"}) > before


def sent(house: CaseHouse, text: str, reference: str, **fields: Any) -> Incoming:
    return Incoming(Address("web", "1"), f"m-{reference}", house.clock(), text, reference=reference, **fields)


async def test_what_was_sent_before_belongs_to_the_question(house: CaseHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    photo = Attachment(Medium.PHOTO, "p1")
    await house.bind("north", "-1")
    await house.intake.receive(sent(house, "quiet", "1", attachments=(photo,)))
    receipt = await house.intake.receive(sent(house, "北 look", "2"))
    number = receipt.letters[0].reply.text.split()[-1]
    file = await Casebook(house.engine, house.casework.office, house.clock).file(number)
    assert file is not None
    assert file.attachments == (replace(photo, origin="web"),)
    assert [kind for kind, _ in await staff_mail(house, "-1")] == ["card", "line"]


async def test_an_edit_of_what_staff_read_is_shown_to_them(house: CaseHouse) -> None:
    await house.bind("north", "-1")
    receipt = await house.intake.receive(sent(house, "北 old", "1"))
    number = receipt.letters[0].reply.text.split()[-1]
    await house.intake.receive(sent(house, "quiet new", "2", edits="1"))
    events = await house.rows("SELECT text, quotes_id FROM case_event ORDER BY id")
    assert [(row.text, row.quotes_id) for row in events] == [("北 old", None), ("quiet new", 1)]
    assert await house.history(number) == ["open", "correct"]
    assert ("line", "[case.parent_corrected text=quiet new]") in await staff_mail(house, "-1")
