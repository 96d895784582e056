"""Queries on sign-ins: sessions, one-time links, tries, and who has which case open."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.staff_tables import CaseView, SignInLink, SignInTry, Staff, StaffSession
from db.tables import table
from db.types import AnyRow

session = table(StaffSession)
link = table(SignInLink)
attempt = table(SignInTry)
view = table(CaseView)
staff = table(Staff)


async def begin(
    token_hash: str, staff_id: int, csrf: str, now: datetime, expires_at: datetime, *, connection: AsyncConnection
) -> None:
    """Store a session; those long over are swept out."""
    await connection.execute(delete(session).where(session.c.expires_at < now))
    values = {
        "token_hash": token_hash,
        "staff_id": staff_id,
        "csrf": csrf,
        "created_at": now,
        "seen_at": now,
        "expires_at": expires_at,
    }
    await connection.execute(insert(session).values(values))


async def find(token_hash: str, *, connection: AsyncConnection) -> AnyRow | None:
    """The session: staff_id, csrf, created_at, seen_at, expires_at."""
    return (await connection.execute(select(session).where(session.c.token_hash == token_hash))).first()


async def seen(token_hash: str, now: datetime, *, connection: AsyncConnection) -> None:
    """Somebody has just used the session."""
    await connection.execute(update(session).where(session.c.token_hash == token_hash).values(seen_at=now))


async def end(token_hash: str, *, connection: AsyncConnection) -> None:
    """Sign out."""
    await connection.execute(delete(session).where(session.c.token_hash == token_hash))


async def end_all(staff_id: int, *, connection: AsyncConnection) -> None:
    """Sign somebody out everywhere: a new password, or an account that is switched off."""
    await connection.execute(delete(session).where(session.c.staff_id == staff_id))


async def password(staff_id: int, *, connection: AsyncConnection) -> str | None:
    """The stored password of an account."""
    stored: str | None = (
        await connection.execute(select(staff.c.password).where(staff.c.id == staff_id))
    ).scalar_one_or_none()
    return stored


async def add_link(token_hash: str, staff_id: int, expires_at: datetime, *, connection: AsyncConnection) -> None:
    """Store a link that signs in once."""
    values = {"token_hash": token_hash, "staff_id": staff_id, "expires_at": expires_at, "used_at": None}
    await connection.execute(insert(link).values(values))


async def use_link(token_hash: str, now: datetime, *, connection: AsyncConnection) -> int | None:
    """Whose link it is, if it is still good; it then no longer is. Of several at once only one is told."""
    good = (link.c.token_hash == token_hash, link.c.used_at.is_(None), link.c.expires_at > now)
    used = await connection.execute(update(link).where(*good).values(used_at=now).returning(link.c.staff_id))
    found: int | None = used.scalar_one_or_none()
    return found


async def tries(subjects: Collection[str], since: datetime, *, connection: AsyncConnection) -> dict[str, int]:
    """How often each subject was tried since then."""
    query = (
        select(attempt.c.subject, func.count())
        .where(attempt.c.subject.in_(sorted(subjects)), attempt.c.at > since)
        .group_by(attempt.c.subject)
    )
    return {row[0]: row[1] for row in await connection.execute(query)}


async def add_tries(
    subjects: Collection[str], now: datetime, before: datetime, *, connection: AsyncConnection
) -> None:
    """Count a try of each subject; tries made `before` are forgotten."""
    await connection.execute(delete(attempt).where(attempt.c.at < before))
    await connection.execute(insert(attempt), [{"subject": subject, "at": now} for subject in sorted(subjects)])


async def forget_tries(subjects: Collection[str], *, connection: AsyncConnection) -> None:
    """A good sign-in: what was tried before no longer counts."""
    await connection.execute(delete(attempt).where(attempt.c.subject.in_(sorted(subjects))))


async def look(number: str, staff_id: int, now: datetime, *, connection: AsyncConnection) -> None:
    """Somebody has a case open."""
    mine = (view.c.number == number, view.c.staff_id == staff_id)
    changed = await connection.execute(update(view).where(*mine).values(seen_at=now))
    if not changed.rowcount:
        await connection.execute(insert(view).values(number=number, staff_id=staff_id, seen_at=now))


async def lookers(number: str, since: datetime, *, connection: AsyncConnection) -> Sequence[AnyRow]:
    """Who had a case open since then: staff_id, name."""
    query = select(view.c.staff_id, staff.c.name).join(staff, staff.c.id == view.c.staff_id)
    query = query.where(view.c.number == number, view.c.seen_at > since).order_by(view.c.staff_id)
    return (await connection.execute(query)).all()
