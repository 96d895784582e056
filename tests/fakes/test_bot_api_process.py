"""The fake Bot API as a process of its own."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
async def url() -> AsyncIterator[str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fakes.bot_api", "--port", "0", "--token", "7:x", "--delay-ms", "30",
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    async with asyncio.timeout(20):
        line = await process.stdout.readline()
    yield line.decode().strip()
    process.terminate()
    await process.wait()


async def test_own_process(url: str) -> None:
    begun = asyncio.get_running_loop().time()
    async with aiohttp.ClientSession() as session, session.get(f"{url}/bot7:x/getMe") as answer:
        assert (await answer.json())["result"]["is_bot"] is True
    assert asyncio.get_running_loop().time() - begun >= 0.03
