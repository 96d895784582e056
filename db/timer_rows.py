"""Queries on what is due when."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.case_tables import Case, Timer
from db.tables import Conversation, table
from db.types import AnyRow

timer = table(Timer)
cases = table(Case)
conversation = table(Conversation)

_undone = timer.c.done_at.is_(literal_column("NULL"))


async def plan(
    kind: str,
    due_at: datetime,
    *,
    case_id: int | None = None,
    desk: str | None = None,
    detail: dict[str, Any] | None = None,
    connection: AsyncConnection,
) -> None:
    """Add one."""
    values = {"kind": kind, "case_id": case_id, "desk": desk, "detail": detail or {}, "due_at": due_at, "tries": 0}
    await connection.execute(insert(timer).values(values))


async def cancel(case_id: int, kinds: Collection[str], *, connection: AsyncConnection) -> None:
    """Forget what is not done yet of these kinds."""
    if kinds:
        of_case = delete(timer).where(timer.c.case_id == case_id, timer.c.kind.in_(sorted(kinds)), _undone)
        await connection.execute(of_case)


async def due(
    now: datetime, kinds: Collection[str], limit: int, *, connection: AsyncConnection
) -> Sequence[AnyRow]:
    """What is due of these kinds, the longest first, without locking: with `number`, `channel` and `address` of the parent's talk."""
    query = (
        select(timer, cases.c.number, conversation.c.channel, conversation.c.address)
        .outerjoin(cases, cases.c.id == timer.c.case_id)
        .outerjoin(conversation, conversation.c.id == cases.c.conversation_id)
        .where(_undone, timer.c.due_at <= now, timer.c.kind.in_(sorted(kinds)))
        .order_by(timer.c.due_at, timer.c.id)
        .limit(limit)
    )
    return (await connection.execute(query)).all()


async def undone(case_id: int | None, *, connection: AsyncConnection) -> Sequence[AnyRow]:
    """What is still to come for a case (None: for desks)."""
    query = select(timer).where(timer.c.case_id == case_id, _undone).order_by(timer.c.due_at)
    return (await connection.execute(query)).all()


async def take(timer_id: int, now: datetime, *, connection: AsyncConnection) -> bool:
    """Mark it done; False where somebody else has done so, or it was cancelled or put off meanwhile."""
    mine = update(timer).where(timer.c.id == timer_id, _undone, timer.c.due_at <= now).values(done_at=now)
    return (await connection.execute(mine)).rowcount == 1


async def put_off(
    timer_id: int, now: datetime, first: timedelta, longest: timedelta, problem: str, *, connection: AsyncConnection
) -> None:
    """Try again later, since handling it failed; the pause grows from `first` to `longest`."""
    tries = select(timer.c.tries).where(timer.c.id == timer_id)
    before = (await connection.execute(tries)).scalar_one()
    pause = min(longest, first * 2 ** min(before, 20))
    change = {"due_at": now + pause, "tries": before + 1, "problem": problem}
    await connection.execute(update(timer).where(timer.c.id == timer_id, _undone).values(change))


async def due_next(*, connection: AsyncConnection) -> datetime | None:
    """When the next one is due."""
    query = select(timer.c.due_at).where(_undone).order_by(timer.c.due_at).limit(1)
    found: datetime | None = (await connection.execute(query)).scalar_one_or_none()
    return found
