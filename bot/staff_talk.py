"""What a member of staff means by a message or a tap in a group. Pure; called by `bot/staff_intake.py`."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.act import Act, Actor
from bot.case import Do, Who
from bot.messages import Incoming
from bot.roster import Staff

COMMAND: Final = re.compile(r"/(\w{1,32})(?:@\w+)?(?:\s+(.*))?", re.ASCII | re.DOTALL)
PICK: Final = re.compile(r"([ckj]):([a-z]+):([^:]+)(?::(.+))?")


class Order(StrEnum):
    """What can be asked of the bot itself. The first ones are commands by these very names."""

    BIND = "bind"
    JOIN = "join"
    WHO = "me"
    MINE = "cases"
    BREAK = "break"
    BACK = "back"
    CANNED = "canned"
    HELP = "help"
    ACCEPT = "accept"
    DECLINE = "decline"
    DRAFT = "draft"
    MOVE = "move"
    FILL = "fill"


TYPED: Final = (
    Order.BIND, Order.JOIN, Order.WHO, Order.MINE, Order.BREAK, Order.BACK, Order.CANNED, Order.HELP,
)  # fmt: skip
SPELLINGS: Final = {
    **{str(order): order for order in TYPED},
    "whoami": Order.WHO,
    "mine": Order.MINE,
    "start": Order.HELP,
}
ACTS: Final = {"claim": Do.CLAIM, "release": Do.RELEASE, "close": Do.CLOSE, "hurry": Do.HURRY, "reopen": Do.REOPEN}


@dataclass(frozen=True, slots=True)
class Known:
    """An event of a case that a message refers to."""

    id: int
    do: Do
    number: str
    text: str


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known around a message: who wrote it, the group's desk, the case it is about, what it answers or edits.

    `marks` begin a note that the parent never sees; `tapped`: it is the tap of a button.
    """

    staff: Staff | None
    desk: str | None
    number: str | None
    quotes: int | None = None
    edited: Known | None = None
    marks: tuple[str, ...] = ("//",)
    tapped: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """Something for the bot itself to do. `number`: the case it is about."""

    order: Order
    argument: str = ""
    number: str | None = None


class Silent(StrEnum):
    """Why nothing is done, or nothing but telling so."""

    CHATTER = "chatter"
    UNCHANGED = "unchanged"
    STRANGER = "stranger"
    NO_WAY_BACK = "no_way_back"
    UNKNOWN_TAP = "unknown_tap"
    UNSENDABLE = "unsendable"


Meaning = Act | Command | Silent


def understand(message: Incoming, scene: Scene) -> Meaning:
    """What is meant. Whether it may be done is judged by who does it."""
    if message.pick is not None:
        return _tap(message.pick, message, scene)
    found = COMMAND.fullmatch(message.text) if message.text.startswith("/") else None
    if found and (order := SPELLINGS.get(found[1].lower())) and message.edits is None:
        return Command(order, (found[2] or "").strip(), scene.number)
    if message.edits is not None:
        return _edit(message, scene)
    if scene.number is None:
        return Silent.CHATTER
    if scene.staff is None:
        return Silent.STRANGER
    if (note := noted(message.text, scene.marks)) is not None:
        return _act(Do.NOTE, scene.number, message, scene, text=note)
    if not message.text and all(not attachment.reference for attachment in message.attachments):
        return Silent.UNSENDABLE
    return _act(Do.ANSWER, scene.number, message, scene)


def noted(text: str, marks: tuple[str, ...]) -> str | None:
    """The note without its mark; None where the text is no note."""
    for mark in marks:
        if text.lstrip().casefold().startswith(mark.casefold()):
            return text.lstrip()[len(mark) :].strip()
    return None


def _edit(message: Incoming, scene: Scene) -> Meaning:
    known = scene.edited
    if known is None:
        return Silent.CHATTER
    if scene.staff is None:
        return Silent.STRANGER
    note = noted(message.text, scene.marks)
    if known.do is Do.NOTE:
        text = message.text if note is None else note
        return Silent.UNCHANGED if text == known.text else _act(Do.NOTE, known.number, message, scene, text, known.id)
    if message.text.strip() == known.text.strip():
        return Silent.UNCHANGED
    if note is not None:
        return Silent.NO_WAY_BACK  # what was sent cannot be made a note
    return _act(Do.CORRECT, known.number, message, scene, quotes=known.id)


def _act(
    do: Do, number: str, message: Incoming, scene: Scene, text: str | None = None, quotes: int | None = None
) -> Act:
    assert scene.staff is not None
    sent = tuple(attachment for attachment in message.attachments if attachment.reference)
    by = Actor(Who.STAFF, scene.staff.id, via=message.sender.channel)
    quotes = scene.quotes if quotes is None else quotes
    return Act(do, number, by, message.text if text is None else text, () if do is Do.CORRECT else sent, quotes=quotes)


def _tap(pick: str, message: Incoming, scene: Scene) -> Meaning:
    found = PICK.fullmatch(pick)
    if found is None:
        return Silent.UNKNOWN_TAP
    if scene.staff is None:
        return Silent.STRANGER
    kind, verb, number, rest = found.groups()
    by = Actor(Who.STAFF, scene.staff.id, via=message.sender.channel)
    match kind, verb:
        case "c", "move" if rest:
            return Act(Do.TRANSFER, number, by, desk=rest)
        case "c", "move":
            return Command(Order.MOVE, number=number)
        case "c", "draft":
            return Command(Order.DRAFT, rest or "", number)
        case "c", "send":
            # The words are those under the button, below the line that calls them a draft.
            return Act(Do.ANSWER, number, by, message.text.partition("\n\n")[2])
        case "c", verb if verb in ACTS:
            return Act(ACTS[verb], number, by)
        case "k", "fill":
            return Command(Order.FILL, rest or "", number)
        case "j", ("accept" | "decline"):
            return Command(Order(verb), f"{number}:{rest}")
    return Silent.UNKNOWN_TAP
