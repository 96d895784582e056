"""A real Chromium before the real web door, served on loopback. Used by the tests of the parents' page."""

import asyncio
import contextlib
import os
import shutil
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn
from playwright.async_api import Browser, Page, async_playwright
from starlette.applications import Starlette

from handlers.web_pace import Pace
from tests.doors.assembly import Bot, made_bot, web_parents

NAMES = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)


def find_chromium() -> str:
    """The path of a Chromium; skips the test where there is none, unless skipping is forbidden."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None and os.environ.get("TUOWEN_NO_SKIP") == "1":
        pytest.fail("no Chromium is installed, and TUOWEN_NO_SKIP=1 forbids skipping")
    if found is None:
        pytest.skip("no Chromium is installed (Debian: apt-get install chromium)")
    return found


@contextlib.asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium."""
    path = find_chromium()
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=path, args=[*SWITCHES])
        try:
            yield opened
        finally:
            await opened.close()


@dataclass
class Site:
    """The served door. `faults`: what went wrong in any page; `hosts`: every host a page asked for something."""

    url: str
    bot: Bot
    faults: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    @contextlib.asynccontextmanager
    async def page(
        self, opened: Browser, *, width: int = 360, height: int = 740, **options: Any
    ) -> AsyncIterator[Page]:
        """A fresh visitor's page, not yet opened."""
        options = {"locale": "zh-CN", "has_touch": True, **options}
        context = await opened.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(8000)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("request", lambda request: self.hosts.add(request.url.split("/")[2]))
        try:
            yield page
        finally:
            await context.close()

    def _note(self, kind: str, text: str) -> None:
        if kind == "error" and "Failed to load resource" not in text:
            self.faults.append(text)


@contextlib.asynccontextmanager
async def site(pace: Pace | None = None) -> AsyncIterator[Site]:
    """The web door on a free port."""
    async with made_bot() as bot:
        door = web_parents(bot, pace)
        sock = socket.socket()
        sock.bind(("127.0.0.1", 0))
        config = uvicorn.Config(Starlette(routes=door.routes()), lifespan="off", log_level="error", ws="none")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[sock]))
        try:
            while not server.started:  # noqa: ASYNC110  uvicorn offers no event
                await asyncio.sleep(0.01)
            yield Site(f"http://127.0.0.1:{sock.getsockname()[1]}/", bot)
        finally:
            await door.aclose()
            server.should_exit = True
            await serving
            sock.close()
