"""Which entry does a sentence mean? Linear scores choose a shortlist, rapidfuzz weighs it against the very phrasings.

The score of an entry is `linear + FUZZY * best likeness to one of its phrasings`; both parts are explained in
`docs/understanding.md`. Built once per published library, then only read.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from knowledge import features, linear
from knowledge.features import Words

SHORTLIST = 8
FUZZY = 0.3
SOUND = 0.1
_MARKS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Phrasing:
    """One way to ask for an entry (`label` is the entry's index); `text` is plain (see `normalise.plain`)."""

    text: str
    label: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may be meant: its score, the parts of it, and the phrasing that came nearest."""

    label: int
    score: float
    linear: float
    likeness: float
    phrasing: str


@dataclass(frozen=True, slots=True)
class Shapes:
    """One entry's phrasings as strings to compare with: letters only, and sounds only."""

    texts: tuple[str, ...]
    bare: tuple[str, ...]
    sounds: tuple[str, ...]


def bare(text: str, words: Words) -> str:
    """`text` without filler and marks; Latin words stay apart."""
    return _MARKS.sub(" " if text.isascii() else "", words.without_filler(text)).strip()


def sounds(text: str) -> str:
    """The syllables of a text, apart by spaces."""
    return " ".join(features.syllables(text, features.tokens(text)))


@dataclass(frozen=True)
class Matcher:
    """Ranks entries for a sentence."""

    words: Words
    model: linear.Linear
    shapes: tuple[Shapes, ...]

    @classmethod
    def build(cls, phrasings: Sequence[Phrasing], size: int, words: Words) -> "Matcher":
        """A matcher over `size` entries."""
        bags = linear.shared(features.views(p.text, words) for p in phrasings)
        model = linear.fit(bags, [p.label for p in phrasings], size)
        return cls(words, model, shapes_of(phrasings, size, words))

    def scores(self, text: str) -> linear.Floats:
        """The linear score of every entry for a plain text."""
        return self.model.scores(features.views(text, self.words))

    def rank(self, text: str, *, among: int = SHORTLIST) -> list[Candidate]:
        """The `among` best candidates for a plain text, best first."""
        scores = self.scores(text)
        letters, said = bare(text, self.words), sounds(text)
        typed = bool(said) and letters.isascii()
        found = [
            self._weighed(int(label), float(scores[label]), letters, said, typed=typed)
            for label in np.argsort(-scores)[:among]
            if self.shapes[label].texts
        ]
        return sorted(found, key=lambda c: (-c.score, c.label))

    def _weighed(self, label: int, score: float, letters: str, said: str, *, typed: bool) -> Candidate:
        """A shortlisted entry with its nearest phrasing; `typed`: the message is pinyin, so sounds are all there is."""
        shapes = self.shapes[label]
        forms, query = (shapes.sounds, said) if typed else (shapes.bare, letters)
        best = process.extractOne(query, forms, scorer=fuzz.ratio, processor=None)
        likeness, nearest = (best[1] / 100, best[2]) if best else (0.0, 0)
        heard = fuzz.ratio(said, shapes.sounds[nearest]) / 100 if said and not typed else likeness
        total = score + FUZZY * likeness + SOUND * heard
        return Candidate(label, total, score, max(likeness, heard), shapes.texts[nearest])


def shapes_of(phrasings: Sequence[Phrasing], size: int, words: Words) -> tuple[Shapes, ...]:
    """The phrasings of each of `size` entries in the forms they are compared in."""
    of: list[list[str]] = [[] for _ in range(size)]
    for phrasing in phrasings:
        of[phrasing.label].append(phrasing.text)
    return tuple(Shapes(tuple(t), tuple(bare(x, words) for x in t), tuple(sounds(x) for x in t)) for t in of)
