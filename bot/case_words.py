"""What a parent says in words about their own question, or while a person is at it. Pure; called by `bot/decide.py`.

Silence: while somebody works on a question, words the bot has no clear answer to go there without a reply, after a first
one that says so. It ends with the promise: then each word is answered again, and staff are called.
"""

import re
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.act import Act
from bot.case import WAITING, Do, State
from bot.case_picks import OUTCOME, SKIP, STOP, CasePicks
from bot.compose import HUMAN, Draft
from bot.decision import CaseView, Outcome, Priority
from bot.messages import Attachment, Reply
from knowledge.library import Library
from knowledge.understanding import Understanding, Verdict

MODE_ENDS = timedelta(minutes=30)
"""How long after the last word what a parent writes still belongs to the question they add to."""
SAME_MATTER = timedelta(minutes=30)
"""How long after it was handed over words without an answer count as more about the same."""
NAMED_ALONE = 12
"""Characters up to which words that name a district are the answer to the question for it."""
SHORT_WORDS = 16
CLEARLY, LIKELY = 0.6, 0.45
"""Scores of a likeness that is beyond doubt, and of one worth asking about."""

_WITHDRAW = re.compile("撤回|撤销|撤了|取消")
_CLOSE = re.compile("不用(回|管|问|查)|办结|关(掉|闭|了)吧?|算了")
_HURRY = re.compile("催|加急|快点|怎么还|还没(人|回)|没人(理|管|回)")
_UNSOLVED = re.compile("没(有)?(能)?(完全)?解决|没用|不对|不行|还是(没|不)|解决不了|没说清|答非所问")
_SOLVED = re.compile("(已经?|都)?解决(了|啦)|明白了|清楚了|知道了|搞定了|可以了|问题没了")
_QUESTION = re.compile("[吗呢么啥哪几?？]|多少|怎|如何|有没有|能不能")
_THANKS = re.compile("(好的?|嗯+|行|谢+|谢谢(您|你|啦|了)?|多谢|感谢|辛苦了?|收到|ok|thank(s| you)?|[,，。!！~、 ])+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CaseWords:
    """Words and attachments, as `picks` would have them done."""

    library: Library
    picks: CasePicks
    text: str
    attachments: tuple[Attachment, ...] = ()

    def in_mode(self, reading: Understanding | None) -> Draft | None:
        """Words while the bot waits for them: a detail, or why they gave that mark. Danger is never one of these."""
        offered = next((option for option in self.picks.context.options if option.startswith((STOP, SKIP))), None)
        last = self.picks.context.turns[-1] if self.picks.context.turns else None
        if offered is None or last is None or self.picks.mine.now - last.at > MODE_ENDS:
            return None
        verb, number, *value = offered.split(":")
        case = self.picks.mine.case(number)
        if case is None or (reading is not None and _alarming(reading)):
            return None
        if verb == SKIP:
            return self._why_that_mark(case, int(value[0]), reading)
        waits = case.state in WAITING  # an answer that came meanwhile ends the mode
        return self._added(case, in_mode=True) if waits and self.picks.mine.may(case, Do.ADD) else None

    def named(self) -> Draft | None:
        """Words with a question's number, or the answer to the question for the district."""
        case = next((case for case in self.picks.mine.cases if case.number in self.text), None)
        return None if case is None else self._about(case, self.text.replace(case.number, " ").strip(" ，,。:：号编"))

    def answers_district(self, reading: Understanding) -> Draft | None:
        """A district named alone, after it was asked for."""
        case = next((case for case in self.picks.mine.cases if case.asked and case.desk is None), None)
        if case is None or reading.named.district is None or len(reading.text) > NAMED_ALONE:
            return None
        just_asked = any(option.startswith("district.") for option in self.picks.context.options)
        if _QUESTION.search(self.text) or not (just_asked or reading.verdict is not Verdict.ANSWER):
            return None
        return self.picks.placed(case, reading.named.district) if self.picks.mine.may(case, Do.ROUTE) else None

    def after_answer(self) -> Draft | None:
        """Short words just after a person's answer: it helped, it did not, thanks."""
        case = self._newest(State.ANSWERED)
        if case is None or len(self.text) > SHORT_WORDS or self.attachments:
            return None
        if _UNSOLVED.search(self.text):
            return self.picks.reopened(case, self.text)
        if _SOLVED.search(self.text):
            return self.picks.solved(case)
        if _THANKS.fullmatch(self.text.strip()):
            text = self.picks.mine.say("case.my_thanks", number=case.number)
            return _own("thanks", Reply(text, self.picks.mine.solved(case.number)))
        return None

    def instead_of_new(self, reading: Understanding) -> Draft | None:
        """Words that would open another question, or make the bot ask back, but belong to one that is being handled."""
        if reading.answers == (HUMAN,):
            return self.asked_already()
        if _alarming(reading):
            return self._alarm_again(reading)
        if _worth_a_reply(reading):
            return None
        if case := self._newest(State.CLAIMED):
            return self._added(case)
        if reading.verdict is Verdict.REPORT:
            return self._alarm_again(reading)
        if reading.verdict in (Verdict.ANSWER, Verdict.NEAR) or (reading.verdict is Verdict.ESCALATE and reading.answers):
            return None  # worth asking back, or a matter of its own that is known to need a person
        waiting = self._waiting_lately()
        return self._added(waiting) if waiting is not None else None

    def offer(self, draft: Draft) -> Draft:
        """Asking back, with the offer that the words belong to the open question."""
        case = self._newest(*WAITING, State.ANSWERED)
        if draft.outcome != Outcome.CLARIFY or draft.reply is None or case is None:
            return draft
        return replace(draft, reply=replace(draft.reply, choices=(*draft.reply.choices, self.picks.mine.add(case.number))))

    def asked_already(self) -> Draft | None:
        """They want a person, and what they last asked is with one."""
        case = self._waiting_lately()
        if case is None or self.picks.last_words not in ("", case.words):
            return None
        mine = self.picks.mine
        text = mine.say("case.my_same_question", number=case.number, promise=mine.promise(case))
        return _own("again", Reply(text, mine.actions(case)))

    def _alarm_again(self, reading: Understanding) -> Draft | None:
        """The same alarm once more: the same advice, no second case."""
        case = self._waiting_lately()
        wanted = Priority.EMERGENCY if reading.verdict is Verdict.DANGER else Priority.REPORT
        if case is None or case.priority < wanted:
            return None
        library = self.library
        advice = library.danger.kinds[reading.alarm.kind].answer.strip() if reading.alarm else ""
        text = f"{advice}\n{self.picks.mine.say('case.my_on_it', number=case.number)}".strip()
        return _own("alarm", Reply(text, alert=reading.alarm is not None), self.add(case))

    def files(self) -> Draft | None:
        """Attachments without words, while a person is at a question: for them to see."""
        case = self._newest(State.CLAIMED, State.REOPENED) or self._waiting_lately()
        return self._added(case) if case is not None else None

    def add(self, case: CaseView) -> Act:
        """These words and attachments, added to the question."""
        return replace(self.picks.act(case, Do.ADD, text=self.text), attachments=self.attachments)

    def _about(self, case: CaseView, words: str) -> Draft:
        if not words:
            return _own("show", self.picks.mine.shown(case))
        if len(words) <= SHORT_WORDS:
            if _WITHDRAW.search(words):
                return self.picks.asked_to_withdraw(case)
            if _UNSOLVED.search(words) and self.picks.mine.may(case, Do.REOPEN):
                return self.picks.reopened(case, words)
            if _SOLVED.search(words) and self.picks.mine.may(case, Do.CONFIRM):
                return self.picks.solved(case)
            if _HURRY.search(words):
                return self.picks.hurried(case)
            if _CLOSE.search(words):
                return self.picks.draft(f"case.close:{case.number}") or self.picks.refused(case, "close")
        return self._added(case) if self.picks.mine.may(case, Do.ADD) else self.picks.refused(case, "add")

    def _added(self, case: CaseView, *, in_mode: bool = False) -> Draft:
        return self.picks.added(case, self.add(case), in_mode=in_mode)

    def _why_that_mark(self, case: CaseView, value: int, reading: Understanding | None) -> Draft | None:
        question = reading is None or (bool(reading.answers) and bool(_QUESTION.search(self.text)))
        if question or not self.picks.mine.may(case, Do.RATE):
            return None
        act = self.picks.act(case, Do.RATE, text=self.text, value=value)
        return _own("rate_words", Reply(self.picks.mine.say("case.my_rating_kept")), act)

    def _newest(self, *states: State, within: timedelta | None = None) -> CaseView | None:
        now = self.picks.mine.now
        for case in self.picks.mine.cases:
            young = within is None or (case.created_at is not None and now - case.created_at <= within)
            if case.state in states and young:
                return case
        return None

    def _waiting_lately(self) -> CaseView | None:
        """A question that waits, and that was opened or added to a moment ago."""
        if found := self._newest(*WAITING, within=SAME_MATTER):
            return found
        since = self.picks.mine.now - SAME_MATTER
        talking = any(turn.outcome == f"{OUTCOME}.add" and turn.at > since for turn in self.picks.context.turns)
        return self._newest(*WAITING) if talking else None


def _alarming(reading: Understanding) -> bool:
    """Whether a person must be called anew; a faint likeness to a report is not that while a person reads along."""
    return reading.verdict is Verdict.DANGER or (reading.verdict is Verdict.REPORT and reading.score >= CLEARLY)


def _worth_a_reply(reading: Understanding) -> bool:
    """Whether the bot has something to say to it, even while a person is at another matter."""
    if reading.verdict is Verdict.DECLINE:
        return True
    if reading.verdict is Verdict.ANSWER:
        small_talk = all(entry.startswith("service.") for entry in reading.answers)
        return reading.score >= CLEARLY or not small_talk
    return reading.verdict is Verdict.NEAR and reading.score >= LIKELY


def _own(verb: str, reply: Reply | None, *acts: Act) -> Draft:
    return Draft(f"{OUTCOME}.{verb}", reply, why={"rule": "own question", "verb": verb}, acts=acts)
