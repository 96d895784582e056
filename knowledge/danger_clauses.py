"""Numbers the clauses and sentences of a text, punctuated or not; used by `danger`."""

from collections.abc import Iterable
from dataclasses import dataclass

_SENTENCE_ENDS = frozenset("。!?！？\n…")
_CLAUSE_ENDS = _SENTENCE_ENDS | frozenset(",，;；:：、~～.·—")


@dataclass(frozen=True, slots=True)
class Cuts:
    """For each character the number of its clause and of its sentence; both only grow."""

    clauses: tuple[int, ...]
    sentences: tuple[int, ...]


def cut(text: str) -> Cuts:
    """Cuts at punctuation, and at blanks that do not stand between two Latin words."""
    clauses, sentences, clause, sentence = [], [], 0, 0
    for index, char in enumerate(text):
        clauses.append(clause)
        sentences.append(sentence)
        sentence += char in _SENTENCE_ENDS
        clause += char in _CLAUSE_ENDS or (char.isspace() and _parts_chinese(text, index))
    return Cuts(tuple(clauses), tuple(sentences))


def cut_before(cuts: Cuts, starts: Iterable[int]) -> Cuts:
    """The cuts with a new clause at each of `starts`: voice input has no punctuation, but says "now"."""
    extra, clauses, marks = 0, [], frozenset(starts)
    for index, clause in enumerate(cuts.clauses):
        extra += index in marks
        clauses.append(clause + extra)
    return Cuts(tuple(clauses), cuts.sentences)


def _parts_chinese(text: str, index: int) -> bool:
    """Whether the blank at `index` has a character other than a Latin one on either side."""
    sides = text[max(0, index - 1) : index] + text[index + 1 : index + 2]
    return not sides.isascii()
