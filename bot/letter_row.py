"""A reply as a row of outgoing messages, for all that is not an answer to a message just received. Used by casework."""

from datetime import datetime
from typing import Any

from bot.messages import Address, Reply
from bot.payload import reply_to_json
from db.tables import Delivery


def letter_row(
    conversation_id: int, place: Address, reply: Reply, now: datetime, *, sender: str, event_id: int | None = None
) -> dict[str, Any]:
    """Columns of a message that is due at once. `event_id`: what it tells of."""
    return {
        "conversation_id": conversation_id,
        "incoming_id": None,
        "event_id": event_id,
        "channel": place.channel,
        "sender": sender,
        "payload": reply_to_json(reply),
        "state": Delivery.PENDING,
        "held": False,
        "fleeting": False,
        "created_at": now,
        "due_at": now,
        "settled_at": None,
        "attempts": 0,
        "lease_owner": None,
    }
