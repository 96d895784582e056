"""Working time of a desk: pure sums over its hours and China's working days. Called by `bot/promise.py` and the timers.

Moments are aware and come back in UTC; only the days and windows themselves are read in Asia/Shanghai.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.errors import NeverOpens
from knowledge.day_book import DayBook
from knowledge.hours import ALWAYS, Hours, Window
from knowledge.schema import Desk

HERE = ZoneInfo("Asia/Shanghai")
FURTHEST = timedelta(days=400)
"""How far ahead the next opening is looked for."""
NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """When somebody is there. Windows of one day do not overlap (`knowledge/desk_checks.py` holds that)."""

    hours: Hours
    days: DayBook

    def add_working(self, start: datetime, amount: timedelta) -> datetime:
        """The first moment with `amount` of working time behind it since `start`; for no amount, the next opening.

        Lies in a window or at its closing instant. `NeverOpens` where the desk never opens again.
        """
        if amount < NO_TIME:
            raise ValueError("working time cannot be taken away")
        left, seen = amount, _utc(start)
        for opens, closes in self._windows(seen):
            if left <= closes - opens:
                return opens + left
            left, seen = left - (closes - opens), closes
        raise NeverOpens(seen)

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """The working time between two moments; none where `end` is not after `start`."""
        first, last, total = _utc(start), _utc(end), NO_TIME
        for opens, closes in self._windows(first, last):
            total += min(closes, last) - opens
        return total

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself while open, else when the next window begins. `NeverOpens` where none does."""
        return self.add_working(at, NO_TIME)

    def is_open(self, at: datetime) -> bool:
        """Whether `at` lies in a window; at the closing instant the desk is closed."""
        moment = _utc(at)
        return any(opens == moment for opens, _ in self._windows(moment, moment + timedelta.resolution))

    def covers(self, start: datetime, end: datetime) -> bool:
        """Whether the working days of every year from `start` to `end` are settled and known."""
        years = range(start.astimezone(HERE).year, end.astimezone(HERE).year + 1)
        return all(map(self.days.covers, years))

    def _windows(self, start: datetime, end: datetime | None = None) -> Iterator[tuple[datetime, datetime]]:
        """Windows from `start` on, the first cut to begin there, before `end`, or until `FURTHEST` without any."""
        day, seen = start.astimezone(HERE).date(), start
        while (_moment(day, 0) < end) if end else (_moment(day, 0) - seen < FURTHEST):
            for window in self.hours.on(day, self.days.kind(day)):
                opens, closes = _bounds(day, window)
                if closes > start and (end is None or opens < end):
                    seen = closes
                    yield max(opens, start), closes
            day += timedelta(days=1)


def calendar_of(desk: Desk, days: DayBook) -> WorkingCalendar:
    """The calendar of a desk. Without confirmed hours time is counted round the clock: nothing waits for an unknown opening."""
    return WorkingCalendar(Hours.of(desk.hours) if desk.hours else ALWAYS, days)


def _bounds(day: date, window: Window) -> tuple[datetime, datetime]:
    return _moment(day, window.start), _moment(day, window.end)


def _moment(day: date, minutes: int) -> datetime:
    """A wall-clock time here as UTC; added on the wall, so that 24:00 is the next midnight whatever the clock does."""
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)  # noqa: DTZ001  the zone follows
    return wall.replace(tzinfo=HERE).astimezone(UTC)


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone")
    return moment.astimezone(UTC)
