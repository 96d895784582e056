"""Queries on the cards of cases: where each is shown, and which case a message in a group is about."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from db.case_tables import Case, CaseCard, CaseEvent
from db.staff_tables import Audit, Binding
from db.tables import Conversation, Delivery, Incoming, Outgoing, table
from db.types import AnyRow

audit = table(Audit)
card = table(CaseCard)
cases = table(Case)
event = table(CaseEvent)
binding = table(Binding)
conversation = table(Conversation)
incoming = table(Incoming)
outgoing = table(Outgoing)
_INSERT: dict[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


async def find(number: str, channel: str, chat: str, *, connection: AsyncConnection) -> AnyRow | None:
    """The card of a case in a group."""
    query = select(card).join(cases, cases.c.id == card.c.case_id)
    query = query.where(cases.c.number == number, card.c.channel == channel, card.c.chat == chat)
    return (await connection.execute(query)).one_or_none()


async def save(
    number: str, channel: str, chat: str, values: Mapping[str, Any], now: datetime, *, connection: AsyncConnection
) -> None:
    """Set columns of the card of a case in a group (thread, message_id, shown, state, made_at), made if missing."""
    case_id = (await connection.execute(select(cases.c.id).where(cases.c.number == number))).scalar_one()
    place = {"case_id": case_id, "channel": channel, "chat": chat}
    first = {"thread": None, "message_id": None, "shown": "", "state": "open", "made_at": now}
    statement = _INSERT[connection.dialect.name](card).values({**first, **place, **values})
    columns = [card.c.case_id, card.c.channel, card.c.chat]
    await connection.execute(statement.on_conflict_do_update(index_elements=columns, set_=dict(values)))


async def topics_since(channel: str, since: datetime, *, connection: AsyncConnection) -> list[datetime]:
    """When topics were made after that moment, the oldest first."""
    query = select(card.c.made_at).where(card.c.channel == channel, card.c.thread.is_not(None), card.c.made_at > since)
    return list((await connection.execute(query.order_by(card.c.made_at))).scalars())


async def number_of_thread(channel: str, chat: str, thread: str, *, connection: AsyncConnection) -> str | None:
    """The case that a topic is about."""
    query = select(cases.c.number).join(card, card.c.case_id == cases.c.id)
    query = query.where(card.c.channel == channel, card.c.chat == chat, card.c.thread == thread)
    found: str | None = (await connection.execute(query.order_by(card.c.id.desc()))).scalars().first()
    return found


async def number_of_message(channel: str, chat: str, message: str, *, connection: AsyncConnection) -> str | None:
    """The case that a message in a group is about: its card, something sent about it, or something staff wrote."""
    shown = select(cases.c.number).join(card, card.c.case_id == cases.c.id)
    shown = shown.where(card.c.channel == channel, card.c.chat == chat, card.c.message_id == message)
    if found := (await connection.execute(shown)).scalars().first():
        return str(found)
    mine = (conversation.c.channel == channel, conversation.c.address == chat)
    sent = select(outgoing.c.payload).join(conversation, conversation.c.id == outgoing.c.conversation_id)
    for payload in (await connection.execute(sent.where(*mine, outgoing.c.external_id == message))).scalars():
        if number := (payload.get("case") or {}).get("number"):
            return str(number)
    said = (
        select(cases.c.number)
        .join(event, event.c.case_id == cases.c.id)
        .join(incoming, incoming.c.id == event.c.incoming_id)
        .join(conversation, conversation.c.id == incoming.c.conversation_id)
        .where(*mine, incoming.c.reference == message)
    )
    found = (await connection.execute(said)).scalars().first()
    return None if found is None else str(found)


async def behind(channel: str, chat: str, state: str, *, connection: AsyncConnection) -> None:
    """Mark all cards of a group."""
    await connection.execute(update(card).where(card.c.channel == channel, card.c.chat == chat).values(state=state))


async def set_mode(channel: str, chat: str, mode: str, *, connection: AsyncConnection) -> bool:
    """Change how a bound group shows cases; whether it was different before."""
    change = update(binding).where(binding.c.channel == channel, binding.c.chat == chat, binding.c.mode != mode)
    return (await connection.execute(change.values(mode=mode))).rowcount == 1


async def migrate(channel: str, old: str, new: str, *, connection: AsyncConnection) -> None:
    """A group has got another id, and its messages with it: every card there is to be made anew."""
    taken = select(card.c.case_id).where(card.c.channel == channel, card.c.chat == new).scalar_subquery()
    moved = update(card).where(card.c.channel == channel, card.c.chat == old, card.c.case_id.not_in(taken))
    await connection.execute(moved.values(chat=new, thread=None, message_id=None, shown="", state="lost"))
    await _move_conversation(channel, old, new, connection=connection)


async def _move_conversation(channel: str, old: str, new: str, *, connection: AsyncConnection) -> None:
    mine = conversation.c.channel == channel
    query = select(conversation.c.address, conversation.c.id).where(mine, conversation.c.address.in_([old, new]))
    known = {row.address: row.id for row in await connection.execute(query)}
    if old in known and new not in known:
        await connection.execute(update(conversation).where(conversation.c.id == known[old]).values(address=new))
    elif old in known:
        waiting = update(outgoing).where(outgoing.c.conversation_id == known[old])
        waiting = waiting.where(outgoing.c.state.in_([Delivery.PENDING, Delivery.SENDING]))
        await connection.execute(waiting.values(conversation_id=known[new]))


async def open_numbers(desks: Sequence[str], states: Sequence[str], *, connection: AsyncConnection) -> list[str]:
    """Numbers of the desks' cases in these states, oldest first."""
    query = select(cases.c.number).where(cases.c.desk.in_(desks), cases.c.state.in_(states)).order_by(cases.c.id)
    return list((await connection.execute(query)).scalars())


async def album_of(event_id: int, *, connection: AsyncConnection) -> tuple[Sequence[AnyRow], datetime | None]:
    """The events (id, text, payload) that came as one album with this one, and when the last of them came."""
    own = (
        select(incoming.c.conversation_id, incoming.c.payload, event.c.case_id)
        .join(event, event.c.incoming_id == incoming.c.id)
        .where(event.c.id == event_id)
    )
    row = (await connection.execute(own)).first()
    album = row.payload.get("album") if row is not None else None
    if row is None or not album:
        return [], None
    query = (
        select(event.c.id, event.c.text, event.c.payload, incoming.c.received_at, incoming.c.payload.label("came"))
        .join(incoming, incoming.c.id == event.c.incoming_id)
        .where(event.c.case_id == row.case_id, incoming.c.conversation_id == row.conversation_id)
        .order_by(event.c.id)
    )
    rows = [found for found in await connection.execute(query) if found.came.get("album") == album]
    return rows, max(found.received_at for found in rows)


async def noted_lately(what: str, about: str, since: datetime, *, connection: AsyncConnection) -> int:
    """How often the audit log has this since then."""
    query = select(func.count()).where(audit.c.what == what, audit.c.about == about, audit.c.at > since)
    return int((await connection.execute(query)).scalar_one())
