"""The soak: the whole product between parents, staff, a failing network and SIGKILL: `make soak`. Exits with 1 on any violation."""

import argparse
import asyncio
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from sqlalchemy import text

from bench.__main__ import free_port, postgresql
from bench.soak_check import Stored, figures, violations
from bench.soak_world import Plan
from bench.subjects import process, product
from bot.settings import CONTENT
from db import binding_rows, staff_rows
from db.engine import open_engine, reading
from db.schema import upgrade
from tests.fakes.bot_api import TOKEN

QUIET = 3.0
"""Seconds without anything open after which the soak counts as settled."""


@dataclass
class Outcome:
    """What a soak found."""

    database: str
    plan: Plan
    kills: int
    seconds: float = 0.0
    settled: bool = False
    figures: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)

    def table(self) -> str:
        """The figures for people."""
        values = {"database": self.database, "kills": self.kills, "seconds": round(self.seconds), **self.figures}
        lines = [f"| {name} | {value} |" for name, value in values.items()]
        found = [f"- {line}" for line in self.violations] or ["no violation"]
        return "\n".join(["| soak | |", "|---|---|", *lines, "", *found])


def content(folder: Path, plan: Plan) -> Path:
    """The shipped content with one desk and one district per group."""
    made = Path(shutil.copytree(CONTENT, folder / "content"))
    names = [plan.district(n) for n in range(plan.groups)]
    places = yaml.safe_load((made / "places.yaml").read_text("utf-8"))
    places["districts"] += [{"name": name, "aliases": [name]} for name in names]
    (made / "places.yaml").write_text(yaml.safe_dump(places, allow_unicode=True), "utf-8")
    desks: list[dict[str, Any]] = [{"id": "common", "name": "托育服务工作人员"}]
    desks += [{"id": f"desk{n}", "name": "托育服务工作人员", "districts": [name]} for n, name in enumerate(names)]
    (made / "desks.yaml").write_text(yaml.safe_dump({"desks": desks}, allow_unicode=True), "utf-8")
    return made


async def staffed(url: str, plan: Plan) -> None:
    """A migrated database with accounts and bound groups."""
    await upgrade(url)
    engine, now = open_engine(url), datetime.now(UTC)
    async with engine.begin() as connection:
        keys = {}
        for number in range(501, 501 + plan.staff):
            keys[number] = await staff_rows.add(
                f"staff{number}", f"Staff{number}", "staff", now, telegram=str(number), connection=connection
            )
        for n, chat in enumerate(plan.chats):
            mode = "topics" if n < plan.topics else "plain"
            await binding_rows.bind(f"desk{n}", "telegram", str(chat), mode, None, now, connection=connection)
            for number in plan.members(n):
                await staff_rows.join(keys[number], f"desk{n}", "member", now, connection=connection)
    await engine.dispose()


class Product:
    """The bot, which can be killed and started again."""

    def __init__(self, arguments: list[str], environment: dict[str, str]) -> None:
        self._arguments = arguments
        self._environment = environment
        self._stack = AsyncExitStack()
        self._drain: asyncio.Task[bytes] | None = None
        self._child: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it; returns at once."""
        self._child = await self._stack.enter_async_context(process(*self._arguments, **self._environment))
        assert self._child.stdout is not None
        self._drain = asyncio.create_task(self._child.stdout.read())

    async def kill(self) -> None:
        """SIGKILL and a new process."""
        assert self._child is not None
        if self._child.returncode is not None:
            raise RuntimeError(f"the product ended by itself: {self._child.returncode}")
        self._child.kill()
        await self._child.wait()
        await self.start()

    async def close(self) -> None:
        """End it the friendly way."""
        await self._stack.aclose()


@asynccontextmanager
async def database(kind: str, folder: Path) -> AsyncIterator[str]:
    """The address of an empty database."""
    if kind == "sqlite":
        (folder / "data").mkdir(exist_ok=True)
        yield f"sqlite+aiosqlite:///{folder}/data/tuowen.db"
        return
    async with postgresql() as url:
        if url is None:
            raise SystemExit("no PostgreSQL: neither TUOWEN_TEST_DATABASE_URL nor a server on the local socket")
        yield url


async def soak(kind: str, plan: Plan, kills: int, patience: float) -> Outcome:
    """Run one soak; `patience`: seconds from the start after which it must have settled."""
    outcome = Outcome(kind, plan, kills)
    with tempfile.TemporaryDirectory(prefix="tuowen-soak-") as name:
        folder = Path(name)
        async with database(kind, folder) as url:
            await staffed(url, plan)
            async with process("-m", "bench.soak_world", json.dumps(asdict(plan))) as world:
                assert world.stdout is not None
                api = (await asyncio.wait_for(world.stdout.readline(), 30)).decode().strip()
                await _run(outcome, url, api, folder, patience)
    return outcome


async def _run(outcome: Outcome, url: str, api: str, folder: Path, patience: float) -> None:
    port = free_port()
    arguments, environment = product(folder / "state", url, int(api.rpartition(":")[2]), port)
    environment |= {
        "TUOWEN_TELEGRAM_TOKEN": TOKEN,
        "TUOWEN_KNOWLEDGE_DIR": str(content(folder, outcome.plan)),
        "TUOWEN_TELEGRAM_RATE": "1000",
        "TUOWEN_LOG_LEVEL": os.environ.get("TUOWEN_LOG_LEVEL", "ERROR"),
    }
    bot = Product(arguments, environment)
    begun = time.monotonic()
    async with aiohttp.ClientSession(api) as session:
        await bot.start()
        try:
            killing = asyncio.create_task(_kill(bot, outcome, session))
            try:
                async with asyncio.timeout(patience):
                    await killing
                    await _settled(url, session)
                outcome.settled = True
            except TimeoutError:
                killing.cancel()
                outcome.violations.append(f"not settled after {patience:.0f} s: {await _get(session, 'status')}")
            outcome.seconds = time.monotonic() - begun
            seen = await _get(session, "transcript")
        finally:
            await bot.close()
    engine = open_engine(url)
    stored = await Stored.read(engine)
    await engine.dispose()
    outcome.figures, outcome.faults = figures(stored, seen), seen["faults"]
    outcome.violations += violations(stored, seen)


async def _kill(bot: Product, outcome: Outcome, session: aiohttp.ClientSession) -> None:
    """Kill it at random moments while the parents write."""
    while not (await _get(session, "status"))["asked"]:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    begun, dice = time.monotonic(), random.Random(outcome.plan.seed)
    for moment in sorted(dice.uniform(0.1, 0.95) * outcome.plan.seconds for _ in range(outcome.kills)):
        await asyncio.sleep(max(0.0, begun + moment - time.monotonic()))
        await bot.kill()


async def _settled(url: str, session: aiohttp.ClientSession) -> None:
    """Until everything is said, taken, answered and delivered, and stays so for a moment."""
    engine = open_engine(url)
    calm = time.monotonic()
    last: object = None
    while time.monotonic() - calm < QUIET:
        status = await _get(session, "status")
        busy = not status["asked_all"] or status["lanes"] or any(status.get(s) for s in ("new", "claiming", "writing"))
        async with reading(engine) as connection:
            left = await connection.execute(text(
                "SELECT (SELECT count(*) FROM outgoing WHERE state IN ('pending', 'sending'))"
                " + (SELECT count(*) FROM cases WHERE state IN ('new', 'transferred', 'reopened', 'claimed'))"
            ))  # fmt: skip
            open_rows = left.scalar_one()
        if busy or open_rows:
            calm = time.monotonic()
        if os.environ.get("SOAK_VERBOSE") and (status, open_rows) != last:
            print(status, open_rows, file=sys.stderr, flush=True)  # noqa: T201
            last = (status, open_rows)
        await asyncio.sleep(0.5)
    await engine.dispose()


async def _get(session: aiohttp.ClientSession, what: str) -> dict[str, Any]:
    async with session.get(f"/soak/{what}") as answer:
        found: dict[str, Any] = await answer.json()
        return found


def main() -> None:
    usual = Plan()
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    for name in ("parents", "messages", "cases", "staff", "groups", "topics", "seed"):
        options.add_argument(f"--{name}", type=int, default=getattr(usual, name))
    for name in ("seconds", "flood", "broken", "dropped", "reset"):
        options.add_argument(f"--{name}", type=float, default=getattr(usual, name))
    options.add_argument("--kills", type=int, default=8)
    options.add_argument("--patience", type=float, default=470.0, help="seconds after which all must have settled")
    options.add_argument("--json", type=Path, help="where to write the figures too")
    chosen = vars(options.parse_args())
    kind, kills, patience, path = (chosen.pop(name) for name in ("database", "kills", "patience", "json"))
    outcome = asyncio.run(soak(kind, Plan(**chosen), kills, patience))
    found = json.dumps(asdict(outcome), ensure_ascii=False, indent=1)
    if path is not None:
        path.write_text(found, "utf-8")
    print(outcome.table(), found, sep="\n\n")  # noqa: T201
    sys.exit(bool(outcome.violations))


if __name__ == "__main__":
    main()
