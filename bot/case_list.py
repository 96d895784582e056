"""The list of what waits for a person, for `python -m bot cases`. Who the parent is does not appear in it."""

import json
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.decision import Priority
from bot.voice import Say
from db import cases
from db.engine import reading

HERE = ZoneInfo("Asia/Shanghai")


async def waiting(engine: AsyncEngine, limit: int) -> list[dict[str, Any]]:
    """At most `limit` open cases as plain values, the most urgent first."""
    async with reading(engine) as connection:
        rows = await cases.waiting(limit, connection=connection)
    return [
        {
            "number": row.number,
            "priority": Priority(row.priority).name.lower(),
            "at": row.created_at.astimezone(HERE).isoformat(timespec="minutes"),
            "district": row.district,
            "words": row.words,
            "understood": row.understood,
        }
        for row in rows
    ]


def as_text(found: list[dict[str, Any]], say: Say) -> str:
    """The list for people."""
    if not found:
        return say("bot.cases_none")
    return "\n\n".join(_row(case, say) for case in found)


def _row(case: dict[str, Any], say: Say) -> str:
    candidates = case["understood"].get("candidates", [])
    near = ", ".join(f"{c['entry']} {c['score']:.2f}" for c in candidates)
    return say(
        "bot.cases_row",
        number=case["number"],
        priority=say(f"bot.priority_{case['priority']}"),
        at=case["at"],
        district=case["district"],
        words=case["words"],
        near=near or case["understood"].get("alarm", {}).get("rule", ""),
    )


def as_json(found: list[dict[str, Any]]) -> str:
    """The list for programs, one JSON object per line."""
    return "\n".join(json.dumps(case, ensure_ascii=False) for case in found)
