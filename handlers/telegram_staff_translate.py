"""Updates of groups, and taps on staff's buttons, in our words. Pure; called by `handlers/telegram_staff.py`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from telegram import CallbackQuery, Chat, ChatMemberUpdated, Message, Update, User

from bot.messages import Address, Incoming
from bot.staff_intake import StaffMessage
from bot.staff_talk import PICK
from handlers.telegram_translate import CHANNEL, Skip, attachments_of, label_of

GROUPS: Final = ("group", "supergroup")
SHUT_OUT: Final = frozenset({"left", "kicked"})


@dataclass(frozen=True, slots=True)
class Moved:
    """A group has got another id."""

    old: Address
    new: Address


@dataclass(frozen=True, slots=True)
class Gone:
    """The bot was put out of a group, or may no longer write there."""

    chat: Address
    reason: str


Said = StaffMessage | Moved | Gone | Skip


def concerns_staff(update: Update) -> bool:
    """Whether the update is of a group, or a tap on one of staff's buttons anywhere."""
    if update.callback_query is not None and PICK.fullmatch(update.callback_query.data or ""):
        return True
    chat = update.effective_chat
    return chat is not None and chat.type in GROUPS


def translate_staff(update: Update, now: datetime) -> Said:
    """What this update says; `now` dates what Telegram does not."""
    if update.callback_query is not None:
        return _tap(update, update.callback_query, now)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member)
    message = update.message or update.edited_message
    if message is None:
        return Skip("unknown_kind")
    if message.migrate_to_chat_id is not None:
        return Moved(_place(message.chat), Address(CHANNEL, str(message.migrate_to_chat_id)))
    return _message(update, message, edited=update.message is None)


def _message(update: Update, message: Message, *, edited: bool) -> StaffMessage | Skip:
    author = message.from_user
    if author is None or (author.is_bot and message.sender_chat is None):
        return Skip("bot")
    text = message.text or message.caption or ""
    attachments = () if message.text else attachments_of(message)
    if not (text or attachments):
        return Skip("service_message")
    incoming = Incoming(
        sender=_place(message.chat),
        message_id=str(update.update_id),
        sent_at=message.edit_date or message.date,
        text=text,
        reference=str(message.message_id),
        edits=str(message.message_id) if edited else None,
        attachments=attachments,
        author=_author(message, author),
        thread=_thread(message),
        quotes=_quoted(message),
        album=message.media_group_id,
        about=_about(message),
    )
    return StaffMessage(incoming, author.full_name, bool(message.chat.is_forum))


def _author(message: Message, author: User) -> Address:
    # Somebody who writes as the group or as a channel cannot be told from others.
    return Address(CHANNEL, str(author.id if message.sender_chat is None else message.sender_chat.id))


def _thread(message: Message) -> str:
    # Replies in groups without topics have a thread id too.
    return str(message.message_thread_id) if message.is_topic_message and message.message_thread_id else ""


def _quoted(message: Message) -> str | None:
    # In a topic what replies to nothing still replies to the topic's own beginning.
    quoted = message.reply_to_message
    if quoted is None or quoted.forum_topic_created is not None or str(quoted.message_id) == _thread(message):
        return None
    return str(quoted.message_id)


def _about(message: Message) -> str:
    # A card may have arrived without our knowing its id: the connection broke, or the process was killed.
    quoted = message.reply_to_message
    if quoted is None or quoted.from_user is None or not quoted.from_user.is_bot or quoted.reply_markup is None:
        return ""
    data = [str(button.callback_data or "") for row in quoted.reply_markup.inline_keyboard for button in row]
    return next((words[2] for words in (each.split(":") for each in data) if words[0] == "c" and len(words) > 2), "")


def _tap(update: Update, query: CallbackQuery, now: datetime) -> StaffMessage | Skip:
    if not query.data:
        return Skip("empty_tap")
    message = query.message
    chat = message.chat if message is not None else None
    readable = message if isinstance(message, Message) else None
    # What a button sends are the words it stands under.
    text = (readable.text or "") if readable is not None and query.data.startswith("c:send:") else label_of(query)
    incoming = Incoming(
        sender=_place(chat) if chat is not None else Address(CHANNEL, str(query.from_user.id)),
        message_id=str(update.update_id),
        sent_at=now,
        text=text,
        pick=query.data,
        author=Address(CHANNEL, str(query.from_user.id)),
        thread=_thread(readable) if readable is not None else "",
    )
    return StaffMessage(incoming, query.from_user.full_name, bool(chat is not None and chat.is_forum))


def _membership(change: ChatMemberUpdated) -> Gone | Skip:
    member = change.new_chat_member
    if member.status in SHUT_OUT:
        return Gone(_place(change.chat), "kicked" if member.status == "kicked" else "not_a_member")
    if member.status == "restricted" and getattr(member, "can_send_messages", True) is False:
        return Gone(_place(change.chat), "no_rights")
    return Skip("group_membership")


def _place(chat: Chat) -> Address:
    return Address(CHANNEL, str(chat.id))
