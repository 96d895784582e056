"""A case as staff read it: values made by `bot/casebook.py` for the console, the cards in groups and the command line."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.case import Do, State, Who
from bot.decision import Priority
from bot.messages import Attachment


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list. `left`: working time until the answer is due, negative once it is overdue."""

    number: str
    state: State
    priority: Priority
    desk: str | None
    district: str | None
    words: str
    holder: str
    holder_id: int | None
    preferred_id: int | None
    opened_at: datetime
    waiting_since: datetime
    promised_at: datetime | None
    told: bool
    lease_until: datetime | None
    answered_at: datetime | None
    hurried: bool
    left: timedelta
    late: bool
    version: int
    topics: tuple[str, ...]
    rating: int | None
    rating_words: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that might have answered. `why_not`: a key of the wording `case.why_…`."""

    entry: str
    title: str
    score: float
    phrasing: str
    why_not: str


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event of the history. `name`: the colleague's shown name, empty for parent and clock.

    `delivery`: of what went to the parent: pending, delivered, undeliverable, or empty where nothing did.
    """

    id: int
    at: datetime
    do: Do
    who: Who
    name: str
    staff_id: int | None
    text: str
    attachments: tuple[Attachment, ...]
    detail: dict[str, Any]
    quotes: int | None
    delivery: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Similar:
    """An earlier case with words like these, and what the parent was answered."""

    number: str
    words: str
    answer: str
    likeness: float


@dataclass(frozen=True, slots=True)
class CaseFile:
    """All there is to a case. `evidence`: the words that tell the district; `given`: what the parent was told before."""

    line: CaseLine
    channel: str
    evidence: str
    candidates: tuple[Candidate, ...]
    slots: dict[str, str | int]
    rule: str
    alarm: str
    given: tuple[str, ...]
    attachments: tuple[Attachment, ...]
    events: tuple[EventLine, ...]
    similar: tuple[Similar, ...] = ()
    understood: dict[str, Any] = field(default_factory=dict)

    @property
    def undelivered(self) -> tuple[EventLine, ...]:
        """What never reached the parent."""
        return tuple(event for event in self.events if event.delivery == "undeliverable")
