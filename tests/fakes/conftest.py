"""The fake Bot API and a plain client for it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from tests.fakes.bot_api import TOKEN, BotApi

Call = Callable[..., Awaitable[tuple[int, Any]]]


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi().serve() as api:
        api.person()
        yield api


@pytest.fixture
async def call(api: BotApi) -> AsyncIterator[Call]:
    async with aiohttp.ClientSession() as session:

        async def post(method: str, token: str = TOKEN, **parameters: Any) -> tuple[int, Any]:
            async with session.post(f"{api.url}/bot{token}/{method}", json=parameters) as answer:
                body = await answer.json()
                assert body["ok"] is (answer.status == 200)
                return answer.status, body.get("result", body)

        yield post
