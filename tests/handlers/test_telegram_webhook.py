"""The webhook refuses what is forged, malformed or too long."""

import json
from typing import Any

import aiohttp
import pytest

from handlers.telegram_parents import PATH, SECRET_HEADER
from tests.doors.telegram import SECRET
from tests.doors.telegram_opener import Opener


async def post(url: str, body: bytes | str, secret: str | None = SECRET) -> int:
    headers = {} if secret is None else {SECRET_HEADER: secret}
    async with aiohttp.ClientSession() as session, session.post(url + PATH, data=body, headers=headers) as answer:
        return answer.status


async def test_unknown_kind_is_acknowledged(webhook: Opener) -> None:
    async with webhook() as d:
        assert await post(d.url, json.dumps({"update_id": 5, "not_yet_invented": {"x": 1}})) == 200
        assert d.door.counts["unknown_kind"] == 1
    assert webhook.intake.raw == []


@pytest.mark.parametrize(
    "body", ["[]", "null", "5", '"x"', "{}", '{"update_id": null}', '{"update_id": 1, "message": 5}']
)
async def test_json_that_is_no_update_is_kept(webhook: Opener, body: str) -> None:
    async with webhook() as d:
        assert await post(d.url, body) == 200
    assert len(webhook.intake.raw) + d.door.counts["unknown_kind"] == 1


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", "秘密"])
async def test_forged_secret(webhook: Opener, secret: str | None) -> None:
    async with webhook() as d:
        assert await post(d.url, "{}", secret) == 401
        assert d.door.counts["forged"] == 1
    assert webhook.intake.raw == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"not json"])
async def test_malformed_json(webhook: Opener, body: bytes) -> None:
    async with webhook() as d:
        assert await post(d.url, body) == 400


async def test_large_body(webhook: Opener) -> None:
    async with webhook() as d:
        assert await post(d.url, b"x" * 1_000_001) == 413


async def test_large_body_of_unknown_length(webhook: Opener) -> None:
    async def chunks() -> Any:
        for _ in range(20):
            yield b"x" * 100_000

    async with webhook() as d:
        headers = {SECRET_HEADER: SECRET}
        async with (
            aiohttp.ClientSession() as session,
            session.post(d.url + PATH, data=chunks(), headers=headers) as got,
        ):
            assert got.status == 413


async def test_other_methods_are_refused(webhook: Opener) -> None:
    async with webhook() as d, aiohttp.ClientSession() as session, session.get(d.url + PATH) as answer:
        assert answer.status == 405
