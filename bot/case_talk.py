"""The whole talk around a case: what the parent and the bot said, and what staff did. Used by the web console."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.case import Do
from bot.casebook import Casebook, CaseFile, EventLine
from bot.mailbox import Line, Mailbox

LINES = 200
SPOKEN = frozenset({Do.OPEN, Do.ADD})
"""Events whose words stand in the talk already, as the parent's own lines."""


@dataclass(frozen=True, slots=True)
class Said:
    """One line: the words of `by` (parent, bot, staff), or something that happened (`by` is then `event`)."""

    by: str
    at: datetime
    text: str
    event: EventLine | None = None


@dataclass(frozen=True, slots=True)
class CaseTalk:
    """Reads talks; marks nothing as read, and never tells who the parent is."""

    casebook: Casebook
    mailbox: Mailbox

    async def lines(self, file: CaseFile) -> tuple[Said, ...]:
        """The talk of the case's parent with the case's events in their places, oldest first."""
        place = await self.casebook.place(file.line.number)
        history = await self.mailbox.history(place, LINES) if place is not None else ()
        said = [Said(line.by, line.at, line.text) for line in history if _shown(line)]
        return tuple(sorted([*said, *_events(file)], key=lambda one: one.at))


def _shown(line: Line) -> bool:
    """Letters of staff come with their events, which know who wrote them and whether they arrived."""
    return bool(line.text) and line.by != "staff"


def _events(file: CaseFile) -> Iterator[Said]:
    for event in file.events:
        if event.do in (Do.ANSWER, Do.CORRECT, Do.NOTE) or (event.do is Do.CLOSE and event.text):
            yield Said("staff", event.at, event.text, event)
        else:
            yield Said("event", event.at, "" if event.do in SPOKEN else event.text, event)
