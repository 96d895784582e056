"""Hears whether a message tells of a danger happening now; asked by the bot before anything else.

The words, rules and answers are content (`content/danger.yaml`); this module only knows how they combine: a danger
word, the words that must stand near it, and the shields ("what if", "last year", "on the news") that take it back.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

from knowledge.danger_clauses import Cuts, cut, cut_before
from knowledge.danger_schema import DangerFile, Kind, Rule, Shield, read_file
from knowledge.danger_sound import Sounds, typed, word_by_sound, written
from knowledge.danger_words import LONGEST, Lexicon, Span, Word

_NOW, _FIGURES, _SHIELD = "now", "figures", "shield "
_Lists: TypeAlias = Mapping[str, tuple[Word, ...]]


@dataclass(frozen=True, slots=True)
class Alarm:
    """A danger heard: which kind, by which rule, and the words that raised it as they were written."""

    kind: str
    rule: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Heard:
    """The words found in one text, and how the text is cut."""

    hits: Mapping[str, Sequence[Span]]
    cuts: Cuts

    def nearest(self, danger: Span, names: Sequence[str], within: int) -> Span | None:
        """A word of `names` at most `within` characters from the danger, on either side."""
        for name in names:
            for span in _around(self.hits.get(name, ()), danger.start - within, danger.end + within):
                return span
        return None

    def is_covered(self, danger: Span, name: str, shield: Shield) -> bool:
        """Whether a word of the shield takes the danger back."""
        spans = self.hits.get(_SHIELD + name, ())
        marks = _around(spans, danger.start - shield.reach, danger.end + shield.reach) if spans else ()
        return any(self._covers(mark, danger, shield) for mark in marks)

    def _covers(self, mark: Span, danger: Span, shield: Shield) -> bool:
        return (
            _is_on_side(mark, danger, shield)
            and self._same_part(mark, danger, shield)
            and not self._yields(mark, danger, shield.yields_to)
        )

    def _same_part(self, mark: Span, danger: Span, shield: Shield) -> bool:
        if shield.scope == "message":
            return True
        part = self.cuts.clauses if shield.scope == "clause" else self.cuts.sentences
        return part[mark.start] == part[danger.start]

    def _yields(self, mark: Span, danger: Span, names: Sequence[str]) -> bool:
        """Whether "now" stands before the danger in its clause, and does not itself follow right on the shield."""
        clauses = self.cuts.clauses
        nows = (now for name in names for now in _around(self.hits.get(name, ()), danger.start - LONGEST, danger.start))
        return any(
            clauses[now.start] == clauses[danger.start]
            and now.start <= danger.start
            and not 0 <= now.start - mark.end <= 1
            for now in nows
        )


class DangerRules:
    """The rules of one content file, prepared for use. Immutable, so it may be shared between threads."""

    def __init__(self, file: DangerFile) -> None:
        """Prepares the word lists twice: as written, and by sound."""
        self._file = file
        self._rules = tuple((rule, {name: file.shields[name] for name in file.shields_of(rule)}) for rule in file.rules)
        self._dangers = frozenset(name for rule in file.rules for name in rule.danger)
        lists = _lists(file)
        self._as_written = Lexicon(lists, _FIGURES)
        self._as_typed = Lexicon(_by_sound(lists), _FIGURES)
        self._as_heard = Lexicon(_by_sound(_unmistakable(lists, file)), _FIGURES)

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> Self:
        """Builds the rules from parsed content; raises ValueError naming the path of each wrong field."""
        return cls(read_file(mapping))

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """The kinds of emergency by name, with the numbers to ring and the answer to give."""
        return self._file.kinds

    def scan(self, text: str) -> Alarm | None:
        """The danger a normalised message tells of, or None. Time is linear in the length of the text."""
        plain = Sounds(text, tuple(range(len(text))), tuple(range(1, len(text) + 1)))
        alarm = self._first_alarm(plain, self._as_written, text)
        if alarm is None and (sounds := typed(text)):
            return self._first_alarm(sounds, self._as_typed, text)
        return alarm or self._first_alarm(written(text), self._as_heard, text)

    def wrong_examples(self) -> Iterator[str]:
        """Findings on the file's own examples: rules that miss theirs, shields and figures that do not keep quiet."""
        for rule in self._file.rules:
            for text in rule.examples:
                alarm = self.scan(text)
                if alarm is None or alarm.kind != rule.kind:
                    yield f"rules {rule.id}: {text!r} raises {alarm.rule if alarm else 'nothing'}"
        for name, part in [*self._file.shields.items(), (_FIGURES, self._file.figures)]:
            yield from (f"{name}: {text!r} raises {alarm.rule}" for text in part.examples if (alarm := self.scan(text)))

    def _first_alarm(self, sounds: Sounds, lexicon: Lexicon, text: str) -> Alarm | None:
        cuts = cut(sounds.text)
        hits = lexicon.find(sounds.text, cuts.clauses)
        heard = _Heard(hits, cut_before(cuts, (now.start for now in hits.get(_NOW, ()))))
        if not self._dangers & hits.keys():
            return None
        for rule, shields in self._rules:
            if spans := _raise(heard, rule, shields):
                evidence = (text[sounds.starts[span.start] : sounds.ends[span.end - 1]] for span in spans)
                return Alarm(rule.kind, rule.id, tuple(dict.fromkeys(evidence)))
        return None


def _raise(heard: _Heard, rule: Rule, shields: Mapping[str, Shield]) -> list[Span]:
    """The danger and what stands near it, for the first danger no shield covers; empty if there is none."""
    for danger in (span for name in rule.danger for span in heard.hits.get(name, ())):
        near = [heard.nearest(danger, names, rule.within) for names in rule.near]
        found = [span for span in near if span]
        if len(found) == len(near) and not any(heard.is_covered(danger, *shield) for shield in shields.items()):
            return [danger, *found]
    return []


def _is_on_side(mark: Span, danger: Span, shield: Shield) -> bool:
    """Before or after the danger as the shield says, or, for a shield with some reach, in a gap of the danger."""
    if mark.end <= danger.start:
        return shield.side != "after"
    if mark.start >= danger.end:
        return shield.side != "before"
    in_gap = danger.start < mark.start and mark.end < danger.end
    return in_gap and shield.side != "after" and shield.reach > 1


def _around(spans: Sequence[Span], start: int, end: int) -> Iterator[Span]:
    """The spans, sorted by start, that touch `start` to `end`."""
    index = bisect_left(spans, start - 2 * LONGEST, key=lambda span: span.start)
    while index < len(spans) and spans[index].start <= end:
        if spans[index].end >= start:
            yield spans[index]
        index += 1


def _lists(file: DangerFile) -> _Lists:
    """All word lists of the file in one name space."""
    shields = {_SHIELD + name: shield.words for name, shield in file.shields.items()}
    return {name: part.words for name, part in file.lists.items()} | shields | {
        _NOW: file.now.words,
        _FIGURES: file.figures.words,
    }  # fmt: skip


def _by_sound(lists: _Lists) -> _Lists:
    return {name: tuple(map(word_by_sound, words)) for name, words in lists.items()}


def _unmistakable(lists: _Lists, file: DangerFile) -> _Lists:
    """The lists without words so short that another word may sound the same; shields keep theirs."""
    dangers = {name for rule in file.rules for name in rule.danger}
    return {
        name: words if name.startswith(_SHIELD) else tuple(_long_ones(words, 3 if name in dangers else 2))
        for name, words in lists.items()
    }


def _long_ones(words: Iterable[Word], syllables: int) -> Iterator[Word]:
    for word in words:
        least = 2 if word.gaps else syllables
        pieces = tuple(tuple(text for text in piece if len(text) >= least) for piece in word.pieces)
        if all(pieces):
            yield Word(pieces, word.gaps)
