"""Messages and decisions as the plain JSON that the database keeps. Used by intake, outbox and mailbox."""

import json
from dataclasses import asdict, replace
from typing import Any

from bot.decision import Decision
from bot.messages import Choice, Incoming, Reply


def clean(text: str) -> str:
    """The text without what no database can store: NUL and lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def cleaned(incoming: Incoming) -> Incoming:
    """The message with every string in it storable."""
    attachments = tuple(replace(a, reference=clean(a.reference), name=clean(a.name)) for a in incoming.attachments)
    return replace(
        incoming,
        text=clean(incoming.text),
        pick=None if incoming.pick is None else clean(incoming.pick),
        reference=clean(incoming.reference),
        edits=None if incoming.edits is None else clean(incoming.edits),
        attachments=attachments,
    )


def incoming_to_json(incoming: Incoming) -> dict[str, Any]:
    """What is kept beside the text. A position is not: only that there was one."""
    kept: dict[str, Any] = {}
    if incoming.pick is not None:
        kept["pick"] = incoming.pick
    if incoming.location is not None:
        kept["location"] = True
    if incoming.attachments:
        kept["attachments"] = [asdict(a) for a in incoming.attachments]
    return kept


def reply_to_json(reply: Reply) -> dict[str, Any]:
    """The inverse of `reply_from_json`."""
    return {
        "text": reply.text,
        "choices": [{"id": choice.id, "label": choice.label} for choice in reply.choices],
        "alert": reply.alert,
        "ask_location": reply.ask_location,
    }


def reply_from_json(data: dict[str, Any]) -> Reply:
    """Read what `reply_to_json` wrote; a blanked message gives an empty reply."""
    return Reply(
        text=data.get("text", ""),
        choices=tuple(Choice(id=c["id"], label=c["label"]) for c in data.get("choices", ())),
        alert=bool(data.get("alert", False)),
        ask_location=bool(data.get("ask_location", False)),
    )


def decision_to_json(decision: Decision, ms: float) -> dict[str, Any]:
    """The explanation that is kept for each message; `ms` is the time it took to decide."""
    return {
        "outcome": decision.outcome,
        "topics": list(decision.topics),
        "options": list(decision.options),
        "score": decision.score,
        "why": decision.why,
        "ms": round(ms, 3),
    }


def must_be_storable(*values: Any) -> None:
    """Raise `ValueError` or `TypeError` if a database would refuse one of the JSON values."""
    for value in values:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode("utf-8")
        if "\\u0000" in text:
            raise ValueError("text with NUL cannot be stored")
