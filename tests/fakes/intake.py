"""An intake without a database: remembers what came, and hands scripted replies to a carrier. For tests of doors."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.messages import Incoming, Reply
from bot.outbox import Carrier, Parcel

Answer = Callable[[Incoming], Reply | None]


def echo(incoming: Incoming) -> Reply | None:
    """Say back what was said, or what was picked."""
    return Reply(incoming.pick or incoming.text or "?")


@dataclass
class FakeIntake:
    """Commits to a list. `failures` is how many calls of `receive` fail first; `broken` fails everything."""

    answer: Answer = echo
    carrier: Carrier | None = None
    delay: float = 0.0
    failures: int = 0
    broken: bool = False
    received: list[Incoming] = field(default_factory=list)
    raw: list[tuple[str, str, str]] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    async def receive(self, message: Incoming) -> None:
        """Remember a message once, and answer it."""
        await asyncio.sleep(self.delay)
        self._fail()
        if message.message_id in {known.message_id for known in self.received}:
            return
        self.received.append(message)
        reply = self.answer(message)
        if self.carrier is not None and reply is not None:
            parcel = Parcel(len(self.received), message.sender, reply, "bot")
            self.sent.append(await self.carrier.carry(parcel))

    async def keep_raw(self, channel: str, raw: str, reason: str) -> None:
        """Remember an update nobody can read."""
        if self.broken:
            raise ConnectionError("no database")
        self.raw.append((channel, raw, reason))

    def _fail(self) -> None:
        if self.broken or self.failures > 0:
            self.failures -= 1
            raise ConnectionError("no database")
