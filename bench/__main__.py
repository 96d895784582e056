"""Prints the table: the product on each database beside the bare echo, at each round trip of the fake Bot API."""

import argparse
import asyncio
import os
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from bench.load import IN_FLIGHT
from bench.subjects import Figures, measure, product

DELAYS_MS = (0, 80)
SOCKET = "/var/run/postgresql"


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def postgresql() -> AsyncIterator[str | None]:
    """The address of an empty PostgreSQL database that is dropped afterwards; None without a server."""
    given = os.environ.get("TUOWEN_TEST_DATABASE_URL")
    if not given and not Path(SOCKET, ".s.PGSQL.5432").exists():  # noqa: ASYNC240
        yield None
        return
    server = make_url(given or f"postgresql+asyncpg:///postgres?host={SOCKET}")
    name = f"tuowen_bench_{uuid4().hex[:8]}"
    engine = create_async_engine(server, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
        try:
            yield server.set(database=name).render_as_string(hide_password=False)
        finally:
            await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    await engine.dispose()


async def run(seconds: float) -> list[Figures]:
    """All measurements, one after the other."""
    lines = []
    with tempfile.TemporaryDirectory(prefix="tuowen-bench-") as folder:
        for delay in DELAYS_MS:
            port, api = free_port(), free_port()
            echo = ["-m", "bench.echo", str(port), f"http://127.0.0.1:{api}"]
            lines.append(await measure("bare PTB echo, no database", delay, seconds, api, echo, {}))
            sqlite = product(Path(folder, "s"), f"sqlite+aiosqlite:///{folder}/s/tuowen.db", api, port)
            lines.append(await measure("Tuowen, SQLite (FULL)", delay, seconds, api, *sqlite))
            async with postgresql() as url:
                if url is not None:
                    arguments = product(Path(folder, "p"), url, api, port)
                    lines.append(await measure("Tuowen, PostgreSQL", delay, seconds, api, *arguments))
    return lines


def table(lines: list[Figures]) -> str:
    """The figures as a Markdown table; the ratio is to the bare echo at the same round trip."""
    head = "| bot | Bot API | updates/s | ratio | p50 ms | p99 ms | CPU ms/update | peak MB | lost |"
    rows = [head, "|---|---|---|---|---|---|---|---|---|"]
    echo = {line.delay_ms: line.rate for line in lines if "echo" in line.name}
    rows += [
        f"| {line.name} | {line.delay_ms} ms | {line.rate:.0f} | {line.rate / echo[line.delay_ms]:.2f} | {line.p50_ms:.0f} "
        f"| {line.p99_ms:.0f} | {line.cpu_ms:.2f} | {line.peak_mb:.0f} | {line.lost} |"
        for line in lines
    ]
    return "\n".join(rows)


def main() -> None:
    options = argparse.ArgumentParser(description=f"Whole product, one process, {IN_FLIGHT} updates in flight.")
    options.add_argument("--seconds", type=float, default=10.0, help="how long each bot is loaded")
    print(table(asyncio.run(run(options.parse_args().seconds))))  # noqa: T201


if __name__ == "__main__":
    main()
