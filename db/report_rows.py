"""Queries for the numbers: what parents said and which cases were opened between two moments."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.case_tables import Case
from db.tables import Incoming, table
from db.types import AnyRow

incoming = table(Incoming)
cases = table(Case)


async def messages(start: datetime, end: datetime, *, connection: AsyncConnection) -> Sequence[AnyRow]:
    """Messages of parents that were read on their own: id, received_at, outcome, text, pick, topics, rule, district.

    What staff wrote in groups is left out, as is what was read together with the words that followed.
    """
    columns, decision, payload = incoming.c, incoming.c.decision, incoming.c.payload
    query = select(
        columns.id,
        columns.received_at,
        columns.outcome,
        columns.text,
        payload["pick"].as_string().label("pick"),
        decision["topics"].label("topics"),
        decision["why"]["rule"].as_string().label("rule"),
        decision["why"]["slots"]["district"].as_string().label("district"),
    ).where(
        columns.received_at >= start,
        columns.received_at < end,
        columns.replaced_by.is_(None),
        columns.outcome.not_like("staff.%"),
        columns.outcome.not_like("refused.%"),
    )
    return (await connection.execute(query.order_by(columns.id))).all()


async def opened(start: datetime, end: datetime, desk: str | None, *, connection: AsyncConnection) -> Sequence[AnyRow]:
    """Cases opened then; only those of a desk, if one is given."""
    query = select(cases).where(cases.c.created_at >= start, cases.c.created_at < end)
    if desk is not None:
        query = query.where(cases.c.desk == desk)
    return (await connection.execute(query.order_by(cases.c.id))).all()
