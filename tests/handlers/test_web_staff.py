"""The console over HTTP: who gets in, what they see and do, and what is refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import open_engine
from tests.doors.console import CSRF, Console, console, process


@pytest.fixture
async def engine(sqlite_url: str) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(sqlite_url)
    yield engine
    await engine.dispose()


@pytest.fixture
async def made(engine: AsyncEngine) -> AsyncIterator[Console]:
    async with console(engine) as opened:
        await opened.hire("anna", "north")
        await opened.hire("bo", "north")
        await opened.hire("cy", "south")
        await opened.hire("olga", role="operator")
        yield opened


async def test_from_the_queue_to_the_end(made: Console) -> None:
    number = await made.house.asked("北区 能送吗")
    async with made.desk("anna") as anna:
        assert f"/staff/cases/{number}" in await anna.see()
        page = await anna.see(f"/staff/cases/{number}")
        assert "北区 能送吗" in page
        assert (await anna.do(number, "claim")).headers["location"].endswith("?done=claim")
        assert "Anna 认领" in await anna.see()
        assert (await anna.do(number, "answer", text="可以送。")).status_code == 303
        assert "可以送。" in (await made.house.letters())[-1]
        page = await anna.see(f"/staff/cases/{number}?done=answer")
        assert "答复已发出" in page
        assert "可以送。" in page
        assert (await anna.do(number, "close")).status_code == 303
        assert number in await anna.see("/staff?show=settled")
        assert number not in await anna.see("/staff")
    assert await made.house.history(number) == ["open", "claim", "answer", "close"]
    audited = [row.what for row in await made.house.rows("SELECT what FROM audit ORDER BY id")]
    assert audited == ["sign_in", "claim", "answer", "close"]


async def test_who_is_behind_a_case_is_not_shown(made: Console) -> None:
    number = await made.house.asked("北", parent="secret-address-77")
    async with made.desk("anna") as anna:
        assert "secret-address-77" not in await anna.see(f"/staff/cases/{number}") + await anna.see()
