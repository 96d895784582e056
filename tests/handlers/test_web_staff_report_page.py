"""The page of numbers in a real browser: on a phone and a desk, light and dark, readable for everybody."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from bot.case import Do
from db.engine import open_engine, scratch_url
from db.schema import upgrade_engine
from tests.doors.assembly import library
from tests.doors.browser import browser
from tests.doors.console import console, served
from tests.doors.looks import CONTRAST, NAMELESS, SIDEWAYS, SMALL, STRUCTURE
from tests.handlers.test_web_staff_page import Site

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with browser() as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site() -> AsyncIterator[Site]:
    library()
    with scratch_url() as url:
        engine = open_engine(url)
        await upgrade_engine(engine)
        async with console(engine) as made, served(made) as address:
            await made.hire("olga", role="admin")
            anna = await made.house.hire("anna", "north")
            for day in range(8):
                for n in range(day % 4 + 1):
                    number = await made.house.asked(f"北 问题 {n}", parent=f"{day}-{n}")
                    if n:
                        await made.house.done(Do.ANSWER, number, anna, "x")
                made.house.clock.forward(days=1)
            yield Site(address, made)
        await engine.dispose()


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
async def test_everybody_can_read_it(
    site: Site, chromium: Browser, width: int, colours: Literal["light", "dark"]
) -> None:
    async with site.page(chromium, "olga", width=width, color_scheme=colours) as page:
        for query in ("", "?from=2025-01-01&to=2025-12-31", "?from=x"):
            await page.goto(f"{site.url}/staff/numbers{query}")
            for name, script in {"contrast": CONTRAST, "nameless": NAMELESS, "small": SMALL, "structure": STRUCTURE}.items():
                assert await page.evaluate(script) == [], (name, query)
            assert not await page.evaluate(SIDEWAYS), query
        if folder := os.environ.get("TUOWEN_SCREENSHOTS"):
            await page.goto(f"{site.url}/staff/numbers")
            await page.screenshot(path=Path(folder, f"numbers-{width}-{colours}.png"), full_page=True)
