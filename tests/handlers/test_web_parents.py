"""The web door over HTTP: its addresses, its cookie, its refusals and its streams."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from bot.clock import utc_now
from bot.messages import Address, Reply
from handlers.web_pace import Pace
from handlers.web_session import COOKIE, Session
from handlers.web_static import Static
from handlers.web_stream import PAGES_EACH, Streams
from tests.doors.assembly import BASE, SECRET, Bot, made_bot, web_client, web_parents
from tests.doors.letters import write_letter

ID = "0123456789abcdef"


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    async with made_bot() as made:
        yield made


@pytest.fixture
async def client(bot: Bot) -> AsyncIterator[httpx.AsyncClient]:
    async with web_client(web_parents(bot)) as opened:
        yield opened


async def post(client: httpx.AsyncClient, **said: Any) -> httpx.Response:
    return await client.post("/api/messages", json={"id": ID, **said})


async def history(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = (await client.get("/api/messages")).json()["messages"]
    return messages


async def address_of(client: httpx.AsyncClient) -> Address:
    await post(client, pick="start")
    scope = {"type": "http", "headers": [(b"cookie", f"{COOKIE}={client.cookies[COOKIE]}".encode())]}
    address = Session(SECRET).read(Request(scope))
    assert address is not None
    return address


async def test_the_page_names_only_its_own_files(client: httpx.AsyncClient) -> None:
    answer = await client.get("/?topic=enrol.age")
    assert answer.status_code == 200
    assert "托问" in answer.text
    assert "http://" not in answer.text.replace("http://www.w3.org", "")
    assert "https://" not in answer.text
    assert "enrol.age" not in answer.text
    for name in ("parents.css", "main.js", "icon.svg"):
        assert f"{Static().prefix}/{name}" in answer.text


async def test_headers_keep_the_browser_safe(client: httpx.AsyncClient) -> None:
    for path in ("/", "/api/messages", "/healthz", "/static/x/none.js"):
        headers = (await client.get(path)).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
    assert (await client.get("/api/messages")).headers["cache-control"] == "no-store"


async def test_an_answer_has_the_agreed_shape(client: httpx.AsyncClient) -> None:
    answer = await post(client, text="娃一岁半了能送托班不")
    [message] = answer.json()["messages"]
    assert message.keys() == {"id", "text", "choices", "alert", "ask_location", "sender", "at"}
    assert message["choices"][0] == {"id": "enrol.documents", "label": "要准备什么材料"}
    assert message["sender"] == "bot"
    assert datetime.fromisoformat(message["at"]).tzinfo is not None


async def test_the_cookie_is_kept_from_scripts_and_for_a_year(bot: Bot) -> None:
    async with web_client(web_parents(bot)) as client:
        cookie = (await client.get("/")).headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Max-Age=31536000" in cookie
        assert "Secure" not in cookie
        assert "Secure" in (await client.get(BASE.replace("http", "https"))).headers["set-cookie"]


async def test_the_talk_is_remembered(client: httpx.AsyncClient) -> None:
    await client.get("/")
    await post(client, pick="start")
    await client.post("/api/messages", json={"id": "f" * 16, "pick": "enrol.age"})
    await client.post("/api/messages", json={"id": "e" * 16, "location": {"latitude": 35.4, "longitude": 116.6}})
    lines = await history(client)
    assert [line["sender"] for line in lines] == ["bot", "parent", "bot", "parent", "bot"]
    assert [line["text"] for line in lines if line["sender"] == "parent"] == ["几个月能送托", "我的位置"]
    assert lines[1]["id"] == "f" * 16
    since = (await client.get("/api/messages", params={"after": lines[2]["id"]})).json()["messages"]
    assert [line["id"] for line in since] == [lines[4]["id"]]


async def test_the_same_message_twice_is_one(client: httpx.AsyncClient) -> None:
    first = await post(client, text="一岁半")
    again = await post(client, text="一岁半")
    assert first.json() == again.json()
    assert len(await history(client)) == 2


async def test_another_browser_cannot_reach_a_talk_by_its_ids(bot: Bot) -> None:
    door = web_parents(bot)
    async with web_client(door) as mine, web_client(door) as other:
        first = (await post(mine, text="一岁半")).json()["messages"]
        second = (await post(other, text="你好")).json()["messages"]
        assert first[0]["id"] != second[0]["id"]
        assert "你好" in second[0]["text"]


@pytest.mark.parametrize("forged", ["x", "IndlYiI.x", "", "null", '"%00"', "a" * 5000])
async def test_a_forged_cookie_is_a_new_talk(client: httpx.AsyncClient, forged: str) -> None:
    headers = {"cookie": f"{COOKIE}={forged}"}
    assert (await client.get("/api/messages", headers=headers)).json() == {"messages": []}
    assert (await client.get("/api/stream", headers=headers)).status_code == 204
    page = await client.get("/", headers=headers)
    assert page.status_code == 200
    assert COOKIE in page.cookies


async def test_refusals_say_what_to_do(client: httpx.AsyncClient) -> None:
    wrong: dict[int, dict[str, Any]] = {
        413: {"content": b"x" * 5_000_000},
        400: {"content": b"{"},
        403: {"json": {"id": ID, "text": "x"}, "headers": {"origin": "https://elsewhere.example"}},
    }
    for status, request in wrong.items():
        answer = await client.post("/api/messages", **request)
        assert answer.status_code == status
        assert answer.json()["message"].endswith("。")
        assert "没有收下" in answer.json()["message"]
    assert (await post(client, text=" ")).json()["error"] == "empty"
    assert "10000" in (await post(client, text="长" * 10_001)).json()["message"]
    assert await history(client) == []


@pytest.mark.parametrize(
    "text", ["长" * 10_000, "\ud800\x00", "‮反‬", "😀", "{{ 7*7 }}", "'; DROP TABLE x; --", "<b>x</b>"]
)
async def test_odd_texts_are_answered(client: httpx.AsyncClient, text: str) -> None:
    answer = await client.post("/api/messages", content=json.dumps({"id": ID, "text": text}))
    assert answer.status_code == 200
    assert len(answer.json()["messages"]) == 1


async def test_too_fast(bot: Bot) -> None:
    async with web_client(web_parents(bot, Pace(utc_now, burst=1, per_second=0.1))) as client:
        assert (await post(client, text="a")).status_code == 200
        answer = await client.post("/api/messages", json={"id": "f" * 16, "text": "b"})
        assert answer.status_code == 429
        assert answer.headers["retry-after"] == "10"
        assert "10 秒" in answer.json()["message"]


async def test_trouble_is_a_sentence(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(_: object = None) -> None:
        raise ConnectionError("no database")

    monkeypatch.setattr(bot.intake, "receive", fail)
    monkeypatch.setattr(bot.intake, "ping", fail)
    async with web_client(web_parents(bot)) as client:
        answer = await post(client, text="a")
        assert answer.status_code == 503
        assert "自动再发" in answer.json()["message"]
        health = await client.get("/healthz")
        assert (health.status_code, health.json()["status"]) == (503, "down")


async def test_health(client: httpx.AsyncClient) -> None:
    answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


async def test_files_are_packed_and_kept(client: httpx.AsyncClient) -> None:
    static = Static()
    answer = await client.get(f"{static.prefix}/main.js")
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/javascript")
    plain = await client.get(f"{static.prefix}/main.js", headers={"accept-encoding": "identity"})
    assert plain.text == answer.text
    assert (await client.get("/static/older/main.js")).headers["cache-control"] == "no-cache"
    for name in ("none.js", "..%2fweb_parents.py", "%2e%2e/x"):
        assert (await client.get(f"{static.prefix}/{name}")).status_code == 404


def test_the_page_is_small() -> None:
    static = Static()
    assert sum(len(file.packed) for file in static._files.values()) < 20_000
    assert all(p.suffix in {".css", ".js", ".svg"} for p in Path("handlers/static").iterdir() if p.is_file())


async def test_a_later_letter_reaches_every_open_page(bot: Bot, client: httpx.AsyncClient) -> None:
    address = await address_of(client)
    streams = Streams(bot.mailbox, beat=5)
    first, second = streams.events(address, 1), streams.events(address, 0)
    assert "event: beat" in await anext(first)
    assert "event: beat" in await anext(second)
    assert (await anext(second)).startswith("id: 1\n")
    number = await write_letter(bot.writer, address, Reply("工作人员的回复"))
    bot.mailbox.notify(address)
    for stream in (first, second):
        event = await asyncio.wait_for(anext(stream), 5)
        assert event.startswith(f"id: {number}\nevent: letter\ndata: {{")
        assert event.endswith("}\n\n")
    await streams.aclose()


async def test_streams_end_when_closed_and_when_too_many(bot: Bot) -> None:
    streams = Streams(bot.mailbox, beat=5)
    address = Address("web", "many")
    opened = [streams.events(address, 0) for _ in range(PAGES_EACH + 1)]
    for stream in opened:
        await anext(stream)
    with pytest.raises(StopAsyncIteration):
        await anext(opened[0])
    closing = asyncio.create_task(streams.aclose())
    for stream in opened[1:]:
        with pytest.raises(StopAsyncIteration):
            await asyncio.wait_for(anext(stream), 1)
    await closing
    assert [event async for event in streams.events(address, 0)] == []


async def test_a_stream_outlives_trouble(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = bot.mailbox.wait, []

    async def wait(*arguments: Any) -> frozenset[Address]:
        calls.append(1)
        if len(calls) == 1:
            raise ConnectionError("no database")
        return await real(*arguments)

    monkeypatch.setattr(bot.mailbox, "wait", wait)
    async with web_client(web_parents(bot)) as client:
        address = await address_of(client)
    streams = Streams(bot.mailbox, beat=0.05, pause=0.01)
    stream = streams.events(address, 0)
    events = ""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(3):
            while "event: letter" not in events:
                events += await anext(stream)
    assert "event: letter" in events
    await streams.aclose()


async def test_one_look_up_serves_all_streams(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = bot.mailbox.wait, []

    async def wait(*arguments: Any) -> frozenset[Address]:
        calls.append(arguments)
        return await real(*arguments)

    monkeypatch.setattr(bot.mailbox, "wait", wait)
    streams = Streams(bot.mailbox, beat=5)
    opened = [streams.events(Address("web", str(number)), 0) for number in range(50)]
    for stream in opened:
        await anext(stream)
    await asyncio.sleep(0.1)
    assert len(calls) == 1
    assert len(calls[0][0]) == 50
    await streams.aclose()


async def test_pages_of_a_starlette_application(bot: Bot) -> None:
    app = Starlette(routes=web_parents(bot).routes())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE) as client:
        assert (await client.put("/api/messages")).status_code == 405
        assert (await client.get("/nothing")).status_code == 404
