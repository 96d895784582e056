"""Updates on their way to the bot: kept until confirmed, by long polling or webhook. Part of the fake Bot API."""

import asyncio
import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.fakes.bot_api_rules import Refused, bad

CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
HOOKED = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
SECRET = "X-Telegram-Bot-Api-Secret-Token"


@dataclass
class Hook:
    """The webhook in force."""

    url: str = ""
    secret: str = ""
    connections: int = 40
    allowed: list[str] | None = None


@dataclass
class Delivery:
    """One call of the webhook: which update, and the status it got (0: no answer)."""

    update: Any
    status: int


@dataclass
class Updates:
    """Waiting updates. `retry` is the first pause in seconds after the webhook refused one."""

    retry: float = 0.05
    give_up: float = 60.0
    hook: Hook = field(default_factory=Hook)
    waiting: list[Any] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._next = 1
        self._news = asyncio.Event()
        self._calm = asyncio.Event()
        self._poll: asyncio.Task[Any] | None = None
        self._queues: dict[str, list[bytes]] = defaultdict(list)
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(self.hook.connections)
        self._session: aiohttp.ClientSession | None = None

    def next_id(self) -> int:
        """A new update id."""
        self._next += 1
        return self._next - 1

    def push(self, update: Any, lane: str = "") -> None:
        """Send an update to the bot. Updates of one `lane` arrive in order, the next only after a 2xx."""
        kinds = set(update) - {"update_id"} if isinstance(update, dict) else set()
        allowed = self.hook.allowed
        if allowed and kinds and not kinds & {*allowed, "unparsable"}:
            return
        self.push_bytes(json.dumps(update).encode(), update, lane)

    def push_bytes(self, body: bytes, update: Any = None, lane: str = "") -> None:
        """Send any bytes through the webhook, or the update they stand for through polling."""
        if self.hook.url:
            self._queues[lane].append(body)
            self._work(lane)
        else:
            self.waiting.append(update)
            self._news.set()

    async def idle(self, timeout: float = 10) -> None:
        """Until the webhook took everything (polling: until everything was confirmed)."""
        async with asyncio.timeout(timeout):
            while self.waiting or self._workers:
                self._calm.clear()
                await self._calm.wait()

    def set_hook(self, hook: Hook) -> None:
        """Change over; what waits goes to the new place."""
        if hook.url and not hook.url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        self.hook = hook
        self._slots = asyncio.Semaphore(hook.connections)
        waiting, self.waiting = self.waiting, []
        waiting += [_readable(body) for queue in self._queues.values() for body in queue]
        self._queues.clear()
        for update in waiting:
            self.push(update)
        self._cancel_poll()

    async def get(self, parameters: dict[str, Any]) -> Any:
        """Long polling: an offset confirms everything below it; a second poller ends the first."""
        if self.hook.url:
            raise Refused(409, HOOKED)
        if "allowed_updates" in parameters:
            self.hook.allowed = parameters["allowed_updates"] or None
        self._cancel_poll()
        mine = self._poll = asyncio.ensure_future(self._wait(parameters))
        try:
            return await mine
        except asyncio.CancelledError:
            if self._poll is mine:
                raise
            raise Refused(409, CONFLICT) from None
        finally:
            if self._poll is mine:
                self._poll = None

    async def _wait(self, parameters: dict[str, Any]) -> list[Any]:
        offset = parameters.get("offset", 0)
        if offset:
            self.waiting = [u for u in self.waiting if not isinstance(u, dict) or u.get("update_id", 0) >= offset]
            self._calm.set()
        try:
            async with asyncio.timeout(min(parameters.get("timeout", 0), 50)):
                while not self.waiting:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return []
        return self.waiting[: min(parameters.get("limit", 100), 100)]

    def _cancel_poll(self) -> None:
        if self._poll is not None:
            poll, self._poll = self._poll, None
            poll.cancel()

    def _work(self, lane: str) -> None:
        if lane not in self._workers:
            self._workers[lane] = asyncio.ensure_future(self._deliver(lane))

    async def _deliver(self, lane: str) -> None:
        pause = self.retry
        try:
            while self._queues[lane] and self.hook.url:
                status = await self._call(self._queues[lane][0])
                if 200 <= status < 300:
                    del self._queues[lane][:1]
                    pause = self.retry
                    continue
                await asyncio.sleep(pause)
                pause = min(pause * 2, self.give_up)
        finally:
            del self._workers[lane]
            self._calm.set()

    async def _call(self, body: bytes) -> int:
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        headers = {"Content-Type": "application/json"}
        if self.hook.secret:
            headers[SECRET] = self.hook.secret
        status = 0
        async with self._slots:
            try:
                timeout = aiohttp.ClientTimeout(total=60)
                async with self._session.post(self.hook.url, data=body, headers=headers, timeout=timeout) as answer:
                    await answer.read()
                    status = answer.status
            except (aiohttp.ClientError, OSError, TimeoutError):
                status = 0
        self.deliveries.append(Delivery(_readable(body), status))
        return status

    async def close(self) -> None:
        """Stop delivering."""
        self._cancel_poll()
        for worker in list(self._workers.values()):
            worker.cancel()
        await asyncio.gather(*self._workers.values(), return_exceptions=True)
        if self._session is not None:
            await self._session.close()


def _readable(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body
