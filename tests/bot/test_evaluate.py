"""Measuring on a labelled file: the items, the marks, the table, and the way through the real intake."""

from datetime import datetime
from typing import Any

import pytest

from bot.decision import Decision, Outcome
from bot.evaluate import blocks, evaluate, read_items, right, summary
from bot.intake import Background
from bot.messages import Incoming, Reply
from tests.fakes.backbone import echo, say

KEYS = {"id", "outcome", "topics", "options", "text", "score", "ms"}


def made(outcome: str, *topics: str, options: tuple[str, ...] = (), name: str = "a") -> dict[str, Any]:
    return {"id": name, "outcome": outcome, "topics": list(topics), "options": list(options), "score": 0.5, "ms": 1.0}


async def test_each_item_is_a_talk_of_its_own() -> None:
    items: list[dict[str, Any]] = [
        {"id": "a", "text": "third", "context": ["first", "second"]},
        {"id": "b", "text": "alone", "context": None},
        {"id": "a", "text": "the same id again"},
        {"id": 1, "text": "a number"},
    ]
    results = await evaluate(items, echo, say)
    assert [r["text"] for r in results] == ["2:third", "0:alone", "0:the same id again", "0:a number"]
    assert [r["id"] for r in results] == ["a", "b", "a", 1]
    assert all(set(r) >= KEYS and r["ms"] >= 0 for r in results)


async def test_a_failing_thought_is_an_outcome() -> None:
    def failing(incoming: Incoming, background: Background, now: datetime, number: str) -> Decision:
        raise RuntimeError(incoming.text)

    (result,) = await evaluate([{"id": "a", "text": "x"}], failing, say)
    assert result["outcome"] == Outcome.ESCALATE


async def test_silence_is_an_empty_text() -> None:
    def silent(incoming: Incoming, background: Background, now: datetime, number: str) -> Decision:
        return Decision("x", None if incoming.text == "y" else Reply("z"), background.context, ("x",))

    results = await evaluate([{"id": "a", "text": "y"}, {"id": "b", "text": "n"}], silent, say)
    assert [r["text"] for r in results] == ["", "z"]


async def test_no_items() -> None:
    assert await evaluate([], echo, say) == []
    assert "none" in summary([], [])


@pytest.mark.parametrize(
    ("item", "result", "mark"),
    [
        ({"expect": ["a", "b"]}, made("b", "b"), 1),
        ({"expect": ["a"]}, made("b", "b", "a"), 0),
        ({"expect": ["a"]}, made("clarify", options=("x", "a")), 0.5),
        ({"expect": ["a"]}, made("clarify", options=("x",)), 0),
        ({"expect": ["decline"], "kind": "decline"}, made("decline"), 1),
        ({"expect": ["a"], "kind": "multi", "all": ["a", "b"]}, made("a", "b", "a"), 1),
        ({"expect": ["a"], "kind": "multi", "all": ["a", "b"]}, made("a", "a"), 0),
        ({"expect": ["a"], "kind": "multi"}, made("a", "a"), 1),
    ],
)
def test_marks(item: dict[str, Any], result: dict[str, Any], mark: float) -> None:
    assert right(item, result) == mark


def test_blocks() -> None:
    assert blocks({"kind": "emergency"}) == ("emergency",)
    assert blocks({"kind": "multi"}) == ("multi",)
    assert blocks({"kind": "typo"}) == ("topics", "  typo")
    assert blocks({}) == ("topics", "  ")


def test_the_table_counts_and_names_mistakes() -> None:
    items: list[dict[str, Any]] = [
        {"id": "one", "expect": ["fees.price"], "kind": "typo"},
        {"id": "two", "expect": ["fees.price"], "kind": "typo"},
        {"id": "three", "expect": ["emergency"], "kind": "emergency"},
        {"id": "four", "expect": ["decline"], "kind": "decline"},
    ]
    results = [
        made("fees.price", "fees.price"),
        made("emergency"),
        made("clarify", options=("fees.price",)),
        made("fees.price", "fees.price"),
    ]
    table = summary(items, results)
    assert "false alarms: two" in table
    assert "emergency missed: three" in table
    assert "report missed: none" in table
    assert "handed over: 1/1 = 100.0%" in table
    assert "asked back among answerable: 0/2" in table
    assert "topics               2   50.0%" in table


def test_items_are_read_line_by_line() -> None:
    items = read_items(['{"id": "a", "text": "x"}', "", '{"id": 0, "text": "", "context": ["y"]}'])
    assert [item["expect"] for item in items] == [[], []]


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[]",
        "7",
        '"x"',
        '{"id": "a"}',
        '{"text": "x"}',
        '{"id": "a", "text": 7}',
        '{"id": "a", "text": "x", "context": "y"}',
        '{"id": "a", "text": "x", "context": [7]}',
    ],
)
def test_a_wrong_line_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 2: "):
        read_items(['{"id": "a", "text": "x"}', line])
