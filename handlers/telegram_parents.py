"""The Telegram door for parents: webhook or polling in, `TelegramCarrier` out. Built and run by `bot/__main__.py`.

One bot serves parents in private chats and staff in groups: what is of groups is handed to `staff`, where that is open.
"""

import asyncio
import hmac
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final, Protocol

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Update
from telegram.error import TelegramError

from bot.messages import Incoming
from bot.staff_intake import StaffMessage
from bot.voice import Say
from handlers.telegram_carrier import TelegramCarrier
from handlers.telegram_polling import BACKOFF, poll
from handlers.telegram_request import DirectBot
from handlers.telegram_setup import connect, introduce
from handlers.telegram_staff_translate import Gone, Moved, concerns_staff, translate_staff
from handlers.telegram_translate import CHANNEL, Knows, Skip, translate, without_position

PATH: Final = "/telegram/parents"
SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
LARGEST: Final = 1_000_000
ATTEMPTS: Final = 3
CLOSING: Final = 2.0
LONGEST_TOAST: Final = 200
log = structlog.get_logger(__name__)


class Intake(Protocol):
    """What this door needs of `bot/intake.py`; both return only when what they were given is committed."""

    async def receive(self, message: Incoming) -> object: ...
    async def keep_raw(self, channel: str, raw: str, reason: str) -> None: ...


class StaffDoor(Protocol):
    """What becomes of updates of groups; returns when what they said is committed, with a word for whoever tapped."""

    async def take(self, said: StaffMessage | Moved | Gone) -> str: ...


class TooLarge(Exception):
    """The body is longer than any update."""


class TelegramParents:
    """Private chats with parents. With a `public_url` Telegram calls `routes()`; without one `poll()` asks Telegram."""

    def __init__(
        self,
        bot: DirectBot,
        intake: Intake,
        say: Say,
        *,
        public_url: str | None,
        secret: str,
        clock: Callable[[], datetime],
        knows: Knows = lambda topic: True,
        backoff: float = BACKOFF,
    ) -> None:
        """`knows` tells whether a deep link's topic exists; `backoff` is the first pause in seconds after a failure."""
        self.bot = bot
        self.carrier = TelegramCarrier(bot, say)
        self.staff: StaffDoor | None = None
        self.counts: Counter[str] = Counter()
        self._intake = intake
        self._say = say
        self._public_url = public_url
        self._secret = secret
        self._clock = clock
        self._knows = knows
        self._backoff = backoff
        self._failures: Counter[str] = Counter()
        self._answers: set[asyncio.Task[None]] = set()

    async def open(self, stop: asyncio.Event | None = None) -> None:
        """Connect, and tell Telegram how to reach us and what we are. Raises `SettingsError` for a refused token.

        Goes on trying while Telegram is out of reach, until `stop` is set.
        """
        stop = stop or asyncio.Event()
        address = self._public_url + PATH if self._public_url else None
        try:
            await connect(self.bot, address, self._secret, stop, backoff=self._backoff)
            if not stop.is_set():
                await introduce(self.bot, self._say)
        except BaseException:
            await self.bot.shutdown()
            raise

    async def close(self) -> None:
        """Finish what is under way and close the connections; the webhook stays, so that nothing is missed."""
        if self._answers:
            _, late = await asyncio.wait(self._answers, timeout=CLOSING)
            for answer in late:
                answer.cancel()
        await self.bot.shutdown()

    def routes(self) -> list[Route]:
        """The webhook's route; none when polling."""
        return [Route(PATH, self._webhook, methods=["POST"])] if self._public_url else []

    async def poll(self, stop: asyncio.Event) -> None:
        """Take updates by long polling until `stop` is set."""
        await poll(self.bot, self.take, stop, backoff=self._backoff)

    async def take(self, raw: Any) -> None:
        """Commit one raw update, whatever it holds. Raises what the intake raised: Telegram shall send it again.

        An update that keeps failing is kept raw, so that it does not hold up its chat for a day.
        """
        key = _update_id(raw)
        try:
            await self._commit(raw)
        except Exception as error:
            self._failures[key] += 1
            if self._failures[key] < ATTEMPTS:
                raise
            await self._keep(raw, error)
        del self._failures[key]

    async def _commit(self, raw: Any) -> None:
        try:
            update = Update.de_json(raw, self.bot)
            now = self._clock()
            staff = self.staff if self.staff is not None and concerns_staff(update) else None
            said = translate(update, now, self._knows) if staff is None else translate_staff(update, now)
        except Exception as error:
            return await self._keep(raw, error)
        toast = ""
        if isinstance(said, Skip):
            self.counts[said.reason] += 1
            log.info("telegram update skipped", reason=said.reason, update=update.update_id)
        elif isinstance(said, Incoming):
            await self._intake.receive(said)
            self.counts["received"] += 1
        elif staff is not None:
            toast = await staff.take(said)
            self.counts["staff"] += 1
        if update.callback_query is not None:
            self._spawn(self._answer(update.callback_query.id, toast))
        return None

    async def _keep(self, raw: Any, error: Exception) -> None:
        # The name of the error only: its text can hold what the parent wrote.
        reason = type(error).__name__
        await self._intake.keep_raw(CHANNEL, json.dumps(without_position(raw)), reason)
        self.counts["kept_raw"] += 1
        log.warning("telegram update kept raw", reason=reason, update=_update_id(raw))

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def _answer(self, query: str, toast: str) -> None:
        # Stops the button's spinner and shows staff a word: what a tap did was done whether or not this arrives.
        shown = toast[:LONGEST_TOAST] or None
        try:
            await self.bot.call("answerCallbackQuery", {"callback_query_id": query, "text": shown})
        except TelegramError as error:
            self.counts["tap_unanswered"] += 1
            log.info("telegram tap not answered", error=str(error))

    async def _webhook(self, request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), self._secret.encode()):
            self.counts["forged"] += 1
            return Response(status_code=401)
        try:
            raw = json.loads(await _body(request))
        except TooLarge:
            return Response(status_code=413)
        except (ValueError, ClientDisconnect):
            return Response(status_code=400)
        try:
            await self.take(raw)
        except Exception as error:
            log.error("telegram update not committed", reason=type(error).__name__, update=_update_id(raw))
            return Response(status_code=500)
        return Response()


def _update_id(raw: Any) -> str:
    return str(raw.get("update_id")) if isinstance(raw, dict) else ""


async def _body(request: Request) -> bytes:
    length = request.headers.get("content-length", "0")
    if length.isdigit() and int(length) > LARGEST:
        raise TooLarge
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise TooLarge
    return body
