"""Remembers what staff write and tap, each once. Called by `bot/staff_intake.py` within its transaction."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Incoming
from bot.payload import incoming_to_json
from db import staff_messages


async def remember(incoming: Incoming, outcome: str, now: datetime, *, connection: AsyncConnection) -> int | None:
    """The id it is stored under; None where it was known already (a redelivery): then nothing is to be done."""
    place = incoming.sender
    conversation = await staff_messages.conversation_of(place.channel, place.id, now, connection=connection)
    values = {
        "conversation_id": conversation,
        "channel": place.channel,
        "message_id": incoming.message_id,
        "reference": incoming.reference,
        "edits": incoming.edits,
        "text": incoming.text,
        "payload": incoming_to_json(incoming),
        "sent_at": incoming.sent_at,
        "received_at": now,
        "outcome": outcome,
        "decision": {},
    }
    return await staff_messages.store(values, connection=connection)
