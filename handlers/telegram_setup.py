"""What the bot tells Telegram when it starts: where updates go, the menu, the descriptions.

Called by `handlers/telegram_parents.py`.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.errors import SettingsError
from bot.voice import Say
from handlers.telegram_errors import seconds
from handlers.telegram_request import DirectBot
from handlers.telegram_translate import PICKS

UPDATES: Final = ["message", "edited_message", "callback_query", "my_chat_member"]
CONNECTIONS: Final = 40
LONGEST_PAUSE: Final = 60.0
log = structlog.get_logger(__name__)


async def connect(bot: DirectBot, address: str | None, secret: str, stop: asyncio.Event, *, backoff: float) -> None:
    """Set the webhook to `address`, or remove it for polling. No waiting update is dropped.

    Goes on trying while Telegram is out of reach, until `stop` is set. Raises `SettingsError` where it refuses the
    token or the address.
    """
    try:
        await _insist(bot.initialize, stop, backoff)
        await _insist(lambda: bot.call(*_delivery(address, secret)), stop, backoff)
    except InvalidToken as error:
        raise SettingsError("TUOWEN_TELEGRAM_TOKEN: Telegram does not know this token") from error
    except BadRequest as error:
        raise SettingsError(f"TUOWEN_PUBLIC_URL: Telegram refuses the webhook ({error})") from error


async def introduce(bot: DirectBot, say: Say) -> None:
    """Set the command menu and the descriptions; a failure is logged and changes nothing else."""
    menu = [{"command": name, "description": say(f"telegram.command_{name}")} for name in PICKS]
    for method, parameters in (
        ("setMyCommands", {"commands": menu}),
        ("setMyDescription", {"description": say("telegram.description")}),
        ("setMyShortDescription", {"short_description": say("telegram.short_description")}),
    ):
        try:
            await bot.call(method, parameters)
        except TelegramError as error:
            log.warning("telegram introduction incomplete", method=method, error=str(error))


def _delivery(address: str | None, secret: str) -> tuple[str, dict[str, Any]]:
    if address is None:
        return "deleteWebhook", {"drop_pending_updates": False}
    return "setWebhook", {
        "url": address,
        "secret_token": secret,
        "allowed_updates": UPDATES,
        "max_connections": CONNECTIONS,
        "drop_pending_updates": False,
    }


async def _insist(call: Callable[[], Awaitable[object]], stop: asyncio.Event, backoff: float) -> None:
    # The network may come up later than this process, and replicas that set one webhook at once are asked to wait.
    pause = backoff
    while not stop.is_set():
        try:
            await call()
            return
        except (NetworkError, RetryAfter) as error:
            if isinstance(error, BadRequest):
                raise
            asked = seconds(error) if isinstance(error, RetryAfter) else 0.0
            log.warning("telegram out of reach, trying again", error=str(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), max(asked, pause))
            pause = min(pause * 2, LONGEST_PAUSE)
