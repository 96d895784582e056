"""What happened, as tables. Written and read through the modules beside this one; migrations are in `db/migrations`."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from db.types import Instant, Json, Key

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Delivery(StrEnum):
    """What has become of an outgoing message; the first two are open, the others final."""

    PENDING = "pending"
    SENDING = "sending"
    DELIVERED = "delivered"
    UNDELIVERABLE = "undeliverable"
    WITHDRAWN = "withdrawn"


OPEN = (Delivery.PENDING, Delivery.SENDING)


def partial_index(name: str, *columns: str, where: str) -> Index:
    """An index over the rows for which `where` holds."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


def key_column() -> Column[int]:
    """A primary key that the database counts up."""
    return Column(Key, primary_key=True)


class Conversation(SQLModel, table=True):
    """One address that is talked with, and what is remembered of the talk. Its row is the lock that keeps order."""

    __table_args__ = (UniqueConstraint("channel", "address"),)

    id: int | None = Field(default=None, sa_column=key_column())
    channel: str = Field(sa_column=Column(String(32), nullable=False))
    address: str = Field(sa_column=Column(String(255), nullable=False))
    context: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    updated_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class Incoming(SQLModel, table=True):
    """One message from a person and what was decided about it. `replaced_by`: its reply gave way to that one's."""

    __table_args__ = (
        UniqueConstraint("channel", "message_id"),
        Index(None, "conversation_id", "id"),
    )

    id: int | None = Field(default=None, sa_column=key_column())
    conversation_id: int = Field(sa_column=Column(Key, ForeignKey("conversation.id"), nullable=False))
    channel: str = Field(sa_column=Column(String(32), nullable=False))
    message_id: str = Field(sa_column=Column(String(255), nullable=False))
    reference: str = Field(sa_column=Column(String(255), nullable=False))
    edits: str | None = Field(sa_column=Column(String(255)))
    text: str = Field(sa_column=Column(Text, nullable=False))
    payload: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    sent_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    received_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    outcome: str = Field(sa_column=Column(String(64), nullable=False))
    decision: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    replaced_by: int | None = Field(sa_column=Column(Key, ForeignKey("incoming.id")))


class Outgoing(SQLModel, table=True):
    """One message to an address. Ids of one conversation grow in the order in which they must arrive.

    `held`: it waits for the burst window and may be withdrawn. `fleeting`: its words are blanked once delivered.
    `event_id`: the event of a case that it tells of.
    """

    __table_args__ = (
        Index(None, "conversation_id", "id"),
        Index(None, "incoming_id"),
        Index(None, "event_id"),
        partial_index("ix_outgoing_open", "conversation_id", "id", where="state IN ('pending', 'sending')"),
        partial_index("ix_outgoing_pending", "channel", "id", where="state = 'pending'"),
        partial_index("ix_outgoing_sending", "lease_owner", where="state = 'sending'"),
    )

    id: int | None = Field(default=None, sa_column=key_column())
    conversation_id: int = Field(sa_column=Column(Key, ForeignKey("conversation.id"), nullable=False))
    incoming_id: int | None = Field(sa_column=Column(Key, ForeignKey("incoming.id")))
    event_id: int | None = Field(default=None, sa_column=Column(Key, ForeignKey("case_event.id")))
    channel: str = Field(sa_column=Column(String(32), nullable=False))
    sender: str = Field(sa_column=Column(String(16), nullable=False))
    payload: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    state: str = Field(sa_column=Column(String(16), nullable=False))
    held: bool = Field(default=False, nullable=False)
    fleeting: bool = Field(default=False, nullable=False)
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    due_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    settled_at: datetime | None = Field(sa_column=Column(Instant))
    attempts: int = Field(default=0, nullable=False)
    lease_owner: str | None = Field(sa_column=Column(String(36)))
    external_id: str | None = Field(sa_column=Column(String(255)))
    reason: str | None = Field(sa_column=Column(Text))


class Unreadable(SQLModel, table=True):
    """An update that a door could not read, kept as it came. `digest` keeps a redelivery from being stored twice."""

    __table_args__ = (UniqueConstraint("channel", "digest"),)

    id: int | None = Field(default=None, sa_column=key_column())
    channel: str = Field(sa_column=Column(String(32), nullable=False))
    digest: str = Field(sa_column=Column(String(64), nullable=False))
    raw: str = Field(sa_column=Column(Text, nullable=False))
    reason: str = Field(sa_column=Column(Text, nullable=False))
    received_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class Worker(SQLModel, table=True):
    """A process that delivers. What it leased is its own until `alive_until`; then others may take it over."""

    name: str = Field(sa_column=Column(String(36), primary_key=True))
    alive_until: datetime = Field(sa_column=Column(Instant, nullable=False))


def table(model: type[SQLModel]) -> Table:
    """The Core table behind a model, for set-based statements."""
    return SQLModel.metadata.tables[str(model.__tablename__)]
