"""The one task that writes to the database: what waits is written together, in one commit. Used by intake and outbox.

A durable commit costs a disk flush; sharing it among all that arrived meanwhile is what makes it affordable.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar

import structlog
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, NotSupportedError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

log = structlog.get_logger(__name__)

BATCH = 48  # jobs; larger ones make all wait for the slowest, smaller ones flush the disk too often
PAUSES = (0.02, 0.1, 0.3, 0.8, 1.5, 2.5)  # seconds between tries; in sum well within a webhook's 60
LASTING = (DataError, NotSupportedError, ProgrammingError)  # not gone at the next try, as all others may be

Probe = Callable[[str], None]
Item = TypeVar("Item")
Result = TypeVar("Result")


def no_probe(_point: str) -> None:
    """The default probe; crash tests hand in one that kills."""


def nothing(_items: Sequence[Any], _results: Sequence[Any]) -> None:
    """For steps with nothing to do after the commit."""


@dataclass(frozen=True, slots=True, eq=False)
class Step(Generic[Item, Result]):
    """One kind of work. In a transaction the steps run in the order of `place`, each once for all its items.

    `write` does the items' work with set-based statements and gives one result each; it runs again after a rollback.
    `committed` is called at once after the commit, before anyone who waits goes on, and must not raise.
    """

    place: int
    write: Callable[[Sequence[Item], AsyncConnection], Awaitable[Sequence[Result]]]
    committed: Callable[[Sequence[Item], Sequence[Result]], None] = nothing


@dataclass(frozen=True, slots=True)
class _Job(Generic[Item, Result]):
    step: Step[Item, Result]
    item: Item
    done: asyncio.Future[Result]


_Jobs = list[_Job[Any, Any]]
_Written = list[tuple[Step[Any, Any], _Jobs, Sequence[Any]]]


class Writer:
    """`async with Writer(engine) as writer: result = await writer.do(step, item)`."""

    def __init__(self, engine: AsyncEngine, *, probe: Probe = no_probe, pauses: Sequence[float] = PAUSES) -> None:
        self.engine = engine
        self._probe = probe
        self._pauses = pauses
        self._waiting: deque[_Job[Any, Any]] = deque()
        self._work = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closing = False
        self._closed = False

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name="writer")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Write what still waits, then end."""
        self._closing = True
        self._work.set()
        if self._task is not None:
            await self._task

    async def do(self, step: Step[Item, Result], item: Item) -> Result:
        """Returns after the commit. A caller that is cancelled while waiting does not take its work back."""
        return await self.submit(step, item)

    def submit(self, step: Step[Item, Result], item: Item) -> asyncio.Future[Result]:
        """The same for those who do not want to wait."""
        if self._closed:
            raise RuntimeError("the writer is closed")
        job = _Job(step, item, asyncio.get_running_loop().create_future())
        self._waiting.append(job)
        self._work.set()
        return job.done

    async def _run(self) -> None:
        while True:
            await self._work.wait()
            while self._waiting:
                await self._write([self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))])
            self._work.clear()
            if self._closing:
                self._closed = True
                return

    async def _write(self, batch: _Jobs) -> None:
        try:
            written = await self._persist(batch)
        except Exception as error:  # the writer outlives whatever a batch holds
            await self._give_up(batch, error)
            return
        for step, jobs, results in written:
            for job, result in zip(jobs, results, strict=True):
                if not job.done.done():
                    job.done.set_result(result)
            step.committed([job.item for job in jobs], results)

    async def _give_up(self, batch: _Jobs, error: Exception) -> None:
        if len(batch) > 1 and not _unreachable(error):
            log.warning("batch_split", size=len(batch), error=str(error))
            for job in batch:  # so that one that cannot be written does not keep the others out
                await self._write([job])
            return
        log.error("batch_failed", size=len(batch), exc_info=error)
        for job in batch:
            if not job.done.done():
                job.done.set_exception(error)

    async def _persist(self, batch: _Jobs) -> _Written:
        for pause in self._pauses:
            try:
                return await self._transact(batch)
            except (DBAPIError, PoolTimeout, OSError) as error:
                if isinstance(error, LASTING):
                    raise
                log.warning("batch_retried", size=len(batch), error=str(error))
                await asyncio.sleep(pause)
        return await self._transact(batch)

    async def _transact(self, batch: _Jobs) -> _Written:
        written: _Written = []
        async with self.engine.begin() as connection:
            for step, jobs in _by_step(batch):
                written.append((step, jobs, await step.write([job.item for job in jobs], connection)))
            self._probe("before_commit")
        self._probe("after_commit")
        return written


def _by_step(batch: _Jobs) -> list[tuple[Step[Any, Any], _Jobs]]:
    groups: dict[int, tuple[Step[Any, Any], _Jobs]] = {}
    for job in batch:
        groups.setdefault(id(job.step), (job.step, []))[1].append(job)
    return sorted(groups.values(), key=lambda group: group[0].place)


def _unreachable(error: Exception) -> bool:
    """Whether the database, and not what was to be written, is at fault."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, (OperationalError, InterfaceError, PoolTimeout, OSError))
