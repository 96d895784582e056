"""What the bot remembers of one talk, as a value that travels to and from the database as JSON."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

TURNS_KEPT = 6


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing the parent said and what became of it. `held`: its reply may still be replaced by a longer reading."""

    text: str
    reference: str
    at: datetime
    outcome: str
    topics: tuple[str, ...] = ()
    held: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values. Written out, as `asdict` copies deeply and this runs for every message."""
        return {
            "text": self.text,
            "reference": self.reference,
            "at": self.at.isoformat(),
            "outcome": self.outcome,
            "topics": list(self.topics),
            "held": self.held,
        }


@dataclass(frozen=True, slots=True)
class Context:
    """The state of a conversation between two messages. `options` are the choice ids last offered, in order."""

    turns: tuple[Turn, ...] = ()
    options: tuple[str, ...] = ()
    topic: str | None = None
    slots: dict[str, str | int] = field(default_factory=dict)

    def after(self, turn: Turn, **changes: Any) -> Self:
        """This context with one more turn, the oldest dropped, and `changes` applied."""
        return replace(self, turns=(*self.turns, turn)[-TURNS_KEPT:], **changes)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; the inverse of `from_json`."""
        return {
            "turns": [turn.to_json() for turn in self.turns],
            "options": list(self.options),
            "topic": self.topic,
            "slots": dict(self.slots),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any] | None) -> Self:
        """Read what `to_json` wrote; unknown keys of another version are left out."""
        data = data or {}
        turns = tuple(
            Turn(
                text=t["text"],
                reference=t["reference"],
                at=datetime.fromisoformat(t["at"]),
                outcome=t["outcome"],
                topics=tuple(t.get("topics", ())),
                held=bool(t.get("held", False)),
            )
            for t in data.get("turns", ())
        )
        return cls(
            turns=turns,
            options=tuple(data.get("options", ())),
            topic=data.get("topic"),
            slots=dict(data.get("slots", {})),
        )
