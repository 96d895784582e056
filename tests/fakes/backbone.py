"""A whole backbone for tests: writer, outbox, mailbox and intake with a scripted `Think` and a carrier that remembers."""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.conversation import Turn
from bot.decision import Decision
from bot.intake import Background, Intake, Think
from bot.mailbox import Mailbox
from bot.messages import Address, Incoming, Reply
from bot.outbox import Outbox, Parcel
from bot.pace import Limit, Pace, no_limits
from bot.writer import Probe, Writer, no_probe
from db.engine import reading

_ids = count(1)


def say(key: str, /, **values: object) -> str:
    """Wording that only names its key."""
    return f"[{key}]"


def message(text: str, chat: str = "1", channel: str = "telegram", **fields: Any) -> Incoming:
    """A message with a message id of its own."""
    fields.setdefault("message_id", f"m{next(_ids)}")
    return Incoming(sender=Address(channel, chat), sent_at=datetime(2026, 1, 1, tzinfo=UTC), text=text, **fields)


def echo(incoming: Incoming, background: Background, now: datetime, number: str) -> Decision:
    """Answers each message with the number of turns before it and its text."""
    turns = len(background.context.turns)
    turn = Turn(incoming.text, incoming.reference, now, "echo")
    return Decision("echo", Reply(f"{turns}:{incoming.text}"), background.context.after(turn), ("echo",))


@dataclass
class Remembering:
    """A carrier that remembers what it carried; `fault` may raise instead."""

    channel: str = "telegram"
    carried: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    fault: Callable[[Parcel], object] | None = None

    async def carry(self, parcel: Parcel) -> str:
        if self.fault is not None:
            self.fault(parcel)
        self.carried[parcel.address.id].append(parcel.reply.text)
        return f"x{parcel.id}"


@dataclass
class TestClock:
    """Real time, shifted by hand."""

    __test__ = False
    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Backbone:
    engine: AsyncEngine
    writer: Writer
    outbox: Outbox
    mailbox: Mailbox
    intake: Intake
    carrier: Remembering
    clock: TestClock

    async def rows(self, query: str) -> list[Any]:
        """The rows of a plain SQL query."""
        async with reading(self.engine) as connection:
            return list((await connection.execute(text(query))).all())

    async def states(self) -> list[str]:
        """The states of all outgoing messages, in order."""
        return [row.state for row in await self.rows("SELECT state FROM outgoing ORDER BY id")]


@asynccontextmanager
async def backbone(
    engine: AsyncEngine,
    think: Think = echo,
    *,
    carrier: Remembering | None = None,
    burst_seconds: float = 0.3,
    lease: float = 30.0,
    poll: float = 0.05,
    rate: float = 100_000,
    limits: Callable[[str], tuple[Limit, ...]] = no_limits,
    numbers: Callable[[], str] | None = None,
    probe: Probe = no_probe,
    pauses: tuple[float, ...] = (0.0, 0.01),
) -> AsyncIterator[Backbone]:
    """Started parts over an engine; stopped in the right order."""
    clock = TestClock()
    carrier = carrier or Remembering()
    async with Writer(engine, probe=probe, pauses=pauses) as writer:
        outbox = Outbox(writer, clock=clock, lease=lease, poll=poll, probe=probe)
        outbox.serve(carrier, Pace(rate, limits))
        mailbox = Mailbox(writer, clock=clock)
        more: dict[str, Any] = {} if numbers is None else {"numbers": numbers}
        intake = Intake(
            writer, think, say, outbox=outbox, mailbox=mailbox, clock=clock, burst_seconds=burst_seconds, **more
        )
        async with outbox:
            yield Backbone(engine, writer, outbox, mailbox, intake, carrier, clock)
