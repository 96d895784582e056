"""What somebody does to a case, and what came of it, as values. Made by doors, carried out by `bot/casework.py`."""

from dataclasses import dataclass

from bot.case import Do, Refusal, State, Who
from bot.messages import Address, Attachment


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and through which door (`telegram`, `web`, `terminal`, `clock`). `staff_id` for staff only."""

    who: Who
    staff_id: int | None = None
    via: str = ""


CLOCK = Actor(Who.CLOCK, via="clock")


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do to the case with that number.

    `desk`: the target of a transfer or of routing. `quotes`: id of the event that is replied to, or corrected.
    `seen`: the version the actor looked at; an older one than the case's is refused. `value`: a rating, 1 to 5.
    `place`: for parents, their address: a case of somebody else is refused. `incoming_id`: the stored message.
    """

    do: Do
    number: str
    by: Actor
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    desk: str | None = None
    incoming_id: int | None = None
    quotes: int | None = None
    seen: int | None = None
    value: int | None = None
    reason: str = ""
    place: Address | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """The act was carried out. `letters`: ids of the outgoing messages to the parent; `place`: where the parent is."""

    act: Act
    number: str
    state: State
    event_id: int
    version: int
    place: Address
    letters: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """The act was not carried out. `holder`: the shown name of who holds the case, where that is the reason."""

    act: Act
    number: str
    reason: Refusal
    holder: str = ""
    state: State | None = None


Result = Done | Refused
