"""Whether an act may be done to a case as it stands, and what it changes. Pure; called by `bot/casework.py`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.act import Act
from bot.case import QUEUED, SETTLED, Do, Refusal, State, Who, after
from bot.decision import Priority
from bot.messages import Address
from bot.office import Office
from bot.roster import Staff, may
from db.types import AnyRow

EXCLUSIVE = frozenset({Do.CLAIM, Do.RELEASE, Do.ANSWER, Do.TRANSFER, Do.CLOSE})
"""What only the holder of a claimed case may do, or somebody senior."""
NEEDS_WORDS = frozenset({Do.ANSWER, Do.CORRECT, Do.NOTE, Do.ADD})


@dataclass(frozen=True, slots=True)
class Standing:
    """A case as judged."""

    id: int
    number: str
    state: State
    priority: Priority
    place: Address
    conversation_id: int
    desk: str | None
    district: str | None
    topics: tuple[str, ...]
    holder_id: int | None
    holder: str
    preferred_id: int | None
    version: int
    created_at: datetime
    waiting_since: datetime
    promised_at: datetime | None
    told: bool
    answered: bool
    asked_district: bool
    visited: bool
    reopened: int

    @classmethod
    def of(cls, row: AnyRow) -> "Standing":
        """From a row of `db.case_rows.by_number`."""
        return cls(
            id=row.id,
            number=row.number,
            state=State(row.state),
            priority=Priority(row.priority),
            place=Address(row.channel, row.address),
            conversation_id=row.conversation_id,
            desk=row.desk,
            district=row.district,
            topics=tuple(row.topics),
            holder_id=row.holder_id,
            holder=row.holder or "",
            preferred_id=row.preferred_id,
            version=row.version,
            created_at=row.created_at,
            waiting_since=row.waiting_since,
            promised_at=row.promised_at,
            told=row.told,
            answered=row.first_answered_at is not None,
            asked_district=row.asked_district,
            visited=row.visited,
            reopened=row.reopened,
        )


def judged(case: Standing, act: Act, staff: Staff | None, office: Office) -> State | Refusal:
    """The state the case is in after the act, or why it is not done. `staff`: the account of a staff actor."""
    if act.by.who is Who.PARENT and act.place is not None and act.place != case.place:
        return Refusal.NOT_YOURS
    if act.by.who is Who.STAFF and not may(staff, case.desk or office.common):
        return Refusal.NOT_MEMBER
    if staff is not None and _taken(case, act, staff):
        return Refusal.TAKEN
    if act.seen is not None and act.seen < case.version and act.do in EXCLUSIVE:
        return Refusal.STALE
    state = after(case.state, act.do, act.by.who)
    if state is None:
        return Refusal.NOT_ALLOWED
    return _incomplete(case, act, office) or state


def _taken(case: Standing, act: Act, staff: Staff) -> bool:
    """Whether the case is somebody else's. A claim of a held case is refused whoever makes it."""
    if case.holder_id in (None, staff.id) or case.state not in (State.CLAIMED, State.ANSWERED):
        return False
    if act.do is Do.CLAIM:
        return True
    return act.do in EXCLUSIVE and not staff.senior


def _incomplete(case: Standing, act: Act, office: Office) -> Refusal | None:
    empty = not act.text.strip() and not act.attachments
    if act.do in NEEDS_WORDS and empty:
        return Refusal.EMPTY
    if act.do is Do.CLOSE and act.by.who is Who.STAFF and not case.answered and empty:
        return Refusal.EMPTY  # no question ends without a word to who asked it
    if act.do is Do.RATE and (act.value is None or not 1 <= act.value <= 5):
        return Refusal.EMPTY
    if act.do is Do.TRANSFER:
        if act.desk not in office.keys:
            return Refusal.UNKNOWN_DESK
        return Refusal.SAME_DESK if act.desk == case.desk else None
    return None


def changed(case: Standing, act: Act, state: State, now: datetime, office: Office) -> dict[str, Any]:
    """The columns that the act changes."""
    values: dict[str, Any] = {"state": state, "version": case.version + 1}
    match act.do:
        case Do.OPEN:
            values |= _promised(case.desk, case.created_at, office)
        case Do.ROUTE:
            district = act.text or case.district
            desk = act.desk or office.route(district, case.topics) or office.common
            values |= {"desk": desk, "district": district}
        case Do.CLAIM:
            lease = office.lease(case.desk, now, case.priority)
            values |= {"holder_id": act.by.staff_id, "preferred_id": None, "lease_until": lease}
        case Do.RELEASE | Do.LAPSE:
            values |= {"holder_id": None, "lease_until": None}
        case Do.ANSWER if state is State.ANSWERED:
            values |= {"holder_id": act.by.staff_id, "preferred_id": None, "lease_until": None, "answered_at": now}
        case Do.TRANSFER:
            values |= {"desk": act.desk, "holder_id": None, "preferred_id": None, "lease_until": None}
        case Do.HURRY:
            values |= {"hurried_at": now}
        case Do.RATE:
            values |= {"rating": act.value, "rating_words": act.text or None}
        case Do.MISS:
            values |= {"late": True}
        case Do.VISIT:
            values |= {"visited": True}
    if act.do is Do.ANSWER and not case.answered:
        values |= {"first_answered_at": now}
    if act.do is Do.CLOSE and act.by.who is Who.STAFF and not case.answered:
        values |= {"first_answered_at": now, "answered_at": now}
    if state is State.REOPENED and case.state is not State.REOPENED:
        again = {"waiting_since": now, "reopened": case.reopened + 1, "preferred_id": case.holder_id, "holder_id": None}
        values |= again | {"settled_at": None} | _promised(case.desk, now, office)
    if state in SETTLED and case.state not in SETTLED:
        values |= {"settled_at": now, "lease_until": None}
    return values


def _promised(desk: str | None, now: datetime, office: Office) -> dict[str, Any]:
    made = office.promise(now, desk)
    told = made.told and made.answer_by is not None
    return {"promised_at": office.deadline(made, desk), "told": told}


def urgent(case: Standing) -> bool:
    """Whether staff are called at any hour."""
    return case.priority > Priority.NORMAL


def queued(case: Standing) -> bool:
    """Whether the case waits for somebody to claim it."""
    return case.state in QUEUED
