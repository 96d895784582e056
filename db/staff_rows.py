"""Queries on staff accounts and their desks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.staff_tables import Member, Staff
from db.tables import table
from db.types import AnyRow

accounts = table(Staff)
member = table(Member)


async def staff(where: Mapping[str, object], *, connection: AsyncConnection) -> Sequence[AnyRow]:
    """Accounts whose columns have these values, by id."""
    conditions = [accounts.c[name] == value for name, value in where.items()]
    return (await connection.execute(select(accounts).where(*conditions).order_by(accounts.c.id))).all()


async def memberships(state: str, *, connection: AsyncConnection) -> Sequence[AnyRow]:
    """Who belongs to which desk (`member`), or has asked to (`asked`): staff_id, desk, since."""
    query = select(member).where(member.c.state == state).order_by(member.c.id)
    return (await connection.execute(query)).all()


async def add(
    login: str,
    name: str,
    role: str,
    now: datetime,
    *,
    password: str | None = None,
    telegram: str | None = None,
    connection: AsyncConnection,
) -> int:
    """Make an account; its id. A login or Telegram id that is taken raises `IntegrityError`. `password` is a hash."""
    values = {
        "login": login,
        "name": name,
        "role": role,
        "password": password,
        "telegram": telegram,
        "active": True,
        "away_until": None,
        "created_at": now,
    }
    return int((await connection.execute(insert(accounts).values(values).returning(accounts.c.id))).scalar_one())


async def change(staff_id: int, values: Mapping[str, Any], *, connection: AsyncConnection) -> None:
    """Set columns of an account: password, telegram, active, away_until, name, role."""
    await connection.execute(update(accounts).where(accounts.c.id == staff_id).values(dict(values)))


async def join(staff_id: int, desk: str, state: str, now: datetime, *, connection: AsyncConnection) -> None:
    """Make somebody a member of a desk, or note that they ask to be; a member stays one."""
    mine = (member.c.staff_id == staff_id, member.c.desk == desk)
    known = (await connection.execute(select(member.c.state).where(*mine))).scalar_one_or_none()
    if known is None:
        values = {"staff_id": staff_id, "desk": desk, "state": state, "since": now}
        await connection.execute(insert(member).values(values))
    elif known != "member":
        await connection.execute(update(member).where(*mine).values(state=state))


async def leave(staff_id: int, desk: str, *, connection: AsyncConnection) -> None:
    """Somebody no longer works at a desk; also refuses a request."""
    await connection.execute(delete(member).where(member.c.staff_id == staff_id, member.c.desk == desk))
