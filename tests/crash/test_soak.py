"""A small soak of the whole product, and that the soak's checks see what they are there for."""

from collections.abc import Callable
from copy import deepcopy
from types import SimpleNamespace
from typing import Any

import pytest

from bench.soak import soak
from bench.soak_check import Stored, violations
from bench.soak_world import Plan

SMALL = Plan(parents=40, messages=150, cases=12, staff=3, groups=3, topics=1, seconds=10)


async def test_nothing_is_lost() -> None:
    outcome = await soak("sqlite", SMALL, kills=2, patience=150)
    assert outcome.settled, outcome.violations
    assert outcome.violations == []
    assert (outcome.figures["messages"], outcome.figures["cases"]) == (150, 12)
    assert outcome.figures["claims"] >= 12


def row(**values: Any) -> Any:
    return SimpleNamespace(**values)


def letter(key: int, external: str, **values: Any) -> Any:
    return row(
        **{"id": key, "external_id": external, "incoming_id": None, "event_id": None, "state": "delivered",
           "reason": None, "address": "7"} | values
    )  # fmt: skip


def event(key: int, do: str, who: str = "staff", staff: int | None = 1, text: str = "") -> Any:
    return row(id=key, case_id=1, do=do, who=who, staff_id=staff, incoming_id=None, text=text)


def good() -> tuple[Stored, dict[str, Any]]:
    """A parent asked twice, the second time for staff."""
    stored = Stored(
        [row(id=n, message_id=str(n), reference=str(n), conversation_id=1, outcome="x") for n in (1, 2)],
        [letter(1, "3", incoming_id=1), letter(2, "4", incoming_id=2), letter(3, "5", event_id=3)],
        [row(id=1, number="N1", state="answered", incoming_id=2)],
        [event(1, "open", "parent", None), event(2, "claim"), event(3, "answer", text="words")],
    )
    seen = {
        "said": [{"update": n, "chat": 7, "message": n, "group": n - 2} for n in (1, 2)],
        "group_calls": [(float(n * 3), "-1", "sendMessage") for n in range(40)],
        "screens": {"7": [(3, "a"), (4, "b"), (5, "office: words")]},
        "answers": {"N1": ["words"]},
        "wins": [("N1", 501)],
    }
    return stored, seen


Harm = Callable[[Any, dict[str, Any]], object]


@pytest.mark.parametrize(
    ("harm", "word"),
    [
        (lambda stored, _: stored.incoming.pop(0), "lost message"),
        (lambda stored, _: stored.incoming.append(stored.incoming[0]), "stored 2 times"),
        (lambda stored, _: setattr(stored.outgoing[0], "state", "pending"), "is pending"),
        (lambda stored, _: stored.outgoing.pop(0), "got no answer"),
        (lambda stored, _: stored.cases.pop(), "lost case"),
        (lambda _, seen: seen["answers"].clear(), "never shown"),
        (lambda stored, _: stored.outgoing.pop(), "no echo"),
        (lambda _, seen: seen["screens"]["7"].pop(), "not on the parent's screen"),
        (lambda stored, _: setattr(stored.cases[0], "state", "claimed"), "no echo"),
        (lambda stored, _: setattr(stored.events[2], "text", "others"), "counted 0 times"),
        (lambda stored, _: stored.events.insert(2, event(9, "claim", staff=2)), "double claim"),
        (lambda stored, _: setattr(stored.events[2], "staff_id", 2), "double claim"),
        (lambda _, seen: seen["wins"].append(("N1", 502)), "told to 2 staff"),
        (lambda _, seen: seen["group_calls"].append((119.0, "-1", "sendPhoto")), "group limit"),
        (lambda stored, _: setattr(stored.outgoing[0], "external_id", "5"), "order: outgoing"),
        (lambda _, seen: seen["said"][0].update(message=9), "order: incoming"),
    ],
)
def test_harm_is_seen(harm: Harm, word: str) -> None:
    stored, seen = good()
    assert list(violations(stored, seen)) == []
    harm(stored, seen := deepcopy(seen))
    assert any(word in line for line in violations(stored, seen)), list(violations(stored, seen))
