"""The visit afterwards: some days after an answer the parent is asked, once and at a humane hour, whether it helped.

Registered with the clockwork by `bot/__main__.py`. Who does not reply is left in peace, and the question closed after a while.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.act import CLOCK, Act, Done, Result
from bot.calendar import HERE
from bot.case import Do
from bot.case_timers import Alarm
from bot.casework import Casework
from bot.clockwork import Clockwork, Due
from bot.letter_row import letter_row
from bot.messages import Choice, Reply
from bot.voice import Say
from db import case_rows, outgoing, timer_rows
from db.types import AnyRow

DAY_BEGINS, DAY_ENDS = time(9), time(21)
SETTLES_AFTER = timedelta(days=7)
"""How long after the visit a question without a reply is closed."""
SHORT = 24


def humane(moment: datetime) -> datetime:
    """`moment`, or the next nine o'clock here if it lies in the evening, at night or early in the morning."""
    here = moment.astimezone(HERE)
    if DAY_BEGINS <= here.time() < DAY_ENDS:
        return moment
    day = here.date() + timedelta(days=1) if here.time() >= DAY_ENDS else here.date()
    return datetime.combine(day, DAY_BEGINS, HERE).astimezone(moment.tzinfo)


class Visits:
    """Handles `Alarm.FOLLOW_UP`."""

    def __init__(self, casework: Casework, say: Say) -> None:
        self._casework = casework
        self._say = say

    def register(self, clockwork: Clockwork) -> None:
        """Take over the visits."""
        clockwork.on(Alarm.FOLLOW_UP, self.handle)

    async def handle(self, due: Due, now: datetime, connection: AsyncConnection) -> Sequence[Result]:
        """Visit, put off to the morning, or close what was visited without a reply."""
        rows = await case_rows.by_number([due.number or ""], connection=connection)
        case = rows.get(due.number or "")
        if case is None:
            return []
        if (answered_at := due.detail.get("visited_about")) is not None:
            untouched = case.answered_at is not None and case.answered_at.isoformat() == answered_at
            return await self._settle(case.number, untouched, now, connection)
        if (later := humane(now)) != now:
            await timer_rows.plan(Alarm.FOLLOW_UP, later, case_id=case.id, connection=connection)
            return []
        if case.visited:
            return []
        results = await self._casework.write([Act(Do.VISIT, case.number, CLOCK)], now, connection=connection)
        for done in results:
            if isinstance(done, Done):
                await self._ask(done, case, now, connection)
        return results

    async def _ask(self, done: Done, case: AnyRow, now: datetime, connection: AsyncConnection) -> None:
        short = " ".join(case.words.split())
        short = short if len(short) <= SHORT else f"{short[: SHORT - 1]}…"
        choices = (
            Choice(f"case.solved:{done.number}", self._say("case.solved_label")),
            Choice(f"case.unsolved:{done.number}", self._say("case.unsolved_label")),
        )
        reply = Reply(self._say("case.visit", number=done.number, words=short), choices)
        row = letter_row(case.conversation_id, done.place, reply, now, sender="bot", event_id=done.event_id)
        await outgoing.store([row], connection=connection)
        detail = {"visited_about": case.answered_at.isoformat()}
        later = now + SETTLES_AFTER
        await timer_rows.plan(Alarm.FOLLOW_UP, later, case_id=case.id, detail=detail, connection=connection)

    async def _settle(
        self, number: str, untouched: bool, now: datetime, connection: AsyncConnection
    ) -> Sequence[Result]:
        """No other answer since the visit, and no reply: close, without a word to the parent."""
        if not untouched:
            return []
        return await self._casework.write([Act(Do.CLOSE, number, CLOCK)], now, connection=connection)
