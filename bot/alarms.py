"""What is done when a case's timer goes off: reminders, a missed promise, calls until somebody claims, leases that end.

Registered with the clockwork by `bot/__main__.py`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import case_mail, roster
from bot.act import CLOCK, Act, Result
from bot.case import QUEUED, Do
from bot.case_timers import Alarm, wanted
from bot.case_timers import due as due_at
from bot.casework import Casework
from bot.clockwork import Clockwork, Due
from bot.judge import Standing
from bot.messages import Address
from bot.staff_post import StaffPost
from bot.voice import Say
from db import case_rows, timer_rows

PRIVATE_CHANNEL = "telegram"

ACTS = {
    Alarm.HALF: Act(Do.REMIND, "", CLOCK, reason="half"),
    Alarm.DUE: Act(Do.MISS, "", CLOCK),
    Alarm.LEASE: Act(Do.LAPSE, "", CLOCK),
    Alarm.ASK_DISTRICT: Act(Do.ROUTE, "", CLOCK),
}
"""Timers that are nothing but an act of the clock."""


class Alarms:
    """The handlers of the kinds that concern staff."""

    def __init__(self, casework: Casework, say: Say) -> None:
        self._casework = casework
        self._say = say
        self._post = StaffPost(casework.office)

    def register(self, clockwork: Clockwork) -> None:
        """Take over the timers of cases, but for the visit afterwards."""
        for kind in ACTS:
            clockwork.on(kind, self.act)
        clockwork.on(Alarm.NAG, self.again)
        clockwork.on(Alarm.LATE, self.again)
        clockwork.on(Alarm.DUTY, self.call_duty)

    async def act(self, due: Due, now: datetime, connection: AsyncConnection) -> Sequence[Result]:
        """Let the clock act."""
        acts = [_on(ACTS[due.kind], due)]
        if due.kind is Alarm.ASK_DISTRICT:
            office = self._casework.office
            acts = [Act(Do.ROUTE, acts[0].number, CLOCK, desk=office.common)]
        return await self._casework.write(acts, now, connection=connection)

    async def again(self, due: Due, now: datetime, connection: AsyncConnection) -> Sequence[Result]:
        """Remind the desk while nobody has claimed, or answered in time, and plan the next reminder."""
        remind = Act(Do.REMIND, due.number or "", CLOCK, reason=due.kind)
        results = await self._casework.write([remind], now, connection=connection)
        case = await self._case(due, connection)
        if case is not None and due.kind in wanted(case):
            at = due_at(due.kind, case, now, self._casework.office)
            await timer_rows.plan(due.kind, at, case_id=case.id, connection=connection)
        return results

    async def call_duty(self, due: Due, now: datetime, connection: AsyncConnection) -> Sequence[Result]:
        """Nobody has claimed an urgent case: tell those on duty, each in private, and the desk that this was done."""
        case = await self._case(due, connection)
        if case is None or case.state not in QUEUED:
            return []
        office = self._casework.office
        logins = next((office.desk(key).duty for key in office.chain(case.desk) if office.desk(key).duty), [])
        people = [
            staff for staff in await roster.found(connection=connection) if staff.active and staff.login in logins
        ]
        call = case_mail.call_for_duty(case, office, self._say)
        letters = [(Address(PRIVATE_CHANNEL, staff.telegram), call) for staff in people if staff.telegram]
        await self._post.direct(letters, now, connection=connection)
        told = Act(Do.REMIND, case.number, CLOCK, reason="duty" if letters else "duty_nobody")
        return await self._casework.write([told], now, connection=connection)

    async def _case(self, due: Due, connection: AsyncConnection) -> Standing | None:
        rows = await case_rows.by_number([due.number or ""], connection=connection)
        return Standing.of(rows[due.number]) if due.number in rows else None


def _on(act: Act, due: Due) -> Act:
    return replace(act, number=due.number or "")
