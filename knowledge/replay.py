"""Puts every phrasing and probe to the whole library, each as if it were not in it: which does another entry steal?

Used by `python -m knowledge check`. Phrasings differ on purpose, so many are near a neighbour; a theft is *clear* when
the other entry is ahead by `CLEAR`: then the phrasing stands alone in its entry, or belongs to the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from knowledge import features, linear
from knowledge.content_files import Content
from knowledge.findings import Finding, Rule
from knowledge.library import EMERGENCY, Library
from knowledge.matcher import Candidate, Matcher, Shapes
from knowledge.normalise import plain
from knowledge.understanding import ALARMING

CLEAR = 0.5


@dataclass(frozen=True, slots=True)
class Theft:
    """A phrasing or probe (`part` and `number` in its entry) that the entry `thief` wins, by its phrasing `by`."""

    entry: str
    part: str
    number: int
    text: str
    own_score: float
    thief: str
    score: float
    by: str

    @property
    def gap(self) -> float:
        """By how much the thief is ahead."""
        return self.score - self.own_score

    @property
    def clear(self) -> bool:
        """Whether the thief is far ahead."""
        return self.gap >= CLEAR


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of it: how many were put to the library, and what was stolen."""

    phrasings: int
    probes: int
    thefts: tuple[Theft, ...]

    def stolen(self, part: str) -> int:
        """How many of `phrasings` or `probes` were stolen."""
        return sum(theft.part == part for theft in self.thefts)

    def by_entry(self) -> dict[str, list[Theft]]:
        """The thefts of each robbed entry, the clearest first; the most robbed entry first."""
        found: dict[str, list[Theft]] = {}
        for theft in sorted(self.thefts, key=lambda theft: -theft.gap):
            found.setdefault(theft.entry, []).append(theft)
        return dict(sorted(found.items(), key=lambda item: -len(item[1])))


class _Known(linear.Linear):
    """A model for one sentence whose scores are known; they stand in `offset`."""

    def scores(self, bag: linear.Bags) -> linear.Floats:
        """The known scores, whatever is asked."""
        return self.offset


def replay(library: Library) -> Replay:
    """Every live entry's phrasings, each left out of the library once, and its probes."""
    probes = sum(len(library.entries[key].probes) for key in library.live)
    phrasings = sum(len(library.entries[key].phrasings) for key in library.live)
    return Replay(phrasings, probes, (*_phrasings(library), *_probes(library)))


def findings(content: Content, report: Replay, *, everything: bool = False) -> list[Finding]:
    """The thefts (the clear ones, or all) as findings, in file order."""
    return sorted(_finding(content, theft) for theft in report.thefts if everything or theft.clear)


def _finding(content: Content, theft: Theft) -> Finding:
    placed, thief = content.entries[theft.entry], content.entries.get(theft.thief)
    title = thief.entry.title if thief else "紧急的例句"
    rule = Rule.STOLEN_PROBE if theft.part == "probes" else Rule.STOLEN_PHRASING
    message = (
        f"“{theft.text}”被“{title}”（{theft.thief}）抢走：本条目 {theft.own_score:.2f} 分，对方 {theft.score:.2f} 分，"
        f"靠的是“{theft.by}”。请给本条目多补几句类似的问法，或者把这句挪过去。"
    )
    return placed.source.warning(placed.line(theft.part, theft.number), rule, message)


def _phrasings(library: Library) -> Iterator[Theft]:
    """Thefts of phrasings. The first text of an entry is its title, which is not put to the library."""
    matcher = library.matcher
    texts = [(text, label) for label, shapes in enumerate(matcher.shapes) for text in shapes.texts]
    bags = linear.shared(features.views(text, library.words) for text, _ in texts)
    scores = linear.left_out(bags, [label for _, label in texts], len(matcher.shapes))
    at = 0
    for label, key in enumerate(library.live):
        for number, text in enumerate(library.entries[key].phrasings):
            row = scores[at + 1 + number]
            shapes = list(matcher.shapes)
            shapes[label] = _without(shapes[label], number + 1)
            alone = replace(matcher, model=_known(matcher, row), shapes=tuple(shapes))
            if theft := _stolen(library, alone, row, label, ("phrasings", number, text)):
                yield theft
        at += len(matcher.shapes[label].texts)


def _probes(library: Library) -> Iterator[Theft]:
    for label, key in enumerate(library.live):
        for number, text in enumerate(library.entries[key].probes):
            scores = library.matcher.scores(plain(text))
            if theft := _stolen(library, library.matcher, scores, label, ("probes", number, text)):
                yield theft


def _stolen(
    library: Library, matcher: Matcher, scores: linear.Floats, label: int, what: tuple[str, int, str]
) -> Theft | None:
    part, number, text = what
    best = next(found for found in matcher.rank(plain(text)) if _counts(library, found))
    if best.label == label:
        return None
    alone = replace(matcher, model=_known(matcher, scores[label : label + 1]), shapes=(matcher.shapes[label],))
    own = alone.rank(plain(text))[0].score
    return Theft(library.live[label], part, number, text, own, library.labels[best.label], best.score, best.phrasing)


def _counts(library: Library, found: Candidate) -> bool:
    """Whether a candidate can win: an entry, or an emergency it is clearly like (as in `understanding`)."""
    label = library.labels[found.label]
    return label in library.entries or (label == EMERGENCY and found.linear >= ALARMING)


def _known(matcher: Matcher, scores: linear.Floats) -> _Known:
    return _Known(matcher.model.vocabulary, matcher.model.weights, scores)


def _without(shapes: Shapes, position: int) -> Shapes:
    """An entry's shapes with one phrasing taken out."""
    texts, bare, sounds = (
        (*forms[:position], *forms[position + 1 :]) for forms in (shapes.texts, shapes.bare, shapes.sounds)
    )
    return Shapes(texts, bare, sounds)
