"""Queries on what staff wrote in groups: stored once, without locking the group (its parents' talks are locked first)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import Conversation, Incoming, table
from db.types import AnyRow

conversation = table(Conversation)
incoming = table(Incoming)
_INSERT: dict[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


ALBUM = "staff.album"
"""The outcome of a picture that waits for the rest of its album."""


async def put_aside(channel: str, address: str, album: str, *, connection: AsyncConnection) -> Sequence[AnyRow]:
    """The pictures of an album that were not sent yet, in the order in which they came."""
    query = select(incoming).join(conversation, conversation.c.id == incoming.c.conversation_id)
    query = query.where(conversation.c.channel == channel, conversation.c.address == address)
    rows = await connection.execute(query.where(incoming.c.outcome == ALBUM).order_by(incoming.c.id))
    return [row for row in rows if row.payload.get("album") == album]


async def settle(ids: Collection[int], outcome: str, *, connection: AsyncConnection) -> None:
    """Note what has become of messages."""
    await connection.execute(update(incoming).where(incoming.c.id.in_(sorted(ids))).values(outcome=outcome))


async def conversation_of(channel: str, address: str, now: datetime, *, connection: AsyncConnection) -> int:
    """The id of the conversation at an address, made if missing."""
    query = select(conversation.c.id).where(conversation.c.channel == channel, conversation.c.address == address)
    known: int | None = (await connection.execute(query)).scalar_one_or_none()
    if known is None:
        row = {"channel": channel, "address": address, "context": {}, "created_at": now, "updated_at": now}
        await connection.execute(_INSERT[connection.dialect.name](conversation).values(row).on_conflict_do_nothing())
        known = int((await connection.execute(query)).scalar_one())
    return known


async def store(values: Mapping[str, Any], *, connection: AsyncConnection) -> int | None:
    """The new message's id; None where the channel's message id is known."""
    statement = _INSERT[connection.dialect.name](incoming).values(dict(values)).on_conflict_do_nothing()
    found: int | None = (await connection.execute(statement.returning(incoming.c.id))).scalar_one_or_none()
    return found
