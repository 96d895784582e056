"""Opens the database as it must be opened to be durable. Called by `bot/__main__.py`, migrations and tests."""

import json
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000", "cache_size=-16000")


def open_engine(url: str) -> AsyncEngine:
    """An engine for a SQLite file (`sqlite+aiosqlite:///…`) or PostgreSQL (`postgresql+asyncpg://…`)."""
    to_json = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))
    if not is_sqlite(url):
        return create_async_engine(url, json_serializer=to_json, pool_pre_ping=True, pool_size=5, max_overflow=10)
    path = make_url(url).database
    if not path or path == ":memory:":
        raise ValueError("SQLite needs a file here; use scratch_url() for a database that may vanish")
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(url, json_serializer=to_json)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection for queries that change nothing; on SQLite it waits for no writer."""
    async with engine.connect() as connection:
        yield await connection.execution_options(reading=True)


def is_sqlite(url: str) -> bool:
    """Whether the address names a SQLite database."""
    return url.startswith("sqlite")


@contextmanager
def scratch_url() -> Iterator[str]:
    """The address of an empty SQLite database that is deleted afterwards (evaluation, previews)."""
    with tempfile.TemporaryDirectory(prefix="tuowen-") as folder:
        yield f"sqlite+aiosqlite:///{folder}/scratch.db"


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy says BEGIN itself; the driver's own would come too late to lock
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
