"""Alembic's entry: runs migrations over the connection that `db/schema.py` hands in, inside its transaction."""

from alembic import context
from sqlmodel import SQLModel

import db.case_tables  # noqa: F401  (fills the metadata)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transactional_ddl=False,  # the caller's transaction holds the lock and spans all steps
)
context.run_migrations()
