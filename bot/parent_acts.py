"""What parents' messages do to cases: opening, adding, and corrections of what staff have read. Used by intake."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.act import Act, Actor
from bot.case import SETTLED, Do, Who
from bot.messages import Attachment
from bot.talk import Draft
from db import case_rows


async def acts_of(drafts: Sequence[Draft], *, connection: AsyncConnection) -> list[Act]:
    """The acts of stored messages, in order."""
    acts: list[Act] = []
    for draft in drafts:
        acts += await _of_edit(draft, connection) or _of(draft)
    return acts


def _of(draft: Draft) -> list[Act]:
    """A new case is opened first, then what the parent chose to do."""
    actor = Actor(Who.PARENT, via=draft.incoming.sender.channel)
    acts = []
    if (case := draft.decision.case) is not None:
        files = _from(draft, case.attachments)
        acts.append(Act(Do.OPEN, case.number, actor, case.words, files, incoming_id=draft.incoming_id))
    for act in draft.decision.acts:
        acts.append(replace(act, incoming_id=draft.incoming_id, attachments=_from(draft, act.attachments)))
    return acts


async def _of_edit(draft: Draft, connection: AsyncConnection) -> list[Act]:
    """A message that staff have read was edited: they are shown the new version, whatever the bot made of it."""
    message, decision = draft.incoming, draft.decision
    if message.edits is None or decision.case is not None:
        return []
    place = message.sender
    event = await case_rows.event_of_reference(place.channel, place.id, message.edits, connection=connection)
    if event is None or event.who != Who.PARENT or event.state in SETTLED:
        return []
    files = _from(draft, message.attachments)
    actor = Actor(Who.PARENT, via=place.channel)
    correct = Act(Do.CORRECT, event.number, actor, message.text, files, incoming_id=draft.incoming_id, quotes=event.id)
    return [correct, *(act for act in _of(draft) if act.do is not Do.ADD)]


def _from(draft: Draft, attachments: Sequence[Attachment]) -> tuple[Attachment, ...]:
    """Attachments that say which channel can open them."""
    return tuple(replace(one, origin=one.origin or draft.incoming.sender.channel) for one in attachments)
