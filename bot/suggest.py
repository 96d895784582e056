"""Drafts of an answer that staff may start from: entries that came near, past answers, canned replies. Used by the console."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.casebook import CaseFile
from bot.drafts import slots_of
from knowledge.library import Library
from knowledge.normalise import plain
from knowledge.schema import Kind
from knowledge.slots import Slots

ABOUT_US = "service."
"""Entries about this service itself answer nobody who was handed over."""
LOOKED_AT, NEAR = 3, 0.5


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text to start from. `kind`: entry, past or canned; `key` is unique among a case's suggestions."""

    kind: str
    key: str
    title: str
    text: str
    note: str = ""


def suggestions(file: CaseFile, library: Library) -> tuple[Suggestion, ...]:
    """The best first: entries with what the parent told filled in, then past answers, then canned replies."""
    slots = slots_of({"slots": file.slots})
    return (*_entries(file, library, slots), *_past(file), *_canned(library, slots))


def _entries(file: CaseFile, library: Library, slots: Slots) -> Iterator[Suggestion]:
    for key, score in _near(file, library):
        entry = library.entries.get(key)
        if entry is None or entry.retired or entry.outcome is not Kind.ANSWER or key.startswith(ABOUT_US):
            continue
        yield Suggestion("entry", f"entry-{key}", entry.title, library.answer(key, slots).text, f"{score:.2f}")


def _near(file: CaseFile, library: Library) -> list[tuple[str, float]]:
    """The candidates that the case remembers; for one opened by a button, those that its words come near to now."""
    if file.candidates:
        return [(candidate.entry, candidate.score) for candidate in file.candidates]
    ranked = library.matcher.rank(plain(file.line.words))[:LOOKED_AT]
    return [(library.labels[found.label], found.score) for found in ranked if found.score >= NEAR]


def _past(file: CaseFile) -> Iterator[Suggestion]:
    for similar in file.similar:
        yield Suggestion("past", f"past-{similar.number}", similar.words, similar.answer, similar.number)


def _canned(library: Library, slots: Slots) -> Iterator[Suggestion]:
    for key, reply in library.canned.items():
        yield Suggestion("canned", f"canned-{key}", reply.title, library.canned_text(key, slots))
