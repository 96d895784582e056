"""The days of real years, as the State Council's notices have them, and the operators' own days over them."""

from datetime import date, timedelta

import pytest

from knowledge.day_book import DayBook, DayKind
from knowledge.schema import CalendarFile

OFF_IN_2026 = (
    ("2026-01-01", "2026-01-03"),
    ("2026-02-15", "2026-02-23"),
    ("2026-04-04", "2026-04-06"),
    ("2026-05-01", "2026-05-05"),
    ("2026-06-19", "2026-06-21"),
    ("2026-09-25", "2026-09-27"),
    ("2026-10-01", "2026-10-07"),
)
WORKED_IN_2026 = ("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10")
"""国务院办公厅关于 2026 年部分节假日安排的通知, 2025-11-04."""


def days_of(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days=n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]


def between(first: str, last: str) -> list[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


def test_2026_is_the_notice_day_by_day() -> None:
    special = {day: DayKind.HOLIDAY for first, last in OFF_IN_2026 for day in between(first, last)}
    special |= {date.fromisoformat(day): DayKind.MAKE_UP for day in WORKED_IN_2026}
    for day in days_of(2026):
        ordinary = DayKind.WEEKEND if day.weekday() >= 5 else DayKind.WORKDAY
        assert DayBook().kind(day) is special.get(day, ordinary), day


@pytest.mark.parametrize("year", range(2010, 2027))
def test_settled_years_are_covered(year: int) -> None:
    assert DayBook().covers(year)
    assert any(DayBook().kind(day) is DayKind.MAKE_UP for day in days_of(year))


def test_a_year_without_a_notice_is_not_covered_but_the_law_is_known() -> None:
    book = DayBook()
    assert not book.covers(2060)
    assert book.kind(date(2060, 10, 1)) is DayKind.HOLIDAY
    assert not any(book.kind(day) is DayKind.MAKE_UP for day in days_of(2060))


@pytest.mark.parametrize("day", between("2027-02-05", "2027-02-08"))
def test_the_statutory_days_of_spring_festival_2027(day: date) -> None:
    assert DayBook().kind(day) is DayKind.HOLIDAY


def test_own_days_go_before_official_ones() -> None:
    own = CalendarFile.model_validate(
        {
            "holidays": [{"date": "2026-11-23", "note": "停电"}, {"date": "2026-10-10", "note": "不补班"}],
            "working_days": [{"date": "2026-10-05", "note": "值班"}, {"date": "2026-11-28", "note": "补班"}],
            "complete": ["2060"],
        }
    )
    book = DayBook.of(own)
    kinds = {
        day: book.kind(date.fromisoformat(day)) for day in ("2026-11-23", "2026-10-10", "2026-10-05", "2026-11-28")
    }
    assert list(kinds.values()) == [DayKind.HOLIDAY, DayKind.HOLIDAY, DayKind.WORKDAY, DayKind.MAKE_UP]
    assert book.covers(2060)
