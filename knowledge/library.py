"""A published library: everything the bot knows at one moment, checked, ready to match and to answer. Never changes."""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

from knowledge import checks, templates
from knowledge.answers import CLASSES, Answer, Answers
from knowledge.content_files import Content, fingerprint, gather
from knowledge.danger import Alarm, DangerRules
from knowledge.day_book import DayBook
from knowledge.features import Words
from knowledge.findings import ContentError, Weight
from knowledge.matcher import Phrasing
from knowledge.model_cache import cached_matcher
from knowledge.normalise import plain
from knowledge.schema import Canned, Centre, Desk, Entry, Kind
from knowledge.slots import Names, Slots, Spellings

__all__ = ["Answer", "Library", "fingerprint", "load"]


EMERGENCY, HARMLESS = "emergency", "harmless"
"""Labels of the danger examples among the matcher's; no entry may be called so."""


class Library:
    """What is known. Made by `load`; safe to share between tasks, since nothing in it changes."""

    def __init__(self, content: Content, cache: Path | None = None) -> None:
        self.version = content.version
        self.entries: dict[str, Entry] = {key: placed.entry for key, placed in content.entries.items()}
        self.live = tuple(key for key, entry in self.entries.items() if not entry.retired)
        self.sources = content.sources
        self.centres: dict[str, Centre] = content.centres
        self.wording = content.wording
        self.answers = Answers(self.entries, self.sources, self.centres, self.wording)
        self._elsewhere = tuple(plain(name) for name in content.places.elsewhere)
        self.words = Words.of(content.words.filler, content.words.concepts, self._elsewhere)
        self.desks: dict[str, Desk] = content.desks
        self.common_desk = next(desk for desk in self.desks.values() if desk.common)
        self.days = DayBook.of(content.calendar)
        self.canned: dict[str, Canned] = {reply.id: reply for reply in content.canned_list}
        self.danger = DangerRules.from_mapping(content.danger)
        self.names = _names(content)
        self.classes = tuple(name for _, _, name in CLASSES)
        self._openers = _only(content.words.openers)
        self.labels = (*self.live, EMERGENCY, HARMLESS)
        emergencies = content.danger_examples.emergency
        self._kinds = {plain(text): kind for kind, texts in emergencies.items() for text in texts}
        examples = [Phrasing(text, len(self.live)) for text in self._kinds]
        examples += [Phrasing(plain(text), len(self.live) + 1) for text in content.danger_examples.harmless]
        self.matcher = cached_matcher([*self.phrasings, *examples], len(self.labels), self.words, cache)

    @cached_property
    def phrasings(self) -> list[Phrasing]:
        """Every live entry's title and phrasings, plain."""
        return [
            Phrasing(plain(text), label)
            for label, key in enumerate(self.live)
            for text in (self.entries[key].title, *self.entries[key].phrasings)
        ]

    def say(self, key: str, /, **values: object) -> str:
        """The wording of `area.key`, filled in; `KeyError` where the content has no such key."""
        return self.answers.say(key, **values)

    def title(self, key: str) -> str:
        """An entry's title; the bare key for one this library does not have."""
        return self.answers.title(key)

    def kind(self, key: str) -> Kind:
        """What an entry's match means."""
        return self.entries[key].outcome

    def without_names(self, text: str) -> str:
        """A plain text with a named care mode or centre made general: 半日托咋收费 asks for the price, as 托班咋收费 does."""
        for spellings, general in ((self.names.modes, "托班"), (self.names.centres, "这家")):
            spelling = next((found for found, _ in spellings.all_in(text)), None)
            if spelling is not None:
                text = text.replace(spelling, general)
        return text

    def elsewhere(self, text: str) -> bool:
        """Whether a plain text names a place this service does not cover."""
        return any(name in text for name in self._elsewhere)

    def only_opens(self, text: str) -> bool:
        """Whether a plain text names no more than who or when (闺女, 老师昨天), as the first of several messages may."""
        return bool(self._openers.fullmatch(text))

    def only_elsewhere(self, label: str) -> bool:
        """Whether an entry may only be meant where a place not served is named."""
        return label in self.entries and self.entries[label].only_elsewhere

    def alarm(self, text: str) -> Alarm | None:
        """The danger a plain text tells of, by the rules."""
        return self.danger.scan(text)

    def alarm_like(self, example: str) -> Alarm:
        """The alarm of a message that is like the emergency `example` (a plain text of `danger_examples.yaml`)."""
        kind = self._kinds[example]
        return Alarm(kind, f"{kind}.example", (example,))

    def answer(self, key: str, slots: Slots) -> Answer:
        """The answer of entry `key` for what is known of the parent; `KeyError` for an unknown key."""
        return self.answers.answer(key, slots)

    def canned_text(self, key: str, slots: Slots) -> str:
        """The canned reply `key` for what is known of the parent; `KeyError` for an unknown key."""
        return templates.rendered(self.canned[key].text, self.answers.values(slots))

    def source_line(self, codes: Sequence[str]) -> str:
        """The last line of an answer: who said it and when. Empty where only this service itself speaks."""
        return self.answers.source_line(codes)


def _only(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern for texts made of these words and of marks alone; it has one word at least."""
    some = "|".join(re.escape(plain(word)) for word in sorted(words, key=len, reverse=True)) or "(?!)"
    return re.compile(rf"(?:[\W_]*(?:{some}))++[\W_]*")


def _names(content: Content) -> Names:
    places: dict[str, tuple[str, str | None]] = {}
    for street in content.places.streets:
        for spelling in (street.name, *street.aliases):
            places[plain(spelling)] = (street.name, street.district)
        for name in street.communities:
            if len(name) >= 3:
                places.setdefault(plain(name), (name, street.district))
    return Names(
        centres=Spellings.of((plain(a), c.id) for c in content.centres.values() for a in (c.name, *c.aliases)),
        districts=Spellings.of((plain(a), d.name) for d in content.places.districts for a in (d.name, *d.aliases)),
        places=Spellings.of(places.items()),
        modes=Spellings.of((plain(a), m) for m, spellings in content.words.modes.items() for a in spellings),
    )


def load(root: Path, cache: Path | None = None) -> Library:
    """The library of a content folder; `ContentError` with every finding where it must not be published."""
    content = gather(root)
    found = content.findings + checks.quick(content)
    if any(f.weight is Weight.ERROR for f in found):
        raise ContentError(sorted(found))
    return Library(content, cache)
