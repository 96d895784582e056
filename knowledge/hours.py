"""When a desk is open: windows of the day by kind of day, as operators write them. Used by `desk_checks` and the calendar."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from knowledge.day_book import SATURDAY, DayKind

WORKDAYS, HOLIDAYS = "工作日", "节假日"
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
DAYS = (WORKDAYS, *WEEKDAYS, HOLIDAYS)
MINUTES_OF_A_DAY = 24 * 60
_WINDOW = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~～至到]\s*(\d{1,2})[:：](\d{2})")


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """From and till, in minutes since midnight; `end` may be 24:00."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hours:
    """The windows of each kind of day, in order. A kind that is not named is closed."""

    by_day: Mapping[str, tuple[Window, ...]]

    @classmethod
    def of(cls, written: Mapping[str, list[str]]) -> "Hours":
        """From what operators wrote; what cannot be read is left out (`desk_checks` finds it)."""
        return cls({day: tuple(sorted(w for w in map(window, texts) if w)) for day, texts in written.items()})

    def on(self, day: date, kind: DayKind) -> tuple[Window, ...]:
        """The windows of a day: a weekday named for itself first, else the general 工作日.

        A 调休 weekend is worked like any 工作日, and only where none is named like the weekday it falls on.
        """
        own = self.by_day.get(WEEKDAYS[day.weekday()])
        general = self.by_day.get(WORKDAYS)
        if kind is DayKind.HOLIDAY:
            return self.by_day.get(HOLIDAYS, ())
        if kind is DayKind.MAKE_UP:
            return (general if general is not None else own) or ()
        if own is not None:
            return own
        return (general or ()) if day.weekday() < SATURDAY else ()


ALWAYS = Hours(dict.fromkeys((WORKDAYS, "周六", "周日", HOLIDAYS), (Window(0, MINUTES_OF_A_DAY),)))
"""Every minute: how time is counted for a desk whose hours nobody has confirmed."""


def window(text: str) -> Window | None:
    """The window of `9:00-12:00`; None for anything that is none, also where it runs past midnight."""
    found = _WINDOW.fullmatch(text.strip())
    if found is None:
        return None
    hour, minute, last_hour, last_minute = map(int, found.groups())
    start, end = hour * 60 + minute, last_hour * 60 + last_minute
    good = minute < 60 and last_minute < 60 and start < end <= MINUTES_OF_A_DAY
    return Window(start, end) if good else None
