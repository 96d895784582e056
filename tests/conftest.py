"""The shipped library, and databases for tests: each test gets an empty, migrated one, on SQLite and on PostgreSQL."""

import asyncio
import os
import shutil
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NoReturn, TypeVar
from uuid import uuid4

import pytest
import structlog
from sqlalchemy import URL, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

from bot.settings import CONTENT
from db.schema import upgrade
from knowledge.library import Library, load

SOCKETS = ("/var/run/postgresql", "/tmp")
Result = TypeVar("Result")
SMALL = Path(__file__).parent / "knowledge" / "base"


def apart(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine to its end from a synchronous fixture, whatever loop this thread has."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def cannot(reason: str) -> NoReturn:
    """Skip the test, or fail it where nothing may be skipped (TUOWEN_NO_SKIP=1)."""
    if os.environ.get("TUOWEN_NO_SKIP") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


async def command(url: URL, statement: str) -> None:
    """One statement outside a transaction."""
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text(statement))
    finally:
        await engine.dispose()


@pytest.fixture(scope="session", autouse=True)
def plain_log() -> None:
    """Tracebacks as plain text: drawn in colours with all local variables one takes a second."""
    renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, renderer])


@pytest.fixture(scope="session")
def cache() -> Path:
    """Where weights are kept from run to run: learning those of the shipped content takes seconds."""
    return Path(__file__).parent.parent / "var" / "cache"


@pytest.fixture(scope="session")
def library(cache: Path) -> Library:
    """The shipped library."""
    return load(CONTENT, cache)


@pytest.fixture(scope="session")
def small_content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small content folder with the shipped wording: quick to load, for tests of the whole programme."""
    folder = Path(shutil.copytree(SMALL, tmp_path_factory.mktemp("small") / "content"))
    shutil.copytree(CONTENT / "wording", folder / "wording", dirs_exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    apart(upgrade(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """An empty SQLite database."""
    path = tmp_path / "test.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture(scope="session")
def postgres_server() -> URL | None:
    """A PostgreSQL database to make others from; None if there is no server."""
    if configured := os.environ.get("TUOWEN_TEST_DATABASE_URL"):
        return make_url(configured)
    for folder in SOCKETS:
        if Path(folder, ".s.PGSQL.5432").exists():
            url = make_url(f"postgresql+asyncpg:///postgres?host={folder}")
            try:
                apart(command(url, "SELECT 1"))
            except Exception:
                continue
            return url
    return None


@pytest.fixture(scope="session")
def postgres_database(postgres_server: URL | None) -> Iterator[URL]:
    """A migrated PostgreSQL database of this session."""
    if postgres_server is None:
        cannot("no PostgreSQL: neither TUOWEN_TEST_DATABASE_URL nor a server on the local socket")
    name = f"tuowen_test_{uuid4().hex[:12]}"
    apart(command(postgres_server, f"CREATE DATABASE {name}"))
    url = postgres_server.set(database=name)
    apart(upgrade(url.render_as_string(hide_password=False)))
    yield url
    apart(command(postgres_server, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def postgres_url(postgres_database: URL) -> str:
    """An empty PostgreSQL database."""
    names = ", ".join(table.name for table in SQLModel.metadata.sorted_tables)
    apart(command(postgres_database, f"TRUNCATE {names} RESTART IDENTITY"))
    return postgres_database.render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database, once of each kind."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url
