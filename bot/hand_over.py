"""Where a new case goes and what its parent is told of it: the promise, or the question for the district. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bot.decision import Priority
from bot.messages import Choice
from bot.office import Office
from bot.voice import Say

NO_DISTRICT = "none"


@dataclass(frozen=True, slots=True)
class Route:
    """`desk`: None while it depends on the district, which the parent is asked by `text` and `choices`."""

    desk: str | None
    asked: bool
    text: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class HandOver:
    """Routes what is handed over at `now` under `number`."""

    office: Office
    say: Say
    now: datetime
    number: str

    def route(self, district: str | None, topics: Collection[str], priority: Priority) -> Route:
        """The desk, or the question that finds it. What is urgent goes to the common desk rather than wait."""
        desk = self.office.route(district, topics)
        if desk is None and priority > Priority.NORMAL:
            desk = self.office.common
        promise = self.promise(desk)
        if desk is not None:
            return Route(desk, asked=False, text=promise)
        return Route(None, asked=True, text=f"{promise}\n{self.say('case.ask_district')}", choices=self.districts())

    def promise(self, desk: str | None) -> str:
        """What the desk promises, in words."""
        return self.office.sentence(self.office.promise(self.now, desk), desk, self.say)

    def districts(self) -> tuple[Choice, ...]:
        """The districts to choose from."""
        known = [Choice(f"district.{name}:{self.number}", name) for name in self.office.districts]
        return (*known, Choice(f"district.{NO_DISTRICT}:{self.number}", self.say("case.district_none_label")))
