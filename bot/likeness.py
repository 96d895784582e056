"""How alike two questions are in their letters, for finding similar past cases. Pure; used by `bot/casebook.py`."""

import re

_NOISE = re.compile(r"[\W_]+")


def pairs(text: str) -> frozenset[str]:
    """Neighbouring letters of a text, punctuation aside."""
    letters = _NOISE.sub("", text.lower())
    return frozenset(letters[i : i + 2] for i in range(len(letters) - 1))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """0 for nothing in common, 1 for the same pairs (Dice)."""
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0
