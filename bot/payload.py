"""Messages and decisions as the plain JSON that the database keeps. Used by intake, outbox and mailbox."""

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from bot.decision import Decision
from bot.messages import AboutCase, Attachment, CaseMail, Choice, Incoming, Medium, Reply


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
        kept["attachments"] = attachments_to_json(incoming.attachments)
    if incoming.author is not None:
        kept["author"] = incoming.author.id
    for name in ("thread", "quotes", "album"):
        if value := getattr(incoming, name):
            kept[name] = value
    return kept


def attachments_to_json(attachments: Iterable[Attachment]) -> list[dict[str, Any]]:
    """The inverse of `attachments_from_json`."""
    return [asdict(attachment) for attachment in attachments]


def attachments_from_json(data: Iterable[dict[str, Any]]) -> tuple[Attachment, ...]:
    """Read what `attachments_to_json` wrote."""
    return tuple(Attachment(**{**item, "medium": Medium(item["medium"])}) for item in data)


def reply_to_json(reply: Reply) -> dict[str, Any]:
    """The inverse of `reply_from_json`; what most replies do not have is left out."""
    data: dict[str, Any] = {
        "text": reply.text,
        "choices": [{"id": choice.id, "label": choice.label} for choice in reply.choices],
        "alert": reply.alert,
        "ask_location": reply.ask_location,
    }
    if reply.attachments:
        data["attachments"] = attachments_to_json(reply.attachments)
    if reply.quotes is not None:
        data["quotes"] = reply.quotes
    if reply.corrects is not None:
        data["corrects"] = reply.corrects
    if reply.case is not None:
        data["case"] = {"kind": str(reply.case.kind), "number": reply.case.number, "event": reply.case.event}
    return data


def reply_from_json(data: dict[str, Any]) -> Reply:
    """Read what `reply_to_json` wrote; a blanked message gives an empty reply."""
    case = data.get("case")
    return Reply(
        text=data.get("text", ""),
        choices=tuple(Choice(id=c["id"], label=c["label"]) for c in data.get("choices", ())),
        alert=bool(data.get("alert", False)),
        ask_location=bool(data.get("ask_location", False)),
        attachments=attachments_from_json(data.get("attachments", ())),
        quotes=data.get("quotes"),
        corrects=data.get("corrects"),
        case=AboutCase(CaseMail(case["kind"]), case["number"], case["event"]) if case else None,
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
