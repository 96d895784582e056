"""Answers on their way into the library: a draft file, checked against all entries, until an operator agrees. For the console.

Drafts lie under the state folder. Only `accept` writes into the content folder, and only what was found free of errors.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import structlog
import yaml
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import draft_file
from bot.clock import Clock, utc_now
from bot.writer import Step, Writer
from db import audit_rows, draft_rows
from db.engine import reading
from db.types import AnyRow
from knowledge.draft_entry import FOLDER, Examined, written
from knowledge.personal import without_personal

log = structlog.get_logger(__name__)

HERE = Path(__file__).resolve().parent.parent
OURSELVES = "TW"
REVIEW = timedelta(days=60)
PATIENCE = 300.0
TITLE = 30

Work = Callable[[AsyncConnection], Awaitable[Any]]


class DraftRefusal(StrEnum):
    """Why a draft does not go into the library."""

    GONE = "gone"
    SETTLED = "settled"
    UNCHECKED = "unchecked"
    ERRORS = "errors"
    EXISTS = "exists"
    READ_ONLY = "read_only"


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as an operator sees it. `values`: the entry's; `examined`: None while that is under way."""

    id: int
    number: str
    by: str
    made_at: datetime
    state: str
    path: Path
    values: dict[str, Any]
    examined: Examined | None


class FaqDrafts:
    """One per process. Examinations run one at a time, each in a process of its own."""

    def __init__(self, writer: Writer, root: Path, folder: Path, *, clock: Clock = utc_now) -> None:
        """`root`: the content folder; `folder`: where drafts wait, beside the library's cache."""
        self._writer = writer
        self._root = root.absolute()
        self._folder = folder.absolute()
        self._clock = clock
        self._step = Step(41, _each)
        self._one_at_a_time = asyncio.Lock()
        self._under_way: dict[Path, asyncio.Task[None]] = {}

    async def make(self, number: str, words: str, answer: str, staff_id: int) -> int:
        """Make a draft of a sent answer; its id. The answer is made plain text: nothing in it is a template."""
        asked, _ = without_personal(words)
        told, _ = without_personal(answer)
        async with reading(self._writer.engine) as connection:
            count = len(await draft_rows.of_case(number, connection=connection))
        name = f"case_{number}" + (f"_{count + 1}" if count else "")
        title = asked.split("\n")[0][:TITLE] or name
        values = {
            "id": f"drafts.{name}",
            "title": title,
            "phrasings": [line.strip() for line in asked.split("\n") if line.strip()] or [title],
            "answer": draft_file.untemplated(told),
            "sources": [OURSELVES],
            "review_by": f"{self._clock() + REVIEW:%Y-%m-%d}",
            "offer_person": "true",
        }
        path = self._folder / f"{name}.yaml"
        await asyncio.to_thread(draft_file.write, path, written(values))
        now = self._clock()

        async def note(connection: AsyncConnection) -> int:
            await audit_rows.note(now, staff_id, "web", "draft.make", number, {"file": name}, connection=connection)
            return await draft_rows.add(number, staff_id, path.name, now, connection=connection)

        made = int(await self._writer.do(self._step, note))
        self.examine(path)
        return made

    async def change(self, draft_id: int, values: dict[str, Any], staff_id: int) -> DraftRefusal | None:
        """Put other words into a draft that waits."""
        draft = await self.draft(draft_id)
        if draft is None or draft.state != "waiting":
            return DraftRefusal.GONE if draft is None else DraftRefusal.SETTLED
        await asyncio.to_thread(draft_file.write, draft.path, written(draft.values | values))
        await self._note(staff_id, "draft.change", draft)
        self.examine(draft.path)
        return None

    async def accept(self, draft_id: int, staff_id: int) -> DraftRefusal | None:
        """Move a draft into the content folder, where it is published with the next look at the files."""
        draft = await self.draft(draft_id)
        if draft is None or draft.state != "waiting":
            return DraftRefusal.GONE if draft is None else DraftRefusal.SETTLED
        if draft.examined is None:
            self.examine(draft.path)
            return DraftRefusal.UNCHECKED
        if draft.examined.errors:
            return DraftRefusal.ERRORS
        target = self._root / FOLDER / draft.path.name
        try:
            await asyncio.to_thread(draft_file.publish, draft.path, target)
        except FileExistsError:
            return DraftRefusal.EXISTS
        except OSError as error:
            log.warning("draft_not_published", error=str(error))
            return DraftRefusal.READ_ONLY
        await self._settle(draft, "accepted", staff_id)
        return None

    async def reject(self, draft_id: int, staff_id: int) -> DraftRefusal | None:
        """Do without a draft; its file stays where it is."""
        draft = await self.draft(draft_id)
        if draft is None or draft.state != "waiting":
            return DraftRefusal.GONE if draft is None else DraftRefusal.SETTLED
        await self._settle(draft, "rejected", staff_id)
        return None

    async def draft(self, draft_id: int) -> Draft | None:
        """A draft; one that was not yet examined as it is now will be."""
        async with reading(self._writer.engine) as connection:
            row = await draft_rows.one(draft_id, connection=connection)
        if row is None:
            return None
        draft = await asyncio.to_thread(self._read, row)
        if draft.state == "waiting" and draft.examined is None and draft.values:
            self.examine(draft.path)
        return draft

    async def listed(self, state: str = "waiting") -> list[Draft]:
        """Drafts in a state, the newest first."""
        async with reading(self._writer.engine) as connection:
            rows = await draft_rows.listed(state, connection=connection)
        return [await asyncio.to_thread(self._read, row) for row in rows]

    def examine(self, path: Path) -> None:
        """Have a draft looked at, once for each state of its file."""
        if path not in self._under_way:
            task = self._under_way[path] = asyncio.create_task(self._examine(path), name=f"draft {path.name}")
            task.add_done_callback(lambda _: self._under_way.pop(path, None))

    async def aclose(self) -> None:
        """Give up examinations that are under way; they begin again when somebody looks at their drafts."""
        for task in list(self._under_way.values()):
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def _examine(self, path: Path) -> None:
        async with self._one_at_a_time:
            digest = await asyncio.to_thread(draft_file.digest, path)
            found = await self._found(path)
            if found is not None:
                text = json.dumps({"digest": digest, **found}, ensure_ascii=False)
                await asyncio.to_thread(draft_file.write, path.with_suffix(".json"), text)

    async def _found(self, path: Path) -> dict[str, Any] | None:
        cache = self._folder.parent / "cache"
        command = (sys.executable, "-m", "knowledge.draft_entry", str(self._root), str(path), str(cache))
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, cwd=HERE, stdout=pipe, stderr=pipe)
        try:
            out, problem = await asyncio.wait_for(process.communicate(), PATIENCE)
        except BaseException:
            if process.returncode is None:
                process.kill()
                await process.wait()
            raise
        if process.returncode:
            log.error("draft_not_examined", file=path.name, problem=problem.decode("utf-8", "replace")[-2000:])
            return None
        found: dict[str, Any] = json.loads(out)
        return found

    def _read(self, row: AnyRow) -> Draft:
        path = self._folder / row.path
        try:
            values = yaml.safe_load(path.read_text("utf-8"))
        except (OSError, yaml.YAMLError):
            values = {}
        return Draft(row.id, row.number, row.name, row.made_at, row.state, path, values, draft_file.result(path))

    async def _settle(self, draft: Draft, state: str, staff_id: int) -> None:
        now = self._clock()

        async def settle(connection: AsyncConnection) -> None:
            await draft_rows.settle(draft.id, state, staff_id, now, connection=connection)
            about = {"file": draft.path.name}
            what = f"draft.{state}"
            await audit_rows.note(now, staff_id, "web", what, draft.number, about, connection=connection)

        await self._writer.do(self._step, settle)

    async def _note(self, staff_id: int, what: str, draft: Draft) -> None:
        now = self._clock()
        work: Work = lambda bound: audit_rows.note(  # noqa: E731
            now, staff_id, "web", what, draft.number, {"file": draft.path.name}, connection=bound
        )
        await self._writer.do(self._step, work)


async def _each(items: Sequence[Work], connection: AsyncConnection) -> list[Any]:
    return [await work(connection) for work in items]
