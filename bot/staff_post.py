"""Stores what staff are to be sent: to the groups of a case's desk, or to somebody in private. Used by casework and alarms."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.judge import Standing
from bot.letter_row import letter_row
from bot.messages import Address, CaseMail, Reply
from bot.office import Office
from db import binding_rows, case_rows, conversations, outgoing
from db.conversations import Locked

log = structlog.get_logger(__name__)

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class StaffPost:
    """Knows which groups a desk has; a desk without any is served by those of the desks that step in for it."""

    office: Office

    async def store(
        self, mail: Sequence[tuple[Standing, Reply]], now: datetime, *, connection: AsyncConnection
    ) -> None:
        """Store messages about cases, in order, in each of the cases' groups."""
        if not mail:
            return
        groups = {case.desk: await self.groups(case.desk, connection=connection) for case, _ in mail}
        shown = {case.id: await _shown(case.id, connection) for case, _ in mail}
        letters = [
            (place, reply)
            for case, reply in _latest(mail)
            for place in _places(reply, groups[case.desk], shown[case.id])
        ]
        await self.direct(letters, now, connection=connection)

    async def direct(
        self, letters: Sequence[tuple[Address, Reply]], now: datetime, *, connection: AsyncConnection
    ) -> None:
        """Store messages to given chats; a card that still waits there serves for the next one too."""
        if not letters:
            return
        keys = {(place.channel, place.id) for place, _ in letters}
        locked = await conversations.lock(keys, now, connection=connection)
        waiting = await self._waiting_cards(letters, locked, connection)
        rows = []
        for place, reply in letters:
            key = locked[place.channel, place.id].id
            if not (_is_card(reply) and reply.case is not None and (key, reply.case.number) in waiting):
                event_id = reply.case.event if reply.case is not None else None
                rows.append(letter_row(key, place, reply, now, sender="bot", event_id=event_id))
        await outgoing.store(rows, connection=connection)

    async def groups(self, desk: str | None, *, connection: AsyncConnection) -> tuple[Address, ...]:
        """The groups that serve a desk."""
        chain = self.office.chain(desk)
        bound = await binding_rows.of_desks(chain, connection=connection)
        for key in chain:
            if found := tuple(Address(row.channel, row.chat) for row in bound if row.desk == key):
                return found
        log.info("desk_without_group", desk=desk)
        return ()

    async def _waiting_cards(
        self, letters: Iterable[tuple[Address, Reply]], locked: dict[Key, Locked], connection: AsyncConnection
    ) -> set[tuple[int, str]]:
        """Cards that are stored and that nobody is about to send, by conversation and case number."""
        numbers = {reply.case.number for _, reply in letters if _is_card(reply) and reply.case is not None}
        places = [found.id for found in locked.values()]
        rows = await outgoing.cards_waiting(places, numbers, connection=connection)
        held = await outgoing.grasp([row.id for row in rows], connection=connection) if rows else set()
        return {(row.conversation_id, row.number) for row in rows if row.id in held}


async def _shown(case_id: int, connection: AsyncConnection) -> tuple[Address, ...]:
    rows = await case_rows.cards(case_id, connection=connection)
    return tuple(Address(row.channel, row.chat) for row in rows if row.state != "lost")


def _places(reply: Reply, groups: tuple[Address, ...], shown: tuple[Address, ...]) -> tuple[Address, ...]:
    """Cards go wherever the case is shown, so that a group it has left sees so; all else to its desk's groups."""
    return tuple(dict.fromkeys((*groups, *shown))) if _is_card(reply) else groups


def _latest(mail: Sequence[tuple[Standing, Reply]]) -> list[tuple[Standing, Reply]]:
    """The messages with only the first of several cards of one case: it shows what all acts together have led to."""
    last = {case.number: case for case, reply in mail if _is_card(reply)}
    seen: set[str] = set()
    kept = []
    for case, reply in mail:
        if _is_card(reply) and case.number in seen:
            continue
        if _is_card(reply):
            seen.add(case.number)
            case = last[case.number]
        kept.append((case, reply))
    return kept


def _is_card(reply: Reply) -> bool:
    return reply.case is not None and reply.case.kind is CaseMail.CARD
