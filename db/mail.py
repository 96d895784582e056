"""Queries on talks as they are read: letters for channels that ask for them, and histories."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import Conversation, Delivery, Incoming, Outgoing, table
from db.types import AnyRow

conversation = table(Conversation)
incoming = table(Incoming)
outgoing = table(Outgoing)

CHUNK = 500
_columns = (
    outgoing.c.id,
    outgoing.c.incoming_id,
    outgoing.c.sender,
    outgoing.c.payload,
    outgoing.c.state,
    outgoing.c.created_at,
)
_readable = outgoing.c.state.in_([Delivery.PENDING, Delivery.DELIVERED])


async def letters(
    channel: str, address: str, after: int, now: datetime, *, connection: AsyncConnection
) -> Sequence[AnyRow]:
    """What may be read by now beyond id `after`, in order: id, incoming_id, sender, payload, state, created_at."""
    query = (
        select(*_columns)
        .join(conversation)
        .where(
            conversation.c.channel == channel,
            conversation.c.address == address,
            outgoing.c.id > after,
            outgoing.c.due_at <= now,
            _readable,
        )
    )
    return (await connection.execute(query.order_by(outgoing.c.id))).all()


async def newest(
    channel: str, addresses: Iterable[str], now: datetime, *, connection: AsyncConnection
) -> dict[str, int]:
    """The highest id that may be read by now, by address; addresses without any are left out."""
    wanted = sorted(set(addresses))
    result: dict[str, int] = {}
    for start in range(0, len(wanted), CHUNK):
        query = (
            select(conversation.c.address, func.max(outgoing.c.id).label("newest"))
            .join(outgoing)
            .where(
                conversation.c.channel == channel,
                conversation.c.address.in_(wanted[start : start + CHUNK]),
                outgoing.c.due_at <= now,
                _readable,
            )
            .group_by(conversation.c.address)
        )
        result.update({row.address: row.newest for row in await connection.execute(query)})
    return result


async def sent(
    channel: str,
    address: str,
    limit: int,
    now: datetime,
    *,
    after: datetime | None = None,
    connection: AsyncConnection,
) -> list[AnyRow]:
    """The last outgoing messages of a talk that may be read by now, newest first; columns as in `letters`."""
    query = (
        select(*_columns)
        .join(conversation)
        .where(conversation.c.channel == channel, conversation.c.address == address, outgoing.c.due_at <= now)
    )
    if after is not None:
        query = query.where(outgoing.c.created_at >= after)
    query = query.where(outgoing.c.state != Delivery.WITHDRAWN).order_by(outgoing.c.id.desc()).limit(limit)
    return list((await connection.execute(query)).all())


async def heard(channel: str, address: str, limit: int, *, connection: AsyncConnection) -> list[AnyRow]:
    """The last incoming messages of a talk, newest first: id, reference, text, payload, received_at."""
    query = (
        select(incoming.c.id, incoming.c.reference, incoming.c.text, incoming.c.payload, incoming.c.received_at)
        .join(conversation)
        .where(conversation.c.channel == channel, conversation.c.address == address)
        .order_by(incoming.c.id.desc())
        .limit(limit)
    )
    return list((await connection.execute(query)).all())
