"""Signing in to the console: by password or one-time link, at a bounded rate; sessions that end. Used by the web door.

What a browser or a link holds is stored only as its hash.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock, utc_now
from bot.passwords import matches
from bot.roster import Roster, Staff
from bot.writer import Step, Writer
from db import audit_rows, session_rows
from db.engine import reading

LASTS = timedelta(hours=12)
IDLE = timedelta(hours=2)
NOTED = timedelta(minutes=1)  # how exactly `seen_at` is kept
LINK_LASTS = timedelta(minutes=10)
WINDOW = timedelta(minutes=15)
OPEN_FOR = timedelta(seconds=12)  # so long after its last sign of life a page counts as open
PAIR, ACCOUNT, HOST = 5, 30, 40
"""Tries in a `WINDOW`: of an account from one host, of an account from anywhere, of a host at all accounts."""
VIA = "web"

Work = Callable[[AsyncConnection], Awaitable[Any]]


class Refusal(StrEnum):
    """Why somebody is not let in."""

    WRONG = "wrong"
    TOO_OFTEN = "too_often"
    BAD_LINK = "bad_link"


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in. `csrf` must come back with every post."""

    staff: Staff
    token: str
    csrf: str


class SignIn:
    """Sessions of staff in the browser."""

    def __init__(self, writer: Writer, *, clock: Clock = utc_now) -> None:
        self.roster = Roster(writer.engine)
        self._writer = writer
        self._clock = clock
        self._step = Step(40, _each)

    async def by_password(self, login: str, password: str, host: str) -> str | Refusal:
        """A fresh session's token. Each try counts before it is looked at, so that many at once gain nothing."""
        login = login.strip()[:64]
        if not await self._counted(login, host):
            await self._note(None, "sign_in.too_often", login, host)
            return Refusal.TOO_OFTEN
        staff = await self.roster.by_login(login)
        stored = await self._stored(staff)
        good = await asyncio.to_thread(matches, password, stored)
        if staff is None or not staff.active or not good:
            await self._note(staff, "sign_in.wrong", login, host)
            return Refusal.WRONG
        return await self._begin(staff, "sign_in", host, forget=_subjects(login, host)[:2])

    async def by_link(self, token: str, host: str) -> str | Refusal:
        """A fresh session's token for a link that was not used before."""
        now = self._clock()
        found = await self._do(lambda connection: session_rows.use_link(_hash(token), now, connection=connection))
        staff = None if found is None else await self.roster.by_id(found)
        if staff is None or not staff.active:
            await self._note(staff, "sign_in.bad_link", "", host)
            return Refusal.BAD_LINK
        return await self._begin(staff, "sign_in.link", host)

    async def link_for(self, login: str, host: str) -> tuple[Staff, str] | Refusal | None:
        """A new one-time link's token for an account that can be reached; None, of which nobody is told, for others."""
        login = login.strip()[:64]
        if not await self._counted(login, host):
            return Refusal.TOO_OFTEN
        staff = await self.roster.by_login(login)
        if staff is None or not staff.active or staff.telegram is None:
            return None
        token = await self._do(lambda connection: made_link(staff.id, self._clock(), connection=connection))
        await self._note(staff, "sign_in.link_sent", login, host)
        return staff, str(token)

    async def session(self, token: str, *, touch: bool = True) -> Session | None:
        """The session, while it lasts. `touch`: a person uses it, not a page that refreshes itself."""
        if not token:
            return None
        now = self._clock()
        async with reading(self._writer.engine) as connection:
            row = await session_rows.find(_hash(token), connection=connection)
        if row is None or now >= row.expires_at or now - row.seen_at >= IDLE:
            return None
        staff = await self.roster.by_id(row.staff_id)
        if staff is None or not staff.active:
            return None
        if touch and now - row.seen_at >= NOTED:
            await self._do(lambda connection: session_rows.seen(_hash(token), now, connection=connection))
        return Session(staff, token, row.csrf)

    async def end(self, session: Session) -> None:
        """Sign out."""
        await self._do(lambda connection: session_rows.end(_hash(session.token), connection=connection))
        await self._note(session.staff, "sign_out", session.staff.login, "")

    async def looks(self, staff: Staff, number: str) -> tuple[str, ...]:
        """Somebody has a case open; the names of the others who have."""
        now = self._clock()
        await self._do(lambda connection: session_rows.look(number, staff.id, now, connection=connection))
        async with reading(self._writer.engine) as connection:
            rows = await session_rows.lookers(number, now - OPEN_FOR, connection=connection)
        return tuple(row.name for row in rows if row.staff_id != staff.id)

    async def note(self, staff: Staff | None, what: str, about: str, detail: dict[str, Any]) -> None:
        """Write something into the audit log."""
        now, who = self._clock(), staff.id if staff else None
        await self._do(lambda bound: audit_rows.note(now, who, VIA, what, about, detail, connection=bound))

    async def _counted(self, login: str, host: str) -> bool:
        now = self._clock()
        limits = dict(zip(_subjects(login, host), (PAIR, ACCOUNT, HOST), strict=True))

        async def count(connection: AsyncConnection) -> bool:
            made = await session_rows.tries(limits, now - WINDOW, connection=connection)
            if any(made.get(subject, 0) >= limit for subject, limit in limits.items()):
                return False
            await session_rows.add_tries(limits, now, now - WINDOW, connection=connection)
            return True

        return bool(await self._do(count))

    async def _begin(self, staff: Staff, what: str, host: str, forget: Sequence[str] = ()) -> str:
        token, csrf, now = secrets.token_urlsafe(32), secrets.token_urlsafe(24), self._clock()

        async def begin(connection: AsyncConnection) -> None:
            await session_rows.begin(_hash(token), staff.id, csrf, now, now + LASTS, connection=connection)
            await session_rows.forget_tries(forget, connection=connection)
            await audit_rows.note(now, staff.id, VIA, what, staff.login, {"host": host}, connection=connection)

        await self._do(begin)
        return token

    async def _stored(self, staff: Staff | None) -> str | None:
        if staff is None:
            return None
        async with reading(self._writer.engine) as connection:
            return await session_rows.password(staff.id, connection=connection)

    async def _note(self, staff: Staff | None, what: str, about: str, host: str) -> None:
        await self.note(staff, what, about, {"host": host} if host else {})

    async def _do(self, work: Work) -> Any:
        return await self._writer.do(self._step, work)


async def made_link(staff_id: int, now: datetime, *, connection: AsyncConnection) -> str:
    """The token of a new one-time link, within somebody's transaction."""
    token = secrets.token_urlsafe(24)
    await session_rows.add_link(_hash(token), staff_id, now + LINK_LASTS, connection=connection)
    return token


async def _each(items: Sequence[Work], connection: AsyncConnection) -> list[Any]:
    return [await work(connection) for work in items]


def _subjects(login: str, host: str) -> tuple[str, str, str]:
    return f"{login}@{host}"[:255], f"account {login}", f"host {host}"[:255]


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
