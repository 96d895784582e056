"""What is done about one message: pure, no clock, no network, no database. Called by `bot/intake.py` for every message.

Order of thought, top to bottom: nothing to read → a button or number was picked → danger → an edit that changed nothing
→ one reading with the words just before (a burst) → clear answers → ask back → hand over.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot import compose
from bot.case_content import burst, understood
from bot.case_picks import CasePicks
from bot.case_words import CaseWords
from bot.compose import Draft
from bot.conversation import Context, Turn
from bot.decision import Decision, NewCase
from bot.hand_over import HandOver
from bot.messages import Incoming
from bot.my_cases import Mine
from bot.office import Office
from bot.split import split
from bot.think import Background
from knowledge.library import Library
from knowledge.normalise import plain
from knowledge.understanding import Memory, Understanding, Verdict, understand

FRAGMENT = 12
"""Characters up to which an unclear message may be the beginning of a longer one."""
_MARKS = "!?。，,.~…、 "
_NUMBER = re.compile(r"[\d\W]+")
UNCLEAR = frozenset({Verdict.NEAR, Verdict.NOTHING})


@dataclass(frozen=True, slots=True)
class Decider:
    """`Think` over whatever library is current. `burst`: how long an unclear fragment waits for its continuation."""

    current: Callable[[], Library]
    burst: timedelta = timedelta(seconds=1.5)

    def __call__(self, incoming: Incoming, background: Background, now: datetime, number: str) -> Decision:
        """The decision about `incoming`; `number` is used if a case is opened."""
        office = Office(self.current)
        return _Thought(self.current(), office, incoming, background, now, number, self.burst).decision()


@dataclass(frozen=True, slots=True)
class _Thought:
    """Everything one decision is made of."""

    library: Library
    office: Office
    incoming: Incoming
    background: Background
    now: datetime
    number: str
    burst: timedelta

    @property
    def context(self) -> Context:
        return self.background.context

    def decision(self) -> Decision:
        pick = self.incoming.pick or self._numbered()
        if pick is not None:
            return self._settled(self._picked(pick))
        if self.incoming.location is not None and not self.incoming.text.strip():
            return self._settled(compose.located(self.library, self.context))
        if not self.incoming.text.strip():
            return self._settled(self._files() or compose.unreadable(self.library, self.incoming.attachments))
        return self._edited() or self._read()

    def _picked(self, pick: str) -> Draft:
        own = self._picks().draft(pick) or (self._words().asked_already() if pick == compose.HUMAN else None)
        return own or compose.picked(self.library, pick, self.background, self._hand_over(), self._last_words())

    def _files(self) -> Draft | None:
        words = self._words()
        return (words.in_mode(None) or words.files()) if self.incoming.attachments else None

    def _read(self) -> Decision:
        """The decision about words, alone or together with the words just before."""
        alone = self._understand(self.incoming.text)
        if (own := self._own(alone)) is not None:
            return self._settled(own)
        held = self._held()
        if held:
            words = "，".join((*(turn.text for turn in held), self.incoming.text))
            return replace(self._answered(_clearer(alone, self._understand(words)), words), replaces_held=True)
        if self._continues(alone):
            return self._silent(self.context.turns[-1])
        return self._answered(alone)

    def _understand(self, text: str) -> Understanding:
        words = self.context.turns[-1].text if self.context.turns else ""
        return understand(self.library, text, Memory(self.context.topic, plain(words)[:60], self.context.slots))

    def _answered(self, reading: Understanding, words: str = "") -> Decision:
        """The decision a reading leads to; `words`: all that a person is to see, where that is more than this message."""
        own = self._words().instead_of_new(reading) if self.background.cases else None
        parts = (self.library, reading, self._hand_over(), self.background)
        draft = own or split(*parts) or self._words().offer(compose.answered(*parts))
        fragment = len(reading.text) <= FRAGMENT and not reading.named.known()
        hold = bool(self.burst) and fragment and draft.case is None and draft.outcome in compose.MAY_WAIT
        return self._settled(replace(draft, words=draft.words or words), hold=hold)

    def _settled(self, draft: Draft, *, hold: bool = False) -> Decision:
        turn = Turn(self.incoming.text, self.incoming.reference, self.now, draft.outcome, draft.topics, hold)
        context = self.context.after(
            turn,
            options=tuple(choice.id for choice in draft.reply.choices) if draft.reply else self.context.options,
            topic=draft.topic or self.context.topic,
            slots=draft.slots if draft.slots is not None else self.context.slots,
        )
        return Decision(
            outcome=draft.outcome,
            reply=draft.reply,
            context=Context() if draft.erase else context,
            topics=draft.topics,
            options=draft.options,
            score=draft.score,
            why=draft.why,
            case=self._case(draft),
            hold=hold,
            erase=draft.erase,
            acts=draft.acts,
        )

    def _own(self, reading: Understanding) -> Draft | None:
        """What the words say about a question of theirs; None where they are a new one."""
        if not self.background.cases:
            return None
        words = self._words()
        mode = words.in_mode(reading)
        if mode is not None or reading.verdict is Verdict.DANGER:
            return mode
        return words.named() or words.answers_district(reading) or words.after_answer()

    def _picks(self) -> CasePicks:
        mine = Mine(self.background.cases, self.now, self.library.say)
        return CasePicks(mine, self.office, self.incoming.sender, self.context, self._last_words())

    def _words(self) -> CaseWords:
        return CaseWords(self.library, self._picks(), self.incoming.text, self.incoming.attachments)

    def _hand_over(self) -> HandOver:
        return HandOver(self.office, self.library.say, self.now, self.number)

    def _case(self, draft: Draft) -> NewCase | None:
        if draft.case is None:
            return None
        words = draft.words or burst(self.context.turns, self.incoming.text, self.now)
        slots = self.context.slots if draft.slots is None else draft.slots
        return NewCase(
            self.number,
            draft.case,
            words,
            draft.district,
            understood(self.library, draft.why, slots),
            desk=draft.route.desk if draft.route else self.office.common,
            asked=draft.route is not None and draft.route.asked,
            topics=draft.about,
            attachments=self.incoming.attachments,
        )

    def _numbered(self) -> str | None:
        """The option a bare number stands for."""
        digits = plain(self.incoming.text[:8]).strip(".。、 ")
        if len(digits) == 1 and digits in "123456789" and int(digits) <= len(self.context.options):
            return self.context.options[int(digits) - 1]
        return None

    def _edited(self) -> Decision | None:
        """Silence for an edit that means what the message meant before; None where it must be read anew."""
        before = next((t for t in reversed(self.context.turns) if t.reference == self.incoming.edits), None)
        if self.incoming.edits is None or before is None:
            return None
        reading = self._understand(self.incoming.text)
        same = plain(before.text).strip(_MARKS) == reading.text.strip(_MARKS) or (bool(before.topics) and before.topics == reading.answers)
        return self._silent(before) if same and reading.verdict is not Verdict.DANGER else None

    def _held(self) -> list[Turn]:
        """The turns just before that still wait for their continuation, oldest first."""
        held: list[Turn] = []
        for turn in reversed(self.context.turns):
            if not turn.held or self.now - turn.at > self.burst * (len(held) + 1):
                break
            held.insert(0, turn)
        return held

    def _continues(self, alone: Understanding) -> bool:
        """Whether these words only go on with the question answered a moment ago."""
        last = self.context.turns[-1] if self.context.turns else None
        if last is None or not last.topics or self.now - last.at > self.burst:
            return False
        if alone.verdict not in UNCLEAR and not self._leans(alone):
            return False
        joined = understand(self.library, f"{last.text}，{self.incoming.text}")
        return joined.verdict is Verdict.ANSWER and joined.answers == last.topics

    def _leans(self, alone: Understanding) -> bool:
        """Whether a fragment has its clear meaning only from the talk before, and names nothing new."""
        if len(alone.text) > FRAGMENT or alone.verdict is not Verdict.ANSWER or alone.named.known():
            return False
        return understand(self.library, self.incoming.text).verdict in UNCLEAR

    def _silent(self, before: Turn) -> Decision:
        turn = Turn(self.incoming.text, self.incoming.reference, self.now, before.outcome, before.topics)
        context = self.context.after(turn)
        return Decision(before.outcome, None, context, topics=before.topics, why={"rule": "same meaning as before"})

    def _last_words(self) -> str:
        """What the parent last asked in words, for a case opened by a button."""
        asked = (t.text for t in reversed(self.context.turns) if t.outcome != compose.HUMAN)
        return next((text for text in asked if _NUMBER.sub("", plain(text))), "")


def _clearer(alone: Understanding, joined: Understanding) -> Understanding:
    """A message by itself, or with the words just before it: together, unless that hides what is clear alone."""
    if alone.verdict is Verdict.DANGER is not joined.verdict:
        return alone
    return joined if joined.verdict not in UNCLEAR or alone.verdict in UNCLEAR else alone
