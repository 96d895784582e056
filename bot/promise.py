"""When a parent may expect an answer, and the honest sentence that says so. Called where a case is opened or moved.

A time is told only where the operators set the desk's hours and its minutes, and only where the working days of the years
in question are settled; otherwise the sentence is no more than "as soon as possible in working hours".
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.calendar import HERE, calendar_of
from bot.errors import NeverOpens
from bot.voice import Say
from knowledge.day_book import DayBook
from knowledge.schema import Desk
from knowledge.typography import closed_up


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised at `made`, in UTC.

    `opens`: when somebody is there next, `made` itself while the desk is open; None where no hours are set. `answer_by`: None
    where no time is promised. `told`: whether the sentence may name these times. What is not told may still remind staff.
    """

    made: datetime
    opens: datetime | None
    answer_by: datetime | None
    told: bool

    @property
    def key(self) -> str:
        """The wording of the sentence."""
        if not self.told or self.opens is None:
            return "case.promise_soon"
        when = "open" if self.opens == self.made else "closed"
        return f"case.promise_{when}" if self.answer_by else f"case.promise_{when}_soon"


def promise(now: datetime, desk: Desk, days: DayBook) -> Promise:
    """The promise of `desk` for a question that comes to it at `now`."""
    if not desk.hours:
        return Promise(now, None, None, told=False)
    calendar, minutes = calendar_of(desk, days), desk.promise_minutes
    try:
        opens = calendar.next_opening(now)
        answer_by = None if minutes is None else calendar.add_working(now, timedelta(minutes=minutes))
    except NeverOpens:
        return Promise(now, None, None, told=False)
    answer_by = None if answer_by is None else _whole_minute(answer_by)
    return Promise(now, opens, answer_by, told=calendar.covers(now, answer_by or opens))


def part_of(made: Promise, desk: Desk, days: DayBook, share: float) -> datetime | None:
    """The moment at which `share` (0 to 1) of the promised working time is over; None where no time is promised."""
    if made.answer_by is None:
        return None
    calendar = calendar_of(desk, days)
    return min(made.answer_by, calendar.add_working(made.made, calendar.worked(made.made, made.answer_by) * share))


def sentence(made: Promise, desk: Desk, say: Say) -> str:
    """What the parent reads of a promise, in the time of this place."""
    opens = "" if made.opens is None else day_and_time(made.opens, made.made, say)
    told = made.answer_by if made.told else None
    answer_by = ""
    if told is not None:
        same_day = _day(told) == _day(made.opens or told)
        answer_by = time_of_day(told) if same_day else day_and_time(told, made.made, say)
    return closed_up(say(made.key, office=desk.name, opens=opens, answer_by=answer_by))


def day_and_time(moment: datetime, now: datetime, say: Say) -> str:
    """A moment as people say it: today and tomorrow by name, another day by its date, of another year with the year."""
    ahead = (_day(moment) - _day(now)).days
    here = moment.astimezone(HERE)
    other_year = here.year != now.astimezone(HERE).year
    key = {0: "day_today", 1: "day_tomorrow"}.get(ahead, "day_of_year" if other_year else "day")
    return f"{say(f'case.{key}', year=here.year, month=here.month, day=here.day)} {time_of_day(moment)}"


def time_of_day(moment: datetime) -> str:
    """9:00, 13:30."""
    return f"{moment.astimezone(HERE):%H:%M}".removeprefix("0")


def _day(moment: datetime) -> datetime:
    return moment.astimezone(HERE).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)


def _whole_minute(moment: datetime) -> datetime:
    """Rounded up: what is told is whole minutes, and is what is kept to."""
    over = timedelta(seconds=moment.second, microseconds=moment.microsecond)
    return moment if not over else moment - over + timedelta(minutes=1)
