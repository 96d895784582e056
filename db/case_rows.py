"""Queries on cases as they are worked on: loading, changing, history, and where what happened was shown."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.case_tables import Case, CaseCard, CaseEvent
from db.staff_tables import Staff
from db.tables import Conversation, Incoming, Outgoing, table
from db.types import AnyRow

cases = table(Case)
event = table(CaseEvent)
card = table(CaseCard)
staff = table(Staff)
conversation = table(Conversation)
incoming = table(Incoming)
outgoing = table(Outgoing)

_with_place = (
    select(cases, conversation.c.channel, conversation.c.address, staff.c.name.label("holder"))
    .join_from(cases, conversation, conversation.c.id == cases.c.conversation_id)
    .outerjoin(staff, staff.c.id == cases.c.holder_id)
)


async def by_number(numbers: Collection[str], *, connection: AsyncConnection) -> dict[str, AnyRow]:
    """Cases with the channel and address of their parent and the shown name of their holder."""
    query = _with_place.where(cases.c.number.in_(sorted(set(numbers))))
    return {row.number: row for row in await connection.execute(query)}


async def listed(
    *,
    states: Collection[str],
    desks: Collection[str] | None = None,
    holder_id: int | None = None,
    place: tuple[str, str] | None = None,
    limit: int = 500,
    connection: AsyncConnection,
) -> Sequence[AnyRow]:
    """Cases in these states: of desks (those without one belong to all), of a holder, or of a parent; oldest first."""
    query = _with_place.where(cases.c.state.in_(sorted(states)))
    if desks is not None:
        query = query.where(cases.c.desk.in_(sorted(desks)) | cases.c.desk.is_(None))
    if holder_id is not None:
        query = query.where(cases.c.holder_id == holder_id)
    if place is not None:
        query = query.where(conversation.c.channel == place[0], conversation.c.address == place[1])
    return (await connection.execute(query.order_by(cases.c.priority.desc(), cases.c.id).limit(limit))).all()


async def change(case_id: int, values: Mapping[str, Any], *, connection: AsyncConnection) -> None:
    """Set columns of a case whose parent's conversation this transaction holds."""
    await connection.execute(update(cases).where(cases.c.id == case_id).values(dict(values)))


async def add_event(values: Mapping[str, Any], *, connection: AsyncConnection) -> int:
    """Add to a case's history; the event's id."""
    return int((await connection.execute(insert(event).values(dict(values)).returning(event.c.id))).scalar_one())


async def events(case_id: int, *, connection: AsyncConnection) -> Sequence[AnyRow]:
    """A case's history in order, with the shown name of who acted."""
    query = select(event, staff.c.name).outerjoin(staff, staff.c.id == event.c.staff_id)
    return (await connection.execute(query.where(event.c.case_id == case_id).order_by(event.c.id))).all()


async def event_of_incoming(incoming_id: int, *, connection: AsyncConnection) -> AnyRow | None:
    """The event that a stored message made."""
    query = select(event, cases.c.number).join(cases, cases.c.id == event.c.case_id)
    return (await connection.execute(query.where(event.c.incoming_id == incoming_id))).first()


async def event_of_reference(
    channel: str, address: str, reference: str, *, connection: AsyncConnection
) -> AnyRow | None:
    """The event, with `number` and `state` of its case, behind a message in a chat: one written there, or one sent."""
    mine = (conversation.c.channel == channel, conversation.c.address == address)
    said = (
        select(event.c.id)
        .join(incoming, incoming.c.id == event.c.incoming_id)
        .join(conversation, conversation.c.id == incoming.c.conversation_id)
        .where(*mine, incoming.c.reference == reference)
    )
    heard = (
        select(outgoing.c.event_id)
        .join(conversation, conversation.c.id == outgoing.c.conversation_id)
        .where(*mine, outgoing.c.external_id == reference, outgoing.c.event_id.is_not(None))
    )
    query = select(event, cases.c.number, cases.c.state).join(cases, cases.c.id == event.c.case_id)
    query = query.where(event.c.id.in_(said) | event.c.id.in_(heard)).order_by(event.c.id.desc())
    return (await connection.execute(query)).first()


async def reference_of(event_id: int, channel: str, address: str, *, connection: AsyncConnection) -> str | None:
    """How an event is known in a chat: the id there of the message that made it, or of the one that told of it."""
    mine = (conversation.c.channel == channel, conversation.c.address == address)
    said = (
        select(incoming.c.reference)
        .join(event, event.c.incoming_id == incoming.c.id)
        .join(conversation, conversation.c.id == incoming.c.conversation_id)
        .where(*mine, event.c.id == event_id, incoming.c.reference != "")
    )
    if found := (await connection.execute(said)).scalars().first():
        return str(found)
    heard = (
        select(outgoing.c.external_id)
        .join(conversation, conversation.c.id == outgoing.c.conversation_id)
        .where(*mine, outgoing.c.event_id == event_id, outgoing.c.external_id.is_not(None))
        .order_by(outgoing.c.id)
    )
    found = (await connection.execute(heard)).scalars().first()
    return None if found is None else str(found)


async def sent_of(event_ids: Collection[int], *, connection: AsyncConnection) -> Sequence[AnyRow]:
    """What went out about events: event_id, conversation_id, channel, address, external_id, state, reason, in order."""
    columns = outgoing.c
    query = (
        select(
            columns.event_id,
            columns.conversation_id,
            columns.channel,
            conversation.c.address,
            columns.external_id,
            columns.state,
            columns.reason,
        )
        .join(conversation, conversation.c.id == columns.conversation_id)
        .where(columns.event_id.in_(sorted(event_ids)))
        .order_by(columns.id)
    )
    return (await connection.execute(query)).all()


async def loose_files(
    conversation_id: int, since: datetime, until: int, *, connection: AsyncConnection
) -> list[dict[str, Any]]:
    """Attachments of a talk that belong to no case yet, of messages since then up to id `until`, in order."""
    taken = select(event.c.incoming_id).where(event.c.incoming_id.is_not(None))
    query = select(incoming.c.payload).where(
        incoming.c.conversation_id == conversation_id,
        incoming.c.received_at >= since,
        incoming.c.id <= until,
        incoming.c.id.not_in(taken),
    )
    payloads = (await connection.execute(query.order_by(incoming.c.id))).scalars()
    return [file for payload in payloads for file in payload.get("attachments", ())]


async def cards(case_id: int, *, connection: AsyncConnection) -> Sequence[AnyRow]:
    """Where a case is shown: channel, chat, thread, message_id, state."""
    return (await connection.execute(select(card).where(card.c.case_id == case_id).order_by(card.c.id))).all()


async def lost_letters(outgoing_ids: Collection[int], *, connection: AsyncConnection) -> Sequence[AnyRow]:
    """Those of the messages that were to tell a case's parent something: number, event_id, reason."""
    query = (
        select(cases.c.number, outgoing.c.event_id, outgoing.c.reason)
        .join(event, event.c.id == outgoing.c.event_id)
        .join(cases, cases.c.id == event.c.case_id)
        .where(outgoing.c.id.in_(sorted(outgoing_ids)), outgoing.c.conversation_id == cases.c.conversation_id)
        .order_by(outgoing.c.id)
    )
    return (await connection.execute(query)).all()


async def last_change(desks: Collection[str] | None, *, connection: AsyncConnection) -> int:
    """A number that grows with every event of these desks' cases."""
    query = select(func.max(event.c.id)).join(cases, cases.c.id == event.c.case_id)
    if desks is not None:
        query = query.where(cases.c.desk.in_(sorted(desks)) | cases.c.desk.is_(None))
    return (await connection.execute(query)).scalar_one() or 0
