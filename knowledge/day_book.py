"""Which days are worked in China: public holidays, 调休 working weekends, and the operators' own days on top.

Used by `desk_checks` and `bot/calendar.py`. The days of a year are settled by the State Council's yearly notice; until the
installed `holidays` package knows it, only the days off that the law itself names are known, and the year is not covered.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from functools import lru_cache

from holidays.countries.china import ChinaStaticHolidays
from holidays.utils import country_holidays

from knowledge.schema import CalendarFile

_DAY = timedelta(days=1)
SATURDAY = 5


class DayKind(Enum):
    """What sort of day it is for people who work office days. A `MAKE_UP` is a Saturday or Sunday that is worked."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKE_UP = "make-up"


@dataclass(frozen=True, slots=True)
class DayBook:
    """The official days, with the operators' own over them. `complete`: years whose every day they entered themselves."""

    closed: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()
    complete: frozenset[int] = frozenset()

    @classmethod
    def of(cls, own: CalendarFile) -> "DayBook":
        """The official days with those of `calendar.yaml` over them."""
        closed = frozenset(special.date for special in own.holidays)
        return cls(closed, frozenset(special.date for special in own.working_days), frozenset(own.complete))

    def kind(self, day: date) -> DayKind:
        """What `day` is."""
        weekend = day.weekday() >= SATURDAY
        if day in self.closed:
            return DayKind.HOLIDAY
        if day in self.worked:
            return DayKind.MAKE_UP if weekend else DayKind.WORKDAY
        return _official(day.year).get(day, DayKind.WEEKEND if weekend else DayKind.WORKDAY)

    def covers(self, year: int) -> bool:
        """Whether the days of `year` are settled and known."""
        return year in self.complete or year in ChinaStaticHolidays.special_public_holidays


@lru_cache(maxsize=64)
def _official(year: int) -> dict[date, DayKind]:
    """Every day of a year that is not what its weekday says. A weekend joined to a holiday belongs to the holiday."""
    book = country_holidays("CN", years=range(year - 1, year + 2))
    kinds = {day: DayKind.MAKE_UP for day in book.weekend_workdays if day.year == year}
    for holiday in list(book):
        for step in (_DAY, -_DAY):
            day = holiday
            while not book.is_working_day(day):
                if day.year == year:
                    kinds[day] = DayKind.HOLIDAY
                day += step
    return kinds
