"""Reads and stores the talks of a batch of messages, set by set, within the writer's transaction. Used by intake."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.case import State
from bot.conversation import Context
from bot.decision import CaseView, Priority
from bot.payload import incoming_to_json, reply_to_json
from bot.talk import Draft, Talk, Unsent
from db import cases, conversations, incoming, outgoing
from db.tables import Delivery
from db.types import AnyRow


async def load(
    talks: Mapping[int, Mapping[str, Any]], owner: str | None, *, connection: AsyncConnection
) -> dict[int, Talk]:
    """The talks by conversation id, given the stored contexts of locked conversations. `owner`: this process's name."""
    known = await cases.latest(talks, connection=connection)
    result = {}
    for key, context in talks.items():
        views = tuple(view_of(case) for case in known[key])
        result[key] = Talk(key, Context.from_json(dict(context)), views)
    rows = await outgoing.open_of(talks, connection=connection)
    held = [row.id for row in rows if row.held and row.state == Delivery.PENDING]
    graspable = await outgoing.grasp(held, connection=connection) if held else set()
    for row in rows:
        mine = row.state == Delivery.SENDING and row.lease_owner == owner
        unsent = Unsent(mine=mine, held=row.id in graspable, row_id=row.id, incoming_id=row.incoming_id)
        result[row.conversation_id].unsent.append(unsent)
    return result


async def store(
    talks: Sequence[Talk], drafts: Sequence[Draft], owner: str | None, now: datetime, *, connection: AsyncConnection
) -> None:
    """Write the drafts, in the order of arrival, and what they change. `owner` sends what begins as `sending`."""
    of = {id(draft): talk.id for talk in talks for draft in talk.drafts}
    rows = [_incoming_row(draft, of[id(draft)]) for draft in drafts]
    for draft, key in zip(drafts, await incoming.store(rows, connection=connection), strict=True):
        draft.incoming_id = key
    replies = [draft for draft in drafts if draft.decision.reply is not None]
    rows = [_outgoing_row(draft, of[id(draft)], owner) for draft in replies]
    for draft, key in zip(replies, await outgoing.store(rows, connection=connection), strict=True):
        draft.outgoing_id = key
    rows = [_case_row(draft, of[id(draft)]) for draft in drafts if draft.decision.case is not None]
    await cases.store(rows, connection=connection)
    await conversations.remember({talk.id: talk.context.to_json() for talk in talks}, connection=connection)
    await _settle_held(talks, now, connection=connection)
    for draft in drafts:
        if draft.decision.erase:
            await _erase(draft, of[id(draft)], connection=connection)


async def _settle_held(talks: Sequence[Talk], now: datetime, *, connection: AsyncConnection) -> None:
    replaced = [pair for talk in talks for pair in talk.replaced]
    if rows := [unsent.row_id for unsent, _ in replaced if unsent.draft is None]:
        await outgoing.withdraw(rows, now, connection=connection)
    if rows := [unsent.row_id for talk in talks for unsent in talk.released]:
        await outgoing.make_due(rows, now, connection=connection)
    given_way = [(unsent.draft.incoming_id if unsent.draft else unsent.incoming_id, by) for unsent, by in replaced]
    pairs = [(earlier, by.incoming_id) for earlier, by in given_way if earlier is not None]
    await incoming.replace(pairs, connection=connection)


async def _erase(draft: Draft, conversation_id: int, *, connection: AsyncConnection) -> None:
    await incoming.blank(conversation_id, draft.incoming_id, connection=connection)
    before = draft.outgoing_id or None
    await outgoing.blank(conversation_id, before, connection=connection)


def view_of(row: AnyRow) -> CaseView:
    """A stored case as its parent may see it."""
    return CaseView(
        number=row.number,
        state=row.state,
        words=row.words,
        desk=row.desk,
        district=row.district,
        topics=tuple(row.topics),
        asked=row.asked_district,
        priority=Priority(row.priority),
        created_at=row.created_at,
        promised_at=row.promised_at,
        settled_at=row.settled_at,
        rating=row.rating,
        told=row.told,
        late=row.late,
    )


def _incoming_row(draft: Draft, conversation_id: int) -> dict[str, Any]:
    message = draft.incoming
    return {
        "conversation_id": conversation_id,
        "channel": message.sender.channel,
        "message_id": message.message_id,
        "reference": message.reference,
        "edits": message.edits,
        "text": message.text,
        "payload": incoming_to_json(message),
        "sent_at": message.sent_at,
        "received_at": draft.at,
        "outcome": draft.decision.outcome,
        "decision": draft.stored,
    }


def _outgoing_row(draft: Draft, conversation_id: int, owner: str | None) -> dict[str, Any]:
    assert draft.decision.reply is not None
    return {
        "conversation_id": conversation_id,
        "incoming_id": draft.incoming_id,
        "channel": draft.incoming.sender.channel,
        "sender": "bot",
        "payload": reply_to_json(draft.decision.reply),
        "state": draft.state,
        "held": draft.held,
        "fleeting": False,
        "created_at": draft.at,
        "due_at": draft.due_at,
        "settled_at": draft.at if draft.state in (Delivery.WITHDRAWN, Delivery.DELIVERED) else None,
        "attempts": 0,
        "lease_owner": owner if draft.state == Delivery.SENDING else None,
    }


def _case_row(draft: Draft, conversation_id: int) -> dict[str, Any]:
    case = draft.decision.case
    assert case is not None
    return {
        "number": case.number,
        "priority": int(case.priority),
        "state": State.NEW,
        "conversation_id": conversation_id,
        "incoming_id": draft.incoming_id,
        "words": case.words,
        "understood": case.understood,
        "district": case.district,
        "created_at": draft.at,
        "desk": case.desk,
        "topics": list(case.topics),
        "waiting_since": draft.at,
        "asked_district": case.asked,
        "told": False,
        "late": False,
        "visited": False,
        "reopened": 0,
        "version": 0,
    }
