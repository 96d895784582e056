"""Telegram's updates in our words: `Update` → `Incoming`, or why it is nothing to answer.

Called by `handlers/telegram_parents.py`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from telegram import (
    Animation,
    Audio,
    CallbackQuery,
    ChatMemberUpdated,
    Document,
    Location,
    Message,
    Sticker,
    TelegramObject,
    Update,
    Venue,
    Video,
    VideoNote,
    Voice,
)

from bot.messages import Address, Attachment, Incoming, Medium, Point

CHANNEL: Final = "telegram"
PRIVATE: Final = "private"
START: Final = "start"
PICKS: Final = {
    "start": START,
    "help": "service.about",
    "human": "service.human",
    "privacy": "service.privacy",
    "mine": "service.status",
}
MEDIA: Final[dict[type[TelegramObject], Medium]] = {
    Sticker: Medium.STICKER,
    Voice: Medium.VOICE,
    Audio: Medium.VOICE,
    Video: Medium.VIDEO,
    VideoNote: Medium.VIDEO,
    Animation: Medium.VIDEO,
    Document: Medium.DOCUMENT,
}
COMMAND: Final = re.compile(r"/(\w{1,32})(?:@\w+)?(?:\s+(.*))?", re.ASCII | re.DOTALL)
COORDINATES: Final = ("latitude", "longitude")
PAYLOAD: Final = re.compile(r"[A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Skip:
    """An update that is acknowledged and counted under `reason`, and changes nothing."""

    reason: str


Knows = Callable[[str], bool]


def translate(update: Update, now: datetime, knows: Knows) -> Incoming | Skip:
    """What this update says. `knows` tells whether a deep link's topic exists; `now` dates what Telegram does not."""
    if update.message is not None:
        return _message(update, update.message, knows)
    if update.callback_query is not None:
        return _tap(update, update.callback_query, now)
    if update.edited_message is not None:
        return _edit(update, update.edited_message, knows)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member)
    return Skip("unknown_kind")


def deep_link(topic: str) -> str:
    """The start parameter of a topic's link: Telegram allows no dot in it."""
    return topic.replace(".", "-")


def without_position(raw: Any) -> Any:
    """The raw update without coordinates, which are never stored."""
    if isinstance(raw, dict):
        return {name: without_position(value) for name, value in raw.items() if name not in COORDINATES}
    return [without_position(value) for value in raw] if isinstance(raw, list) else raw


def _message(update: Update, message: Message, knows: Knows, edits: str | None = None) -> Incoming | Skip:
    if message.chat.type != PRIVATE:
        return Skip("group")
    text = message.text or message.caption or ""
    location = _point(message)
    attachments = () if message.text else attachments_of(message)
    if not (text or location or attachments):
        return Skip("service_message")
    return Incoming(
        sender=Address(CHANNEL, str(message.chat.id)),
        message_id=str(update.update_id),
        sent_at=message.edit_date or message.date,
        text=text,
        pick=_command(text, knows),
        reference=str(message.message_id),
        edits=edits,
        location=location,
        attachments=attachments,
        quotes=str(message.reply_to_message.message_id) if message.reply_to_message is not None else None,
        album=message.media_group_id,
    )


def _edit(update: Update, message: Message, knows: Knows) -> Incoming | Skip:
    if message.location is not None:
        return Skip("live_location")
    return _message(update, message, knows, edits=str(message.message_id))


def _tap(update: Update, query: CallbackQuery, now: datetime) -> Incoming | Skip:
    chat = query.message.chat if query.message is not None else None
    if chat is not None and chat.type != PRIVATE:
        return Skip("group")
    if not query.data:
        return Skip("empty_tap")
    return Incoming(
        sender=Address(CHANNEL, str(query.from_user.id)),
        message_id=str(update.update_id),
        sent_at=now,
        text=label_of(query),
        pick=query.data,
    )


def label_of(query: CallbackQuery) -> str:
    """The words on the tapped button."""
    markup = query.message.reply_markup if isinstance(query.message, Message) else None
    buttons = (button for row in (markup.inline_keyboard if markup else ()) for button in row)
    return next((button.text for button in buttons if button.callback_data == query.data), "")


def _membership(change: ChatMemberUpdated) -> Skip:
    if change.chat.type != PRIVATE:
        return Skip("group_membership")
    return Skip("blocked" if change.new_chat_member.status == "kicked" else "unblocked")


def _command(text: str, knows: Knows) -> str | None:
    found = COMMAND.fullmatch(text) if text.startswith("/") else None
    pick = PICKS.get(found[1].lower()) if found else None
    if found and pick == START and found[2]:
        return _linked_topic(found[2].strip(), knows)
    return pick


def _linked_topic(payload: str, knows: Knows) -> str:
    topic = payload.replace("-", ".")
    return topic if PAYLOAD.fullmatch(payload) and knows(topic) else START


def _point(message: Message) -> Point | None:
    place = message.location
    return Point(place.latitude, place.longitude) if place is not None else None


def attachments_of(message: Message) -> tuple[Attachment, ...]:
    """The file of a message; a position is none."""
    thing = message.effective_attachment
    if thing is None or isinstance(thing, Location | Venue):
        return ()
    if not isinstance(thing, TelegramObject):
        photo = thing[-1]
        return (Attachment(Medium.PHOTO, photo.file_id, size=photo.file_size, origin=CHANNEL),)
    medium = MEDIA.get(type(thing))
    if medium is None:
        return (Attachment(Medium.OTHER, "", name=type(thing).__name__.lower()),)
    name = getattr(thing, "file_name", None) or getattr(thing, "emoji", None) or ""
    return (Attachment(medium, getattr(thing, "file_id", ""), name, getattr(thing, "file_size", None), CHANNEL),)
