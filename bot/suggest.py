"""Drafts of an answer that staff may start from: entries that came near, past answers, canned replies. Used by the console."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.casebook import CaseFile
from bot.drafts import slots_of
from knowledge.library import Library
from knowledge.schema import Kind
from knowledge.slots import Slots


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
    for candidate in file.candidates:
        entry = library.entries.get(candidate.entry)
        if entry is not None and not entry.retired and entry.outcome is Kind.ANSWER:
            text = library.answer(entry.id, slots).text
            yield Suggestion("entry", f"entry-{entry.id}", entry.title, text, f"{candidate.score:.2f}")


def _past(file: CaseFile) -> Iterator[Suggestion]:
    for similar in file.similar:
        yield Suggestion("past", f"past-{similar.number}", similar.words, similar.answer, similar.number)


def _canned(library: Library, slots: Slots) -> Iterator[Suggestion]:
    for key, reply in library.canned.items():
        yield Suggestion("canned", f"canned-{key}", reply.title, library.canned_text(key, slots))
