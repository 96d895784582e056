"""The Telegram door for parents, open over real HTTP on loopback, against the fake Bot API. Used by talks and tests."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import uvicorn
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.types import ASGIApp

from bot.messages import Choice
from bot.settings import Settings
from handlers.telegram_carrier import TelegramCarrier
from handlers.telegram_parents import Intake, TelegramParents
from handlers.telegram_request import DirectBot, make_bot
from handlers.telegram_translate import Knows
from tests.doors.driver import Heard
from tests.fakes.bot_api import BotApi
from tests.fakes.bot_api_people import Person, Seen
from tests.fakes.voice import WordingFiles

SECRET = "made-up_Secret"
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def fake_settings(url: str, **changes: Any) -> Settings:
    """Settings of a bot that talks to the fake Bot API at `url`."""
    given = {"telegram_token": SecretStr("42:FAKE-token_of_the_tests_only"), "telegram_api_url": url, **changes}
    return Settings.model_construct(**given)


def free_socket() -> tuple[socket.socket, str]:
    """A bound loopback socket and its address."""
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    return sock, f"http://127.0.0.1:{sock.getsockname()[1]}"


@contextlib.asynccontextmanager
async def served(app: ASGIApp, sock: socket.socket) -> AsyncIterator[None]:
    """Serve an application on this socket while the block runs."""
    config = uvicorn.Config(app, lifespan="off", log_level="error", ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[sock]))
    while not server.started:  # noqa: ASYNC110 - a flag is all it shows
        await asyncio.sleep(0.005)
    try:
        yield
    finally:
        server.should_exit = True
        await task


@dataclass
class OpenDoor:
    """Everything a test reaches for."""

    api: BotApi
    bot: DirectBot
    door: TelegramParents
    say: WordingFiles
    url: str

    @property
    def person(self) -> Person:
        """The usual parent."""
        return self.api.person()


Made = Callable[[TelegramCarrier], Intake]


@contextlib.asynccontextmanager
async def open_door(
    make_intake: Made, *, polling: bool = False, api: BotApi | None = None, knows: Knows = lambda topic: True
) -> AsyncIterator[OpenDoor]:
    """The door with its Bot API, by webhook or by polling, until the block ends."""
    async with (api or BotApi()).serve() as served_api:
        sock, url = free_socket()
        bot, say = make_bot(fake_settings(served_api.url)), WordingFiles()
        door = TelegramParents(
            bot,
            make_intake(TelegramCarrier(bot, say)),
            say,
            public_url=None if polling else url,
            secret=SECRET,
            clock=lambda: NOW,
            knows=knows,
            backoff=0.02,
        )
        stop = asyncio.Event()
        async with served(Starlette(routes=door.routes()), sock):
            await door.open()
            polled = asyncio.create_task(door.poll(stop)) if polling else None
            try:
                yield OpenDoor(served_api, bot, door, say, url)
            finally:
                stop.set()
                if polled is not None:
                    await polled
                await door.close()


@dataclass
class Backbone:
    """An intake that delivers through the carrier it was built with; `settled` returns when nothing is left to send."""

    intake: Intake
    settled: Callable[[], Awaitable[None]]


Build = Callable[[TelegramCarrier], AbstractAsyncContextManager[Backbone]]


class TelegramDriver:
    """One parent's talk: `async with TelegramDriver(build) as driver: await driver.say("…")`."""

    def __init__(self, build: Build, person: int = 1001) -> None:
        self._build = build
        self._number = person
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        late = _Late()
        self.open = await self._stack.enter_async_context(open_door(late.made))
        self._backbone = await self._stack.enter_async_context(self._build(late.carrier))
        late.intake = self._backbone.intake
        self.person = self.open.api.person(self._number)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def say(self, text: str) -> list[Heard]:
        """Write, and read what came back."""
        self.person.say(text)
        return await self._listen()

    async def pick(self, choice: str) -> list[Heard]:
        """Press the newest button of this choice; one that is on no message counts as deleted with it."""
        if any(choice == data for seen in self.person.heard for _, data in seen.buttons):
            self.person.tap(choice)
        else:
            self.person.tap_data(choice, None)
        return await self._listen()

    async def _listen(self) -> list[Heard]:
        await self.open.api.updates.idle()
        await self._backbone.settled()
        furniture = self.open.say("telegram.share_location")
        return [_heard(seen) for seen in self.person.hear_all() if seen.text != furniture]


class _Late:
    """Stands in for an intake that can only be built once the carrier is there."""

    intake: Intake
    carrier: TelegramCarrier

    def made(self, carrier: TelegramCarrier) -> Intake:
        self.carrier = carrier
        return self

    async def receive(self, incoming: Any) -> object:
        return await self.intake.receive(incoming)

    async def keep_raw(self, channel: str, raw: str, reason: str) -> None:
        await self.intake.keep_raw(channel, raw, reason)


def _heard(seen: Seen) -> Heard:
    return Heard(seen.text, tuple(Choice(data, label) for label, data in seen.buttons))
