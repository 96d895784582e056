"""Carries out what is done to cases, each act with all that follows from it in one transaction. Called by every door.

A case is locked by its parent's conversation: whoever holds that row decides, so the first claim wins whatever the number
of processes. Locks are taken in the order parents, then staff groups.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import case_mail, roster
from bot.act import CLOCK, Act, Done, Refused, Result
from bot.case import Do, Refusal, Who
from bot.case_timers import due, planned
from bot.clock import Clock, utc_now
from bot.judge import Standing, changed, judged
from bot.letter_row import letter_row
from bot.mailbox import Mailbox
from bot.messages import Address, Reply
from bot.office import Office
from bot.outbox import Outbox
from bot.payload import attachments_from_json, attachments_to_json
from bot.staff_post import StaffPost
from bot.voice import Say
from bot.writer import Step, Writer
from db import audit_rows, case_rows, conversations, outgoing, timer_rows

FILES_BEFORE = timedelta(minutes=30)


@dataclass(slots=True)
class _Desk:
    """What one transaction works with: the cases as they stand, the accounts, and what staff are to be sent."""

    cases: dict[str, Standing]
    people: dict[int, roster.Staff]
    now: datetime
    connection: AsyncConnection
    mail: list[tuple[Standing, Reply]] = field(default_factory=list)


class Casework:
    """`await casework.do(act)`; or `write` within a transaction of one's own, and `committed` after it."""

    def __init__(
        self,
        writer: Writer,
        office: Office,
        say: Say,
        *,
        clock: Clock = utc_now,
        outbox: Outbox | None = None,
        mailbox: Mailbox | None = None,
    ) -> None:
        self.office = office
        self._writer = writer
        self._say = say
        self._clock = clock
        self._outbox = outbox
        self._mailbox = mailbox
        self._post = StaffPost(office)
        self._telling = Step(17, self._write_told, lambda _, __: self._wake())
        self._acts = Step(15, self._write_acts, lambda _, results: self.committed(results))

    async def do(self, act: Act) -> Result:
        """Carry out an act; returns after the commit."""
        return await self._writer.do(self._acts, act)

    async def tell(self, place: Address, reply: Reply) -> None:
        """Send somebody of the staff a message in private; returns once it is stored."""
        await self._writer.do(self._telling, (place, reply))

    async def write(self, acts: Sequence[Act], now: datetime, *, connection: AsyncConnection) -> list[Result]:
        """Carry out acts in order, each seeing what those before did."""
        if not acts:
            return []
        desk = await self._opened({act.number for act in acts}, now, connection)
        results = [await self._perform(act, desk) for act in acts]
        await self._post.store(desk.mail, now, connection=connection)
        return results

    async def send(
        self, letters: Sequence[tuple[Standing, Reply]], now: datetime, *, connection: AsyncConnection
    ) -> None:
        """Store messages for the groups of cases' desks."""
        await self._post.store(letters, now, connection=connection)

    def committed(self, results: Iterable[Result]) -> None:
        """Have delivered what was stored. Call it once the transaction of `write` is committed."""
        done = [result for result in results if isinstance(result, Done)]
        if done:
            self._wake()
        if self._mailbox is not None:
            for result in done:
                self._mailbox.notify(result.place)

    async def lost(self, outgoing_ids: Sequence[int], connection: AsyncConnection) -> list[Result]:
        """Letters that never arrived: staff of their cases see it."""
        rows = await case_rows.lost_letters(outgoing_ids, connection=connection)
        acts = [Act(Do.LOST, row.number, CLOCK, quotes=row.event_id, reason=row.reason or "") for row in rows]
        return await self.write(acts, self._clock(), connection=connection)

    async def _write_acts(self, items: Sequence[Act], connection: AsyncConnection) -> list[Result]:
        return await self.write(items, self._clock(), connection=connection)

    async def _write_told(self, items: Sequence[tuple[Address, Reply]], connection: AsyncConnection) -> list[None]:
        await self._post.direct(items, self._clock(), connection=connection)
        return [None] * len(items)

    def _wake(self) -> None:
        if self._outbox is not None:
            self._outbox.wake(self._clock())

    async def _opened(self, numbers: set[str], now: datetime, connection: AsyncConnection) -> _Desk:
        found = await case_rows.by_number(numbers, connection=connection)
        places = {(row.channel, row.address) for row in found.values()}
        if places:
            await conversations.lock(places, now, connection=connection)
            found = await case_rows.by_number(numbers, connection=connection)  # as it is under the lock
        people = {staff.id: staff for staff in await roster.found(connection=connection)}
        return _Desk({number: Standing.of(row) for number, row in found.items()}, people, now, connection)

    async def _perform(self, act: Act, desk: _Desk) -> Result:
        case = desk.cases.get(act.number)
        staff = desk.people.get(act.by.staff_id or 0)
        verdict = judged(case, act, staff, self.office) if case is not None else Refusal.UNKNOWN_CASE
        await self._audited(act, verdict, desk)
        if case is None or isinstance(verdict, Refusal):
            holder, state = (case.holder, case.state) if case is not None else ("", None)
            return Refused(act, act.number, Refusal(verdict), holder, state)
        if act.do is Do.OPEN:
            act = await self._with_files(case, act, desk)
        values = changed(case, act, verdict, desk.now, self.office)
        await case_rows.change(case.id, values, connection=desk.connection)
        event_id = await self._noted(case, act, desk)
        current = await self._current(act.number, desk)
        await self._replanned(None if act.do is Do.OPEN else case, current, desk)
        desk.mail += [(current, reply) for reply in case_mail.to_staff(current, act, event_id, self._say)]
        letters = await self._told(current, act, event_id, desk)
        return Done(act, act.number, current.state, event_id, current.version, current.place, letters)

    async def _with_files(self, case: Standing, act: Act, desk: _Desk) -> Act:
        """What the parent sent shortly before belongs to the question too."""
        since, until = case.created_at - FILES_BEFORE, act.incoming_id or 0
        found = await case_rows.loose_files(case.conversation_id, since, until, connection=desk.connection)
        files = [replace(one, origin=one.origin or case.place.channel) for one in attachments_from_json(found)]
        return replace(act, attachments=tuple(dict.fromkeys((*files, *act.attachments))))

    async def _current(self, number: str, desk: _Desk) -> Standing:
        rows = await case_rows.by_number([number], connection=desk.connection)
        desk.cases[number] = Standing.of(rows[number])
        return desk.cases[number]

    async def _noted(self, case: Standing, act: Act, desk: _Desk) -> int:
        payload: dict[str, Any] = {"via": act.by.via}
        if act.attachments:
            payload["attachments"] = attachments_to_json(act.attachments)
        if act.desk is not None:
            payload |= {"from": case.desk, "to": act.desk}
        if act.reason:
            payload["reason"] = act.reason
        if act.value is not None:
            payload["value"] = act.value
        values = {
            "case_id": case.id,
            "at": desk.now,
            "do": act.do,
            "who": act.by.who,
            "staff_id": act.by.staff_id,
            "text": act.text,
            "payload": payload,
            "incoming_id": act.incoming_id,
            "quotes_id": act.quotes,
        }
        return await case_rows.add_event(values, connection=desk.connection)

    async def _replanned(self, before: Standing | None, current: Standing, desk: _Desk) -> None:
        cancel, plan = planned(before, current)
        await timer_rows.cancel(current.id, cancel, connection=desk.connection)
        for alarm in sorted(plan):
            at = due(alarm, current, desk.now, self.office)
            await timer_rows.plan(alarm, at, case_id=current.id, connection=desk.connection)

    async def _told(self, case: Standing, act: Act, event_id: int, desk: _Desk) -> tuple[int, ...]:
        reply = case_mail.to_parent(case, act, self.office, self._say)
        if reply is None:
            return ()
        sender = "staff" if act.by.who is Who.STAFF else "bot"
        row = letter_row(case.conversation_id, case.place, reply, desk.now, sender=sender, event_id=event_id)
        return tuple(await outgoing.store([row], connection=desk.connection))

    async def _audited(self, act: Act, verdict: object, desk: _Desk) -> None:
        if act.by.who is not Who.STAFF:
            return
        detail = {"refused": str(verdict)} if isinstance(verdict, Refusal) else {}
        who = act.by.staff_id if act.by.staff_id in desk.people else None
        await audit_rows.note(desk.now, who, act.by.via, act.do, act.number, detail, connection=desk.connection)
