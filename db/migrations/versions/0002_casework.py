"""Casework: staff and their desks, the history and timing of cases, cards in groups, sign-ins, the audit log."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
NEW_TABLES = (
    "faq_draft", "timer", "case_card", "case_event", "case_view", "audit", "sign_in_try", "sign_in_link", "staff_session", "binding",
    "member", "staff",
)  # fmt: skip


def upgrade() -> None:
    _staff()
    _sign_ins()
    _cases()
    _case_event()
    _others()
    with op.batch_alter_table("outgoing") as outgoing:
        outgoing.add_column(sa.Column("event_id", KEY))
        outgoing.create_foreign_key("fk_outgoing_event_id", "case_event", ["event_id"], ["id"])
    op.create_index("ix_outgoing_event_id", "outgoing", ["event_id"])


def downgrade() -> None:
    op.drop_index("ix_outgoing_event_id", "outgoing")
    with op.batch_alter_table("outgoing") as outgoing:
        outgoing.drop_constraint("fk_outgoing_event_id", type_="foreignkey")
        outgoing.drop_column("event_id")
    for name in NEW_TABLES[:4]:
        op.drop_table(name)
    op.drop_index("ix_cases_state_desk", "cases")
    with op.batch_alter_table("cases") as cases:
        for name in ("holder_id", "preferred_id"):
            cases.drop_constraint(f"fk_cases_{name}", type_="foreignkey")
        for column in _case_columns():
            cases.drop_column(column.name)
    for name in NEW_TABLES[4:]:
        op.drop_table(name)


def _id() -> sa.Column[int]:
    return sa.Column("id", KEY, nullable=False)


def _primary(table: str, column: str = "id") -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(column, name=f"pk_{table}")


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}")


def _staff() -> None:
    op.create_table(
        "staff",
        _id(),
        sa.Column("login", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("password", sa.String(255)),
        sa.Column("telegram", sa.String(32)),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("away_until", INSTANT),
        sa.Column("created_at", INSTANT, nullable=False),
        _primary("staff"),
        sa.UniqueConstraint("login", name="uq_staff_login"),
        sa.UniqueConstraint("telegram", name="uq_staff_telegram"),
    )
    op.create_table(
        "member",
        _id(),
        sa.Column("staff_id", KEY, nullable=False),
        sa.Column("desk", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        _primary("member"),
        _refers("member", "staff_id", "staff"),
        sa.UniqueConstraint("staff_id", "desk", name="uq_member_staff_id_desk"),
    )
    op.create_table(
        "binding",
        _id(),
        sa.Column("desk", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("chat", sa.String(255), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("bound_by", KEY),
        sa.Column("bound_at", INSTANT, nullable=False),
        _primary("binding"),
        _refers("binding", "bound_by", "staff"),
        sa.UniqueConstraint("channel", "chat", name="uq_binding_channel_chat"),
    )


def _sign_ins() -> None:
    op.create_table(
        "staff_session",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("staff_id", KEY, nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        _primary("staff_session", "token_hash"),
        _refers("staff_session", "staff_id", "staff"),
    )
    op.create_table(
        "sign_in_link",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("staff_id", KEY, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT),
        _primary("sign_in_link", "token_hash"),
        _refers("sign_in_link", "staff_id", "staff"),
    )
    op.create_table(
        "sign_in_try",
        _id(),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        _primary("sign_in_try"),
    )
    op.create_index("ix_sign_in_try_subject_at", "sign_in_try", ["subject", "at"])
    op.create_table(
        "audit",
        _id(),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("staff_id", KEY),
        sa.Column("via", sa.String(32), nullable=False),
        sa.Column("what", sa.String(64), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("detail", JSON, nullable=False),
        _primary("audit"),
        _refers("audit", "staff_id", "staff"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_table(
        "case_view",
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("staff_id", KEY, nullable=False, autoincrement=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("number", "staff_id", name="pk_case_view"),
        _refers("case_view", "staff_id", "staff"),
    )


def _case_columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("desk", sa.String(64)),
        sa.Column("topics", JSON, nullable=False, server_default="[]"),
        sa.Column("holder_id", KEY),
        sa.Column("preferred_id", KEY),
        sa.Column("waiting_since", INSTANT),
        sa.Column("promised_at", INSTANT),
        sa.Column("lease_until", INSTANT),
        sa.Column("first_answered_at", INSTANT),
        sa.Column("answered_at", INSTANT),
        sa.Column("settled_at", INSTANT),
        sa.Column("hurried_at", INSTANT),
        sa.Column("asked_district", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("told", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("late", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("visited", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("reopened", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("rating", sa.Integer()),
        sa.Column("rating_words", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False, server_default="0"),
    )


def _cases() -> None:
    columns = _case_columns()
    with op.batch_alter_table("cases") as cases:
        for column in columns:
            cases.add_column(column)
        for name in ("holder_id", "preferred_id"):
            cases.create_foreign_key(f"fk_cases_{name}", "staff", [name], ["id"])
    op.execute("UPDATE cases SET waiting_since = created_at")
    with op.batch_alter_table("cases") as cases:
        cases.alter_column("waiting_since", existing_type=INSTANT, nullable=False)
        for column in columns:
            if column.server_default is not None:
                cases.alter_column(column.name, existing_type=column.type, server_default=None)
    op.create_index("ix_cases_state_desk", "cases", ["state", "desk"])


def _case_event() -> None:
    op.create_table(
        "case_event",
        _id(),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("do", sa.String(16), nullable=False),
        sa.Column("who", sa.String(16), nullable=False),
        sa.Column("staff_id", KEY),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("incoming_id", KEY),
        sa.Column("quotes_id", KEY),
        _primary("case_event"),
        _refers("case_event", "case_id", "cases"),
        _refers("case_event", "staff_id", "staff"),
        _refers("case_event", "incoming_id", "incoming"),
        _refers("case_event", "quotes_id", "case_event"),
    )
    op.create_index("ix_case_event_case_id_id", "case_event", ["case_id", "id"])
    op.create_index("ix_case_event_incoming_id", "case_event", ["incoming_id"])


def _others() -> None:
    op.create_table(
        "case_card",
        _id(),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("chat", sa.String(255), nullable=False),
        sa.Column("thread", sa.String(64)),
        sa.Column("message_id", sa.String(64)),
        sa.Column("shown", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        _primary("case_card"),
        _refers("case_card", "case_id", "cases"),
        sa.UniqueConstraint("case_id", "channel", "chat", name="uq_case_card_case_id_channel_chat"),
    )
    op.create_index("ix_case_card_channel_chat_thread", "case_card", ["channel", "chat", "thread"])
    op.create_table(
        "timer",
        _id(),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("case_id", KEY),
        sa.Column("desk", sa.String(64)),
        sa.Column("detail", JSON, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("done_at", INSTANT),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text()),
        _primary("timer"),
        _refers("timer", "case_id", "cases"),
    )
    for name, column in (("ix_timer_due", "due_at"), ("ix_timer_case", "case_id")):
        undone = sa.text("done_at IS NULL")
        op.create_index(name, "timer", [column], sqlite_where=undone, postgresql_where=undone)
    op.create_table(
        "faq_draft",
        _id(),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("staff_id", KEY, nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("settled_at", INSTANT),
        sa.Column("settled_by", KEY),
        _primary("faq_draft"),
        _refers("faq_draft", "case_id", "cases"),
        _refers("faq_draft", "staff_id", "staff"),
        _refers("faq_draft", "settled_by", "staff"),
    )
