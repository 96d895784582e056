"""Words that staff may send as they are or change first: canned replies, and the answers nearest to a case's question."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from db import case_rows
from knowledge.library import Library
from knowledge.schema import Kind
from knowledge.slots import Slots


@dataclass(frozen=True, slots=True)
class Drafts:
    """Reads the library that is current."""

    current: Callable[[], Library]

    def canned(self) -> list[tuple[str, str]]:
        """Id and title of each canned reply."""
        return [(key, reply.title) for key, reply in self.current().canned.items()]

    async def filled(self, key: str, number: str, *, connection: AsyncConnection) -> str | None:
        """A canned reply with what the parent of a case said filled in; None for an unknown one."""
        understood = await _understood(number, connection)
        if key not in self.current().canned or understood is None:
            return None
        return self.current().canned_text(key, slots_of(understood))

    async def suggested(self, number: str, *, connection: AsyncConnection) -> list[str]:
        """Answers of the entries that were nearest to the question, the best first."""
        understood = await _understood(number, connection)
        return [] if understood is None else suggestions(self.current(), understood)


def suggestions(library: Library, understood: dict[str, Any]) -> list[str]:
    """The answers of the candidates that a case remembers, as far as the library still has them."""
    keys = [candidate.get("entry", "") for candidate in understood.get("candidates", ())]
    known = [key for key in dict.fromkeys(keys) if key in library.live and library.kind(key) is Kind.ANSWER]
    return [library.answer(key, slots_of(understood)).text for key in known]


def slots_of(understood: dict[str, Any]) -> Slots:
    """What the parent named, as the case remembers it."""
    known = {field.name for field in fields(Slots)}
    return Slots(**{name: value for name, value in understood.get("slots", {}).items() if name in known})


async def _understood(number: str, connection: AsyncConnection) -> dict[str, Any] | None:
    row = (await case_rows.by_number([number], connection=connection)).get(number)
    return None if row is None else dict(row.understood)
