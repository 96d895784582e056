"""Queries on what people sent, and on updates nobody could read."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import Conversation, Incoming, Unreadable, table
from db.types import AnyRow

conversation = table(Conversation)
incoming = table(Incoming)
unreadable = table(Unreadable)

Key = tuple[str, str]


async def known(keys: Iterable[Key], *, connection: AsyncConnection) -> dict[Key, AnyRow]:
    """Those of the (channel, message id) that are stored already, with id, address, outcome and decision."""
    keys = set(keys)
    found = await connection.execute(
        _KNOWN, {"channels": sorted({key[0] for key in keys}), "message_ids": sorted({key[1] for key in keys})}
    )
    return {(row.channel, row.message_id): row for row in found}


async def store(rows: Sequence[dict[str, Any]], *, connection: AsyncConnection) -> list[int]:
    """Insert messages (dictionaries by column name); ids in the same order."""
    if not rows:
        return []
    return list((await connection.execute(_STORE, rows)).scalars())


async def replace(pairs: Sequence[tuple[int, int]], *, connection: AsyncConnection) -> None:
    """Note for each (earlier, later) message id that the earlier one's reply gave way to the later one's."""
    if pairs:
        await connection.execute(_REPLACE, [{"key": earlier, "later": later} for earlier, later in pairs])


async def blank(conversation_id: int, last: int, *, connection: AsyncConnection) -> None:
    """Forget the words of a conversation up to message id `last`: ids, times and outcomes remain."""
    columns = incoming.c
    of_talk = incoming.update().where(columns.conversation_id == conversation_id, columns.id <= last)
    await connection.execute(of_talk.values(text="", payload={}, decision={}))


async def keep_unreadable(rows: Sequence[tuple[str, str, str, datetime]], *, connection: AsyncConnection) -> None:
    """Keep raw updates (channel, raw, reason, when), each once."""
    values = [
        {"channel": channel, "digest": _digest(raw), "raw": raw, "reason": reason, "received_at": at}
        for channel, raw, reason, at in rows
    ]
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    await connection.execute(make(unreadable).on_conflict_do_nothing(), values)


def _digest(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()


_KNOWN = (
    select(
        incoming.c.id,
        incoming.c.channel,
        incoming.c.message_id,
        conversation.c.address,
        incoming.c.outcome,
        incoming.c.decision,
    )
    .join(conversation)
    .where(
        incoming.c.channel.in_(bindparam("channels", expanding=True)),
        incoming.c.message_id.in_(bindparam("message_ids", expanding=True)),
    )
)
_STORE = insert(incoming).returning(incoming.c.id, sort_by_parameter_order=True)
_REPLACE = update(incoming).where(incoming.c.id == bindparam("key")).values(replaced_by=bindparam("later"))
