"""The entries a message may mean, best first: the whole message, its sentences, and the talk so far. Used by `understanding`."""

from dataclasses import dataclass, replace

from knowledge import normalise
from knowledge.library import Library
from knowledge.schema import Kind

TOPIC_BONUS = 0.08
"""What the topic just talked about gains in a short message that leans on it."""
CAUTION = {Kind.REPORT: 0.12, Kind.ESCALATE: 0.05}
"""What reports and matters for a person gain: answering one of them with a ready text costs more than handing over."""
SENTENCE_SHARE = 0.4
SHORT = 12


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its entry's id; `phrasing` is the one that came nearest, `views` its score's parts."""

    entry: str
    score: float
    linear: float
    likeness: float
    phrasing: str


def ranked(
    library: Library, plain: str, topic: str | None = None, before: str = "", *, local: bool = False
) -> list[Ranked]:
    """Candidates for a plain message.

    `topic` and `before`: what the talk was last about, and its words; `local`: it names a district we serve.
    """
    found = _rank(library, plain)
    sentences = normalise.sentences(plain)
    if len(sentences) > 1:
        found = _with_parts(found, [_rank(library, sentence) for sentence in sentences if len(sentence) > 3])
    general = library.without_names(plain)
    if general != plain:
        found = _with_parts(found, [_rank(library, general)])
    if before and len(plain) <= SHORT:
        found = _with_parts(found, [_rank(library, f"{before}。{plain}")])
    bonus = {topic: TOPIC_BONUS} if topic and len(plain) <= SHORT else {}
    if local or not library.elsewhere(plain):
        found = [c for c in found if not library.only_elsewhere(c.entry)]
    raised = ((c, bonus.get(c.entry, 0.0) + _caution(library, c.entry)) for c in found)
    return sorted((replace(c, score=c.score + more) if more else c for c, more in raised), key=lambda c: -c.score)


def _caution(library: Library, entry: str) -> float:
    return CAUTION.get(library.kind(entry), 0.0) if entry in library.entries else 0.0


def _rank(library: Library, text: str) -> list[Ranked]:
    found = library.matcher.rank(text)
    return [Ranked(library.labels[c.label], c.score, c.linear, c.likeness, c.phrasing) for c in found]


def _with_parts(whole: list[Ranked], parts: list[list[Ranked]]) -> list[Ranked]:
    """The whole message's candidates mixed with the best that any part of it says for each entry."""
    best: dict[str, Ranked] = {}
    for part in parts:
        for candidate in part:
            if candidate.entry not in best or candidate.score > best[candidate.entry].score:
                best[candidate.entry] = candidate
    own = {candidate.entry: candidate for candidate in whole}
    mixed = []
    for entry in own.keys() | best.keys():
        a, b = own.get(entry), best.get(entry)
        score = (1 - SENTENCE_SHARE) * (a.score if a else 0.0) + SENTENCE_SHARE * (b.score if b else 0.0)
        clearer = max((c for c in (a, b) if c), key=lambda c: c.likeness)
        mixed.append(replace(clearer, score=score))
    return mixed
