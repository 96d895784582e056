"""What the talks need of a door: say or pick something, and hear what comes back."""

from dataclasses import dataclass
from typing import Protocol

from bot.messages import Choice


@dataclass(frozen=True, slots=True)
class Heard:
    """One reply as a parent meets it."""

    text: str
    choices: tuple[Choice, ...] = ()


class Driver(Protocol):
    """One parent's talk through one door."""

    async def say(self, text: str) -> list[Heard]:
        """Write something; every reply to it, in order."""

    async def pick(self, choice: str) -> list[Heard]:
        """Pick a choice by its id; every reply to it, in order."""
