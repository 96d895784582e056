"""What is known around a message of staff. Used by `bot/staff_intake.py` within its transaction."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import roster
from bot.case import Do
from bot.messages import Incoming
from bot.staff_talk import Known, Scene
from bot.voice import Say
from db import binding_rows, card_rows, case_rows


async def scene_of(incoming: Incoming, say: Say, *, connection: AsyncConnection) -> Scene:
    """Who wrote it, for which desk, about which case."""
    place = incoming.sender
    user = (incoming.author or place).id
    people = await roster.found(telegram=user, active=True, connection=connection)
    bound = await binding_rows.of_chat(place.channel, place.id, connection=connection)
    scene = Scene(
        staff=next(iter(people), None),
        desk=None if bound is None else bound.desk,
        number=None,
        marks=tuple(say("staff.note_marks").split()),
        tapped=incoming.pick is not None,
    )
    return scene if bound is None else await _in_group(incoming, scene, connection)


async def _in_group(incoming: Incoming, scene: Scene, connection: AsyncConnection) -> Scene:
    place = incoming.sender
    where = (place.channel, place.id)
    number, quotes = None, None
    if incoming.thread:
        number = await card_rows.number_of_thread(*where, incoming.thread, connection=connection)
    if incoming.quotes:
        quoted = await case_rows.event_of_reference(*where, incoming.quotes, connection=connection)
        quotes = None if quoted is None else quoted.id
        number = number or await card_rows.number_of_message(*where, incoming.quotes, connection=connection)
        number = number or incoming.about or None
    edited = None
    if incoming.edits:
        row = await case_rows.event_of_reference(*where, incoming.edits, connection=connection)
        edited = None if row is None else Known(row.id, Do(row.do), row.number, row.text)
    return replace(scene, number=number, quotes=quotes, edited=edited)
