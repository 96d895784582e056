"""Telegram's refusals as our two: try later, or never. Called by the Telegram carriers."""

from datetime import timedelta
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
