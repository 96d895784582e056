"""Letters and histories as the JSON that the page reads. Used by `web_parents.py` and `web_stream.py`."""

from collections.abc import Sequence
from typing import Any

from bot.mailbox import Letter, Line


def letter_json(letter: Letter) -> dict[str, Any]:
    """One letter: id, text, choices, alert, ask_location, sender, at (ISO 8601, UTC)."""
    reply = letter.reply
    return {
        "id": letter.id,
        "text": reply.text,
        "choices": [{"id": choice.id, "label": choice.label} for choice in reply.choices],
        "alert": reply.alert,
        "ask_location": reply.ask_location,
        "sender": letter.sender,
        "at": letter.at.isoformat(),
    }


def history_json(lines: Sequence[Line], location: str) -> list[dict[str, Any]]:
    """A talk so far. `location` stands for a shared position, of which nothing else is kept.

    What was picked is shown by the label it had; a pick nobody read as words (a link, the first greeting) is left out.
    """
    labels: dict[str, str] = {}
    shown = []
    for line in lines:
        if line.letter is not None:
            labels.update({choice.id: choice.label for choice in line.letter.reply.choices})
            if line.letter.reply.text:
                shown.append(letter_json(line.letter))
        elif text := line.text or labels.get(line.pick or "", "") or (location if line.located else ""):
            shown.append({"id": line.reference, "text": text, "sender": "parent", "at": line.at.isoformat()})
    return shown
