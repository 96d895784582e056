"""Finds the words of a lexicon in a text, in linear time; used by `danger`, which says what the words mean."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

GAPS = {"…": 6, "……": 14}
"""How many characters each mark may stand for, within one clause."""

LONGEST = 48
"""The longest word without a gap."""

_GROUP = re.compile(r"\(([^()\[\]]*)\)|\[([^()\[\]]*)\]")
_GAP = re.compile("(……|…)")
_MOST_SPELLINGS = 2000


class Span(NamedTuple):
    """Characters `start` to `end` (exclusive) of the text searched."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Word:
    """Pieces, each with its spellings, that follow each other at most `gaps[i]` characters apart."""

    pieces: tuple[tuple[str, ...], ...]
    gaps: tuple[int, ...] = ()


def read_words(block: str) -> tuple[Word, ...]:
    """Words of a content block, parted by 、 or line ends; raises ValueError naming the word that is wrong."""
    return tuple(read_word(part.strip()) for part in re.split(r"[、\n]", block) if part.strip())


def read_word(pattern: str) -> Word:
    """One word: `(a|b)` either, `[a]` perhaps, `…` and `……` a gap (not inside brackets)."""
    parts = _GAP.split(pattern)
    pieces = tuple(tuple(spell(part)) for part in parts[::2])
    if not all(spelling for piece in pieces for spelling in piece):
        raise ValueError(f"{pattern!r} may be empty, or has a gap at its end")
    if max(len(spelling) for piece in pieces for spelling in piece) > LONGEST:
        raise ValueError(f"{pattern!r} is longer than {LONGEST} characters")
    return Word(pieces, tuple(GAPS[mark] for mark in parts[1::2]))


def spell(pattern: str) -> list[str]:
    """All spellings of a piece; raises ValueError for brackets that do not match, or for far too many spellings."""
    spelled = [pattern]
    while any(_GROUP.search(text) for text in spelled):
        spelled = [text for one in spelled for text in _open_group(one)]
        if len(spelled) > _MOST_SPELLINGS:
            raise ValueError(f"{pattern!r} has more than {_MOST_SPELLINGS} spellings")
    if any(set(text) & set("()[]|") for text in spelled):
        raise ValueError(f"{pattern!r} has brackets that do not match, or a gap inside brackets")
    return list(dict.fromkeys(spelled))


def _open_group(pattern: str) -> list[str]:
    """The pattern with its first innermost group replaced by each of its options."""
    group = _GROUP.search(pattern)
    if group is None:
        return [pattern]
    options = group[1].split("|") if group[1] is not None else [*group[2].split("|"), ""]
    return [pattern[: group.start()] + option + pattern[group.end() :] for option in options]


class Lexicon:
    """Named word lists, prepared for finding all of them in one walk over a text."""

    def __init__(self, lists: Mapping[str, Iterable[Word]], mask: str) -> None:
        """`mask` names the list whose words hide every other word that they overlap, unless it is longer."""
        self._mask = mask
        self._gapped: list[tuple[str, Word]] = []
        slots: dict[str, dict[str | tuple[int, int], None]] = defaultdict(dict)
        for name, word in ((name, word) for name, words in lists.items() for word in words):
            for slot, piece in self._slots_of(name, word):
                for spelling in piece:
                    slots[spelling][slot] = None
        self._slots = {spelling: tuple(some) for spelling, some in slots.items()}
        self._lengths = _lengths(self._slots)

    def _slots_of(self, name: str, word: Word) -> Iterator[tuple[str | tuple[int, int], tuple[str, ...]]]:
        """Each piece with its slot: the list's name for a whole word, else (number of the word, index of the piece)."""
        if not word.gaps:
            yield name, word.pieces[0]
            return
        yield from (((len(self._gapped), index), piece) for index, piece in enumerate(word.pieces))
        self._gapped.append((name, word))

    def find(self, text: str, clauses: Sequence[int]) -> dict[str, list[Span]]:
        """Where each list occurs, in order of start; `clauses[i]` numbers the clause of character i."""
        places: dict[str | tuple[int, int], list[Span]] = defaultdict(list)
        for span in self._unmasked(list(self._walk(text)), text):
            for slot in self._slots[text[span.start : span.end]]:
                places[slot].append(span)
        found = {name: spans for name, spans in places.items() if isinstance(name, str)}
        for number in [slot[0] for slot in places if not isinstance(slot, str) and slot[1] == 0]:
            name, word = self._gapped[number]
            later = [places.get((number, index), []) for index in range(1, len(word.pieces))]
            if all(later) and (joined := [*_join(places[number, 0], later, word.gaps, clauses)]):
                found[name] = sorted([*found.get(name, ()), *joined])
        return found

    def _walk(self, text: str) -> Iterator[Span]:
        """Every known spelling in the text; Latin ones only where they are whole words."""
        lengths, slots, size = self._lengths, self._slots, len(text)
        for start, char in enumerate(text):
            for end in [start + length for length in lengths.get(char, ()) if start + length <= size]:
                if text[start:end] in slots and (not char.isascii() or _stands_alone(text, start, end)):
                    yield Span(start, end)

    def _unmasked(self, spans: list[Span], text: str) -> list[Span]:
        """The spans without those that a mask of at least their length overlaps."""
        masks = [span for span in spans if self._mask in self._slots[text[span.start : span.end]]]
        if not masks:
            return spans
        hidden = [0] * len(text)
        for start, end in masks:
            hidden[start:end] = [max(size, end - start) for size in hidden[start:end]]
        return [span for span in spans if max(hidden[span.start : span.end]) < span.end - span.start]


def _lengths(spellings: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """The lengths that spellings with a given first character have."""
    table: dict[str, set[int]] = defaultdict(set)
    for spelling in spellings:
        table[spelling[0]].add(len(spelling))
    return {first: tuple(sorted(lengths)) for first, lengths in table.items()}


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether no Latin word is cut at either end."""
    return not (_is_inside(text, start) or _is_inside(text, end))


def _is_inside(text: str, index: int) -> bool:
    pair = text[max(0, index - 1) : index + 1]
    return 0 < index < len(text) and pair.isascii() and pair.isalpha()


def _join(
    firsts: Iterable[Span], later: Sequence[Sequence[Span]], gaps: Sequence[int], clauses: Sequence[int]
) -> Iterator[Span]:
    """Spans that start at one of `firsts`, go through one of each of `later`, and stay in one clause."""
    for first in firsts:
        last: Span | None = first
        for gap, spans in zip(gaps, later, strict=True):
            last = _next(spans, last.end, gap) if last else None
        if last and clauses[last.end - 1] == clauses[first.start]:
            yield Span(first.start, last.end)


def _next(spans: Sequence[Span], end: int, gap: int) -> Span | None:
    """The first span that starts at most `gap` characters after `end`."""
    index = bisect_left(spans, (end, 0))
    return spans[index] if index < len(spans) and spans[index].start <= end + gap else None
