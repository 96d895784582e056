"""The numbers: right for periods without anything, at midnight here, over New Year; on both databases, by a clock set by hand."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.case import Do
from bot.digest import next_monday
from bot.figures import Figures, Period, Share
from bot.report import Told, report, today, week_before
from db.engine import open_engine
from knowledge.schema import Desk
from tests.fakes.office import HOURS, MONDAY, SetClock
from tests.fakes.parents import ParentHouse, parent_house

UNKNOWN = "能不能帮我查一下我家的育儿补贴怎么还没到账"
MARCH_2 = date(2026, 3, 2)


@pytest.fixture
async def house(engine: AsyncEngine) -> AsyncIterator[ParentHouse]:
    async with parent_house(engine) as made:
        yield made


async def numbers(house: ParentHouse, first: date, last: date | None = None, desk: str | None = None) -> Figures:
    return await report(house.engine, Period(first, last or first), house.office, house.clock(), desk)


async def handed(house: ParentHouse, parent: str, district: str = "任城区") -> str:
    await house.hears(f"{district}的，{UNKNOWN}", parent=parent)
    return await house.number()


async def test_a_period_without_anything(house: ParentHouse) -> None:
    found = await numbers(house, date(2026, 2, 1), date(2026, 2, 28))
    assert found.total.questions == 0
    assert found.echo == found.kept == found.reopened == Share(0, 0)
    assert (found.echo.ratio, found.minutes, found.mark) == (None, None, None)
    assert len(found.days) == 28
    told = Told(found, house.office, house.office.current().say)
    assert "有回音：暂无" in told.text()
    assert found.plain()["echo"] == {"part": 0, "whole": 0, "ratio": None}


async def test_what_is_counted(house: ParentHouse) -> None:
    await house.hears("托班一个月多少钱")
    await house.hears("谢谢")
    await house.hears(pick="start")
    await house.hears("明天会下雨吗")
    await house.hears("我家孩子", parent="7")
    first, second = await handed(house, "2"), await handed(house, "3")
    third = await handed(house, "4", "太白湖新区")
    taken_back = await handed(house, "5")
    anna, ben = await house.hire("anna", "rencheng"), await house.hire("ben", "taibaihu")
    await house.hears(pick=f"case.withdrawn:{taken_back}", parent="5")
    house.clock.now = MONDAY + timedelta(minutes=40)
    await house.done(Do.ANSWER, first, anna, "x")
    await house.hears(pick=f"case.solved:{first}", parent="2")
    await house.hears(pick=f"case.rate:{first}:5", parent="2")
    house.clock.now = MONDAY + timedelta(minutes=60)
    await house.done(Do.ANSWER, second, anna, "x")
    await house.hears(pick=f"case.unsolved:{second}", parent="3")
    await house.tick(hours=5)
    found = await numbers(house, MARCH_2)
    total = found.total
    assert (total.questions, total.answered, total.outside, total.asked_back, total.handed_over) == (7, 1, 1, 1, 4)
    assert found.echo == Share(2, 3), "a question taken back unanswered is owed no echo"
    assert found.kept == Share(1, 3), "the second promise to the second parent was missed, and the third parent's"
    assert found.minutes is not None
    assert found.minutes == pytest.approx(50, abs=1)
    assert found.reopened == Share(1, 2)
    assert (found.marks[5], found.mark) == (1, 5.0)
    assert {row.key: row.handed_over for row in found.districts} == {"任城区": 3, "太白湖新区": 1, "": 0}
    assert sum(row.handed_over for row in found.topics) == 4
    assert found.priorities == {"emergency": 0, "report": 0, "normal": 4}
    assert [count for _, count in found.unanswered] == [1]
    mine = await numbers(house, MARCH_2, desk="taibaihu")
    assert (mine.total.handed_over, mine.echo) == (1, Share(0, 1))
    house.clock.now = MONDAY + timedelta(hours=7)
    await house.done(Do.ANSWER, third, ben, "x")
    later = await numbers(house, MARCH_2, desk="taibaihu")
    assert (later.echo, later.kept) == (Share(1, 1), Share(0, 1))
    assert later.minutes == pytest.approx(330, abs=1)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 12, 31, 15, 59, 59, 999999, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2027, 1, 1, 15, 59, 59, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2027, 1, 1, 16, 0, tzinfo=UTC), date(2027, 1, 2)),
    ],
)
async def test_midnight_and_new_year(house: ParentHouse, moment: datetime, day: date) -> None:
    house.clock.now = moment
    await handed(house, "1")
    for shown in (day - timedelta(days=1), day, day + timedelta(days=1)):
        found = await numbers(house, shown)
        assert found.total.handed_over == (shown == day)
    over = await numbers(house, date(2026, 12, 30), date(2027, 1, 3))
    assert [row.key for row in over.days if row.handed_over] == [day.isoformat()]
    assert today(moment) == day


async def test_numbers_and_erased_talks(house: ParentHouse) -> None:
    await house.hears("托班一个月多少钱")
    await house.hears(pick="erase.yes")
    found = await numbers(house, MARCH_2)
    assert (found.total.questions, found.total.answered) == (1, 1)
    assert [row.key for row in found.topics] == ["fees.price"]


async def test_csv_is_safe_in_a_spreadsheet(house: ParentHouse) -> None:
    await house.hears("=HYPERLINK(1) 帮我问问这个事 370811199001011234")
    told = Told(await numbers(house, MARCH_2), house.office, house.office.current().say)
    rows = list(csv.reader(io.StringIO(told.csv())))
    assert {len(row) for row in rows} == {4}
    assert not any(cell.startswith("=") for row in rows for cell in row)
    assert "370811199001011234" not in told.csv()
    assert "370811199001011234" not in told.text()


WEEKS = {
    date(2026, 3, 2): (date(2026, 2, 23), date(2026, 3, 1)),
    date(2026, 3, 8): (date(2026, 2, 23), date(2026, 3, 1)),
    date(2027, 1, 4): (date(2026, 12, 28), date(2027, 1, 3)),
    date(2027, 1, 1): (date(2026, 12, 21), date(2026, 12, 27)),
}


@pytest.mark.parametrize(("day", "week"), WEEKS.items())
def test_the_week_before(day: date, week: tuple[date, date]) -> None:
    period = week_before(day)
    assert (period.first, period.last) == week
    assert (period.end - period.start) == timedelta(days=7)


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (datetime(2026, 3, 2, 0, 59, tzinfo=UTC), datetime(2026, 3, 2, 1, 0, tzinfo=UTC)),
        (datetime(2026, 3, 2, 1, 0, tzinfo=UTC), datetime(2026, 3, 9, 1, 0, tzinfo=UTC)),
        (datetime(2026, 3, 1, 17, 0, tzinfo=UTC), datetime(2026, 3, 2, 1, 0, tzinfo=UTC)),
        (datetime(2026, 12, 31, 17, 0, tzinfo=UTC), datetime(2027, 1, 4, 1, 0, tzinfo=UTC)),
    ],
)
def test_next_monday(moment: datetime, due: datetime) -> None:
    assert next_monday(moment) == due


async def digests(house: ParentHouse, chat: str) -> list[Any]:
    rows = await house.rows(
        "SELECT o.payload FROM outgoing o JOIN conversation c ON c.id = o.conversation_id "
        f"WHERE c.address = '{chat}' ORDER BY o.id"
    )
    return [str(row.payload) for row in rows if "上周" in str(row.payload)]


async def test_each_desk_reads_one_digest_a_week(house: ParentHouse) -> None:
    await house.bind("rencheng", "-1")
    await house.bind("taibaihu", "-2")
    await house.digests.plan()
    await house.digests.plan()
    number = await handed(house, "1")
    anna = await house.hire("anna", "rencheng")
    await house.done(Do.ANSWER, number, anna, "x")
    await house.tick(days=6, hours=23, minutes=58)
    assert await digests(house, "-1") == []
    await house.tick(minutes=3)
    (mine,) = await digests(house, "-1")
    assert "转来 1 件，有回音 100.0%（1/1）" in mine
    (theirs,) = await digests(house, "-2")
    assert "没有转来的问题" in theirs
    await house.tick(days=7)
    assert len(await digests(house, "-1")) == 2


async def test_a_digest_waits_for_the_morning(engine: AsyncEngine) -> None:
    """The service was down on Monday and starts again at night."""
    async with parent_house(engine, [Desk(id="common", hours=HOURS)], SetClock()) as house:
        await house.bind("common", "-1")
        await house.digests.plan()
        house.clock.now = datetime(2026, 3, 10, 16, tzinfo=UTC)
        await house.tick()
        assert await digests(house, "-1") == []
        await house.tick(hours=9)
        (text,) = await digests(house, "-1")
        assert "2026-03-02 到 2026-03-08" in text
        await house.tick(days=2)
        assert len(await digests(house, "-1")) == 1


async def test_two_processes_plan_one_digest(database_url: str) -> None:
    engines = [open_engine(database_url) for _ in range(2)]
    async with parent_house(engines[0]) as first, parent_house(engines[1]) as second:
        await asyncio.gather(*(house.digests.plan() for house in (first, second) for _ in range(4)))
        planned = await first.rows("SELECT desk FROM timer WHERE kind = 'digest'")
        assert sorted(row.desk for row in planned) == ["common", "rencheng", "taibaihu"]
    for engine in engines:
        await engine.dispose()
