"""A parent's own questions as they read them: the list, one of them, and what they may tap. Pure; used by `bot/decide.py`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.case import WAITING, Do, State, Who, after
from bot.decision import CaseView
from bot.messages import Choice, Reply
from bot.promise import day_and_time
from bot.voice import Say
from knowledge.typography import closed_up

SHORT = 24
"""Characters of the parent's words by which a question is named."""
LISTED = 5
MARKS = range(1, 6)


@dataclass(frozen=True, slots=True)
class Mine:
    """A parent's questions at one moment, newest first."""

    cases: tuple[CaseView, ...]
    now: datetime
    say: Say

    def case(self, number: str) -> CaseView | None:
        """The question of that number, if it is theirs."""
        return next((case for case in self.cases if case.number == number), None)

    def may(self, case: CaseView, do: Do) -> bool:
        """Whether the parent may do this now."""
        return after(State(case.state), do, Who.PARENT) is not None

    def listed(self) -> Reply:
        """The list: a question alone is shown at once with what may be done to it."""
        if not self.cases:
            return Reply(self.say("bot.mine_none"), (self._person(),))
        shown = self.cases[:LISTED]
        if len(shown) == 1:
            return self.shown(shown[0])
        text = self.say("case.my_list", cases=[self._line(case) for case in shown])
        choices = [Choice(f"case.show:{case.number}", self._label(case)) for case in shown]
        return Reply(text, (*choices, self._person()))

    def shown(self, case: CaseView, lead: str = "") -> Reply:
        """One question and what may be done to it."""
        text = self.say("case.my_one", case=self._line(case))
        return Reply(f"{lead}\n{text}" if lead else text, (*self.actions(case), self._person()))

    def actions(self, case: CaseView) -> tuple[Choice, ...]:
        """What the parent may tap about a question."""
        state = State(case.state)
        if state in WAITING:
            names: Sequence[str] = ("add", "hurry", "close", "withdraw")
            return tuple(Choice(f"case.{name}:{case.number}", self.say(f"case.my_{name}_label")) for name in names)
        if state is State.ANSWERED:
            return (*self.solved(case.number), self.add(case.number))
        if state in (State.CONFIRMED, State.CLOSED):
            unsolved = self.solved(case.number)[1]
            return (unsolved, *(self.marks(case.number) if case.rating is None else ()))
        return ()

    def solved(self, number: str) -> tuple[Choice, Choice]:
        """The question whether the answer helped."""
        return (
            Choice(f"case.solved:{number}", self.say("case.solved_label")),
            Choice(f"case.unsolved:{number}", self.say("case.unsolved_label")),
        )

    def marks(self, number: str) -> tuple[Choice, ...]:
        """The question how satisfied the parent is."""
        return tuple(Choice(f"case.rate:{number}:{n}", self.say("case.rate_label", value=n)) for n in MARKS)

    def add(self, number: str) -> Choice:
        """The offer to say more about a question."""
        return Choice(f"case.add:{number}", self.say("case.my_add_label"))

    def promise(self, case: CaseView) -> str:
        """When the answer is due, if the parent was told a time; that it is late, if so."""
        if State(case.state) not in WAITING or case.promised_at is None or not case.told:
            return ""
        if case.promised_at <= self.now:
            return self.say("case.my_late")
        return closed_up(self.say("case.my_due", time=day_and_time(case.promised_at, self.now, self.say)))

    def _line(self, case: CaseView) -> dict[str, str]:
        state = self.say(f"case.my_state_{case.state}")
        return {"number": case.number, "words": self._label(case), "state": state, "promise": self.promise(case)}

    def _label(self, case: CaseView) -> str:
        words = " ".join(case.words.split()) or self.say("case.my_no_words")
        return words if len(words) <= SHORT else f"{words[: SHORT - 1]}…"

    def _person(self) -> Choice:
        return Choice("service.human", self.say("bot.person_label"))
