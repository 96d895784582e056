"""Who works here and what each may do. Read by doors and casework; written by commands through `db/staff_rows.py`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db import staff_rows
from db.engine import reading
from db.types import AnyRow


class Role(StrEnum):
    """What an account is for: cases of its desks; content and all desks; everything."""

    STAFF = "staff"
    OPERATOR = "operator"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Staff:
    """An account. `telegram`: the user id there; `desks`: those it is a member of."""

    id: int
    login: str
    name: str
    role: Role
    desks: frozenset[str]
    telegram: str | None = None
    active: bool = True
    away_until: datetime | None = None

    @property
    def senior(self) -> bool:
        """Whether every desk is open to this account."""
        return self.role is not Role.STAFF


def may(staff: Staff | None, desk: str) -> bool:
    """Whether somebody may act on the cases of a desk."""
    return staff is not None and staff.active and (staff.senior or desk in staff.desks)


@dataclass(frozen=True, slots=True)
class Roster:
    """The accounts as they are now; each question is one query."""

    engine: AsyncEngine

    async def by_id(self, staff_id: int) -> Staff | None:
        return await self._one(id=staff_id)

    async def by_login(self, login: str) -> Staff | None:
        return await self._one(login=login)

    async def by_telegram(self, user_id: str) -> Staff | None:
        return await self._one(telegram=user_id)

    async def everybody(self) -> list[Staff]:
        """All accounts, also those that are switched off."""
        async with reading(self.engine) as connection:
            return await found(connection=connection)

    async def members(self, desk: str) -> list[Staff]:
        """Active members of a desk."""
        return [staff for staff in await self.everybody() if staff.active and desk in staff.desks]

    async def asked(self) -> list[tuple[Staff, str]]:
        """Requests to join a desk: who, and which."""
        async with reading(self.engine) as connection:
            rows = await staff_rows.memberships("asked", connection=connection)
            people = {staff.id: staff for staff in await found(connection=connection)}
        return [(people[row.staff_id], row.desk) for row in rows]

    async def _one(self, **where: object) -> Staff | None:
        async with reading(self.engine) as connection:
            return next(iter(await found(connection=connection, **where)), None)


async def found(*, connection: AsyncConnection, **where: object) -> list[Staff]:
    """The accounts with these values, within a transaction."""
    rows = await staff_rows.staff(where, connection=connection)
    desks = _desks(await staff_rows.memberships("member", connection=connection))
    return [_staff(row, desks.get(row.id, frozenset())) for row in rows]


def _desks(rows: Iterable[AnyRow]) -> dict[int, frozenset[str]]:
    desks: dict[int, frozenset[str]] = {}
    for row in rows:
        desks[row.staff_id] = desks.get(row.staff_id, frozenset()) | {row.desk}
    return desks


def _staff(row: AnyRow, desks: frozenset[str]) -> Staff:
    return Staff(row.id, row.login, row.name, Role(row.role), desks, row.telegram, row.active, row.away_until)
