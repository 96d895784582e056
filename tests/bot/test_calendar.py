"""Working time over real and made-up calendars: examples from the year, and laws that hold on every date."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.calendar import HERE, WorkingCalendar, calendar_of
from bot.errors import NeverOpens
from knowledge.day_book import DayBook
from knowledge.hours import ALWAYS, DAYS, Hours, Window
from knowledge.schema import Desk

OFFICE = WorkingCalendar(Hours.of({"工作日": ["9:00-12:00", "13:30-17:30"]}), DayBook())
MINUTE = timedelta(minutes=1)


def at(text: str) -> datetime:
    """A wall-clock time here."""
    return datetime.fromisoformat(text).replace(tzinfo=HERE)


@pytest.mark.parametrize(
    ("start", "minutes", "expected"),
    [
        ("2026-11-23 09:00", 0, "2026-11-23 09:00"),
        ("2026-11-23 09:00", 180, "2026-11-23 12:00"),
        ("2026-11-23 09:00", 181, "2026-11-23 13:31"),
        ("2026-11-23 11:30", 60, "2026-11-23 14:00"),
        ("2026-11-23 12:00", 0, "2026-11-23 13:30"),
        ("2026-11-23 17:30", 0, "2026-11-24 09:00"),
        ("2026-11-27 17:00", 60, "2026-11-30 09:30"),
        ("2026-11-28 10:00", 90, "2026-11-30 10:30"),
        ("2026-11-24 00:00", 1, "2026-11-24 09:01"),
        ("2026-11-23 23:59", 1, "2026-11-24 09:01"),
        # National Day: closed 10-01 to 10-07, worked on Saturday 10-10, closed on Sunday 10-11
        ("2026-09-30 18:00", 90, "2026-10-08 10:30"),
        ("2026-10-04 12:00", 90, "2026-10-08 10:30"),
        ("2026-10-09 17:00", 90, "2026-10-10 10:00"),
        ("2026-10-10 17:00", 90, "2026-10-12 10:00"),
        # 调休: Sunday 09-20 is worked, so are Saturdays 02-14 and 02-28 and Sunday 01-04
        ("2026-09-19 10:00", 30, "2026-09-20 09:30"),
        ("2026-01-03 10:00", 30, "2026-01-04 09:30"),
        ("2026-02-27 17:30", 30, "2026-02-28 09:30"),
        # Spring Festival 2026: New Year's Eve is Monday 02-16; closed 02-15 to 02-23
        ("2026-02-14 17:30", 30, "2026-02-24 09:30"),
        ("2026-02-16 20:00", 30, "2026-02-24 09:30"),
        ("2025-12-31 17:30", 30, "2026-01-04 09:30"),
        # New Year's Eve of 2027 is Friday 02-05; the law gives 02-05 to 02-08 and two days in lieu
        ("2027-02-04 17:30", 30, "2027-02-11 09:30"),
    ],
)
def test_add_working(start: str, minutes: int, expected: str) -> None:
    assert OFFICE.add_working(at(start), minutes * MINUTE) == at(expected)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-11-23 08:00", "2026-11-23 18:00", 420),
        ("2026-11-23 11:30", "2026-11-23 14:00", 60),
        ("2026-10-01 00:00", "2026-10-08 00:00", 0),
        ("2026-09-30 17:00", "2026-10-08 10:00", 90),
        ("2026-10-08 00:00", "2026-10-12 00:00", 3 * 420),
        ("2026-11-23 14:00", "2026-11-23 14:00", 0),
        ("2026-11-24 14:00", "2026-11-23 14:00", 0),
    ],
)
def test_worked(start: str, end: str, minutes: int) -> None:
    assert OFFICE.worked(at(start), at(end)) == minutes * MINUTE


def test_open_until_the_closing_instant() -> None:
    assert OFFICE.is_open(at("2026-11-23 09:00"))
    assert not OFFICE.is_open(at("2026-11-23 12:00"))
    assert not OFFICE.is_open(at("2026-10-01 10:00"))
    assert OFFICE.is_open(at("2026-10-10 10:00"))


def test_moments_come_back_in_utc_and_need_a_zone() -> None:
    assert OFFICE.next_opening(at("2026-11-22 20:00")).tzinfo is UTC
    with pytest.raises(ValueError, match="zone"):
        OFFICE.next_opening(datetime(2026, 11, 22))  # noqa: DTZ001
    with pytest.raises(ValueError, match="taken away"):
        OFFICE.add_working(at("2026-11-22 20:00"), -MINUTE)


def test_hours_without_any_time_are_told_not_searched_for_ever() -> None:
    with pytest.raises(NeverOpens):
        WorkingCalendar(Hours({}), DayBook()).next_opening(at("2026-11-22 20:00"))


def test_years_are_covered_here_not_in_utc() -> None:
    assert OFFICE.covers(at("2026-01-01 00:00"), at("2026-12-31 23:59"))
    assert not OFFICE.covers(at("2026-12-31 23:59"), at("2060-01-01 00:00"))


def test_a_desk_without_hours_counts_round_the_clock() -> None:
    calendar = calendar_of(Desk(id="common"), DayBook())
    assert calendar.hours is ALWAYS
    assert calendar.add_working(at("2026-10-03 23:30"), 60 * MINUTE) == at("2026-10-04 00:30")


moments = st.datetimes(datetime(2010, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
amounts = st.timedeltas(timedelta(0), timedelta(hours=12))
own_days = st.frozensets(st.dates(date(2010, 1, 1), date(2035, 1, 1)), max_size=5)


@st.composite
def windows(draw: st.DrawFn) -> tuple[Window, ...]:
    """Windows of one day that do not overlap."""
    edges = sorted(draw(st.lists(st.integers(0, 1440), min_size=2, max_size=8, unique=True)))
    return tuple(Window(start, end) for start, end in zip(edges[::2], edges[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    """Any calendar that is open on some day of every week."""
    by_day = draw(st.dictionaries(st.sampled_from(DAYS), windows(), max_size=4))
    by_day["工作日"] = draw(windows())
    closed = draw(own_days)
    return WorkingCalendar(Hours(by_day), DayBook(closed, draw(own_days) - closed))


def inside(calendar: WorkingCalendar, moment: datetime) -> bool:
    """Whether a moment lies in a window or at its closing instant."""
    here = moment.astimezone(HERE)
    for day in (here.date(), here.date() - timedelta(days=1)):
        midnight = datetime(day.year, day.month, day.day, tzinfo=HERE)
        for window in calendar.hours.on(day, calendar.days.kind(day)):
            if midnight + window.start * MINUTE <= here <= midnight + window.end * MINUTE:
                return True
    return False


@settings(deadline=None)
@given(calendars(), moments, amounts)
def test_what_is_added_has_been_worked(calendar: WorkingCalendar, start: datetime, amount: timedelta) -> None:
    end = calendar.add_working(start, amount)
    assert end >= start
    assert calendar.worked(start, end) == amount
    assert inside(calendar, end)


@settings(deadline=None)
@given(calendars(), moments, amounts, amounts)
def test_more_work_is_never_done_sooner(
    calendar: WorkingCalendar, start: datetime, amount: timedelta, more: timedelta
) -> None:
    assert calendar.add_working(start, amount) <= calendar.add_working(start, amount + more)


@settings(deadline=None)
@given(calendars(), moments, st.timedeltas(timedelta(0), timedelta(days=30)), amounts)
def test_a_later_start_is_never_done_sooner(
    calendar: WorkingCalendar, start: datetime, later: timedelta, amount: timedelta
) -> None:
    assert calendar.add_working(start, amount) <= calendar.add_working(start + later, amount)


@settings(deadline=None)
@given(calendars(), moments, amounts, amounts)
def test_work_in_two_parts_is_work_in_one(
    calendar: WorkingCalendar, start: datetime, first: timedelta, second: timedelta
) -> None:
    whole = calendar.add_working(start, first + second)
    parts = calendar.add_working(calendar.add_working(start, first), second)
    assert calendar.worked(start, parts) == first + second
    assert calendar.worked(min(whole, parts), max(whole, parts)) == timedelta(0)


@settings(deadline=None)
@given(calendars(), st.lists(moments, min_size=3, max_size=3).map(sorted))
def test_worked_time_adds_up(calendar: WorkingCalendar, times: list[datetime]) -> None:
    first, second, third = times[0], times[0] + (times[1] - times[0]) / 50, times[0] + (times[2] - times[0]) / 50
    assert calendar.worked(first, third) == calendar.worked(first, second) + calendar.worked(second, third)
    assert timedelta(0) <= calendar.worked(first, third) <= third - first


@settings(deadline=None)
@given(calendars(), moments)
def test_the_next_opening_is_open_and_nothing_before_it_is(calendar: WorkingCalendar, start: datetime) -> None:
    opening = calendar.next_opening(start)
    assert calendar.is_open(opening)
    assert calendar.worked(start, opening) == timedelta(0)
    assert calendar.is_open(start) == (opening == start)


@settings(deadline=None)
@given(moments, amounts)
def test_round_the_clock_is_the_clock(start: datetime, amount: timedelta) -> None:
    calendar = WorkingCalendar(ALWAYS, DayBook())
    assert calendar.add_working(start, amount) == start + amount
    assert calendar.worked(start, start + amount) == amount


@settings(deadline=None)
@given(calendars(), moments, amounts)
def test_the_zone_a_moment_is_written_in_makes_no_difference(
    calendar: WorkingCalendar, start: datetime, amount: timedelta
) -> None:
    assert calendar.add_working(start.astimezone(HERE), amount) == calendar.add_working(start, amount)


@settings(deadline=None)
@given(st.dates(date(2010, 1, 1), date(2035, 12, 31)))
def test_every_day_here_has_24_hours(day: date) -> None:
    """The place has known no summer time since 1991; were it to return, sums over midnight would be off."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=HERE)
    assert midnight.utcoffset() == timedelta(hours=8)
