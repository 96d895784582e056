"""Queries on cases: what a person has to look at."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.case_tables import Case
from db.tables import table
from db.types import AnyRow

cases = table(Case)

SHOWN = 5
WAITING = ("new", "transferred", "reopened", "claimed")


async def latest(conversation_ids: Iterable[int], *, connection: AsyncConnection) -> dict[int, list[AnyRow]]:
    """The newest cases of each conversation, newest first, at most `SHOWN` each."""
    result: dict[int, list[AnyRow]] = defaultdict(list)
    for row in await connection.execute(_LATEST, {"conversation_ids": sorted(conversation_ids)}):
        if len(result[row.conversation_id]) < SHOWN:
            result[row.conversation_id].append(row)
    return result


async def store(rows: Sequence[dict[str, Any]], *, connection: AsyncConnection) -> None:
    """Insert cases (dictionaries by column name). A number that is taken raises `IntegrityError`."""
    if rows:
        await connection.execute(insert(cases), rows)


_LATEST = (
    select(*(column for column in cases.c if column.name != "understood"))
    .where(cases.c.conversation_id.in_(bindparam("conversation_ids", expanding=True)))
    .order_by(cases.c.id.desc())
)


async def waiting(limit: int, *, connection: AsyncConnection) -> Sequence[AnyRow]:
    """Cases nobody has dealt with, the most urgent first and the oldest of these first."""
    query = select(cases).where(cases.c.state.in_(WAITING)).order_by(cases.c.priority.desc(), cases.c.id).limit(limit)
    return (await connection.execute(query)).all()
