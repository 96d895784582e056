"""A parent's talk through the web door, over its HTTP interface but without sockets."""

import uuid
from typing import Any

import httpx

from bot.messages import Choice
from tests.doors.driver import Heard


class WebDriver:
    """Speaks as the page's script does. `client` keeps the cookie."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._last = 0

    async def say(self, text: str) -> list[Heard]:
        """Write something."""
        return await self._post({"text": text})

    async def pick(self, choice: str) -> list[Heard]:
        """Press a chip."""
        return await self._post({"pick": choice})

    async def _post(self, what: dict[str, Any]) -> list[Heard]:
        answer = await self._client.post("/api/messages", json={"id": uuid.uuid4().hex, **what})
        assert answer.status_code == 200, answer.text
        data = answer.json()
        heard = self._read(data["messages"])
        if data["waiting"]:
            heard += await self._later()
        return heard

    async def _later(self) -> list[Heard]:
        for _ in range(40):
            answer = await self._client.get("/api/messages", params={"after": self._last})
            if heard := self._read(answer.json()["messages"]):
                return heard
        return []

    def _read(self, messages: list[dict[str, Any]]) -> list[Heard]:
        fresh = [message for message in messages if message["id"] > self._last]
        self._last = max([self._last, *(message["id"] for message in fresh)])
        return [_heard(message) for message in fresh]


def _heard(message: dict[str, Any]) -> Heard:
    return Heard(message["text"], tuple(Choice(choice["id"], choice["label"]) for choice in message["choices"]))
