"""Takes what is due, in any of several processes, each once. `bot/alarms.py` and others register what is to be done.

A timer is done in the transaction that marks it done, under the lock of its case; what fails is undone and tried later.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.act import Result
from bot.case_timers import Alarm
from bot.clock import Clock, utc_now
from bot.messages import Address
from bot.writer import Step, Writer
from db import conversations, timer_rows
from db.engine import reading
from db.types import AnyRow

log = structlog.get_logger(__name__)

POLL = 1.0  # seconds
BATCH = 50
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Due:
    """A timer that has gone off. `number` and `place` (the parent's) for those of a case."""

    id: int
    kind: Alarm
    due_at: datetime
    number: str | None
    place: Address | None
    desk: str | None
    detail: dict[str, Any]


Handler = Callable[[Due, datetime, AsyncConnection], Awaitable[Sequence[Result]]]
"""Does what is due, within the transaction, and gives what it did to cases."""


class Clockwork:
    """`on` the handlers, then `async with clockwork:` inside the writer's. `committed` gets the handlers' results."""

    def __init__(
        self,
        writer: Writer,
        committed: Callable[[Sequence[Result]], None],
        *,
        clock: Clock = utc_now,
        poll: float = POLL,
    ) -> None:
        self._writer = writer
        self._committed = committed
        self._clock = clock
        self._poll = poll
        self._handlers: dict[Alarm, Handler] = {}
        self._task: asyncio.Task[None] | None = None
        self._step = Step(35, self._write, self._after)

    def on(self, kind: Alarm, handler: Handler) -> None:
        """Have timers of a kind done by `handler`; before the start. Kinds without a handler stay as they are."""
        self._handlers[kind] = handler

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name="clockwork")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def tick(self) -> int:
        """Do what is due now; how many timers that were."""
        async with reading(self._writer.engine) as connection:
            rows = await timer_rows.due(self._clock(), tuple(self._handlers), BATCH, connection=connection)
        if not rows:
            return 0
        results = await asyncio.gather(*(self._writer.submit(self._step, _due(row)) for row in rows))
        return sum(result is not None for result in results)

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(Exception):  # logged by the writer; the next look comes soon
                while await self.tick():
                    pass
            await asyncio.sleep(self._poll)

    async def _write(self, items: Sequence[Due], connection: AsyncConnection) -> list[Sequence[Result] | None]:
        now = self._clock()
        places = {(due.place.channel, due.place.id) for due in items if due.place is not None}
        if places:
            await conversations.lock(places, now, connection=connection)
        return [await self._do(due, now, connection) for due in items]

    async def _do(self, due: Due, now: datetime, connection: AsyncConnection) -> Sequence[Result] | None:
        """The results; None where another process was first, the timer was cancelled, or its handling failed."""
        try:
            async with connection.begin_nested():
                if not await timer_rows.take(due.id, now, connection=connection):
                    return None
                return await self._handlers[due.kind](due, now, connection)
        except Exception as error:
            if connection.invalidated or not connection.in_transaction():
                raise  # the database itself is in trouble: the writer tries again
            log.exception("timer_failed", kind=due.kind, timer=due.id)
            await timer_rows.put_off(due.id, now, FIRST_PAUSE, LONGEST_PAUSE, repr(error), connection=connection)
            return None

    def _after(self, _items: Sequence[Due], results: Sequence[Sequence[Result] | None]) -> None:
        self._committed([result for some in results if some is not None for result in some])


def _due(row: AnyRow) -> Due:
    place = None if row.channel is None else Address(row.channel, row.address)
    return Due(row.id, Alarm(row.kind), row.due_at, row.number, place, row.desk, row.detail)
