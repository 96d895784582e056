"""What a message means: danger first, then one or several questions, each with the entries that may answer it.

`understand` is pure and knows nothing of channels or of the database; `bot/decide.py` and `python -m knowledge ask`
call it. The thresholds and where they come from are explained in `docs/understanding.md`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import chain

from knowledge import normalise
from knowledge.danger import Alarm
from knowledge.follow_up import continued
from knowledge.library import EMERGENCY, Library
from knowledge.questions import asked, asking, several
from knowledge.ranking import Ranked, ranked
from knowledge.schema import Kind
from knowledge.slots import Slots

CLEAR = 0.30
GAP = 0.045
NOTHING = 0.20
FAINT = 0.05
"""Linear score below which a low score for a report or a matter for a person comes from caution, not from the words."""
ALARMING = 0.35
"""Linear score from which likeness to the examples of emergencies alone is an alarm."""
OFFERED = 3
ASKED_FROM = 6
"""Characters a clause needs to be handed to a person alone; a shorter one hangs on its neighbours."""
_ASKED = re.compile(
    r"^(?!这|那|我们这).*(?:[吗么呢?]|什么|怎么|咋|多[少大久长]|几[个点岁月天号]|哪|谁|(.)不\1|能否|是否|可不可以|[不没]$)"
)
OVERLAP = 200
"""Characters that pieces of a long message share, so that no danger is cut in two."""
_LATIN = re.compile(r"[a-z]{2,}")


class Verdict(StrEnum):
    """What understanding came to."""

    DANGER = "danger"
    REPORT = "report"
    ESCALATE = "escalate"
    DECLINE = "decline"
    ANSWER = "answer"
    NEAR = "near"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Memory:
    """What the conversation has been about: the last topic, the last words, and slots named before."""

    topic: str | None = None
    words: str = ""
    slots: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Understanding:
    """The reading of one message.

    `answers`: entries that answer it, in the order asked; `near`: at most three to offer when asking back; `candidates`:
    the ranking behind the decision, best first; `named`: slots of this message alone; `slots`: with those remembered;
    `rest`: clauses that ask something of their own which only a person can answer; `known`: where the verdict is to hand
    over, the entries that answer the other clauses; `rule`: the name of the rule that decided.
    """

    verdict: Verdict
    rule: str
    text: str
    named: Slots
    slots: Slots
    candidates: tuple[Ranked, ...] = ()
    answers: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    alarm: Alarm | None = None
    english: bool = False
    rest: tuple[str, ...] = ()
    known: tuple[str, ...] = ()

    @property
    def main(self) -> str | None:
        """The one entry that matters most: the best candidate among the answers."""
        return next((c.entry for c in self.candidates if c.entry in self.answers), next(iter(self.answers), None))

    @property
    def score(self) -> float:
        """The score of the best candidate; 0 without one."""
        return self.candidates[0].score if self.candidates else 0.0


def understand(library: Library, text: str, memory: Memory | None = None) -> Understanding:
    """The reading of what a parent wrote, as it was typed, in the light of what was said before."""
    memory = memory or Memory()
    plain = normalise.plain(text)
    named = library.names.read(plain, text)
    slots = _remembered(named, memory)
    reading = Understanding(Verdict.NOTHING, "nothing near", plain, named, slots, english=_is_english(plain))
    alarm = _told(library, plain, text)
    if alarm is not None:
        return replace(reading, verdict=Verdict.DANGER, rule=f"danger: {alarm.rule}", alarm=alarm)
    if not re.search(r"[a-z\u3400-\u9fff]", plain):
        return replace(reading, verdict=Verdict.DECLINE, rule="no words")
    topic = continued(library, plain, named, memory.topic)
    if topic is not None:
        answers = (topic,)
        return replace(reading, verdict=Verdict.ANSWER, rule="follow-up names only a detail", answers=answers)
    if library.only_opens(plain):
        return replace(reading, verdict=Verdict.NEAR, rule="names only who or when")
    candidates = ranked(library, plain, memory.topic, memory.words, local=named.district is not None)
    entries = tuple(c for c in candidates if c.entry in library.entries)
    alarm = _like_an_emergency(library, candidates)
    if alarm is not None:
        return replace(reading, verdict=Verdict.DANGER, rule="danger: like an example", alarm=alarm, candidates=entries)
    return _with_rest(library, _judged(library, replace(reading, candidates=entries)))


def _told(library: Library, plain: str, text: str) -> Alarm | None:
    """The danger told of anywhere in the message: also beyond the part of it that is read for its question."""
    step = normalise.LONGEST - OVERLAP
    rest = (normalise.plain(text[start : start + normalise.LONGEST]) for start in range(step, len(text) - OVERLAP, step))
    return next((alarm for piece in chain([plain], rest) if (alarm := library.alarm(piece))), None)


def _like_an_emergency(library: Library, candidates: list[Ranked]) -> Alarm | None:
    """The alarm where the message is clearly more like an emergency told before than like anything else."""
    best, *others = candidates
    if best.entry != EMERGENCY or best.linear < ALARMING or best.score - others[0].score < GAP:
        return None
    return library.alarm_like(best.phrasing)


def _judged(library: Library, reading: Understanding) -> Understanding:
    """The verdict over ranked candidates."""
    best = reading.candidates[0]
    kind = library.kind(best.entry)
    if kind is Kind.ANSWER:
        parts = several(library, reading.text, reading.candidates)
        if len(parts) > 1:
            return replace(reading, verdict=Verdict.ANSWER, rule="several questions", answers=parts)
    if best.score < NOTHING or (kind is not Kind.ANSWER and best.score < CLEAR and best.linear < FAINT):
        verdict = Verdict.ESCALATE if library.words.found(reading.text) else Verdict.DECLINE
        return replace(reading, verdict=verdict, rule="nothing near")
    gap = best.score - _runner_up(library, reading.candidates)
    doubtful = kind is Kind.ANSWER and best.score < CLEAR
    if doubtful or (gap < GAP and _may_be_answered(library, reading.candidates)):
        offered = tuple(c.entry for c in reading.candidates if library.kind(c.entry) is Kind.ANSWER)[:OFFERED]
        return replace(reading, verdict=Verdict.NEAR, rule="too close to call", near=offered)
    verdict = Verdict(str(kind))
    return replace(reading, verdict=verdict, rule="clearly nearest", answers=(best.entry,))


def _with_rest(library: Library, reading: Understanding) -> Understanding:
    """The reading with what it leaves to a person: clauses that, read alone, are for one, beside others that are not."""
    if reading.verdict not in (Verdict.ANSWER, Verdict.ESCALATE):
        return reading
    clauses = asking(reading.text)
    rest = tuple(clause for clause in clauses if _for_a_person(library, clause)) if len(clauses) > 1 else ()
    if not rest:
        return reading
    known = dict.fromkeys(entry for clause in clauses if clause not in rest for entry in _clearly(library, clause))
    if reading.verdict is Verdict.ANSWER:
        return replace(reading, rest=rest, answers=tuple(dict.fromkeys((*known, *reading.answers)))[:OFFERED])
    return replace(reading, rest=rest, known=tuple(known)[:OFFERED]) if known else reading


def _clearly(library: Library, clause: str) -> Iterator[str]:
    return asked(library, clause) if _ASKED.search(clause) else iter(())


def _for_a_person(library: Library, clause: str) -> bool:
    if len(clause) < ASKED_FROM or not (_ASKED.search(clause) and library.words.found(clause)):
        return False
    named = library.names.read(clause, clause)
    candidates = ranked(library, clause, None, "", local=named.district is not None)
    entries = tuple(c for c in candidates if c.entry in library.entries)
    alone = _judged(library, Understanding(Verdict.NOTHING, "a clause", clause, named, named, candidates=entries))
    return alone.verdict in (Verdict.ESCALATE, Verdict.REPORT)


def _may_be_answered(library: Library, candidates: tuple[Ranked, ...]) -> bool:
    """Whether a question we answer is among the two nearest, so that asking back costs less than refusing it."""
    kinds = [library.kind(c.entry) for c in candidates[:2]]
    return kinds[0] is Kind.ANSWER or (kinds[0] is Kind.DECLINE and Kind.ANSWER in kinds)


def _runner_up(library: Library, candidates: tuple[Ranked, ...]) -> float:
    """The best score that would lead to another outcome; entries outside the field count as one outcome."""
    best = candidates[0]
    kind = library.kind(best.entry)
    others = (c.score for c in candidates[1:] if kind is Kind.ANSWER or library.kind(c.entry) is not kind)
    return next(others, 0.0)


def _remembered(named: Slots, memory: Memory) -> Slots:
    """Slots of this message, filled up with what was named before. A place or centre named anew ends the old district."""
    known = named.known()
    kept = {key: value for key, value in memory.slots.items() if key not in known}
    if "place" in known or "centre" in known or "district" in known:
        kept = {key: value for key, value in kept.items() if key not in ("district", "place", "centre")}
    return Slots.of({**kept, **known})


def _is_english(plain: str) -> bool:
    """Whether a message is written in English (and not in pinyin)."""
    words = _LATIN.findall(plain)
    return len(words) >= 3 and not re.search(r"[\u3400-\u9fff]{2}", plain) and not _reads_as_pinyin(words)


def _reads_as_pinyin(words: list[str]) -> bool:
    from knowledge.pinyin import typed

    return typed(words) is not None
