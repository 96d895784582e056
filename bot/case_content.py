"""What a new case tells staff beyond its number: the words of the burst, and why nothing answered. Pure; used by `decide`."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.conversation import Turn
from bot.decision import Outcome
from knowledge.library import Library
from knowledge.schema import Kind
from knowledge.understanding import CLEAR

BURST = timedelta(minutes=2)
"""How long after words without an answer the next ones still belong to the same question."""
UNCLEAR = frozenset({Outcome.CLARIFY, Outcome.DECLINE})


def burst(turns: Sequence[Turn], words: str, now: datetime) -> str:
    """The parent's words with those just before that got no answer, one message a line."""
    before: list[str] = []
    for turn in reversed(turns):
        if turn.outcome not in UNCLEAR or now - turn.at > BURST * (len(before) + 1):
            break
        if turn.text and turn.text != words:
            before.insert(0, turn.text)
    return "\n".join(part for part in (*before, words) if part)


def understood(library: Library, why: Mapping[str, Any], slots: Mapping[str, str | int]) -> dict[str, Any]:
    """The explanation of the decision with, for each candidate, its title and why it was not enough.

    `district_evidence`: what named the district, if anything did.
    """
    found = list(why.get("candidates", ()))
    candidates = [
        {**one, "title": library.title(one["entry"]), "why_not": _why_not(library, one, why)} for one in found
    ]
    evidence = next((str(slots[key]) for key in ("place", "centre", "district") if key in slots), "")
    return {**why, "candidates": candidates, "slots": dict(slots), "district_evidence": evidence}


def _why_not(library: Library, candidate: Mapping[str, Any], why: Mapping[str, Any]) -> str:
    """A key of the wording `case.why_…`."""
    entry = candidate["entry"]
    if "alarm" in why:
        return "alarm"
    if entry not in library.entries or library.kind(entry) is not Kind.ANSWER:
        return "person"
    if why.get("split"):
        return "answered"
    return "low" if candidate["score"] < CLEAR else "close"
