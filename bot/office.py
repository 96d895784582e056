"""Desks as the case sees them: where a question goes, what is promised, and when things are due. Used by casework and doors."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.calendar import calendar_of
from bot.decision import Priority
from bot.errors import NeverOpens
from bot.promise import Promise, promise, sentence
from bot.voice import Say
from knowledge.library import Library
from knowledge.schema import Desk

UNPROMISED = timedelta(hours=2)
"""Working time after which staff are reminded where operators promise parents no time."""


@dataclass(frozen=True, slots=True)
class Office:
    """Every desk of the library that is current. A desk that is no longer declared counts as the common one."""

    current: Callable[[], Library]

    @property
    def common(self) -> str:
        """The desk that takes what belongs to no other."""
        return self.current().common_desk.id

    @property
    def keys(self) -> tuple[str, ...]:
        """All desks."""
        return tuple(self.current().desks)

    @property
    def districts(self) -> tuple[str, ...]:
        """Districts that have a desk of their own."""
        return tuple(dict.fromkeys(name for desk in self.current().desks.values() for name in desk.districts))

    def title(self, entry: str) -> str:
        """The title of an entry of the library."""
        return self.current().title(entry)

    def desk(self, key: str | None) -> Desk:
        """The desk as declared."""
        library = self.current()
        return library.desks.get(key or "", library.common_desk)

    def chain(self, key: str | None) -> tuple[str, ...]:
        """The desk, those that step in for it one after another, and at last the common one."""
        keys = [self.desk(key).id]
        while (following := self.desk(keys[-1]).fallback) and following not in keys:
            keys.append(following)
        return tuple(dict.fromkeys((*keys, self.common)))

    def route(self, district: str | None, topics: Collection[str]) -> str | None:
        """The desk for a question: by topic first, then by district. None: it depends on the district, which is unknown."""
        desks = self.current().desks.values()
        here = [desk for desk in desks if district in desk.districts or not desk.districts]
        for desk in here:
            if desk.topics and not set(desk.topics).isdisjoint(topics):
                return desk.id
        if district is None:
            return None if self.districts else self.common
        return next((desk.id for desk in here if desk.districts and not desk.topics), self.common)

    def promise(self, now: datetime, key: str | None) -> Promise:
        """What the desk promises a question of `now`."""
        return promise(now, self.desk(key), self.current().days)

    def sentence(self, made: Promise, key: str | None, say: Say) -> str:
        """The promise in words for the parent."""
        return sentence(made, self.desk(key), say)

    def deadline(self, made: Promise, key: str | None) -> datetime:
        """When the answer is due for staff: as promised, or after a while where nothing is promised."""
        return made.answer_by or self.after(key, made.made, UNPROMISED)

    def after(self, key: str | None, start: datetime, amount: timedelta) -> datetime:
        """The moment with so much working time of the desk behind it; by the clock for a desk that never opens again."""
        try:
            return calendar_of(self.desk(key), self.current().days).add_working(start, amount)
        except NeverOpens:
            return start + amount

    def worked(self, key: str | None, start: datetime, end: datetime) -> timedelta:
        """The desk's working time between two moments; negative where `end` comes first."""
        calendar = calendar_of(self.desk(key), self.current().days)
        return calendar.worked(start, end) if end >= start else -calendar.worked(end, start)

    def half(self, key: str | None, start: datetime, end: datetime) -> datetime:
        """When half of the working time between two moments is over."""
        return min(end, self.after(key, start, self.worked(key, start, end) / 2))

    def lease(self, key: str | None, now: datetime, priority: Priority) -> datetime:
        """Until when a claim holds: in working time, for urgent cases by the clock."""
        minutes = timedelta(minutes=self.desk(key).lease_minutes)
        return now + minutes if priority > Priority.NORMAL else self.after(key, now, minutes)

    def visit(self, key: str | None, now: datetime) -> datetime:
        """When to ask whether an answer helped: after the desk's days, at the next opening."""
        return self.after(key, now + timedelta(days=self.desk(key).follow_up_days), timedelta(0))
