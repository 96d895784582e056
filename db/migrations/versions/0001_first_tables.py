"""The first tables: talk (conversation, incoming, outgoing), cases, unreadable updates, delivering processes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _conversation()
    _incoming()
    _outgoing()
    _cases()
    _others()


def downgrade() -> None:
    for name in ("worker", "unreadable", "cases", "outgoing", "incoming", "conversation"):
        op.drop_table(name)


def _conversation() -> None:
    op.create_table(
        "conversation",
        sa.Column("id", KEY, nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("address", sa.String(255), nullable=False),
        sa.Column("context", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conversation"),
        sa.UniqueConstraint("channel", "address", name="uq_conversation_channel_address"),
    )


def _incoming() -> None:
    op.create_table(
        "incoming",
        sa.Column("id", KEY, nullable=False),
        sa.Column("conversation_id", KEY, nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("message_id", sa.String(255), nullable=False),
        sa.Column("reference", sa.String(255), nullable=False),
        sa.Column("edits", sa.String(255)),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("outcome", sa.String(64), nullable=False),
        sa.Column("decision", JSON, nullable=False),
        sa.Column("replaced_by", KEY),
        sa.PrimaryKeyConstraint("id", name="pk_incoming"),
        sa.UniqueConstraint("channel", "message_id", name="uq_incoming_channel_message_id"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_incoming_conversation_id"),
        sa.ForeignKeyConstraint(["replaced_by"], ["incoming.id"], name="fk_incoming_replaced_by"),
    )
    op.create_index("ix_incoming_conversation_id_id", "incoming", ["conversation_id", "id"])


def _outgoing() -> None:
    op.create_table(
        "outgoing",
        sa.Column("id", KEY, nullable=False),
        sa.Column("conversation_id", KEY, nullable=False),
        sa.Column("incoming_id", KEY),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("sender", sa.String(16), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("fleeting", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("settled_at", INSTANT),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String(36)),
        sa.Column("external_id", sa.String(255)),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_outgoing"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_outgoing_conversation_id"),
        sa.ForeignKeyConstraint(["incoming_id"], ["incoming.id"], name="fk_outgoing_incoming_id"),
    )
    op.create_index("ix_outgoing_conversation_id_id", "outgoing", ["conversation_id", "id"])
    op.create_index("ix_outgoing_incoming_id", "outgoing", ["incoming_id"])
    _partial_index("ix_outgoing_open", ["conversation_id", "id"], "state IN ('pending', 'sending')")
    _partial_index("ix_outgoing_pending", ["channel", "id"], "state = 'pending'")
    _partial_index("ix_outgoing_sending", ["lease_owner"], "state = 'sending'")


def _partial_index(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "outgoing", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", KEY, nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("conversation_id", KEY, nullable=False),
        sa.Column("incoming_id", KEY, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("understood", JSON, nullable=False),
        sa.Column("district", sa.String(64)),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.UniqueConstraint("number", name="uq_cases_number"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_cases_conversation_id"),
        sa.ForeignKeyConstraint(["incoming_id"], ["incoming.id"], name="fk_cases_incoming_id"),
    )
    op.create_index("ix_cases_conversation_id_id", "cases", ["conversation_id", "id"])


def _others() -> None:
    op.create_table(
        "unreadable",
        sa.Column("id", KEY, nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unreadable"),
        sa.UniqueConstraint("channel", "digest", name="uq_unreadable_channel_digest"),
    )
    op.create_table(
        "worker",
        sa.Column("name", sa.String(36), nullable=False),
        sa.Column("alive_until", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_worker"),
    )
