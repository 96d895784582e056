"""Queries on drafts of entries that wait for an operator."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.case_tables import Case, FaqDraft
from db.staff_tables import Staff
from db.tables import table
from db.types import AnyRow

draft = table(FaqDraft)
cases = table(Case)
staff = table(Staff)

_with_case = (
    select(draft, cases.c.number, staff.c.name)
    .join_from(draft, cases, cases.c.id == draft.c.case_id)
    .join(staff, staff.c.id == draft.c.staff_id)
)


async def add(number: str, staff_id: int, path: str, now: datetime, *, connection: AsyncConnection) -> int:
    """Note a draft that was made from a case; its id."""
    case_id = (await connection.execute(select(cases.c.id).where(cases.c.number == number))).scalar_one()
    values = {"case_id": case_id, "staff_id": staff_id, "path": path, "state": "waiting", "made_at": now}
    return int((await connection.execute(insert(draft).values(values).returning(draft.c.id))).scalar_one())


async def settle(draft_id: int, state: str, by: int, now: datetime, *, connection: AsyncConnection) -> bool:
    """Accept or reject a draft that waits; whether it did."""
    change = {"state": state, "settled_at": now, "settled_by": by}
    waiting = (draft.c.id == draft_id, draft.c.state == "waiting")
    return bool((await connection.execute(update(draft).where(*waiting).values(change))).rowcount)


async def one(draft_id: int, *, connection: AsyncConnection) -> AnyRow | None:
    """A draft with the number of its case and the name of who made it."""
    return (await connection.execute(_with_case.where(draft.c.id == draft_id))).first()


async def listed(state: str, limit: int = 200, *, connection: AsyncConnection) -> Sequence[AnyRow]:
    """Drafts in a state, the newest first."""
    query = _with_case.where(draft.c.state == state).order_by(draft.c.id.desc()).limit(limit)
    return (await connection.execute(query)).all()


async def of_case(number: str, *, connection: AsyncConnection) -> Sequence[AnyRow]:
    """The drafts made from a case."""
    return (await connection.execute(_with_case.where(cases.c.number == number))).all()
