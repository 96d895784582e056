"""The audit log as people read it. Used by the console."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.roster import found
from db import audit_rows
from db.engine import reading


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One entry. `who`: the colleague's shown name, empty for strangers and for the service itself."""

    at: datetime
    who: str
    via: str
    what: str
    about: str
    detail: str


async def latest(engine: AsyncEngine, limit: int, about: str | None = None) -> list[AuditLine]:
    """The newest entries first."""
    async with reading(engine) as connection:
        rows = await audit_rows.latest(limit, about=about, connection=connection)
        names = {staff.id: staff.name for staff in await found(connection=connection)}
    return [
        AuditLine(row.at, names.get(row.staff_id, ""), row.via, row.what, row.about, _plain(row.detail)) for row in rows
    ]


def _plain(detail: dict[str, object]) -> str:
    return json.dumps(detail, ensure_ascii=False)[1:-1].replace('"', "") if detail else ""
