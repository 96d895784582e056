"""Brings a database to the present shape. Called once at start, before anything else touches it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

import db.case_tables  # noqa: F401  (all tables are known wherever a database is opened)
from db.engine import open_engine

# Any number does, if it is the same in every process: whoever holds it may migrate, the others wait.
MIGRATION_LOCK = 7_304_118


async def upgrade(url: str) -> None:
    """Run the missing migrations on the database at `url`; several processes may do so at once."""
    engine = open_engine(url)
    try:
        await upgrade_engine(engine)
    finally:
        await engine.dispose()


async def upgrade_engine(engine: AsyncEngine) -> None:
    """The same over an open engine."""
    async with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        await connection.run_sync(_to_head)


def _to_head(connection: Connection) -> None:
    command.upgrade(config(connection), "head")


def config(connection: Connection) -> Config:
    """Alembic's configuration over an open connection."""
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    configuration.set_main_option("path_separator", "os")
    configuration.attributes["connection"] = connection
    return configuration
