"""What a parent does to their own question by a button. Pure; called by `bot/decide.py` before any other pick.

Choice ids: `case.VERB:NUMBER`, `case.rate:NUMBER:1` to `5`, `district.NAME:NUMBER`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.act import Act, Actor
from bot.case import WAITING, Do, State, Who
from bot.compose import Draft
from bot.conversation import Context
from bot.decision import CaseView
from bot.hand_over import NO_DISTRICT, HandOver
from bot.messages import Address, Choice, Reply
from bot.my_cases import Mine
from bot.office import Office

OUTCOME = "case"
"""Outcomes about a parent's own questions begin so: `case.add`, `case.rate`."""
STOP, SKIP = "case.stop", "case.skip"
ONE_CALL_IN = timedelta(minutes=30)

_PICK = re.compile(r"(case|district)\.([^:]+):(\w+)(?::(\w+))?")


@dataclass(frozen=True, slots=True)
class CasePicks:
    """Everything a pick about a question is answered from. `place`: who picks."""

    mine: Mine
    office: Office
    place: Address
    context: Context
    last_words: str = ""

    def draft(self, pick: str) -> Draft | None:
        """What the pick does; None where it is no pick about a question."""
        found = _PICK.fullmatch(pick)
        if found is None:
            return None
        kind, verb, number, value = found.groups()
        case = self.mine.case(number)
        if case is None:
            return self._said(verb, Reply(self._say("my_unknown"), self.mine.listed().choices))
        if kind == "district":
            return self.placed(case, None if verb == NO_DISTRICT else verb)
        steps: dict[str, Callable[[CaseView], Draft]] = {
            "show": lambda case: self._said("show", self.mine.shown(case)),
            "add": self._add,
            "stop": self._stop,
            "hurry": self.hurried,
            "close": self._closed,
            "withdraw": self.asked_to_withdraw,
            "withdrawn": self._withdrawn,
            "keep": lambda case: self._said("keep", Reply(self._say("my_kept", number=case.number))),
            "solved": self.solved,
            "unsolved": self.reopened,
            "rate": lambda case: self._rated(case, value or ""),
            "skip": lambda case: self._said("skip", Reply(self._say("my_rating_kept"))),
        }
        return steps[verb](case) if verb in steps else None

    def placed(self, case: CaseView, district: str | None) -> Draft:
        """The parent says in which district; the question goes to its desk."""
        if case.desk is not None or not self.mine.may(case, Do.ROUTE):
            return self.refused(case, "district")
        desk = self.office.route(district, case.topics) or self.office.common
        reply = Reply(self._say("district_thanks", number=case.number))
        act = self.act(case, Do.ROUTE, text=district or "", desk=desk)
        slots = {**self.context.slots, "district": district} if district else None
        return self._said("district", reply, act, slots=slots)

    def hurried(self, case: CaseView) -> Draft:
        """Staff are called again, but not at every tap."""
        if not self.mine.may(case, Do.HURRY):
            return self.refused(case, "hurry")
        since = self.mine.now - ONE_CALL_IN
        lately = any(turn.outcome == f"{OUTCOME}.hurry" and turn.at > since for turn in self.context.turns)
        promise = self.mine.promise(case)
        if lately:
            return self._said("hurry_lately", Reply(self._say("my_hurried_lately", number=case.number)))
        text = self._say("my_hurried", number=case.number)
        return self._said("hurry", Reply(f"{text}\n{promise}" if promise else text), self.act(case, Do.HURRY))

    def added(self, case: CaseView, act: Act, *, in_mode: bool = False) -> Draft:
        """A detail is passed on; where the answer is late, the parent hears so and staff are called."""
        if case.state in WAITING and case.told and case.promised_at is not None and case.promised_at <= self.mine.now:
            reply = Reply(self._say("my_passed_on_late", number=case.number))
            return self._said("add", reply, act, *self.hurried(case).acts)
        last = self.context.turns[-1] if self.context.turns else None
        if last is not None and last.outcome == f"{OUTCOME}.add":
            return self._said("add", None, act)  # they were told a moment ago
        key, choices = ("added", (self.stop(case),)) if in_mode else ("my_passed_on", ())
        return self._said("add", Reply(self._say(key, number=case.number), choices), act)

    def solved(self, case: CaseView) -> Draft:
        """The answer helped; how satisfied are they?"""
        if not self.mine.may(case, Do.CONFIRM):
            return self.refused(case, "solved")
        return self._said("solved", self._with_marks(case, "my_solved"), self.act(case, Do.CONFIRM))

    def reopened(self, case: CaseView, words: str = "") -> Draft:
        """The answer did not help: back to whoever gave it, and the parent is asked for what is missing."""
        if not self.mine.may(case, Do.REOPEN):
            return self.refused(case, "unsolved")
        promise = self._hand_over(case).promise(case.desk)
        text = self._say("my_reopened", number=case.number, promise=promise)
        if not words:
            text = f"{text}\n{self._say('my_reopened_more')}"
        return self._said("unsolved", Reply(text, (self.stop(case),)), self.act(case, Do.REOPEN, text=words))

    def asked_to_withdraw(self, case: CaseView) -> Draft:
        """A tap by mistake must not end a question."""
        if not self.mine.may(case, Do.WITHDRAW):
            return self.refused(case, "withdraw")
        choices = (
            Choice(f"case.withdrawn:{case.number}", self._say("my_withdraw_yes_label")),
            Choice(f"case.keep:{case.number}", self._say("my_keep_label")),
        )
        return self._said("withdraw", Reply(self._say("my_withdraw_sure", number=case.number), choices))

    def stop(self, case: CaseView) -> Choice:
        """Ends the adding. While it is on offer, what the parent writes belongs to the question."""
        return Choice(f"{STOP}:{case.number}", self._say("my_stop_label"))

    def act(self, case: CaseView, do: Do, *, text: str = "", desk: str | None = None, value: int | None = None) -> Act:
        """The parent's act upon their question."""
        by = Actor(Who.PARENT, via=self.place.channel)
        return Act(do, case.number, by, text, desk=desk, value=value, place=self.place)

    def refused(self, case: CaseView, verb: str) -> Draft:
        """The state has changed meanwhile: here is what it is now."""
        return self._said(verb, self.mine.shown(case, self._say("my_not_now")))

    def _add(self, case: CaseView) -> Draft:
        if not self.mine.may(case, Do.ADD):
            return self.refused(case, "add")
        last = self.context.turns[-1] if self.context.turns else None
        if last is not None and last.outcome == "clarify" and last.text and last.text == self.last_words:
            return self.added(case, self.act(case, Do.ADD, text=last.text))
        return self._said("adding", Reply(self._say("my_say_more", number=case.number), (self.stop(case),)))

    def _stop(self, case: CaseView) -> Draft:
        return self._said("stop", Reply(self._say("my_stopped", number=case.number)))

    def _closed(self, case: CaseView) -> Draft:
        if not self.mine.may(case, Do.CLOSE):
            return self.refused(case, "close")
        reply = self._with_marks(case, "my_closed")
        if case.state == State.NEW:
            reply = Reply(self._say("my_closed", number=case.number))  # nobody has done anything yet that could please
        return self._said("close", reply, self.act(case, Do.CLOSE))

    def _withdrawn(self, case: CaseView) -> Draft:
        if not self.mine.may(case, Do.WITHDRAW):
            return self.refused(case, "withdraw")
        reply = Reply(self._say("my_withdrawn", number=case.number))
        return self._said("withdraw", reply, self.act(case, Do.WITHDRAW))

    def _rated(self, case: CaseView, value: str) -> Draft:
        if value not in tuple("12345") or not self.mine.may(case, Do.RATE):
            return self.refused(case, "rate")
        skip = Choice(f"{SKIP}:{case.number}:{value}", self._say("my_rate_skip_label"))
        reply = Reply(self._say("my_rated", value=value), (skip,))
        return self._said("rate", reply, self.act(case, Do.RATE, value=int(value)))

    def _with_marks(self, case: CaseView, key: str) -> Reply:
        text = self._say(key, number=case.number)
        if case.rating is not None:
            return Reply(text)
        return Reply(f"{text}\n{self._say('my_rate')}", self.mine.marks(case.number))

    def _hand_over(self, case: CaseView) -> HandOver:
        return HandOver(self.office, self.mine.say, self.mine.now, case.number)

    def _said(
        self, verb: str, reply: Reply | None, *acts: Act, slots: dict[str, str | int] | None = None
    ) -> Draft:
        why = {"rule": "own question", "verb": verb}
        return Draft(f"{OUTCOME}.{verb}", reply, slots=slots, why=why, acts=acts)

    def _say(self, key: str, **values: object) -> str:
        return self.mine.say(f"case.{key}", **values)
