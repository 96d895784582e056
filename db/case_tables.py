"""What a person has to look at, as tables: cases, their history, their cards in groups, and what is due when."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, String, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from db.staff_tables import staff_key
from db.tables import key_column, partial_index
from db.types import Instant, Json, Key


class Case(SQLModel, table=True):
    """Something a person has to look at. `number` is what the parent can quote.

    `waiting_since`: when the parent's clock began; `told`: the parent knows `promised_at`; `late`: a promise was missed;
    `version` grows with every event.
    """

    __tablename__ = "cases"
    __table_args__ = (Index(None, "conversation_id", "id"), Index(None, "state", "desk"))

    id: int | None = Field(default=None, sa_column=key_column())
    number: str = Field(sa_column=Column(String(32), nullable=False, unique=True))
    priority: int = Field(nullable=False)
    state: str = Field(sa_column=Column(String(16), nullable=False))
    conversation_id: int = Field(sa_column=Column(Key, ForeignKey("conversation.id"), nullable=False))
    incoming_id: int = Field(sa_column=Column(Key, ForeignKey("incoming.id"), nullable=False))
    words: str = Field(sa_column=Column(Text, nullable=False))
    understood: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    district: str | None = Field(sa_column=Column(String(64)))
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    desk: str | None = Field(sa_column=Column(String(64)))
    topics: list[str] = Field(sa_column=Column(Json, nullable=False))
    holder_id: int | None = Field(sa_column=staff_key(required=False))
    preferred_id: int | None = Field(sa_column=staff_key(required=False))
    waiting_since: datetime = Field(sa_column=Column(Instant, nullable=False))
    promised_at: datetime | None = Field(sa_column=Column(Instant))
    lease_until: datetime | None = Field(sa_column=Column(Instant))
    first_answered_at: datetime | None = Field(sa_column=Column(Instant))
    answered_at: datetime | None = Field(sa_column=Column(Instant))
    settled_at: datetime | None = Field(sa_column=Column(Instant))
    hurried_at: datetime | None = Field(sa_column=Column(Instant))
    asked_district: bool = Field(nullable=False)
    told: bool = Field(nullable=False)
    late: bool = Field(nullable=False)
    visited: bool = Field(nullable=False)
    reopened: int = Field(nullable=False)
    rating: int | None = Field()
    rating_words: str | None = Field(sa_column=Column(Text))
    version: int = Field(nullable=False)


class CaseEvent(SQLModel, table=True):
    """One thing that happened to a case. `payload`: via, attachments, desks, reason, value."""

    __tablename__ = "case_event"
    __table_args__ = (Index(None, "case_id", "id"), Index(None, "incoming_id"))

    id: int | None = Field(default=None, sa_column=key_column())
    case_id: int = Field(sa_column=Column(Key, ForeignKey("cases.id"), nullable=False))
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    do: str = Field(sa_column=Column(String(16), nullable=False))
    who: str = Field(sa_column=Column(String(16), nullable=False))
    staff_id: int | None = Field(sa_column=staff_key(required=False))
    text: str = Field(sa_column=Column(Text, nullable=False))
    payload: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    incoming_id: int | None = Field(sa_column=Column(Key, ForeignKey("incoming.id")))
    quotes_id: int | None = Field(sa_column=Column(Key, ForeignKey("case_event.id")))


class CaseCard(SQLModel, table=True):
    """A case as it is shown in a group. `thread`: the topic; `shown`: digest of what the card last said."""

    __tablename__ = "case_card"
    __table_args__ = (UniqueConstraint("case_id", "channel", "chat"), Index(None, "channel", "chat", "thread"))

    id: int | None = Field(default=None, sa_column=key_column())
    case_id: int = Field(sa_column=Column(Key, ForeignKey("cases.id"), nullable=False))
    channel: str = Field(sa_column=Column(String(32), nullable=False))
    chat: str = Field(sa_column=Column(String(255), nullable=False))
    thread: str | None = Field(sa_column=Column(String(64)))
    message_id: str | None = Field(sa_column=Column(String(64)))
    shown: str = Field(sa_column=Column(String(64), nullable=False))
    state: str = Field(sa_column=Column(String(16), nullable=False))
    made_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class Timer(SQLModel, table=True):
    """Something due at a time, about a case or a desk. `tries`: how often it failed, `problem` how."""

    __table_args__ = (
        partial_index("ix_timer_due", "due_at", where="done_at IS NULL"),
        partial_index("ix_timer_case", "case_id", where="done_at IS NULL"),
    )

    id: int | None = Field(default=None, sa_column=key_column())
    kind: str = Field(sa_column=Column(String(32), nullable=False))
    case_id: int | None = Field(sa_column=Column(Key, ForeignKey("cases.id")))
    desk: str | None = Field(sa_column=Column(String(64)))
    detail: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    due_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    done_at: datetime | None = Field(sa_column=Column(Instant))
    tries: int = Field(nullable=False)
    problem: str | None = Field(sa_column=Column(Text))


class FaqDraft(SQLModel, table=True):
    """An answer that may become an entry of the library, once an operator agrees (`state`: waiting, accepted, rejected)."""

    __tablename__ = "faq_draft"

    id: int | None = Field(default=None, sa_column=key_column())
    case_id: int = Field(sa_column=Column(Key, ForeignKey("cases.id"), nullable=False))
    staff_id: int = Field(sa_column=staff_key())
    path: str = Field(sa_column=Column(Text, nullable=False))
    state: str = Field(sa_column=Column(String(16), nullable=False))
    made_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    settled_at: datetime | None = Field(sa_column=Column(Instant))
    settled_by: int | None = Field(sa_column=staff_key(required=False))
