"""Builds a whole bot on a database of its own, behind any door. Used by the talks and by tests of the doors."""

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import httpx
from starlette.applications import Starlette

from bot.casework import Casework
from bot.decide import Decider
from bot.intake import Intake, Think
from bot.mailbox import Mailbox
from bot.office import Office
from bot.settings import CONTENT
from bot.voice import Say
from bot.writer import Writer
from db.engine import open_engine, scratch_url
from db.schema import upgrade_engine
from handlers.web_pace import Pace
from handlers.web_parents import WebParents
from knowledge.library import Library, load
from tests.doors.driver import Driver
from tests.doors.telegram_talk import telegram
from tests.doors.terminal import TerminalDriver
from tests.doors.web import WebDriver
from tests.fakes.think import think as fake_think
from tests.fakes.voice import WordingFiles

BURST_SECONDS = 0.05
SECRET = "of the tests"
BASE = "http://tuowen.test"


@dataclass(frozen=True)
class Bot:
    """What every door is built on."""

    writer: Writer
    intake: Intake
    mailbox: Mailbox
    say: Say


@contextlib.asynccontextmanager
async def made_bot(think: Think | None = None) -> AsyncIterator[Bot]:
    """A bot on an empty SQLite file."""
    say = WordingFiles()
    with scratch_url() as url:
        engine = open_engine(url)
        try:
            await upgrade_engine(engine)
            async with Writer(engine) as writer:
                mailbox = Mailbox(writer)
                casework = Casework(writer, Office(library), say, mailbox=mailbox)
                intake = Intake(
                    writer, think or fake_think, say, mailbox=mailbox, casework=casework, burst_seconds=BURST_SECONDS
                )
                yield Bot(writer, intake, mailbox, say)
        finally:
            await engine.dispose()


def web_parents(bot: Bot, pace: Pace | None = None) -> WebParents:
    """The web door of a bot."""
    return WebParents(bot.intake, bot.mailbox, bot.say, secret=SECRET, pace=pace)


def web_client(door: WebParents) -> httpx.AsyncClient:
    """A browser without a screen."""
    app = Starlette(routes=door.routes())
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE)


@contextlib.asynccontextmanager
async def web(think: Think | None = None) -> AsyncIterator[Driver]:
    """A talk on the web page."""
    async with made_bot(think) as bot, web_client(web_parents(bot)) as client:
        yield WebDriver(client)


@contextlib.asynccontextmanager
async def terminal(think: Think | None = None) -> AsyncIterator[Driver]:
    """A talk in a terminal."""
    async with made_bot(think) as bot, TerminalDriver(bot.intake, bot.mailbox, bot.say) as driver:
        yield driver


@cache
def library() -> Library:
    """The real library, read once."""
    return load(CONTENT)


def decider() -> Think:
    """The real decisions over the real library."""
    return Decider(library, timedelta(seconds=BURST_SECONDS))


Door = Callable[[], AbstractAsyncContextManager[Driver]]
DOORS: dict[str, Door] = {
    "web": lambda: web(decider()),
    "terminal": lambda: terminal(decider()),
    "telegram": lambda: telegram(decider(), Office(library)),
}
