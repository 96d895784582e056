"""Letters for channels that ask for them (web, terminal), and a talk's history for every door that shows one."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock, utc_now
from bot.lanes import Sender
from bot.messages import Address, Reply
from bot.payload import reply_from_json
from bot.writer import Step, Writer
from db import mail, outgoing
from db.engine import reading
from db.tables import Delivery
from db.types import AnyRow

POLL = 0.5  # seconds; what this process stored is noticed at once, what others stored or what was held within this
PULLED = frozenset({"web", "terminal"})


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to a person, as stored. Ids of one address grow in the order of reading."""

    id: int
    address: Address
    reply: Reply
    sender: Sender
    at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a talk. `pick`: the parent chose that button; `letter`: what the bot or staff wrote.

    `reference`: the parent's own id of the message; `located`: a position was shared, of which nothing else is kept.
    """

    by: Literal["parent", "bot", "staff"]
    text: str
    at: datetime
    pick: str | None = None
    letter: Letter | None = None
    reference: str = ""
    located: bool = False


class Mailbox:
    """`letters` hands out, once due, and marks as delivered; `wait` tells where there is something new."""

    def __init__(self, writer: Writer, *, clock: Clock = utc_now, channels: Collection[str] = PULLED) -> None:
        self._writer = writer
        self._clock = clock
        self.channels = frozenset(channels)
        self._waiting: list[tuple[Mapping[Address, int], asyncio.Event]] = []
        self._hand_out = Step(25, self._write_handed_out)

    async def letters(self, address: Address, after_id: int = 0) -> tuple[Letter, ...]:
        """All letters beyond `after_id`, in order, also those handed out before. Returns after they are marked."""
        async with self._reading() as connection:
            rows = await mail.letters(address.channel, address.id, after_id, self._clock(), connection=connection)
        pending = [row.id for row in rows if row.state == Delivery.PENDING]
        given = await self._writer.do(self._hand_out, pending) if pending else frozenset()
        if given:
            self.notify(address)  # for the person's other window
        return tuple(letter_of(row, address) for row in rows if row.state == Delivery.DELIVERED or row.id in given)

    async def newest(self, address: Address) -> int:
        """The id of the newest letter that may be read; 0 if there is none."""
        return (await self._newest([address])).get(address, 0)

    async def wait(self, after: Mapping[Address, int], timeout: float = 25.0) -> frozenset[Address]:
        """The addresses with letters beyond the given ids, as soon as there are any; none after `timeout` seconds."""
        bell = asyncio.Event()
        entry = (after, bell)
        self._waiting.append(entry)
        end = asyncio.get_running_loop().time() + timeout
        try:
            while not (found := await self._beyond(after)):
                # Only the pause is cut short: a query that is cancelled half-way leaves its connection unusable.
                pause = min(POLL, end - asyncio.get_running_loop().time())
                if pause <= 0:
                    return frozenset()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(bell.wait(), pause)
                bell.clear()
            return found
        finally:
            self._waiting.remove(entry)

    def notify(self, address: Address) -> None:
        """Something was stored for the address."""
        for after, bell in self._waiting:
            if address in after:
                bell.set()

    async def history(self, address: Address, limit: int = 50) -> tuple[Line, ...]:
        """The last lines of the talk, oldest first, each answer after its question. Marks nothing."""
        async with self._reading() as connection:
            heard = await mail.heard(address.channel, address.id, limit, connection=connection)
            sent = await mail.sent(address.channel, address.id, limit, self._clock(), connection=connection)
        lines = [((row.received_at, row.id, 0, row.id), _heard_line(row)) for row in heard]
        lines += [((row.created_at, row.incoming_id or 0, 1, row.id), _sent_line(row, address)) for row in sent]
        lines.sort(key=lambda entry: entry[0])
        return tuple(line for _, line in lines[-limit:])

    async def _beyond(self, after: Mapping[Address, int]) -> frozenset[Address]:
        newest = await self._newest(after)
        return frozenset(address for address, known in after.items() if newest.get(address, 0) > known)

    async def _newest(self, addresses: Collection[Address]) -> dict[Address, int]:
        by_channel: dict[str, list[str]] = defaultdict(list)
        for address in addresses:
            by_channel[address.channel].append(address.id)
        result: dict[Address, int] = {}
        async with self._reading() as connection:
            for channel, ids in by_channel.items():
                found = await mail.newest(channel, ids, self._clock(), connection=connection)
                result.update({Address(channel, key): newest for key, newest in found.items()})
        return result

    def _reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return reading(self._writer.engine)

    async def _write_handed_out(self, items: Sequence[list[int]], connection: AsyncConnection) -> list[frozenset[int]]:
        wanted = sorted({key for item in items for key in item})
        given = await outgoing.hand_out(wanted, self._clock(), connection=connection)
        return [frozenset(given.intersection(item)) for item in items]


def letter_of(row: AnyRow, address: Address) -> Letter:
    """A stored row (id, payload, sender, created_at) as a letter."""
    return Letter(row.id, address, reply_from_json(row.payload), row.sender, row.created_at)


def _heard_line(row: AnyRow) -> Line:
    return Line(
        "parent",
        row.text,
        row.received_at,
        pick=row.payload.get("pick"),
        reference=row.reference,
        located="location" in row.payload,
    )


def _sent_line(row: AnyRow, address: Address) -> Line:
    letter = letter_of(row, address)
    return Line(letter.sender, letter.reply.text, letter.at, letter=letter)
