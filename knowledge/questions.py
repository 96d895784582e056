"""Two or three questions in one message: which clauses ask for something of their own. Used by `understanding`."""

import re
from collections.abc import Iterator, Sequence

from knowledge import normalise
from knowledge.library import Library
from knowledge.ranking import Ranked
from knowledge.schema import Kind

ALONE = 0.30
"""Linear score from which a part of a message counts as a question of its own."""
AHEAD = 0.05
SHARE = 0.45
"""Part of the best entry's score that another entry must reach for the whole message."""
FLOOR = 0.24
MOST = 3
CLAUSES = 12
SHORTEST = 3
_JOINT = re.compile(r"还有就是|另外|还有|顺便问|顺便|以及|其次|第二|再就是|再一个|然后|and also|also,?")
_PAIRED = re.compile(r"和|跟|与|、|\band\b")
_ASKS = re.compile(
    r"[?吗么不没啥咋几哪谁呢]|什么|怎|多少|能|可以|如何|行|多久|多长|多大|咨询|想|问|要"
    r"|\b(?:what|how|when|where|which|who|can|do|does|is|are|will|should)\b"
)


def several(library: Library, plain: str, whole: Sequence[Ranked]) -> tuple[str, ...]:
    """The entries of the separate questions of a message, in the order asked; at most one entry when it asks one."""
    sentences = _sentences(plain)
    asks = [list(_asking(sentence)) for sentence in sentences]
    if not 2 <= sum(map(len, asks)) <= CLAUSES:
        return ()
    floor = max(FLOOR, SHARE * whole[0].score)
    backed = {candidate.entry for candidate in whole if candidate.score >= floor}
    found: dict[str, None] = {}
    for sentence, clauses in zip(sentences, asks, strict=True):
        parts = [sentence, *clauses] if len(sentences) > 1 and clauses else clauses
        found.update(dict.fromkeys(entry for part in parts for entry in asked(library, part) if entry in backed))
    return tuple(found)[:MOST]


def asking(plain: str) -> tuple[str, ...]:
    """The clauses of a message that ask for something, none where it is too long a story to be taken apart."""
    parts = tuple(part for sentence in _sentences(plain) for part in _asking(sentence))
    return parts if len(parts) <= CLAUSES else ()


def _sentences(plain: str) -> list[str]:
    return [part for part in normalise.sentences(_JOINT.sub("。", plain)) if len(part) >= SHORTEST]


def _asking(sentence: str) -> Iterator[str]:
    """The clauses of a sentence that ask; a pair joined by 和 counts as two where the sentence says 分别 or 都."""
    for clause in normalise.clauses(sentence):
        pieces = _PAIRED.split(clause) if "分别" in sentence or "都" in sentence else [clause]
        yield from (piece for piece in pieces if len(piece) >= SHORTEST and (len(pieces) > 1 or _ASKS.search(piece)))


def asked(library: Library, part: str) -> Iterator[str]:
    """The entry a part asks for, when it is clear on its own."""
    scores = library.matcher.scores(part)
    best, second = scores.argsort()[::-1][:2]
    if scores[best] >= ALONE and scores[best] - scores[second] >= AHEAD:
        entry = library.labels[int(best)]
        if entry in library.entries and library.kind(entry) is Kind.ANSWER:
            yield entry
