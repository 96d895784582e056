"""Queries that look for earlier cases. Used by the casebook."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.case_tables import Case, CaseEvent
from db.tables import table
from db.types import AnyRow

cases = table(Case)
event = table(CaseEvent)

LOOKED_AT = 500


async def answered(but: int, *, connection: AsyncConnection) -> Sequence[AnyRow]:
    """The newest cases that were answered, but for one: number, words, and the text of the last answer."""
    last = (
        select(event.c.case_id, func.max(event.c.id).label("id"))
        .where(event.c.do == "answer", event.c.text != "")
        .group_by(event.c.case_id)
        .subquery()
    )
    query = (
        select(cases.c.number, cases.c.words, event.c.text.label("answer"))
        .join(last, last.c.case_id == cases.c.id)
        .join(event, event.c.id == last.c.id)
        .where(cases.c.id != but, cases.c.words != "")
        .order_by(cases.c.id.desc())
        .limit(LOOKED_AT)
    )
    return (await connection.execute(query)).all()
