"""Reads cases for staff and parents, without locks. Used by the console, the cards in groups and the command line."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.case import OPEN, WAITING, Do, State, Who
from bot.case_file import Candidate, CaseFile, CaseLine, EventLine, Similar
from bot.clock import Clock, utc_now
from bot.decision import Priority
from bot.likeness import likeness, pairs
from bot.messages import Address
from bot.office import Office
from bot.payload import attachments_from_json
from db import case_rows, case_search, mail
from db.engine import reading
from db.types import AnyRow

__all__ = ["Candidate", "CaseFile", "CaseLine", "Casebook", "EventLine", "Similar"]

SIMILAR = 3
ALIKE = 0.25
GIVEN = 5
RECENT = timedelta(hours=2)
"""How long before a case was opened a letter still belongs to its talk."""


@dataclass(frozen=True, slots=True)
class Casebook:
    """Each question opens a connection of its own; what it gives was true at that moment."""

    engine: AsyncEngine
    office: Office
    clock: Clock = utc_now

    async def file(self, number: str, *, similar: bool = True) -> CaseFile | None:
        """All there is to a case. `similar`: also look for earlier cases like it."""
        async with reading(self.engine) as connection:
            row = (await case_rows.by_number([number], connection=connection)).get(number)
            if row is None:
                return None
            events = await self._events(row, connection)
            given = await _given(row, connection)
            past = await self._similar(row, connection) if similar else ()
        return self._file(row, events, given, past)

    async def line(self, number: str) -> CaseLine | None:
        """A case in short."""
        async with reading(self.engine) as connection:
            row = (await case_rows.by_number([number], connection=connection)).get(number)
        return None if row is None else self._line(row)

    async def queue(
        self, desks: Collection[str] | None, *, states: Collection[State] = OPEN, limit: int = 100
    ) -> list[CaseLine]:
        """Cases of desks (None: of all), the most urgent first, then those with the least time left."""
        async with reading(self.engine) as connection:
            rows = await case_rows.listed(states=states, desks=desks, connection=connection)
        return sorted((self._line(row) for row in rows), key=_urgency)[:limit]

    async def held_by(self, staff_id: int, *, states: Collection[State] = OPEN) -> list[CaseLine]:
        """Somebody's cases, the same way."""
        async with reading(self.engine) as connection:
            rows = await case_rows.listed(states=states, holder_id=staff_id, connection=connection)
        return sorted((self._line(row) for row in rows), key=_urgency)

    async def mine(self, address: Address, limit: int = 10) -> list[CaseLine]:
        """A parent's own cases, newest first."""
        async with reading(self.engine) as connection:
            place = (address.channel, address.id)
            rows = await case_rows.listed(states=tuple(State), place=place, connection=connection)
        lines = [self._line(row) for row in rows]
        return sorted(lines, key=lambda line: line.opened_at, reverse=True)[:limit]

    async def version(self, desks: Collection[str] | None) -> int:
        """Grows with everything that happens to cases of these desks."""
        async with reading(self.engine) as connection:
            return await case_rows.last_change(desks, connection=connection)

    async def place(self, number: str) -> Address | None:
        """Where the parent is; for doors that show the talk, never for staff to read."""
        async with reading(self.engine) as connection:
            row = (await case_rows.by_number([number], connection=connection)).get(number)
        return None if row is None else Address(row.channel, row.address)

    def _line(self, row: AnyRow) -> CaseLine:
        now = self.clock()
        waits = State(row.state) in WAITING and row.promised_at is not None
        left = self.office.worked(row.desk, now, row.promised_at) if waits else timedelta(0)
        return CaseLine(
            number=row.number,
            state=State(row.state),
            priority=Priority(row.priority),
            desk=row.desk,
            district=row.district,
            words=row.words,
            holder=row.holder or "",
            holder_id=row.holder_id,
            preferred_id=row.preferred_id,
            opened_at=row.created_at,
            waiting_since=row.waiting_since,
            promised_at=row.promised_at,
            told=row.told,
            lease_until=row.lease_until,
            answered_at=row.answered_at,
            hurried=row.hurried_at is not None,
            left=left,
            late=bool(row.late) or (waits and row.promised_at < now),
            version=row.version,
            topics=tuple(row.topics),
            rating=row.rating,
            rating_words=row.rating_words or "",
        )

    def _file(
        self, row: AnyRow, events: tuple[EventLine, ...], given: tuple[str, ...], past: tuple[Similar, ...]
    ) -> CaseFile:
        understood = row.understood
        return CaseFile(
            line=self._line(row),
            channel=row.channel,
            evidence=str(understood.get("district_evidence", "")),
            candidates=tuple(self._candidate(found) for found in understood.get("candidates", ())),
            slots=dict(understood.get("slots", {})),
            rule=str(understood.get("rule", "")),
            alarm=str(understood.get("alarm", {}).get("rule", "")),
            given=given,
            attachments=tuple(a for event in events if event.who is Who.PARENT for a in event.attachments),
            events=events,
            similar=past,
            understood=understood,
        )

    def _candidate(self, found: dict[str, Any]) -> Candidate:
        entry = str(found["entry"])
        title = str(found.get("title") or self.office.title(entry))
        why_not = str(found.get("why_not", ""))
        return Candidate(entry, title, float(found["score"]), str(found.get("phrasing", "")), why_not)

    async def _events(self, row: AnyRow, connection: AsyncConnection) -> tuple[EventLine, ...]:
        rows = await case_rows.events(row.id, connection=connection)
        sent = await case_rows.sent_of([event.id for event in rows], connection=connection)
        letters = {letter.event_id: letter for letter in sent if letter.conversation_id == row.conversation_id}
        return tuple(_event(event, letters.get(event.id)) for event in rows)

    async def _similar(self, row: AnyRow, connection: AsyncConnection) -> tuple[Similar, ...]:
        past = await case_search.answered(row.id, connection=connection)
        mine = pairs(row.words)
        scored = [
            Similar(other.number, other.words, other.answer, likeness(mine, pairs(other.words))) for other in past
        ]
        return _best(scored)


def _best(scored: Iterable[Similar]) -> tuple[Similar, ...]:
    alike = [found for found in scored if found.likeness >= ALIKE]
    return tuple(sorted(alike, key=lambda found: -found.likeness)[:SIMILAR])


def _urgency(line: CaseLine) -> tuple[int, int, int, timedelta, datetime]:
    waits = line.state in WAITING
    return -waits, -line.priority, -line.hurried, line.left, line.opened_at


def _event(row: AnyRow, letter: AnyRow | None) -> EventLine:
    detail = {name: value for name, value in row.payload.items() if name != "attachments"}
    return EventLine(
        id=row.id,
        at=row.at,
        do=Do(row.do),
        who=Who(row.who),
        name=row.name or "",
        staff_id=row.staff_id,
        text=row.text,
        attachments=attachments_from_json(row.payload.get("attachments", ())),
        detail=detail,
        quotes=row.quotes_id,
        delivery="" if letter is None else letter.state,
        problem="" if letter is None else letter.reason or "",
    )


async def _given(row: AnyRow, connection: AsyncConnection) -> tuple[str, ...]:
    """What the bot told the parent shortly before and with the hand-over, oldest first."""
    sent: Sequence[AnyRow] = await mail.sent(
        row.channel, row.address, GIVEN, row.created_at, after=row.created_at - RECENT, connection=connection
    )
    return tuple(text for letter in reversed(sent) if (text := letter.payload.get("text", "")))
