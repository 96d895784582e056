"""Writes a letter of a member of staff into a talk, as the staff's door does. Used by tests of the web page."""

from bot.clock import utc_now
from bot.messages import Address, Reply
from bot.payload import reply_to_json
from bot.writer import Writer
from db import conversations, outgoing
from db.tables import Delivery


async def write_letter(writer: Writer, address: Address, reply: Reply) -> int:
    """Store the letter; its id."""
    now = utc_now()
    async with writer.engine.begin() as connection:
        conversation = await conversations.find(address.channel, address.id, connection=connection)
        row = {
            "conversation_id": conversation,
            "incoming_id": None,
            "channel": address.channel,
            "sender": "staff",
            "payload": reply_to_json(reply),
            "state": Delivery.PENDING,
            "held": False,
            "fleeting": False,
            "created_at": now,
            "due_at": now,
            "attempts": 0,
            "lease_owner": None,
            "settled_at": None,
        }
        [number] = await outgoing.store([row], connection=connection)
    return number
