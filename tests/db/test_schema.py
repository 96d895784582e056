"""Migrations lead to exactly the tables, and may run from several processes at once."""

import asyncio
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from db.engine import open_engine, reading
from db.schema import config, upgrade


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, SQLModel.metadata))


async def test_migrations_equal_tables(database_url: str) -> None:
    engine = open_engine(database_url)
    async with engine.begin() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_upgrade_again_changes_nothing(database_url: str) -> None:
    await upgrade(database_url)


async def test_processes_may_start_together(database_url: str) -> None:
    engine = open_engine(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(lambda bound: command.downgrade(config(bound), "base"))
    await asyncio.gather(*(upgrade(database_url) for _ in range(4)))
    async with engine.begin() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_sqlite_is_opened_durably(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10000}
    async with reading(engine) as connection:
        found = {name: (await connection.execute(text(f"PRAGMA {name}"))).scalar_one() for name in expected}
    await engine.dispose()
    assert found == expected
