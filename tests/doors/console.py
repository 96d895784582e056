"""The console on a case house, over HTTP without sockets or served to a real browser. Used by tests of the console."""

import asyncio
import contextlib
import re
import socket
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import uvicorn
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette

from bot.casebook import Casebook
from bot.faq_drafts import FaqDrafts
from bot.messages import Address, Reply
from bot.passwords import hashed
from bot.settings import CONTENT
from db import staff_rows
from db.engine import open_engine
from handlers.web_staff import WebStaff
from tests.doors.assembly import library
from tests.fakes.office import CaseHouse, SetClock, case_house
from tests.fakes.voice import WordingFiles

BASE = "http://tuowen.test"
PASSWORD = "of the tests 1"
CSRF = re.compile(r'name="csrf" value="([^"]+)"')
SEEN = re.compile(r'name="seen" value="(\d+)"')


@dataclass
class Desk:
    """Somebody's browser at the console, without a screen."""

    client: httpx.AsyncClient

    async def enter(self, login: str, password: str = PASSWORD) -> httpx.Response:
        return await self.client.post("/staff/sign-in", data={"login": login, "password": password})

    async def see(self, path: str = "/staff") -> str:
        answer = await self.client.get(path)
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return answer.text

    async def do(self, number: str, do: str, **form: str) -> httpx.Response:
        """Open the case and press a button, as a person does."""
        page = await self.see(f"/staff/cases/{number}")
        return await self.press(page, number, do, **form)

    async def press(self, page: str, number: str, do: str, **form: str) -> httpx.Response:
        """Press a button on a page that was opened before."""
        csrf, seen = CSRF.search(page), SEEN.search(page)
        assert csrf is not None
        sent = {"csrf": csrf[1], **({"seen": seen[1]} if seen else {}), **form}
        return await self.client.post(f"/staff/cases/{number}/{do}", data=sent)


@dataclass
class Console:
    """The door, the house behind it, and what was sent to people in private."""

    house: CaseHouse
    door: WebStaff
    app: Starlette
    drafts: FaqDrafts
    sent: list[tuple[Address, Reply]] = field(default_factory=list)

    async def hire(self, login: str, *desks: str, role: str = "staff", telegram: str | None = None) -> int:
        """A colleague with a password."""
        await self.house.hire(login, *desks, role=role, telegram=telegram)
        key = self.house.people[login]
        async with self.house.engine.begin() as connection:
            await staff_rows.change(key, {"password": HASH}, connection=connection)
        return key

    def browser(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url=BASE)

    @contextlib.asynccontextmanager
    async def desk(self, login: str = "") -> AsyncIterator[Desk]:
        """A browser, signed in if a login is given."""
        async with self.browser() as client:
            made = Desk(client)
            if login:
                assert (await made.enter(login)).status_code == 303
            yield made


HASH = hashed(PASSWORD)


@contextlib.asynccontextmanager
async def console(
    engine: AsyncEngine, clock: SetClock | None = None, content: Path = CONTENT
) -> AsyncIterator[Console]:
    """A console over an engine; drafts that are agreed to go into `content`."""
    with tempfile.TemporaryDirectory(prefix="tuowen-drafts-") as folder:
        async with case_house(engine, clock=clock) as house:
            sent: list[tuple[Address, Reply]] = []

            async def send(place: Address, reply: Reply) -> None:
                sent.append((place, reply))

            drafts = FaqDrafts(house.writer, content, Path(folder), clock=house.clock)
            casebook = Casebook(engine, house.casework.office, house.clock)
            door = WebStaff(
                house.writer, house.casework, casebook, house.mailbox, library, drafts, WordingFiles(),
                public_url=BASE, send=send, clock=house.clock,
            )  # fmt: skip
            try:
                yield Console(house, door, Starlette(routes=door.routes()), drafts, sent)
            finally:
                await drafts.aclose()


@contextlib.asynccontextmanager
async def process(url: str) -> AsyncIterator[Console]:
    """Stands for a process of its own: nothing is shared but the database."""
    engine = open_engine(url)
    async with console(engine) as made:
        yield made
    await engine.dispose()


@contextlib.asynccontextmanager
async def served(made: Console) -> AsyncIterator[str]:
    """The console on a free port; its address."""
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(made.app, lifespan="off", log_level="error", ws="none"))
    serving = asyncio.create_task(server.serve(sockets=[sock]))
    try:
        while not server.started:  # noqa: ASYNC110  uvicorn offers no event
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
        sock.close()
