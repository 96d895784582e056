"""What a browser may post, and what is refused with which reason."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.requests import Request

from bot.messages import Point
from handlers.web_body import BODY_BYTES, TEXT_CHARACTERS, Refused, Said, check_origin, read_number, read_said

ID = "0123456789abcdef"


def request_of(body: bytes, *, headers: dict[str, str] | None = None, chunk: int = 65536) -> Request:
    raw = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    parts = [body[at : at + chunk] for at in range(0, len(body), chunk)] or [b""]

    async def messages() -> AsyncIterator[dict[str, Any]]:
        for number, part in enumerate(parts, 1):
            yield {"type": "http.request", "body": part, "more_body": number < len(parts)}

    stream = messages()
    return Request({"type": "http", "method": "POST", "path": "/", "headers": raw}, stream.__anext__)


async def read(data: Any) -> Said:
    return await read_said(request_of(data if isinstance(data, bytes) else json.dumps(data).encode()))


async def test_text_pick_and_location() -> None:
    assert await read({"id": ID, "text": " 娃一岁半 "}) == Said(ID, text=" 娃一岁半 ")
    assert await read({"id": ID, "pick": "enrol.age"}) == Said(ID, pick="enrol.age")
    place = {"latitude": 35, "longitude": -116.5}
    assert await read({"id": ID, "location": place}) == Said(ID, location=Point(35.0, -116.5))


REFUSED: dict[str, tuple[Any, int, str]] = {
    "no json": (b"text=hello", 400, "malformed"),
    "nothing": (b"", 400, "malformed"),
    "not utf-8": (b'{"id": "\xff"}', 400, "malformed"),
    "deep": (b"[" * 100_000, 400, "malformed"),
    "long number": (b'{"id": ' + b"1" * 5000 + b"}", 400, "malformed"),
    "a list": ([], 400, "malformed"),
    "no id": ({"text": "x"}, 400, "malformed"),
    "short id": ({"id": "1", "text": "x"}, 400, "malformed"),
    "id with colon": ({"id": f"{ID}:1", "text": "x"}, 400, "malformed"),
    "id with line end": ({"id": f"{ID}\n", "text": "x"}, 400, "malformed"),
    "number for text": ({"id": ID, "text": 5}, 400, "malformed"),
    "text and pick": ({"id": ID, "text": "x", "pick": "y"}, 400, "malformed"),
    "unknown key": ({"id": ID, "words": "x"}, 400, "malformed"),
    "empty": ({"id": ID, "text": ""}, 400, "empty"),
    "blank": ({"id": ID, "text": " \n\t　"}, 400, "empty"),
    "too long": ({"id": ID, "text": "长" * (TEXT_CHARACTERS + 1)}, 400, "too_long"),
    "empty pick": ({"id": ID, "pick": ""}, 400, "malformed"),
    "long pick": ({"id": ID, "pick": "长" * 22}, 400, "malformed"),
    "half a character": ({"id": ID, "pick": "\ud800"}, 400, "malformed"),
    "half a place": ({"id": ID, "location": {"latitude": 1}}, 400, "malformed"),
    "more than a place": ({"id": ID, "location": {"latitude": 1, "longitude": 1, "x": 1}}, 400, "malformed"),
    "beyond the pole": ({"id": ID, "location": {"latitude": 91, "longitude": 1}}, 400, "malformed"),
    "nowhere": (b'{"id": "0123456789", "location": {"latitude": NaN, "longitude": 1}}', 400, "malformed"),
    "true place": ({"id": ID, "location": {"latitude": True, "longitude": 1}}, 400, "malformed"),
    "five megabytes": (b"x" * 5_000_000, 413, "too_big"),
}


@pytest.mark.parametrize(("data", "status", "reason"), REFUSED.values(), ids=REFUSED.keys())
async def test_refused(data: Any, status: int, reason: str) -> None:
    with pytest.raises(Refused) as caught:
        await read(data)
    assert (caught.value.status, caught.value.reason) == (status, reason)


async def test_the_longest_text_fits_however_it_is_written() -> None:
    text = "🧒" * TEXT_CHARACTERS
    assert len(json.dumps({"id": ID, "text": text})) < BODY_BYTES
    assert (await read({"id": ID, "text": text})).text == text


@pytest.mark.parametrize("value", ["-1", "1.5", "x", "١", "9" * 19])
def test_an_id_of_a_letter_is_a_number(value: str) -> None:
    with pytest.raises(Refused):
        read_number(value)
    assert read_number("12") == 12
    assert read_number("") is None


ORIGINS: dict[str, tuple[dict[str, str], bool]] = {
    "same": ({"origin": "http://here:8080", "host": "here:8080"}, True),
    "none": ({"host": "here"}, True),
    "public": ({"origin": "https://public.example", "host": "10.0.0.1"}, True),
    "other": ({"origin": "https://other.example", "host": "here"}, False),
    "null": ({"origin": "null", "host": "here"}, False),
    "no host": ({"origin": "null"}, False),
    "cross site": ({"host": "here", "sec-fetch-site": "cross-site"}, False),
}


@pytest.mark.parametrize(("headers", "allowed"), ORIGINS.values(), ids=ORIGINS.keys())
def test_origin(headers: dict[str, str], allowed: bool) -> None:
    request = request_of(b"", headers=headers)
    if allowed:
        check_origin(request, "https://public.example")
    else:
        with pytest.raises(Refused) as caught:
            check_origin(request, "https://public.example")
        assert caught.value.status == 403
