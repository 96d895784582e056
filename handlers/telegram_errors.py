"""Telegram's refusals as our two: try later, or never. Called by the Telegram carriers."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.errors import DeliveryError, RetryLater, Undeliverable

SOON: Final = 3.0
TOKEN_REFUSED: Final = 60.0
REASONS: Final = (
    ("blocked by the user", "blocked"),
    ("user_is_blocked", "blocked"),
    ("deactivated", "deactivated"),
    ("deleted account", "deactivated"),
    ("can't initiate conversation", "not_started"),
    ("kicked", "kicked"),
    ("not a member", "not_a_member"),
    ("chat not found", "chat_not_found"),
    ("user not found", "chat_not_found"),
    ("peer_id_invalid", "chat_not_found"),
    ("chat_id_invalid", "chat_not_found"),
    ("upgraded to a supergroup", "migrated"),
    ("not enough rights", "no_rights"),
    ("have no rights", "no_rights"),
    ("chat_write_forbidden", "no_rights"),
    ("need administrator rights", "no_rights"),
    ("chat_restricted", "no_rights"),
    ("chat_send_plain_forbidden", "no_rights"),
    ("group chat was deleted", "chat_not_found"),
    ("channel_private", "kicked"),
)


def delivery_error(error: TelegramError) -> DeliveryError:
    """What became of a message whose sending raised `error`.

    A 429 halts the whole channel: Telegram does not say which limit was hit, and the pace to each chat is kept already.
    """
    match error:
        case RetryAfter():
            return RetryLater(seconds(error), "Telegram asks to wait", whole_channel=True)
        case InvalidToken():
            return RetryLater(TOKEN_REFUSED, "Telegram refuses the token", whole_channel=True)
        case ChatMigrated():
            return Undeliverable("migrated")
        case Forbidden() | BadRequest():  # BadRequest is a NetworkError, yet asking again cannot help
            return Undeliverable(reason(error))
        case _:
            return RetryLater(SOON, str(error))


def seconds(error: RetryAfter) -> float:
    """How long to wait; the library gives whole seconds or a `timedelta`, by its version and its settings."""
    after = error.retry_after
    return after.total_seconds() if isinstance(after, timedelta) else float(after)


def reason(error: TelegramError) -> str:
    """One word for a known refusal, else `refused:` and Telegram's own words."""
    words = str(error).lower()
    return next((name for spelling, name in REASONS if spelling in words), f"refused: {error}")


class Trouble(StrEnum):
    """What is wrong with a topic, a card or a group, and can be mended or told."""

    UNCHANGED = "unchanged"
    TOPIC_GONE = "topic_gone"
    TOPIC_CLOSED = "topic_closed"
    NO_TOPICS = "no_topics"
    CARD_GONE = "card_gone"
    SHUT_OUT = "shut_out"
    OTHER = "other"


TROUBLES: Final = (
    ("message is not modified", Trouble.UNCHANGED),
    ("message_not_modified", Trouble.UNCHANGED),
    ("topic_not_modified", Trouble.UNCHANGED),
    ("message thread not found", Trouble.TOPIC_GONE),
    ("topic_deleted", Trouble.TOPIC_GONE),
    ("topic_id_invalid", Trouble.TOPIC_GONE),
    ("topic deleted", Trouble.TOPIC_GONE),
    ("topic not found", Trouble.TOPIC_GONE),
    ("thread_id_invalid", Trouble.TOPIC_GONE),
    ("topic_closed", Trouble.TOPIC_CLOSED),
    ("topic closed", Trouble.TOPIC_CLOSED),
    ("topic is closed", Trouble.TOPIC_CLOSED),
    ("the chat is not a forum", Trouble.NO_TOPICS),
    ("channel_forum_missing", Trouble.NO_TOPICS),
    ("not enough rights to create a topic", Trouble.NO_TOPICS),
    ("not enough rights to manage topics", Trouble.NO_TOPICS),
    ("chat_admin_required", Trouble.NO_TOPICS),
    ("topics_limit_exceeded", Trouble.NO_TOPICS),
    ("message to edit not found", Trouble.CARD_GONE),
    ("message_id_invalid", Trouble.CARD_GONE),
    ("message can't be edited", Trouble.CARD_GONE),
    ("message identifier is not specified", Trouble.CARD_GONE),
)
SHUTTING_OUT: Final = frozenset({"kicked", "not_a_member", "chat_not_found", "no_rights"})


def trouble(error: TelegramError) -> Trouble:
    """What an error of a group means. Not for a 429, a new id of the group or a network that is down."""
    if not isinstance(error, BadRequest | Forbidden):
        return Trouble.OTHER
    words = str(error).lower()
    found = next((kind for spelling, kind in TROUBLES if spelling in words), None)
    return found or (Trouble.SHUT_OUT if reason(error) in SHUTTING_OUT else Trouble.OTHER)
