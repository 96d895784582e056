"""Long polling that forgets nothing: the offset only moves past what is committed.

Called by `handlers/telegram_parents.py`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from telegram.error import Conflict, RetryAfter, TelegramError

from handlers.telegram_errors import seconds
from handlers.telegram_request import DirectBot
from handlers.telegram_setup import UPDATES

WAIT: Final = 50
BACKOFF: Final = 1.0
LONGEST_PAUSE: Final = 60.0
Take = Callable[[Any], Awaitable[None]]
log = structlog.get_logger(__name__)


async def poll(bot: DirectBot, take: Take, stop: asyncio.Event, *, backoff: float = BACKOFF) -> None:
    """Hand every update to `take`, in order, until `stop` is set; outlives every failure with growing pauses."""
    offset, failures = 0, 0
    stopped = asyncio.create_task(stop.wait())
    try:
        while not stop.is_set():
            batch = await _fetch(bot, offset, stopped, repeated=failures > 0)
            taken, failed = (0, batch) if isinstance(batch, float) else await _hand_over(batch, take)
            offset = max(offset, taken)
            failures = failures + 1 if failed is not None else 0
            if failed is not None:
                await _pause(max(failed, min(backoff * 2 ** (failures - 1), LONGEST_PAUSE)), stopped)
    finally:
        stopped.cancel()


async def _fetch(bot: DirectBot, offset: int, stopped: "asyncio.Task[Any]", *, repeated: bool) -> list[Any] | float:
    """A batch (empty when stopped), or the least seconds to wait after a failure."""
    asked = {"offset": offset or None, "timeout": WAIT, "allowed_updates": UPDATES}
    request = asyncio.create_task(bot.call("getUpdates", asked, read_timeout=WAIT + 10))
    await asyncio.wait({request, stopped}, return_when=asyncio.FIRST_COMPLETED)
    if not request.done():
        request.cancel()
        return []
    try:
        return list(request.result())
    except TelegramError as error:
        if not repeated:
            log.warning("telegram polling failed, trying again", error=_explained(error))
        return seconds(error) if isinstance(error, RetryAfter) else 0.0


async def _hand_over(batch: list[Any], take: Take) -> tuple[int, float | None]:
    """The next offset, and 0.0 where an update failed. All are begun in order, so that they can share one commit."""
    results = await asyncio.gather(*(take(raw) for raw in batch), return_exceptions=True)
    offset = 0
    for raw, result in zip(batch, results, strict=True):
        if isinstance(result, BaseException):
            log.error("telegram update not committed", reason=type(result).__name__)
            return offset, 0.0
        offset = max(offset, _next(raw))
    return offset, None


def _next(raw: Any) -> int:
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return number + 1 if isinstance(number, int) else 0


def _explained(error: TelegramError) -> str:
    if isinstance(error, Conflict):
        return f"{error} (one token can be polled by one process, and not while a webhook is set)"
    return str(error)


async def _pause(delay: float, stopped: "asyncio.Task[Any]") -> None:
    await asyncio.wait({stopped}, timeout=delay)
