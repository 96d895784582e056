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
        bags = [features.views(p.text, words) for p in phrasings]
        model = linear.fit(bags, [p.label for p in phrasings], size)
        return cls(words, model, shapes_of(phrasings, size, words))

    def scores(self, text: str) -> linear.Floats:
        """The linear score of every entry for a plain text."""
        return self.model.scores(features.views(text, self.words))

    def rank(self, text: str, *, among: int = SHORTLIST) -> list[Candidate]:
        """The `among` best candidates for a plain text, best first."""
        scores = self.scores(text)
        first = np.argsort(-scores)[:among]
        letters, said = bare(text, self.words), sounds(text)
        found = [self._weigh(int(label), float(scores[label]), letters, said) for label in first]
        return sorted(found, key=lambda c: -c.score)

    def _weigh(self, label: int, score: float, letters: str, said: str) -> Candidate:
        shapes = self.shapes[label]
        if not shapes.texts:
            return Candidate(label, score, score, 0.0, "")
        typed = bool(said) and letters.isascii()
        likeness = process.cdist([letters], shapes.bare, scorer=fuzz.ratio, dtype=np.float32)[0] / 100
        heard = process.cdist([said], shapes.sounds, scorer=fuzz.ratio, dtype=np.float32)[0] / 100 if said else likeness
        likeness = heard if typed else likeness
        best = int((FUZZY * likeness + SOUND * heard).argmax())
        total = score + FUZZY * float(likeness[best]) + SOUND * float(heard[best])
        return Candidate(label, total, score, float(max(likeness[best], heard[best])), shapes.texts[best])


def shapes_of(phrasings: Sequence[Phrasing], size: int, words: Words) -> tuple[Shapes, ...]:
    """The phrasings of each of `size` entries in the forms they are compared in."""
    of: list[list[str]] = [[] for _ in range(size)]
    for phrasing in phrasings:
        of[phrasing.label].append(phrasing.text)
    return tuple(Shapes(tuple(t), tuple(bare(x, words) for x in t), tuple(sounds(x) for x in t)) for t in of)
