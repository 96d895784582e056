"""Windows as operators write them, and which count on a day."""

from datetime import date

import pytest

from knowledge.day_book import DayKind
from knowledge.hours import ALWAYS, DAYS, Hours, Window, window

MONDAY, FRIDAY, SATURDAY, SUNDAY = date(2026, 11, 23), date(2026, 11, 27), date(2026, 11, 28), date(2026, 11, 29)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9:00-12:00", Window(540, 720)),
        ("09:00 - 12:00", Window(540, 720)),
        ("13：30—17：30", Window(810, 1050)),
        ("13:30 至 17:30", Window(810, 1050)),
        ("0:00-24:00", Window(0, 1440)),
        ("22:00-6:00", None),
        ("9:00-9:00", None),
        ("9:60-12:00", None),
        ("9:00-24:01", None),
        ("9-12", None),
        ("上午", None),
        ("", None),
    ],
)
def test_window(text: str, expected: Window | None) -> None:
    assert window(text) == expected


def test_a_weekday_of_its_own_goes_before_the_general_one() -> None:
    hours = Hours.of({"工作日": ["13:00-17:00", "9:00-12:00"], "周五": ["9:00-12:00"], "周六": ["10:00-11:00"]})
    assert hours.on(MONDAY, DayKind.WORKDAY) == (Window(540, 720), Window(780, 1020))
    assert hours.on(FRIDAY, DayKind.WORKDAY) == (Window(540, 720),)
    assert hours.on(SATURDAY, DayKind.WEEKEND) == (Window(600, 660),)
    assert hours.on(SUNDAY, DayKind.WEEKEND) == ()


def test_a_make_up_weekend_is_worked_like_any_working_day() -> None:
    hours = Hours.of({"工作日": ["9:00-12:00"], "周六": ["10:00-11:00"]})
    assert hours.on(SATURDAY, DayKind.MAKE_UP) == (Window(540, 720),)
    only_by_day = Hours.of({"周六": ["10:00-11:00"], "周一": ["9:00-12:00"]})
    assert only_by_day.on(SATURDAY, DayKind.MAKE_UP) == (Window(600, 660),)
    assert only_by_day.on(SUNDAY, DayKind.MAKE_UP) == ()


def test_a_holiday_is_closed_unless_it_is_named() -> None:
    assert Hours.of({"工作日": ["9:00-12:00"], "周六": ["9:00-12:00"]}).on(SATURDAY, DayKind.HOLIDAY) == ()
    assert Hours.of({"节假日": ["9:00-10:00"]}).on(MONDAY, DayKind.HOLIDAY) == (Window(540, 600),)


def test_a_day_named_with_nothing_is_closed() -> None:
    assert Hours.of({"工作日": ["9:00-12:00"], "周一": []}).on(MONDAY, DayKind.WORKDAY) == ()


@pytest.mark.parametrize("kind", DayKind)
@pytest.mark.parametrize("day", [MONDAY, FRIDAY, SATURDAY, SUNDAY])
def test_always_is_every_minute(day: date, kind: DayKind) -> None:
    assert ALWAYS.on(day, kind) == (Window(0, 1440),)
    assert set(ALWAYS.by_day) <= set(DAYS)
