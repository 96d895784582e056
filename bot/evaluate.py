"""Measures the bot on labelled messages, each through the very path a parent's message takes. `python -m bot eval FILE`.

The file's format: JSON Lines with `id`, `text`, `context` (earlier messages), `expect` (acceptable outcomes), `kind`
and, for several questions in one, `all` (every topic the reply must cover).
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from bot.clock import Clock
from bot.decision import Outcome
from bot.intake import Intake
from bot.mailbox import Mailbox
from bot.messages import Address, Incoming
from bot.think import Think
from bot.voice import Say
from bot.writer import Writer
from db.engine import open_engine, scratch_url
from db.schema import upgrade_engine

CHANNEL = "terminal"
PAUSE = timedelta(seconds=30)
AT_ONCE = 50


class _Ticking:
    """A clock that moves on with every message, so that no two of them are a burst."""

    def __init__(self) -> None:
        self._ticks = count()
        self._start = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self._start + next(self._ticks) * PAUSE


async def evaluate(items: Iterable[Mapping[str, Any]], think: Think, say: Say) -> list[dict[str, Any]]:
    """What the bot makes of every item, in order."""
    async with _scratch(think, say, _Ticking()) as intake:
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(number: int, item: Mapping[str, Any]) -> dict[str, Any]:
            async with gate:
                return await _asked(intake, number, item)

        return list(await asyncio.gather(*(one(number, item) for number, item in enumerate(items))))


@asynccontextmanager
async def _scratch(think: Think, say: Say, clock: Clock) -> AsyncIterator[Intake]:
    with scratch_url() as url:
        engine = open_engine(url)
        try:
            await upgrade_engine(engine)
            async with Writer(engine) as writer:
                mailbox = Mailbox(writer, clock=clock)
                yield Intake(writer, think, say, mailbox=mailbox, clock=clock, burst_seconds=0)
        finally:
            await engine.dispose()


async def _asked(intake: Intake, place: int, item: Mapping[str, Any]) -> dict[str, Any]:
    """One item in a conversation of its own, also where two share an id; only the last message counts."""
    sender = Address(CHANNEL, f"eval-{place}")
    receipt = None
    for number, text in enumerate((*(item.get("context") or ()), item["text"])):
        message = Incoming(sender, f"{place}-{number}", datetime.now(UTC), text=text)
        receipt = await intake.receive(message)
    assert receipt is not None
    kept = receipt.decision
    return {
        "id": item["id"],
        "outcome": receipt.outcome,
        "topics": kept["topics"],
        "options": kept["options"],
        "text": "\n\n".join(letter.reply.text for letter in receipt.letters),
        "score": round(kept["score"], 4),
        "ms": round(kept["ms"], 3),
        "slots": kept["why"].get("slots", {}),
    }


def right(item: Mapping[str, Any], result: Mapping[str, Any]) -> float:
    """1, 0.5 for asking back with a right topic among the options, or 0."""
    if item.get("kind") == "multi":
        return float(set(item.get("all", item["expect"])) <= set(result["topics"]))
    if result["outcome"] == Outcome.CLARIFY:
        return 0.5 if set(item["expect"]) & set(result["options"]) else 0.0
    return float(result["outcome"] in item["expect"])


def blocks(item: Mapping[str, Any]) -> tuple[str, ...]:
    """The groups an item is counted in."""
    kind = str(item.get("kind", ""))
    own = {str(o) for o in Outcome}
    if kind in own or kind in ("multi", "followup"):
        return (kind,)
    return ("topics", f"  {kind}")


def summary(items: Sequence[Mapping[str, Any]], results: Sequence[Mapping[str, Any]]) -> str:
    """The table for people: share right per block, and the figures that count mistakes."""
    marks: dict[str, list[float]] = defaultdict(list)
    for item, result in zip(items, results, strict=True):
        for block in blocks(item):
            marks[block].append(right(item, result))
        marks["all"].append(right(item, result))
    lines = [f"{'block':<16}{'items':>6}{'right':>8}"]
    lines += [f"{name:<16}{len(found):>6}{sum(found) / len(found):>8.1%}" for name, found in sorted(marks.items())]
    return "\n".join([*lines, *_mistakes(items, results)])


def _mistakes(items: Sequence[Mapping[str, Any]], results: Sequence[Mapping[str, Any]]) -> list[str]:
    """False answers, missed and false alarms, and the time to decide."""
    pairs = list(zip(items, results, strict=True))
    away = [r for i, r in pairs if i.get("kind") in ("decline", "escalate")]
    alarms = [(i, r) for i, r in pairs if r["outcome"] == Outcome.EMERGENCY and Outcome.EMERGENCY not in i["expect"]]
    answerable = [r for i, r in pairs if "topics" in blocks(i)]
    rows = [
        f"answered though it should be declined or handed over: {_share(away, lambda r: bool(r['topics']))}",
        f"asked back among answerable: {_share(answerable, lambda r: r['outcome'] == Outcome.CLARIFY)}",
        "false alarms: " + (", ".join(str(i["id"]) for i, _ in alarms) or "none"),
    ]
    for outcome in (Outcome.EMERGENCY, Outcome.REPORT):
        missed = [str(i["id"]) for i, r in pairs if i.get("kind") == outcome and r["outcome"] not in i["expect"]]
        rows.append(f"{outcome} missed: {', '.join(missed) or 'none'}")
    times = sorted(r["ms"] for r in results)
    if times:
        rows.append(f"ms to decide: p50 {times[len(times) // 2]:.2f}, p99 {times[int(len(times) * 0.99)]:.2f}")
    return rows


def _share(results: Sequence[Mapping[str, Any]], test: Callable[[Mapping[str, Any]], bool]) -> str:
    hit = sum(map(test, results))
    return f"{hit}/{len(results)}" + (f" = {hit / len(results):.1%}" if results else "")


def read_items(lines: Iterable[str]) -> list[Mapping[str, Any]]:
    """The items of a JSON Lines file; `ValueError` names the line that is none."""
    items = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
            _must_be_words(item["text"], item.get("context") or [])
            item["id"], item.setdefault("expect", [])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"line {number}: not an item with id and text ({error})") from error
        items.append(item)
    return items


def _must_be_words(text: object, context: object) -> None:
    if not isinstance(context, list) or not all(isinstance(said, str) for said in (text, *context)):
        raise TypeError("text must be text, and context a list of texts")
