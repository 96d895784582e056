"""The life of a case: states, what may be done to it and by whom, as one table. Pure; everything that touches a case asks here."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How far a case has come."""

    NEW = "new"
    TRANSFERRED = "transferred"
    CLAIMED = "claimed"
    ANSWERED = "answered"
    REOPENED = "reopened"
    CONFIRMED = "confirmed"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Who(StrEnum):
    """Who acts."""

    PARENT = "parent"
    STAFF = "staff"
    CLOCK = "clock"


class Do(StrEnum):
    """What can be done to a case; also the kinds of events in its history."""

    OPEN = "open"
    ROUTE = "route"
    CLAIM = "claim"
    RELEASE = "release"
    LAPSE = "lapse"
    ANSWER = "answer"
    CORRECT = "correct"
    NOTE = "note"
    TRANSFER = "transfer"
    CLOSE = "close"
    REOPEN = "reopen"
    CONFIRM = "confirm"
    WITHDRAW = "withdraw"
    ADD = "add"
    HURRY = "hurry"
    RATE = "rate"
    REMIND = "remind"
    MISS = "miss"
    VISIT = "visit"
    LOST = "lost"


class Refusal(StrEnum):
    """Why an act is not done."""

    UNKNOWN_CASE = "unknown_case"
    NOT_ALLOWED = "not_allowed"
    NOT_MEMBER = "not_member"
    NOT_YOURS = "not_yours"
    TAKEN = "taken"
    STALE = "stale"
    EMPTY = "empty"
    SAME_DESK = "same_desk"
    UNKNOWN_DESK = "unknown_desk"


QUEUED = frozenset({State.NEW, State.TRANSFERRED, State.REOPENED})
WAITING = QUEUED | {State.CLAIMED}
"""States in which the parent is owed an answer."""
OPEN = WAITING | {State.ANSWERED}
SETTLED = frozenset(State) - OPEN
ANY = frozenset(State)
TOLD = ANY - {State.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class Rule:
    """In one of the states `at`, `who` may `do` this; the case then is in state `to` (None: as before)."""

    do: Do
    who: frozenset[Who]
    at: frozenset[State]
    to: State | None = None


_PARENT, _STAFF, _CLOCK = (frozenset({who}) for who in Who)

RULES = (
    Rule(Do.OPEN, _PARENT, frozenset({State.NEW})),
    Rule(Do.ROUTE, _PARENT | _CLOCK, frozenset({State.NEW})),
    Rule(Do.CLAIM, _STAFF, QUEUED, State.CLAIMED),
    Rule(Do.RELEASE, _STAFF, frozenset({State.CLAIMED}), State.NEW),
    Rule(Do.LAPSE, _CLOCK, frozenset({State.CLAIMED}), State.NEW),
    Rule(Do.ANSWER, _STAFF, OPEN, State.ANSWERED),
    Rule(Do.ANSWER, _STAFF, frozenset({State.CONFIRMED, State.CLOSED})),
    Rule(Do.CORRECT, _PARENT | _STAFF, TOLD),
    Rule(Do.NOTE, _STAFF, ANY),
    Rule(Do.TRANSFER, _STAFF, OPEN, State.TRANSFERRED),
    Rule(Do.ADD, _PARENT, WAITING),
    Rule(Do.ADD, _PARENT, frozenset({State.ANSWERED, State.CONFIRMED}), State.REOPENED),
    Rule(Do.HURRY, _PARENT | _STAFF, WAITING),
    Rule(Do.CONFIRM, _PARENT, frozenset({State.ANSWERED}), State.CONFIRMED),
    Rule(Do.REOPEN, _PARENT | _STAFF, frozenset({State.ANSWERED, State.CONFIRMED, State.CLOSED}), State.REOPENED),
    Rule(Do.CLOSE, _PARENT | _STAFF, OPEN | {State.CONFIRMED}, State.CLOSED),
    Rule(Do.CLOSE, _CLOCK, frozenset({State.ANSWERED, State.CONFIRMED}), State.CLOSED),
    Rule(Do.WITHDRAW, _PARENT, OPEN, State.WITHDRAWN),
    Rule(Do.RATE, _PARENT, frozenset({State.ANSWERED, State.CONFIRMED, State.CLOSED})),
    Rule(Do.REMIND, _CLOCK, WAITING),
    Rule(Do.MISS, _CLOCK, WAITING),
    Rule(Do.VISIT, _CLOCK, frozenset({State.ANSWERED})),
    Rule(Do.LOST, _CLOCK, ANY),
)


def after(state: State, do: Do, who: Who) -> State | None:
    """The state after the act; None where it is not allowed."""
    for rule in RULES:
        if rule.do is do and who in rule.who and state in rule.at:
            return rule.to or state
    return None


def diagram() -> str:
    """The table as a Mermaid state diagram, for `docs/cases.md`; acts that change no state are left out."""
    return "\n".join(["stateDiagram-v2", "    [*] --> new", *sorted(_arrows()), *sorted(_ends())])


def _arrows() -> Iterator[str]:
    for before in State:
        for target in State:
            rules = [rule for rule in RULES if rule.to is target and before in rule.at and before is not target]
            if rules:
                acts = ", ".join(f"{rule.do} ({'/'.join(sorted(rule.who))})" for rule in rules)
                yield f"    {before} --> {target}: {acts}"


def _ends() -> Iterator[str]:
    return (f"    {state} --> [*]" for state in SETTLED)


if __name__ == "__main__":
    print(diagram())  # noqa: T201
