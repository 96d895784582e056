"""The words at the seam: what a door hands in and what it gets back. Used by every door and by `bot/decide.py`."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person can be reached: `telegram/12345`, `web/9f3c…`, `terminal/me`."""

    channel: str
    id: str


@dataclass(frozen=True, slots=True)
class Point:
    """A position in WGS-84 degrees; used for one answer, never stored or logged."""

    latitude: float
    longitude: float


class Medium(StrEnum):
    """What kind of thing an attachment is."""

    PHOTO = "photo"
    VOICE = "voice"
    VIDEO = "video"
    DOCUMENT = "document"
    STICKER = "sticker"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file somebody sent, named by the `reference` of channel `origin`; `size` in bytes where the channel tells it."""

    medium: Medium
    reference: str
    name: str = ""
    size: int | None = None
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message from one person.

    `message_id` is unique within the channel, and a redelivery carries the same one (Telegram: the update id).
    `reference` is the id under which the person sees the message (Telegram: chat message id); an edited message
    names it in `edits`. `pick` is the `Choice.id` of a button, command or deep link; picking is the same as saying.
    In a group `sender` is the group, `author` the person and `thread` the group's topic. `quotes` names the message
    this one replies to, `about` the case on that message's buttons; messages with the same `album` belong together.
    """

    sender: Address
    message_id: str
    sent_at: datetime
    text: str = ""
    pick: str | None = None
    reference: str = ""
    edits: str | None = None
    location: Point | None = None
    attachments: tuple[Attachment, ...] = ()
    author: Address | None = None
    thread: str = ""
    quotes: str | None = None
    album: str | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A button, chip or numbered line. `id` is at most 64 bytes of UTF-8 (Telegram's callback data)."""

    id: str
    label: str


class CaseMail(StrEnum):
    """What a message to staff is. A card shows what is true of its case at the moment of sending."""

    CARD = "card"
    LINE = "line"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class AboutCase:
    """Ties a message to staff to a case and, for a line, to the event of its history that it shows."""

    kind: CaseMail
    number: str
    event: int | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What the person reads. `alert`: danger, a channel may show it louder; `ask_location`: offer to share a position.

    `quotes` and `corrects` are ids of a case's events that the message replies to, or replaces; `case` for staff only.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    alert: bool = False
    ask_location: bool = False
    attachments: tuple[Attachment, ...] = ()
    quotes: int | None = None
    corrects: int | None = None
    case: AboutCase | None = None
