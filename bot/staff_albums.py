"""Keeps together what staff send as an album, though it comes as single messages. Called by `bot/staff_intake.py` and the clockwork.

Telegram sends the next picture only once the last one is acknowledged, so the rest cannot be waited for: each picture is
stored, and a timer sends them as one answer when no more come.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.act import Act, Result
from bot.case_timers import Alarm
from bot.casework import Casework
from bot.clockwork import Clockwork, Due
from bot.messages import Address, Incoming
from bot.payload import attachments_from_json
from bot.staff_answers import outcome, outcome_of
from bot.staff_post import StaffPost
from bot.staff_scene import scene_of
from bot.staff_talk import understand
from bot.voice import Say
from db import case_rows, staff_messages, timer_rows
from db.types import AnyRow

COMPLETE: Final = timedelta(seconds=1.5)
"""How long after its last picture an album counts as complete."""


class StaffAlbums:
    """`put_aside` the pictures; `register` for sending them."""

    def __init__(self, casework: Casework, say: Say) -> None:
        self._casework = casework
        self._say = say
        self._post = StaffPost(casework.office)

    def register(self, clockwork: Clockwork) -> None:
        """Take over the timers of albums."""
        clockwork.on(Alarm.ALBUM, self.send)

    async def put_aside(
        self, number: str, place: Address, album: str, now: datetime, *, connection: AsyncConnection
    ) -> None:
        """A picture was stored: have the album looked at when it should be complete."""
        detail = {"channel": place.channel, "chat": place.id, "album": album, "number": number}
        cases = await case_rows.by_number([number], connection=connection)
        for case in cases.values():
            waiting = await timer_rows.undone(case.id, connection=connection)
            if not any(row.kind == Alarm.ALBUM and row.detail["album"] == album for row in waiting):
                await self._look_again(case.id, now, detail, connection)

    async def send(self, due: Due, now: datetime, connection: AsyncConnection) -> Sequence[Result]:
        """Send what was put aside as one answer, unless more of it has just come."""
        place = Address(due.detail["channel"], due.detail["chat"])
        rows = await staff_messages.put_aside(place.channel, place.id, due.detail["album"], connection=connection)
        if not rows:
            return []
        newest = max(row.received_at for row in rows)
        if newest + COMPLETE > now:
            cases = await case_rows.by_number([due.number or ""], connection=connection)
            await self._look_again(cases[due.number or ""].id, newest, due.detail, connection)
            return []
        whole = _together(place, rows)
        scene = await scene_of(whole, self._say, connection=connection)
        meaning = understand(whole, scene)
        await staff_messages.settle([row.id for row in rows], outcome(meaning), connection=connection)
        if not isinstance(meaning, Act):
            return []
        act = replace(meaning, incoming_id=rows[0].id)
        [result] = await self._casework.write([act], now, connection=connection)
        _, replies = outcome_of(act, result, scene, self._say)
        await self._post.direct([(place, reply) for reply in replies], now, connection=connection)
        return [result]

    async def _look_again(
        self, case_id: int, at: datetime, detail: dict[str, Any], connection: AsyncConnection
    ) -> None:
        await timer_rows.plan(Alarm.ALBUM, at + COMPLETE, case_id=case_id, detail=detail, connection=connection)


def _together(place: Address, rows: Sequence[AnyRow]) -> Incoming:
    first = rows[0]
    return Incoming(
        place,
        first.message_id,
        first.sent_at,
        "\n".join(row.text for row in rows if row.text),
        reference=first.reference,
        attachments=tuple(a for row in rows for a in attachments_from_json(row.payload.get("attachments", ()))),
        author=Address(place.channel, first.payload["author"]),
        thread=first.payload.get("thread", ""),
        quotes=first.payload.get("quotes"),
    )
