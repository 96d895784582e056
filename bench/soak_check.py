"""What must hold after a soak, read from the database and from the transcript of the fake Telegram."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.case import QUEUED, WAITING, Do, State, Who, after
from db.engine import reading

WINDOW, MOST = 60.0, 20
COUNTED = ("send", "copy", "editMessage")
"""Beginnings of the methods that count against a group's limit; topic methods are shown beside."""

Transcript = dict[str, Any]


@dataclass(frozen=True)
class Stored:
    """The database after the soak."""

    incoming: Sequence[Any]
    outgoing: Sequence[Any]
    cases: Sequence[Any]
    events: Sequence[Any]

    @classmethod
    async def read(cls, engine: AsyncEngine) -> "Stored":
        async with reading(engine) as connection:

            async def rows(query: str) -> Sequence[Any]:
                return (await connection.execute(text(query))).all()

            return cls(
                await rows("SELECT id, message_id, reference, conversation_id, outcome FROM incoming ORDER BY id"),
                await rows(
                    "SELECT o.id, o.incoming_id, o.event_id, o.state, o.external_id, o.reason, c.address"
                    " FROM outgoing o JOIN conversation c ON c.id = o.conversation_id ORDER BY o.id"
                ),
                await rows("SELECT id, number, state, incoming_id FROM cases ORDER BY id"),
                await rows('SELECT id, case_id, "do", who, staff_id, incoming_id, text FROM case_event ORDER BY id'),
            )


def violations(stored: Stored, seen: Transcript) -> Iterator[str]:
    """Every broken promise, one sentence each."""
    yield from _messages(stored, seen)
    yield from _cases(stored, seen)
    yield from _echoes(stored, seen)
    yield from _claims(stored, seen)
    yield from _limits(seen)
    yield from _order(stored, seen)


def _messages(stored: Stored, seen: Transcript) -> Iterator[str]:
    known = Counter(row.message_id for row in stored.incoming)
    yield from (f"lost message: update {said['update']}" for said in seen["said"] if not known[str(said["update"])])
    yield from (f"message stored {times} times: update {key}" for key, times in known.items() if times > 1)
    for row in stored.outgoing:
        if row.state not in ("delivered", "withdrawn"):
            yield f"lost message: outgoing {row.id} to {row.address} is {row.state} ({row.reason})"
    answered = {row.incoming_id for row in stored.outgoing if row.state == "delivered"}
    answered |= {event.incoming_id for event in stored.events}  # what is added to a case goes to staff
    updates = {str(said["update"]) for said in seen["said"]}
    for row in stored.incoming:
        if row.message_id in updates and row.id not in answered:
            yield f"lost message: update {row.message_id} ({row.outcome}) got no answer"


def _cases(stored: Stored, seen: Transcript) -> Iterator[str]:
    updates = {row.id: row.message_id for row in stored.incoming}
    made = Counter(updates[case.incoming_id] for case in stored.cases)
    for said in seen["said"]:
        if said["group"] >= 0 and made[str(said["update"])] != 1:
            yield f"lost case: update {said['update']} made {made[str(said['update'])]} cases"
    shown = set(seen["answers"])
    yield from (f"lost case: {case.number} never shown to staff" for case in stored.cases if case.number not in shown)


def _echoes(stored: Stored, seen: Transcript) -> Iterator[str]:
    numbers = {case.id: case.number for case in stored.cases}
    arrived = defaultdict(list)
    for row in stored.outgoing:
        if row.event_id is not None and row.state == "delivered" and not row.address.startswith("-"):
            arrived[row.event_id].append(row.address)
    echoed = set()
    for event in stored.events:
        if event.do == Do.ANSWER:
            places = arrived[event.id]
            if len(places) != 1:
                yield f"no echo: {numbers[event.case_id]} event {event.id} has {len(places)} delivered letters"
            elif not any(event.text in words for _, words in seen["screens"][places[0]]):
                yield f"no echo: {numbers[event.case_id]} event {event.id} is not on the parent's screen"
            else:
                echoed.add(event.case_id)
    for case in stored.cases:
        if case.id not in echoed or case.state in WAITING:
            yield f"no echo: {case.number} is {case.state}"
    answers = Counter(event.text for event in stored.events if event.do == Do.ANSWER)
    for number, texts in seen["answers"].items():
        for words in texts:
            if answers[words] != 1:
                yield f"answer of staff counted {answers[words]} times: {number} {words!r}"


def _claims(stored: Stored, seen: Transcript) -> Iterator[str]:
    numbers = {case.id: case.number for case in stored.cases}
    states: dict[int, State] = defaultdict(lambda: State.NEW)
    holders: dict[int, int | None] = {}
    claims: Counter[str] = Counter()
    for event in stored.events:
        before, do = states[event.case_id], Do(event.do)
        number = numbers[event.case_id]
        if do is Do.CLAIM:
            claims[number] += 1
            if before not in QUEUED:
                yield f"double claim: {number} event {event.id} while {before}"
            holders[event.case_id] = event.staff_id
        elif do is Do.ANSWER and before is State.CLAIMED and event.staff_id != holders[event.case_id]:
            yield f"double claim: {number} answered by {event.staff_id}, held by {holders[event.case_id]}"
        target = after(before, do, Who(event.who))
        if target is None:
            yield f"not in the table: {number} {do} by {event.who} while {before}"
        states[event.case_id] = target or before
    yield from (
        f"{case.number}: state {case.state}, history {states[case.id]}"
        for case in stored.cases
        if states[case.id] != case.state
    )
    won = Counter(number for number, _ in {(number, member) for number, member in seen["wins"]})
    yield from (f"double claim: {n} told to {times} staff" for n, times in won.items() if times > claims[n])


def peak(seen: Transcript, *, everything: bool = False) -> tuple[int, str]:
    """The most calls that reached one group within a minute, and which group."""
    times: dict[str, list[float]] = defaultdict(list)
    for at, chat, method in seen["group_calls"]:
        if everything or method.startswith(COUNTED):
            times[chat].append(at)
    most = (0, "")
    for chat, moments in times.items():
        first = 0
        for last, moment in enumerate(moments):
            while moment - moments[first] >= WINDOW:
                first += 1
            most = max(most, (last - first + 1, chat))
    return most


def _limits(seen: Transcript) -> Iterator[str]:
    times, chat = peak(seen)
    if times > MOST:
        yield f"group limit: {times} messages within a minute in {chat}"


def _order(stored: Stored, seen: Transcript) -> Iterator[str]:
    shown = {chat: {number for number, _ in screen} for chat, screen in seen["screens"].items()}
    last: dict[str, int] = defaultdict(int)
    for row in stored.outgoing:
        if row.state != "delivered" or row.address.startswith("-") or not (row.external_id or "").isdigit():
            continue
        external = int(row.external_id)
        if external not in shown[row.address]:
            yield f"lost message: outgoing {row.id} is not on the screen of {row.address}"
        if external <= last[row.address]:
            yield f"order: outgoing {row.id} in {row.address} is message {external} after {last[row.address]}"
        last[row.address] = external
    heard: dict[int, int] = defaultdict(int)
    said = {str(one["update"]): one["message"] for one in seen["said"]}
    for row in stored.incoming:
        if row.message_id in said:
            message = said[row.message_id]
            if message < heard[row.conversation_id]:
                yield f"order: incoming {row.id} (message {message}) after {heard[row.conversation_id]}"
            heard[row.conversation_id] = message


def figures(stored: Stored, seen: Transcript) -> dict[str, Any]:
    """What the soak did, in numbers."""
    does = Counter(event.do for event in stored.events)
    rows = [row for row in stored.outgoing if row.state == "delivered" and not row.address.startswith("-")]
    shown = sum(len(screen) for chat, screen in seen["screens"].items() if not chat.startswith("-"))
    return {
        "messages": len(seen["said"]),
        "webhook calls refused or cut": seen["redelivered"],
        "faults": sum(seen["faults"].values()),
        "cases": len(stored.cases),
        "taps": seen["taps"],
        "claims": does[Do.CLAIM],
        "answers": does[Do.ANSWER],
        "reopened": does[Do.REOPEN],
        "confirmed": does[Do.CONFIRM],
        "letters to parents": len(rows),
        "shown twice or in parts": shown - len(rows),
        "messages to groups": sum(m.startswith(COUNTED) for _, _, m in seen["group_calls"]),
        "most messages a minute in a group": peak(seen)[0],
        "most calls of any kind a minute": peak(seen, everything=True)[0],
    }
