"""The fake Bot API hands updates over as Telegram does, by long polling and by webhook."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from tests.fakes.bot_api import BotApi
from tests.fakes.bot_api_updates import SECRET

Call = Callable[..., Awaitable[tuple[int, Any]]]


async def test_offset_confirms(api: BotApi, call: Call) -> None:
    for text in "一二三":
        api.person().say(text)
    _, batch = await call("getUpdates")
    assert [u["message"]["text"] for u in batch] == ["一", "二", "三"]
    _, again = await call("getUpdates", offset=batch[1]["update_id"], limit=1)
    assert [u["message"]["text"] for u in again] == ["二"]
    _, rest = await call("getUpdates", offset=batch[2]["update_id"] + 1)
    assert rest == []
    await api.updates.idle()


async def test_long_poll_waits(api: BotApi, call: Call) -> None:
    poll = asyncio.ensure_future(call("getUpdates", timeout=5))
    await asyncio.sleep(0.05)
    assert not poll.done()
    api.person().say("来了")
    _, batch = await poll
    assert batch[0]["message"]["text"] == "来了"


async def test_second_poller_ends_the_first(call: Call) -> None:
    first = asyncio.ensure_future(call("getUpdates", timeout=5))
    await asyncio.sleep(0.05)
    second = asyncio.ensure_future(call("getUpdates", timeout=0))
    code, body = await first
    assert code == 409
    assert "terminated by other getUpdates request" in body["description"]
    assert (await second)[0] == 200


async def test_polling_with_a_webhook_set(call: Call) -> None:
    await call("setWebhook", url="https://example.invalid/hook")
    code, body = await call("getUpdates")
    assert code == 409
    assert "can't use getUpdates method while webhook is active" in body["description"]
    await call("deleteWebhook")
    assert (await call("getUpdates"))[0] == 200


async def test_kinds_not_asked_for_are_left_out(api: BotApi, call: Call) -> None:
    await call("getUpdates", allowed_updates=["message"])
    api.person().block()
    api.person().say("好")
    _, batch = await call("getUpdates")
    assert [set(update) for update in batch] == [{"update_id", "message"}]


class Hook:
    """A webhook that answers with the given statuses, then 200."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.seen: list[tuple[str, str]] = []
        self.busy = self.most_busy = 0

    async def take(self, request: web.Request) -> web.Response:
        self.busy += 1
        self.most_busy = max(self.busy, self.most_busy)
        update = await request.json()
        self.seen.append((update["message"]["text"], request.headers.get(SECRET, "")))
        await asyncio.sleep(0.02)
        self.busy -= 1
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)


async def hooked(api: BotApi, call: Call, hook: Hook, **more: Any) -> web.AppRunner:
    app = web.Application()
    app.router.add_post("/", hook.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await call("setWebhook", url=f"http://127.0.0.1:{runner.addresses[0][1]}/", secret_token="s-1", **more)
    return runner


async def test_webhook_retries_in_order(api: BotApi, call: Call) -> None:
    hook = Hook(500, 403, 302)
    api.person().say("一")
    runner = await hooked(api, call, hook)
    await api.updates.idle()
    api.person().say("二")
    await api.updates.idle()
    await runner.cleanup()
    assert hook.seen == [("一", "s-1")] * 4 + [("二", "s-1")]
    assert [delivery.status for delivery in api.updates.deliveries] == [500, 403, 302, 200, 200]


@pytest.mark.parametrize(("connections", "most"), [(40, 5), (2, 2)])
async def test_chats_go_in_parallel(api: BotApi, call: Call, connections: int, most: int) -> None:
    hook = Hook()
    runner = await hooked(api, call, hook, max_connections=connections)
    for number in range(5):
        for text in ("一", "二"):
            api.person(2000 + number).say(text)
    await api.updates.idle()
    await runner.cleanup()
    assert hook.most_busy == most
    assert len(hook.seen) == 10


async def test_unreachable_webhook_hands_over_to_polling(api: BotApi, call: Call) -> None:
    await call("setWebhook", url="http://127.0.0.1:1/")
    api.person().say("等着")
    await asyncio.sleep(0.05)
    await call("deleteWebhook")
    _, batch = await call("getUpdates")
    assert batch[0]["message"]["text"] == "等着"
    assert api.updates.deliveries[0].status == 0
