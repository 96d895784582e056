"""The list of what waits for a person."""

import json
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from bot import case_list
from bot.decision import Decision, NewCase, Priority
from bot.intake import Background
from bot.messages import Incoming
from knowledge.library import Library
from tests.bot.conftest import Build
from tests.fakes.backbone import echo, message

WHY = {"rule": "too close", "candidates": [{"entry": "fees.price", "score": 0.25}, {"entry": "fees.tax", "score": 0.2}]}


def with_case(incoming: Incoming, background: Background, now: datetime, number: str) -> Decision:
    priority = Priority[incoming.text.split()[0].upper()]
    plain = echo(incoming, background, now, number)
    understood = {"alarm": {"rule": "breathing.choking"}} if priority is Priority.EMERGENCY else WHY
    return Decision(
        "x", plain.reply, plain.context, case=NewCase(number, priority, incoming.text, None, understood)
    )


async def test_the_most_urgent_first(build: Build, engine: AsyncEngine, library: Library) -> None:
    async with build(think=with_case) as it:
        for text in ("normal a {{ 1 }}", "report b", "emergency c", "normal d", "report e"):
            await it.intake.receive(message(text, chat=text))
    found = await case_list.waiting(engine, 50)
    assert [case["words"].split()[1] for case in found] == ["c", "b", "e", "a", "d"]
    assert [case["priority"] for case in found] == ["emergency", "report", "report", "normal", "normal"]
    assert all(case["at"].endswith("+08:00") and len(case["number"]) == 8 for case in found)
    assert await case_list.waiting(engine, 2) == found[:2]

    lines = [json.loads(line) for line in case_list.as_json(found).split("\n")]
    assert lines == found
    text = case_list.as_text(found, library.say)
    assert all(case["number"] in text for case in found)
    assert "breathing.choking" in text
    assert "fees.price 0.25, fees.tax 0.20" in text
    assert "normal a {{ 1 }}" in text
    assert "telegram" not in text + case_list.as_json(found)


async def test_nothing_waits(engine: AsyncEngine, library: Library) -> None:
    assert await case_list.waiting(engine, 50) == []
    assert case_list.as_text([], library.say) == library.say("bot.cases_none")
    assert case_list.as_json([]) == ""


def test_a_case_of_trouble_is_listed(library: Library) -> None:
    case = {
        "number": "12345678",
        "priority": "normal",
        "at": "2026-01-01T00:00+08:00",
        "district": "任城区",
        "words": "",
        "understood": {"rule": "trouble", "error": "RuntimeError"},
    }
    assert "12345678" in case_list.as_text([case], library.say)
