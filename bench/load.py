"""Sends updates to a bot's webhook, a fixed number in flight, and waits for each to be answered at the fake Bot API."""

import asyncio
import itertools
import time
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

IN_FLIGHT = 40
CHATS = 20_000  # more than are answered within a second, so that no chat's own limit binds
PATIENCE = 30.0
TEXTS = [line for line in Path(__file__).with_name("questions.txt").read_text("utf-8").splitlines() if line]
SECRET = "bench-secret"


@dataclass
class Load:
    """Counts what happens from `begin` on."""

    webhook: str
    answers: dict[str, asyncio.Future[None]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    refused: int = 0
    unanswered: int = 0

    def answered(self, chat: str) -> None:
        """The fake Bot API answered this chat."""
        waiting = self.answers.pop(chat, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(None)

    async def run(self, seconds: float, first: int = 1) -> tuple[float, int]:
        """Keep `IN_FLIGHT` updates in flight for a time; how long it took until all were answered, and the next number."""
        numbers = itertools.count(first)
        begun = time.perf_counter()
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            await asyncio.gather(*(self._keep_asking(session, numbers, begun + seconds) for _ in range(IN_FLIGHT)))
        return time.perf_counter() - begun, next(numbers)

    async def _keep_asking(self, session: aiohttp.ClientSession, numbers: "itertools.count[int]", end: float) -> None:
        while time.perf_counter() < end:
            await self._ask(session, next(numbers))

    async def _ask(self, session: aiohttp.ClientSession, number: int) -> None:
        chat = 1_000 + number % CHATS
        answer = self.answers[str(chat)] = asyncio.get_running_loop().create_future()
        begun = time.perf_counter()
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        async with session.post(self.webhook, json=_update(number, chat), headers=headers) as response:
            if response.status != 200:
                self.refused += 1
                return
        try:
            await asyncio.wait_for(answer, PATIENCE)
        except TimeoutError:
            self.unanswered += 1
        else:
            self.seconds.append(time.perf_counter() - begun)


def _update(number: int, chat: int) -> dict[str, object]:
    person = {"id": chat, "is_bot": False, "first_name": "P"}
    place = {"id": chat, "type": "private", "first_name": "P"}
    text = TEXTS[number % len(TEXTS)]
    message = {"message_id": number, "date": int(time.time()), "chat": place, "from": person, "text": text}
    return {"update_id": number, "message": message}
