"""The outcome of thinking about one message: a value that `bot/decide.py` makes and `bot/intake.py` carries out."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from bot.act import Act
from bot.conversation import Context
from bot.messages import Attachment, Reply


class Outcome(StrEnum):
    """Outcomes that are not the id of a topic."""

    EMERGENCY = "emergency"
    REPORT = "report"
    ESCALATE = "escalate"
    DECLINE = "decline"
    CLARIFY = "clarify"


class Priority(IntEnum):
    """How urgent a case is; higher is more urgent."""

    NORMAL = 0
    REPORT = 1
    EMERGENCY = 2


@dataclass(frozen=True, slots=True)
class NewCase:
    """Something a person has to look at. `understood` is plain JSON for the staff card (candidates, slots, evidence).

    `desk`: who gets it; None while it depends on the district, for which the parent was asked if `asked`.
    """

    number: str
    priority: Priority
    words: str
    district: str | None
    understood: dict[str, Any] = field(default_factory=dict)
    desk: str | None = None
    asked: bool = False
    topics: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as its parent may see it. `told`: they know `promised_at`; `late`: it was missed."""

    number: str
    state: str
    words: str
    desk: str | None = None
    district: str | None = None
    topics: tuple[str, ...] = ()
    asked: bool = False
    priority: Priority = Priority.NORMAL
    created_at: datetime | None = None
    promised_at: datetime | None = None
    settled_at: datetime | None = None
    rating: int | None = None
    told: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What is done about one message.

    `outcome` is a topic id or an `Outcome`; `topics` all topics the reply covers, in order; `options` the topic ids
    offered when asking back; `reply` None where silence is right (an edit that changed nothing).
    `hold`: the reply waits for the burst window, as the parent seems to be still typing.
    `replaces_held`: an undelivered held reply of this conversation is withdrawn; this decision read those words too.
    `erase`: everything stored of this parent's talk is to be blanked.
    `acts`: what the parent does to cases by this message.
    """

    outcome: str
    reply: Reply | None
    context: Context
    topics: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    score: float = 0.0
    why: dict[str, Any] = field(default_factory=dict)
    case: NewCase | None = None
    hold: bool = False
    replaces_held: bool = False
    erase: bool = False
    acts: tuple[Act, ...] = ()
