"""Plain text and buttons as Telegram takes them: pieces of a message, rows of a keyboard. Pure; used by the carriers."""

import re
from collections.abc import Sequence
from typing import Any, Final

from bot.messages import Choice

LONGEST: Final = 4096
MOST_BUTTONS: Final = 100
PAIRED_WIDTH: Final = 16
BREAKS: Final = (
    re.compile(r"\n\s*\n"),
    re.compile(r"\n"),
    re.compile(r"[。！？；…]+[」』”）]*|[.!?;]\s"),
    re.compile(r"[，、,]|\s"),
)


def inline_keyboard(choices: Sequence[Choice]) -> dict[str, Any]:
    """Buttons two to a row where both labels are short, else one; a picked button sends `Choice.id`."""
    rows: list[list[Choice]] = []
    for choice in choices[:MOST_BUTTONS]:
        short = width(choice.label) <= PAIRED_WIDTH
        if short and rows and len(rows[-1]) == 1 and width(rows[-1][0].label) <= PAIRED_WIDTH:
            rows[-1].append(choice)
        else:
            rows.append([choice])
    return {"inline_keyboard": [[{"text": c.label, "callback_data": c.id} for c in row] for row in rows]}


def width(label: str) -> int:
    """Columns on the screen, one Chinese character being two."""
    return sum(1 if letter.isascii() else 2 for letter in label)


def units(text: str) -> int:
    """Length as Telegram counts it: UTF-16 code units."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def parts(text: str) -> list[str]:
    """The text in pieces Telegram takes, cut at a paragraph, line, sentence or word, in this order; at least one."""
    pieces: list[str] = []
    rest = text.strip()
    while units(rest) > LONGEST:
        head = _cut(rest)
        pieces.append(rest[:head].rstrip())
        rest = rest[head:].lstrip()
    return [*pieces, rest] if rest or not pieces else pieces


def _cut(text: str) -> int:
    most = _fitting(text)
    for pattern in BREAKS:
        ends = [found.end() for found in pattern.finditer(text, 0, most)]
        # A cut in the first half would leave a crumb, and needs the next finer break instead.
        if ends and ends[-1] > most // 2:
            return ends[-1]
    return most


def _fitting(text: str) -> int:
    room = LONGEST
    for index, letter in enumerate(text):
        room -= 2 if letter > "\uffff" else 1
        if room < 0:
            return index
    return len(text)
