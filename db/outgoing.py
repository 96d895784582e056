"""Queries on outgoing messages: storing, leasing, settling and reading them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, exists, insert, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import OPEN, Conversation, Delivery, Outgoing, Worker, table
from db.types import AnyRow

outgoing = table(Outgoing)
conversation = table(Conversation)
worker = table(Worker)


def _in_state(column: ColumnElement[str], *states: Delivery) -> ColumnElement[bool]:
    # Written out, not bound: SQLite uses a partial index only for a condition it can read in the statement.
    literals: list[ColumnElement[str]] = [literal_column(f"'{state}'") for state in states]
    return column == literals[0] if len(literals) == 1 else column.in_(literals)


_pending = _in_state(outgoing.c.state, Delivery.PENDING)
_sending = _in_state(outgoing.c.state, Delivery.SENDING)
_open = _in_state(outgoing.c.state, Delivery.PENDING, Delivery.SENDING)


async def store(rows: Sequence[dict[str, Any]], *, connection: AsyncConnection) -> list[int]:
    """Insert messages (dictionaries by column name); ids in the same order."""
    if not rows:
        return []
    return list((await connection.execute(_STORE, rows)).scalars())


async def open_of(conversation_ids: Iterable[int], *, connection: AsyncConnection) -> Sequence[AnyRow]:
    """The undelivered messages of conversations: id, conversation_id, incoming_id, state, held, lease_owner."""
    return (await connection.execute(_OPEN_OF, {"ids": sorted(conversation_ids)})).all()


async def grasp(ids: Iterable[int], *, connection: AsyncConnection) -> set[int]:
    """Lock those of the pending messages that nobody is about to send; only these may be withdrawn."""
    return set((await connection.execute(_GRASP, {"ids": sorted(ids)})).scalars())


async def cards_waiting(
    conversation_ids: Iterable[int], numbers: Iterable[str], *, connection: AsyncConnection
) -> Sequence[AnyRow]:
    """Undelivered cards of cases: id, conversation_id, number."""
    about = outgoing.c.payload["case"]
    number = about["number"].as_string()
    query = select(outgoing.c.id, outgoing.c.conversation_id, number.label("number")).where(
        outgoing.c.conversation_id.in_(sorted(conversation_ids)),
        _pending,
        about["kind"].as_string() == "card",
        number.in_(sorted(numbers)),
    )
    return (await connection.execute(query)).all()


async def withdraw(ids: Iterable[int], now: datetime, *, connection: AsyncConnection) -> None:
    """Give up pending messages that another answer replaces."""
    change = {"state": Delivery.WITHDRAWN, "settled_at": now, "reason": "replaced"}
    await connection.execute(update(outgoing).where(outgoing.c.id.in_(sorted(ids)), _pending).values(change))


async def make_due(ids: Iterable[int], now: datetime, *, connection: AsyncConnection) -> None:
    """End the waiting of held messages."""
    await connection.execute(update(outgoing).where(outgoing.c.id.in_(sorted(ids)), _pending).values(due_at=now))


async def answers(incoming_ids: Iterable[int], *, connection: AsyncConnection) -> Sequence[AnyRow]:
    """What was stored in answer to messages: id, incoming_id, sender, payload, state, due_at, created_at, in order."""
    columns = outgoing.c
    query = select(
        columns.id,
        columns.incoming_id,
        columns.sender,
        columns.payload,
        columns.state,
        columns.due_at,
        columns.created_at,
    )
    query = query.where(columns.incoming_id.in_(sorted(incoming_ids))).order_by(columns.id)
    return (await connection.execute(query)).all()


async def heads(channels: Sequence[str], now: datetime, limit: int, *, connection: AsyncConnection) -> list[AnyRow]:
    """Messages to send now: due, not leased, the first undelivered one of their conversation. Locks them."""
    values = {"channels": channels, "now": now, "limit": limit}
    return list((await connection.execute(_HEADS, values)).all())


async def lately(conversation_id: int, since: datetime, *, connection: AsyncConnection) -> list[datetime]:
    """When the newest messages of a conversation were delivered, whoever did it."""
    columns = outgoing.c
    newest = select(columns.settled_at).where(
        columns.conversation_id == conversation_id, columns.state == Delivery.DELIVERED
    )
    times = (await connection.execute(newest.order_by(columns.id.desc()).limit(_NEWEST))).scalars()
    return [time for time in times if time is not None and time > since]


async def lease(ids: Sequence[int], owner: str, *, connection: AsyncConnection) -> None:
    """Mark messages as being sent by `owner`."""
    change = {"state": Delivery.SENDING, "lease_owner": owner}
    await connection.execute(update(outgoing).where(outgoing.c.id.in_(ids), _pending).values(change))


async def orphaned(now: datetime, *, connection: AsyncConnection) -> list[int]:
    """Messages whose sender is no longer alive."""
    alive = select(worker.c.name).where(worker.c.alive_until > now)
    query = select(outgoing.c.id).where(_sending, outgoing.c.lease_owner.not_in(alive))
    return list((await connection.execute(query)).scalars())


async def free(ids: Sequence[int], *, connection: AsyncConnection) -> None:
    """Let go of leases, so that anybody may send these messages. They may have been seen: no longer to be withdrawn."""
    change = {"state": Delivery.PENDING, "lease_owner": None, "held": False}
    await connection.execute(update(outgoing).where(outgoing.c.id.in_(ids), _sending).values(change))


async def settle(rows: Sequence[dict[str, Any]], *, connection: AsyncConnection) -> None:
    """Final states: dictionaries of key, new_state, at, external, why. What is settled already stays as it is."""
    await connection.execute(_SETTLE, sorted(rows, key=lambda row: row["key"]))


async def postpone(rows: Sequence[dict[str, Any]], *, connection: AsyncConnection) -> None:
    """Failed tries: dictionaries of key, due, why."""
    await connection.execute(_POSTPONE, sorted(rows, key=lambda row: row["key"]))


async def hand_out(ids: Sequence[int], now: datetime, *, connection: AsyncConnection) -> set[int]:
    """Mark due messages of a pull channel as delivered; those that were withdrawn meanwhile are not in the result."""
    change = {"state": Delivery.DELIVERED, "settled_at": now, "payload": _payload_left, "attempts": 1}
    query = update(outgoing).where(outgoing.c.id.in_(ids), _pending).values(change).returning(outgoing.c.id)
    return set((await connection.execute(query)).scalars())


async def blank(conversation_id: int, before: int | None, *, connection: AsyncConnection) -> None:
    """Forget the words of a conversation's outgoing messages with an id below `before` (None: all).

    Those still to be delivered lose theirs on delivery.
    """
    columns = outgoing.c
    of_talk = update(outgoing).where(columns.conversation_id == conversation_id)
    if before is not None:
        of_talk = of_talk.where(columns.id < before)
    await connection.execute(of_talk.where(_open).values(fleeting=True))
    await connection.execute(of_talk.where(columns.state.not_in(OPEN)).values(payload={}))


async def undeliverable(limit: int, *, connection: AsyncConnection) -> Sequence[AnyRow]:
    """The newest messages that never arrived: id, channel, address, reason, settled_at, payload."""
    columns = outgoing.c
    query = select(
        columns.id, columns.channel, conversation.c.address, columns.reason, columns.settled_at, columns.payload
    )
    query = query.join(conversation).where(columns.state == Delivery.UNDELIVERABLE)
    return (await connection.execute(query.order_by(columns.id.desc()).limit(limit))).all()


_NEWEST = 30
"""More than any chat may be sent within the period over which its limit counts."""
_payload_left = case((outgoing.c.fleeting, literal_column("'{}'", outgoing.c.payload.type)), else_=outgoing.c.payload)
_STORE = insert(outgoing).returning(outgoing.c.id, sort_by_parameter_order=True)
_OPEN_OF = select(
    outgoing.c.id,
    outgoing.c.conversation_id,
    outgoing.c.incoming_id,
    outgoing.c.state,
    outgoing.c.held,
    outgoing.c.lease_owner,
).where(outgoing.c.conversation_id.in_(bindparam("ids", expanding=True)), _open)
_GRASP = (
    select(outgoing.c.id)
    .where(outgoing.c.id.in_(bindparam("ids", expanding=True)), _pending)
    .with_for_update(skip_locked=True)
)
_earlier = outgoing.alias("earlier")
_HEADS = (
    select(
        outgoing.c.id,
        outgoing.c.conversation_id,
        outgoing.c.channel,
        conversation.c.address,
        outgoing.c.sender,
        outgoing.c.payload,
        outgoing.c.attempts,
    )
    .join(conversation)
    .where(
        outgoing.c.channel.in_(bindparam("channels", expanding=True)),
        _pending,
        outgoing.c.due_at <= bindparam("now"),
        ~exists().where(
            _earlier.c.conversation_id == outgoing.c.conversation_id,
            _earlier.c.id < outgoing.c.id,
            _in_state(_earlier.c.state, Delivery.PENDING, Delivery.SENDING),
        ),
    )
    .order_by(outgoing.c.id)
    .limit(bindparam("limit"))
    .with_for_update(of=outgoing, skip_locked=True)
)
_SETTLE = (
    update(outgoing)
    .where(outgoing.c.id == bindparam("key"), _open)
    .values(
        state=bindparam("new_state"),
        settled_at=bindparam("at"),
        external_id=bindparam("external"),
        reason=bindparam("why"),
        attempts=outgoing.c.attempts + 1,
        lease_owner=None,
        payload=_payload_left,
    )
)
_POSTPONE = (
    update(outgoing)
    .where(outgoing.c.id == bindparam("key"), _open)
    .values(due_at=bindparam("due"), reason=bindparam("why"), attempts=outgoing.c.attempts + 1)
)
