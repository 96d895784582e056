"""What is due to a case at which time, on both databases. Working hours in the tests: 9:00-12:00 and 13:30-17:30."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.act import Actor
from bot.case import Do, Who
from tests.bot.test_casework import staff_mail
from tests.fakes.office import CaseHouse, case_house

PARENT = Actor(Who.PARENT, via="web")


@pytest.fixture
async def house(engine: AsyncEngine) -> AsyncIterator[CaseHouse]:
    async with case_house(engine) as made:
        await made.bind("north", "-1")
        await made.bind("common", "-9")
        yield made


async def notices(house: CaseHouse, chat: str = "-1") -> list[str]:
    texts = [text for kind, text in await staff_mail(house, chat) if kind == "notice"]
    return [text.split()[0].strip("[]") + text.partition("reason=")[2].rstrip("]") for text in texts]


async def test_reminders_at_half_and_at_the_end_of_the_promise(house: CaseHouse) -> None:
    number = await house.asked("北")
    await house.tick(minutes=44)
    assert await notices(house) == []
    await house.tick(minutes=2)
    assert await notices(house) == ["case.notice_remindhalf"]
    await house.tick(minutes=43)
    assert (await house.case(number)).late in (0, False)
    await house.tick(minutes=2)
    assert await notices(house) == ["case.notice_remindhalf", "case.notice_miss"]
    assert (await house.letters())[-1].startswith("[case.promise_missed")
    assert (await house.case(number)).late in (1, True)
    await house.tick(days=3)
    assert sum("promise_missed" in text for text in await house.letters()) == 1, "one apology"
    assert (await notices(house))[-1] == "case.notice_remindlate"


async def test_an_answer_ends_the_reminders_and_plans_one_visit(house: CaseHouse) -> None:
    anna = await house.hire("anna", "north")
    number = await house.asked("北")
    await house.done(Do.ANSWER, number, anna, "yes")
    timers = await house.rows("SELECT kind FROM timer WHERE done_at IS NULL")
    assert [row.kind for row in timers] == ["follow_up"]
    await house.tick(days=1)
    assert await notices(house) == []
    await house.done(Do.CONFIRM, number, PARENT)
    assert await house.rows("SELECT kind FROM timer WHERE done_at IS NULL") == []


async def test_a_claim_is_a_lease(house: CaseHouse) -> None:
    anna, ben = await house.hire("anna", "north"), await house.hire("ben", "north")
    number = await house.asked("北")
    await house.done(Do.CLAIM, number, anna)
    await house.tick(minutes=29)
    assert (await house.case(number)).state == "claimed"
    await house.tick(minutes=2)
    row = await house.case(number)
    assert (row.state, row.holder_id) == ("new", None)
    assert "case.notice_lapse" in await notices(house)
    await house.done(Do.CLAIM, number, ben)


async def test_a_lease_counts_working_time(house: CaseHouse) -> None:
    anna = await house.hire("anna", "north")
    house.clock.forward(hours=2, minutes=50)  # 11:50: ten minutes, then the pause until 13:30
    number = await house.asked("北")
    await house.done(Do.CLAIM, number, anna)
    await house.tick(minutes=95)
    assert (await house.case(number)).state == "claimed"
    await house.tick(minutes=30)
    assert (await house.case(number)).state == "new"


async def test_an_emergency_is_repeated_at_any_hour_and_goes_to_those_on_duty(house: CaseHouse) -> None:
    anna = await house.hire("anna", "north")
    await house.hire("duty", "common", telegram="77")
    house.clock.forward(hours=14)  # 23:00
    number = await house.asked("北!")
    await house.tick(minutes=11)
    await house.tick(minutes=11)
    assert (await notices(house)).count("case.notice_remindnag") == 2
    assert await staff_mail(house, "77") == []
    await house.tick(minutes=9)
    ((kind, text),) = await staff_mail(house, "77")
    assert kind == "direct"
    assert number in text
    await house.done(Do.CLAIM, number, anna)
    before = len(await notices(house))
    await house.tick(minutes=20)
    assert len(await notices(house)) == before, "claimed: no more calls"


async def test_nobody_on_duty_is_told_to_the_desk(house: CaseHouse) -> None:
    await house.asked("北!")
    await house.tick(minutes=31)
    assert "case.notice_remindduty_nobody" in await notices(house)


async def test_an_unknown_district_ends_at_the_common_desk(house: CaseHouse) -> None:
    number = await house.asked("where?")
    assert (await house.case(number)).desk is None
    assert await staff_mail(house, "-9") == []
    await house.tick(minutes=31)
    assert (await house.case(number)).desk == "common"
    assert ("card", "") in await staff_mail(house, "-9")


async def test_the_parent_names_the_district(house: CaseHouse) -> None:
    number = await house.asked("where?")
    await house.done(Do.ROUTE, number, PARENT, "北")
    row = await house.case(number)
    assert (row.desk, row.district) == ("north", "北")
    await house.tick(minutes=31)
    assert (await house.case(number)).desk == "north"


async def test_a_timer_that_fails_harms_no_other_and_is_tried_again(
    house: CaseHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await house.asked("北", parent="1"), await house.asked("北", parent="2")
    write = house.casework.write

    async def failing(acts, now, *, connection):  # type: ignore[no-untyped-def]
        results = await write(acts, now, connection=connection)
        if acts[0].number == first:
            raise RuntimeError("no")
        return results

    monkeypatch.setattr(house.casework, "write", failing)
    await house.tick(minutes=46)
    assert (await house.history(first), await house.history(second)) == (["open"], ["open", "remind"])
    monkeypatch.undo()
    await house.tick(minutes=1)
    assert await house.history(first) == ["open", "remind"]


async def test_two_processes_do_each_timer_once(engine: AsyncEngine) -> None:
    import asyncio

    async with case_house(engine) as one, case_house(engine) as other:
        numbers = [await one.asked("北", parent=str(n)) for n in range(10)]
        other.clock.now = one.clock.now
        await asyncio.gather(one.tick(minutes=46), other.tick(minutes=46))
        for number in numbers:
            assert await one.history(number) == ["open", "remind"]
