"""A messaging platform for crash tests: redelivers until acknowledged, in order per chat; and the check of what arrived."""

import asyncio
import contextlib
import json
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import open_engine, reading

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Child:
    """A running bot process. `waiting` acknowledgements by message id; all fail when the process dies."""

    process: asyncio.subprocess.Process
    waiting: dict[str, asyncio.Future[bool]] = field(default_factory=dict)

    async def deliver(self, update: dict[str, str]) -> bool:
        """Whether the message was new to the bot. Raises `ConnectionError` if the process dies first."""
        if self.process.returncode is not None:
            raise ConnectionError
        acknowledged: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.waiting[update["id"]] = acknowledged
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(update).encode() + b"\n")
        return await acknowledged

    async def listen(self) -> None:
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            answer = json.loads(line)
            acknowledged = self.waiting.pop(answer["id"], None)  # none: acknowledged twice
            if acknowledged is not None and not acknowledged.done():
                acknowledged.set_result(answer["fresh"])
        await self.process.wait()
        for acknowledged in self.waiting.values():
            if not acknowledged.done():
                acknowledged.set_exception(ConnectionError())

    async def stop(self) -> None:
        """End it the friendly way, if it still lives."""
        assert self.process.stdin is not None
        with contextlib.suppress(ConnectionError):
            self.process.stdin.close()
            await self.process.stdin.wait_closed()
        async with asyncio.timeout(20):
            await self.process.wait()


@asynccontextmanager
async def child(url: str, journal: Path, point: str = "", passing: int = 0) -> AsyncIterator[Child]:
    """A bot process, ready for messages."""
    arguments = ["-m", "tests.crash.child", url, str(journal), "--point", point, "--passing", str(passing)]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    made = Child(process)
    try:
        assert process.stdout is not None
        first = await process.stdout.readline()
        if first == b"ready\n":
            listening = asyncio.create_task(made.listen())
            yield made
            await made.stop()
            await listening
        else:
            await process.wait()
            yield made
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def updates(chats: int, each: int) -> dict[str, list[dict[str, str]]]:
    """Messages by chat, in order."""
    return {
        f"{chat}": [{"id": f"{chat}-{n}", "chat": f"{chat}", "text": f"m{n}"} for n in range(each)]
        for chat in range(1, chats + 1)
    }


async def feed(bots: Sequence[Child], waiting: dict[str, list[dict[str, str]]]) -> None:
    """Deliver each chat's messages in order, each to every bot, the next one once all have acknowledged."""

    async def chat(messages: list[dict[str, str]]) -> None:
        while messages:
            done = await asyncio.gather(*(bot.deliver(messages[0]) for bot in bots), return_exceptions=True)
            if any(isinstance(result, BaseException) for result in done):
                return
            messages.pop(0)

    async with asyncio.timeout(60):
        await asyncio.gather(*(chat(messages) for messages in waiting.values()), return_exceptions=True)


async def query(engine: AsyncEngine, sql: str) -> Sequence[Any]:
    async with reading(engine) as connection:
        return (await connection.execute(text(sql))).all()


@dataclass
class Witness:
    """Looks at the database and the journal."""

    url: str
    journal: Path
    in_doubt: set[int] = field(default_factory=set)

    async def note_unsettled(self) -> None:
        """After a kill: what was sent but not marked, and so may arrive twice."""
        engine = open_engine(self.url)
        rows = await query(engine, "SELECT id FROM outgoing WHERE state = 'sending'")
        self.in_doubt |= {row.id for row in rows}
        await engine.dispose()

    async def settled(self, seconds: float = 20.0, unless: asyncio.subprocess.Process | None = None) -> None:
        """Wait until nothing is left to send, or a process is dead."""
        engine = open_engine(self.url)
        async with asyncio.timeout(seconds):
            while await query(engine, "SELECT 1 FROM outgoing WHERE state IN ('pending', 'sending')"):
                if unless is not None and unless.returncode is not None:
                    break
                await asyncio.sleep(0.05)
        await engine.dispose()

    async def check(self, chats: int, each: int) -> None:
        """Every message decided once and answered; every answer arrived, in order; twice only where in doubt."""
        engine = open_engine(self.url)
        heard = await query(engine, "SELECT message_id FROM incoming")
        assert sorted(row.message_id for row in heard) == sorted(
            f"{c + 1}-{n}" for c in range(chats) for n in range(each)
        )
        sent = await query(engine, "SELECT id, incoming_id, state FROM outgoing ORDER BY id")
        assert len({row.incoming_id for row in sent}) == len(sent) == len(heard)
        assert {row.state for row in sent} == {"delivered"}
        await engine.dispose()
        self._check_journal(chats, each)

    def _check_journal(self, chats: int, each: int) -> None:
        arrived: dict[str, list[str]] = defaultdict(list)
        seen: set[int] = set()
        for line in self.journal.read_text().splitlines():
            entry = json.loads(line)
            if entry["id"] in seen:
                assert entry["id"] in self.in_doubt, "delivered twice outside the window"
                continue
            seen.add(entry["id"])
            arrived[entry["chat"]].append(entry["text"])
        expected = [f"{min(n, 6)}:m{n}" for n in range(each)]
        assert arrived == {f"{chat}": expected for chat in range(1, chats + 1)}
