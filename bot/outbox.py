"""Delivers what is stored to channels that are pushed to. Intake hands it fresh messages; it finds the others itself.

A row is leased by the process that sends it. Fresh rows are leased by the very transaction that stores them, so the
usual delivery costs no query; a poller takes held, left-over and orphaned ones, only ever the head of a conversation.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import uuid4

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock, utc_now
from bot.lanes import SEND_TIMEOUT, Carrier, Lanes, Parcel, Sender
from bot.messages import Address, Reply
from bot.pace import Pace
from bot.payload import reply_from_json
from bot.writer import Probe, Step, Writer, no_probe
from db import outgoing, workers
from db.engine import reading
from db.tables import Delivery
from db.types import AnyRow

__all__ = ["Carrier", "Lost", "Outbox", "Parcel", "Sender"]

log = structlog.get_logger(__name__)

LEASE = 45.0  # seconds; a sending begins only while more than SEND_TIMEOUT of it is left
POLL = 0.5
ROOM = 5_000  # parcels in memory; beyond that they wait in the database
AGAIN = 1.0
SHORT = 1.0  # seconds; a limit over no longer is kept by each process for itself
_Claims = list[tuple[AnyRow, list[float]]]


@dataclass(frozen=True, slots=True)
class Lost:
    """A message that never arrived, for staff to see."""

    id: int
    address: Address
    reply: Reply
    reason: str
    at: datetime


class Outbox:
    """`serve` the carriers, then `async with outbox:` inside the writer's."""

    def __init__(
        self,
        writer: Writer,
        *,
        clock: Clock = utc_now,
        lease: float = LEASE,
        poll: float = POLL,
        probe: Probe = no_probe,
    ) -> None:
        self._writer = writer
        self._clock = clock
        self._lease = timedelta(seconds=lease)
        self._margin = timedelta(seconds=min(SEND_TIMEOUT, lease / 2))
        self._poll = poll
        self._probe = probe
        self._lanes: dict[str, Lanes] = {}
        self.owner: str | None = None
        self._alive_until: datetime | None = None
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._beat = Step(40, self._write_beats, self._beaten)
        self._claim = Step(30, self._write_claims, self._claimed)
        self._settle = Step(20, self._write_settled)
        self._postpone = Step(21, self._write_postponed)
        self._leave = Step(50, self._write_leave)
        self._lost: Callable[[Sequence[int], AsyncConnection], Awaitable[object]] | None = None
        self._claimed_ids: set[int] = set()

    def serve(self, carrier: Carrier, pace: Pace) -> None:
        """Deliver this channel's messages; before the start."""
        self._lanes[carrier.channel] = Lanes(carrier, pace, self, self._probe)

    def on_lost(self, tell: Callable[[Sequence[int], AsyncConnection], Awaitable[object]]) -> None:
        """Have `tell` called with the ids of messages that will never arrive, in the transaction that settles them."""
        self._lost = tell

    async def __aenter__(self) -> Self:
        if self._lanes:
            await self._writer.do(self._beat, None)
            self._tasks = [asyncio.create_task(self._keep_alive()), asyncio.create_task(self._keep_looking())]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let running sendings end; what is left stays stored for the next process."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(lanes.close() for lanes in self._lanes.values()))
        if self._lanes:
            await self._writer.do(self._leave, None)

    def serves(self, channel: str) -> bool:
        """Whether messages of the channel are delivered from here."""
        return channel in self._lanes

    def has_room(self, channel: str) -> bool:
        """Whether a fresh row of the channel may be leased by `owner` right away."""
        lanes = self._lanes.get(channel)
        return lanes is not None and lanes.size < ROOM and self.may_send()

    def accept(self, parcels: Iterable[Parcel]) -> None:
        """Deliver rows that are leased by this process, given in the order of their ids."""
        for parcel in parcels:
            self._lanes[parcel.address.channel].accept(parcel)
        for lanes in self._lanes.values():
            lanes.pump()

    def wake(self, at: datetime) -> None:
        """There will be something for the poller at that time."""
        delay = (at - self._clock()).total_seconds()
        if delay > 0:
            asyncio.get_running_loop().call_later(delay, self._wake.set)
        else:
            self._wake.set()

    async def undeliverable(self, limit: int = 100) -> list[Lost]:
        """The newest messages that never arrived."""
        async with reading(self._writer.engine) as connection:
            rows = await outgoing.undeliverable(limit, connection=connection)
        return [
            Lost(row.id, Address(row.channel, row.address), reply_from_json(row.payload), row.reason, row.settled_at)
            for row in rows
        ]

    # Lanes report here.

    def may_send(self) -> bool:
        """Whether the lease is fresh enough for a sending to end within it."""
        return self._alive_until is not None and self._clock() < self._alive_until - self._margin

    def delivered(self, parcel: Parcel, external_id: str) -> None:
        self._report(self._settle, parcel, new_state=Delivery.DELIVERED, external=external_id, why=None)

    def failed(self, parcel: Parcel, reason: str) -> None:
        log.warning("undeliverable", channel=parcel.address.channel, outgoing=parcel.id, reason=reason)
        self._report(self._settle, parcel, new_state=Delivery.UNDELIVERABLE, external=None, why=reason)

    def postponed(self, parcel: Parcel, after: float, reason: str) -> None:
        log.info("postponed", channel=parcel.address.channel, outgoing=parcel.id, after=after, reason=reason)
        due = self._clock() + timedelta(seconds=after)
        self._submit(self._postpone, {"key": parcel.id, "due": due, "why": reason})

    def _report(self, step: Step[dict[str, Any], None], parcel: Parcel, **values: Any) -> None:
        self._submit(step, {"key": parcel.id, "at": self._clock(), **values})

    def _submit(self, step: Step[dict[str, Any], None], values: dict[str, Any]) -> None:
        def settled(done: asyncio.Future[None]) -> None:
            if not done.cancelled() and done.exception() is not None:
                # What was sent must be noted, or it is sent again; the database will be back.
                asyncio.get_running_loop().call_later(AGAIN, self._submit, step, values)
            elif values["key"] in self._claimed_ids and "due" not in values:
                self._claimed_ids.discard(values["key"])
                self._wake.set()  # its conversation may have a next one

        self._writer.submit(step, values).add_done_callback(settled)

    # Two tasks keep the lease and look for work.

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 4)
            with contextlib.suppress(Exception):  # logged by the writer; without a lease nothing is sent
                await self._writer.do(self._beat, None)

    async def _keep_looking(self) -> None:
        while True:
            with contextlib.suppress(Exception):  # logged by the writer; the next look comes soon
                await self._writer.do(self._claim, None)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._poll):
                    await self._wake.wait()
            self._wake.clear()

    # Steps of the writer.

    async def _write_settled(self, items: Sequence[dict[str, Any]], connection: AsyncConnection) -> list[None]:
        await outgoing.settle(items, connection=connection)
        lost = [item["key"] for item in items if item["new_state"] == Delivery.UNDELIVERABLE]
        if lost and self._lost is not None:
            await self._lost(lost, connection)
        return [None] * len(items)

    async def _write_postponed(self, items: Sequence[dict[str, Any]], connection: AsyncConnection) -> list[None]:
        await outgoing.postpone(items, connection=connection)
        return [None] * len(items)

    async def _write_claims(self, items: Sequence[None], connection: AsyncConnection) -> list[_Claims]:
        now = self._clock()
        if orphans := set(await outgoing.orphaned(now, connection=connection)):
            await outgoing.free(sorted(orphans), connection=connection)
        rows: list[AnyRow] = []
        room = ROOM - max((lanes.size for lanes in self._lanes.values()), default=0)
        if room > 0 and self.owner is not None and self.may_send():
            rows = await outgoing.heads(sorted(self._lanes), now, min(room, 500), connection=connection)
            if rows:
                await outgoing.lease([row.id for row in rows], self.owner, connection=connection)
        ages = [await self._ages(row, row.id in orphans, now, connection) for row in rows]
        return [list(zip(rows, ages, strict=True)), *([] for _ in items[1:])]

    async def _ages(self, row: AnyRow, orphan: bool, now: datetime, connection: AsyncConnection) -> list[float]:
        """How many seconds ago the chat was sent something, where its limit counts over longer than a poll.

        One message at a time is leased of a chat, so this holds for several processes and after a crash. What a process
        that died may have sent counts as sent just now.
        """
        span = self._lanes[row.channel].span(row.address)
        if span <= SHORT:
            return []
        sent = await outgoing.lately(row.conversation_id, now - timedelta(seconds=span), connection=connection)
        return [*((now - time).total_seconds() for time in sent), *([0.0] if orphan else [])]

    def _claimed(self, _: Sequence[None], results: Sequence[_Claims]) -> None:
        rows = [row for row, _ in results[0]]
        for row, ages in results[0]:
            if ages:
                self._lanes[row.channel].recall(row.address, ages)
        self._claimed_ids.update(row.id for row in rows)
        self.accept(parcel_of(row) for row in rows)

    async def _write_beats(self, items: Sequence[None], connection: AsyncConnection) -> list[tuple[str, datetime]]:
        now = self._clock()
        until = now + self._lease
        name = self.owner
        if name is None or not await workers.renew(name, until, now, connection=connection):
            name = str(uuid4())
            await workers.register(name, until, now, connection=connection)
        return [(name, until)] * len(items)

    def _beaten(self, _: Sequence[None], results: Sequence[tuple[str, datetime]]) -> None:
        name, self._alive_until = results[0]
        if self.owner and name != self.owner:
            log.warning("lease_lost")
            self._forget()
        self.owner = name
        for lanes in self._lanes.values():
            lanes.pump()

    def _forget(self) -> None:
        for lanes in self._lanes.values():
            lanes.forget()

    async def _write_leave(self, items: Sequence[None], connection: AsyncConnection) -> list[None]:
        if self.owner is not None:
            await workers.leave(self.owner, connection=connection)
        return [None] * len(items)


def parcel_of(row: AnyRow) -> Parcel:
    """A stored row (id, channel, address, sender, payload, attempts) as a parcel."""
    return Parcel(row.id, Address(row.channel, row.address), reply_from_json(row.payload), row.sender, row.attempts)
