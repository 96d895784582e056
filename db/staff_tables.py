"""Who works on cases and from where, as tables: accounts, desks' members and groups, sign-ins, the audit log."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, String, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from db.tables import key_column
from db.types import Instant, Json, Key


def staff_key(*, required: bool = True) -> Column[int]:
    """A column that names a staff account."""
    return Column(Key, ForeignKey("staff.id"), nullable=not required)


class Staff(SQLModel, table=True):
    """An account. `name` is what colleagues see; `telegram` the user id there; `password` a hash."""

    id: int | None = Field(default=None, sa_column=key_column())
    login: str = Field(sa_column=Column(String(64), nullable=False, unique=True))
    name: str = Field(sa_column=Column(String(64), nullable=False))
    role: str = Field(sa_column=Column(String(16), nullable=False))
    password: str | None = Field(sa_column=Column(String(255)))
    telegram: str | None = Field(sa_column=Column(String(32), unique=True))
    active: bool = Field(nullable=False)
    away_until: datetime | None = Field(sa_column=Column(Instant))
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class Member(SQLModel, table=True):
    """That somebody works at a desk, or has asked to (`state`: asked, member)."""

    __table_args__ = (UniqueConstraint("staff_id", "desk"),)

    id: int | None = Field(default=None, sa_column=key_column())
    staff_id: int = Field(sa_column=staff_key())
    desk: str = Field(sa_column=Column(String(64), nullable=False))
    state: str = Field(sa_column=Column(String(16), nullable=False))
    since: datetime = Field(sa_column=Column(Instant, nullable=False))


class Binding(SQLModel, table=True):
    """A desk's group on a channel. `mode`: topics, or plain for groups that have none."""

    __table_args__ = (UniqueConstraint("channel", "chat"),)

    id: int | None = Field(default=None, sa_column=key_column())
    desk: str = Field(sa_column=Column(String(64), nullable=False))
    channel: str = Field(sa_column=Column(String(32), nullable=False))
    chat: str = Field(sa_column=Column(String(255), nullable=False))
    mode: str = Field(sa_column=Column(String(16), nullable=False))
    bound_by: int | None = Field(sa_column=staff_key(required=False))
    bound_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class StaffSession(SQLModel, table=True):
    """A sign-in on the web; the browser holds what hashes to `token_hash`."""

    __tablename__ = "staff_session"

    token_hash: str = Field(sa_column=Column(String(64), primary_key=True))
    staff_id: int = Field(sa_column=staff_key())
    csrf: str = Field(sa_column=Column(String(64), nullable=False))
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    seen_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    expires_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class SignInLink(SQLModel, table=True):
    """A link that signs in once."""

    __tablename__ = "sign_in_link"

    token_hash: str = Field(sa_column=Column(String(64), primary_key=True))
    staff_id: int = Field(sa_column=staff_key())
    expires_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    used_at: datetime | None = Field(sa_column=Column(Instant))


class SignInTry(SQLModel, table=True):
    """A failed sign-in, counted by `subject` (an account or an address)."""

    __tablename__ = "sign_in_try"
    __table_args__ = (Index(None, "subject", "at"),)

    id: int | None = Field(default=None, sa_column=key_column())
    subject: str = Field(sa_column=Column(String(255), nullable=False))
    at: datetime = Field(sa_column=Column(Instant, nullable=False))


class CaseView(SQLModel, table=True):
    """That somebody had a case open on the web a moment ago: colleagues are told, so that two do not write at once."""

    __tablename__ = "case_view"

    number: str = Field(sa_column=Column(String(32), primary_key=True))
    staff_id: int = Field(sa_column=Column(Key, ForeignKey("staff.id"), primary_key=True, autoincrement=False))
    seen_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class Audit(SQLModel, table=True):
    """Who did what, when and through which door. Rows are only ever added."""

    __table_args__ = (Index(None, "at"),)

    id: int | None = Field(default=None, sa_column=key_column())
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    staff_id: int | None = Field(sa_column=staff_key(required=False))
    via: str = Field(sa_column=Column(String(32), nullable=False))
    what: str = Field(sa_column=Column(String(64), nullable=False))
    about: str = Field(sa_column=Column(Text, nullable=False))
    detail: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
