"""Queries on conversations. Taking a conversation's row lock is what keeps one talk in order across processes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Insert, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import Conversation, table

conversation = table(Conversation)

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Locked:
    """A conversation whose row this transaction holds."""

    id: int
    context: dict[str, Any]


async def lock(keys: Iterable[Key], now: datetime, *, connection: AsyncConnection) -> dict[Key, Locked]:
    """Find or make the conversations at (channel, address) and lock their rows, always in the same sorted order."""
    rows = [
        {"channel": channel, "address": address, "context": {}, "created_at": now, "updated_at": now}
        for channel, address in sorted(set(keys))
    ]
    found = await connection.execute(_LOCK[connection.dialect.name], rows)
    return {(row.channel, row.address): Locked(row.id, row.context) for row in found}


async def remember(contexts: dict[int, dict[str, Any]], *, connection: AsyncConnection) -> None:
    """Write the new context of each conversation id."""
    rows = [{"key": key, "value": contexts[key]} for key in sorted(contexts)]
    if rows:
        await connection.execute(_REMEMBER, rows)


async def find(channel: str, address: str, *, connection: AsyncConnection) -> int | None:
    """The id of the conversation with an address, without locking it."""
    query = select(conversation.c.id).where(conversation.c.channel == channel, conversation.c.address == address)
    return (await connection.execute(query)).scalar_one_or_none()


def _upsert(insert: sqlite.Insert | postgresql.Insert) -> Insert:
    changes = {"updated_at": insert.excluded.updated_at}
    columns = conversation.c
    return insert.on_conflict_do_update(index_elements=[columns.channel, columns.address], set_=changes).returning(
        columns.id, columns.channel, columns.address, columns.context
    )


# An update that changes nothing of weight locks a row that exists, and returns it as last committed, in one statement.
_LOCK = {"sqlite": _upsert(sqlite.insert(conversation)), "postgresql": _upsert(postgresql.insert(conversation))}
_REMEMBER = update(conversation).where(conversation.c.id == bindparam("key")).values(context=bindparam("value"))
