"""What a parent is promised, and the sentence that says so."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.calendar import HERE, calendar_of
from bot.promise import part_of, promise, sentence
from knowledge import templates
from knowledge.day_book import DayBook
from knowledge.schema import Desk

DESK = Desk(id="common", name="工作人员", hours={"工作日": ["9:00-12:00", "13:30-17:30"]}, promise_minutes=90)
NO_MINUTES = DESK.model_copy(update={"promise_minutes": None})
NO_HOURS = DESK.model_copy(update={"hours": {}})
DAYS = DayBook()
WORDING = yaml.safe_load(Path("knowledge/content/wording/case.yaml").read_text("utf-8"))
SOON = "工作人员会在工作时间内尽快回复。"


def say(key: str, /, **values: object) -> str:
    return templates.rendered(WORDING[key.removeprefix("case.")], values)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HERE)


def told(now: str, desk: Desk = DESK, days: DayBook = DAYS) -> str:
    return sentence(promise(at(now), desk, days), desk, say)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-23 09:00", "工作人员正在上班，预计 10:30 前回复。"),
        ("2026-11-23 11:30", "工作人员正在上班，预计 14:30 前回复。"),
        ("2026-11-23 17:00", "工作人员正在上班，预计明天 10:00 前回复。"),
        ("2026-11-23 08:00", "工作人员今天 9:00 上班，预计 10:30 前回复。"),
        ("2026-11-23 12:30", "工作人员今天 13:30 上班，预计 15:00 前回复。"),
        ("2026-11-23 20:00", "工作人员明天 9:00 上班，预计 10:30 前回复。"),
        ("2026-11-24 00:00", "工作人员今天 9:00 上班，预计 10:30 前回复。"),
        ("2026-11-27 17:30", "工作人员 11 月 30 日 9:00 上班，预计 10:30 前回复。"),
        ("2026-09-30 18:00", "工作人员 10 月 8 日 9:00 上班，预计 10:30 前回复。"),
        ("2026-02-16 20:00", "工作人员 2 月 24 日 9:00 上班，预计 10:30 前回复。"),
        ("2026-02-14 17:00", "工作人员正在上班，预计 2 月 24 日 10:00 前回复。"),
        ("2026-09-19 20:00", "工作人员明天 9:00 上班，预计 10:30 前回复。"),
        ("2025-12-31 18:00", "工作人员 2026 年 1 月 4 日 9:00 上班，预计 10:30 前回复。"),
    ],
)
def test_sentence(now: str, expected: str) -> None:
    assert told(now) == expected


def test_without_minutes_only_the_opening_is_told() -> None:
    assert told("2026-11-23 10:00", NO_MINUTES) == "工作人员正在上班，会尽快回复。"
    assert told("2026-09-30 18:00", NO_MINUTES) == "工作人员 10 月 8 日 9:00 上班，上班后会尽快回复。"


def test_without_hours_no_time_is_told_or_kept() -> None:
    assert told("2026-11-23 10:00", NO_HOURS) == SOON
    assert promise(at("2026-11-23 10:00"), NO_HOURS, DAYS).answer_by is None


def test_in_a_year_that_is_not_settled_no_time_is_told_but_staff_are_reminded() -> None:
    made = promise(at("2060-03-01 10:00"), DESK, DAYS)
    assert sentence(made, DESK, say) == SOON
    assert made.answer_by is not None
    assert told("2060-03-01 10:00", DESK, DayBook(complete=frozenset({2060}))).startswith("工作人员正在上班")
    assert told("2059-12-31 17:00", DESK, DayBook(complete=frozenset({2059}))) == SOON


def test_hours_that_never_come_are_no_promise() -> None:
    assert told("2026-11-23 10:00", DESK.model_copy(update={"hours": {"工作日": []}})) == SOON


def test_what_is_told_is_whole_minutes_and_is_what_is_kept() -> None:
    made = promise(at("2026-11-23 09:00") + timedelta(seconds=30.5), DESK, DAYS)
    assert made.answer_by == at("2026-11-23 10:31")


def test_half_of_the_promise_is_half_of_its_working_time() -> None:
    made = promise(at("2026-09-30 17:00"), DESK, DAYS)
    assert made.answer_by == at("2026-10-08 10:00")
    assert part_of(made, DESK, DAYS, 0.5) == at("2026-10-08 09:15")
    assert part_of(made, DESK, DAYS, 1.0) == made.answer_by
    assert part_of(promise(at("2026-09-30 17:00"), NO_MINUTES, DAYS), NO_MINUTES, DAYS, 0.5) is None


@settings(deadline=None)
@given(st.datetimes(datetime(2010, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC)), st.integers(1, 2000))  # noqa: DTZ001
def test_a_promise_gives_staff_all_the_time_it_takes(now: datetime, minutes: int) -> None:
    desk = DESK.model_copy(update={"promise_minutes": minutes})
    made = promise(now, desk, DAYS)
    assert made.told
    assert made.answer_by is not None
    given_time = calendar_of(desk, DAYS).worked(now, made.answer_by)
    assert timedelta(minutes=minutes) <= given_time < timedelta(minutes=minutes + 1)
    assert made.opens is not None
    assert now <= made.opens <= made.answer_by
    half = part_of(made, desk, DAYS, 0.5)
    assert half is not None
    assert now < half <= made.answer_by
    assert "  " not in sentence(made, desk, say)
