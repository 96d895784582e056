"""The audit log: rows are added and read, never changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.staff_tables import Audit
from db.tables import table
from db.types import AnyRow

audit = table(Audit)


async def note(
    at: datetime,
    staff_id: int | None,
    via: str,
    what: str,
    about: str = "",
    detail: dict[str, Any] | None = None,
    *,
    connection: AsyncConnection,
) -> None:
    """Add a row: who (None: a stranger), through which door, did what about which case, account or group."""
    values = {"at": at, "staff_id": staff_id, "via": via, "what": what, "about": about, "detail": detail or {}}
    await connection.execute(insert(audit).values(values))


async def latest(limit: int, *, about: str | None = None, connection: AsyncConnection) -> Sequence[AnyRow]:
    """The newest rows first."""
    query = select(audit).order_by(audit.c.id.desc()).limit(limit)
    if about is not None:
        query = query.where(audit.c.about == about)
    return (await connection.execute(query)).all()
