"""A talk with the shipped library, message by message. Used by the tests of `decide` and `compose`."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from bot.conversation import Context
from bot.decide import Decider
from bot.decision import CaseView, Decision
from bot.messages import Address, Incoming
from bot.think import Background
from knowledge.library import Library

NUMBER = "12345678"
PRICE = "托班一个月收费多少钱？"
DOCUMENTS = "入托需要准备什么材料"
DANGER = "孩子噎着了喘不上气"


@dataclass
class Talk:
    """One parent's talk; `says` moves the clock on, and whatever is decided becomes the background of the next."""

    library: Library
    context: Context = field(default_factory=Context)
    cases: tuple[CaseView, ...] = ()
    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    ids: Any = field(default_factory=lambda: count(1))

    def says(self, text: str = "", *, after: float = 60.0, **fields: Any) -> Decision:
        """What is decided about a message sent `after` seconds after the one before."""
        self.now += timedelta(seconds=after)
        number = str(next(self.ids))
        fields.setdefault("reference", number)
        incoming = Incoming(Address("web", "1"), number, self.now, text=text, **fields)
        background = Background(self.context, self.cases)
        decision = Decider(lambda: self.library)(incoming, background, self.now, NUMBER)
        assert Decider(lambda: self.library)(incoming, background, self.now, NUMBER) == decision
        stored = json.loads(json.dumps(decision.context.to_json(), ensure_ascii=False))
        self.context = Context.from_json(stored)
        assert self.context == decision.context
        self.whole(decision)
        return decision

    def whole(self, decision: Decision) -> None:
        """No reply shows a template, is empty, or has a choice that a channel would refuse."""
        if decision.reply is None:
            return
        text = decision.reply.text
        for case in self.cases:
            text = text.replace(case.words, "")  # the parent's own words, shown as they were written
        assert text.strip()
        assert "{{" not in text
        assert "{%" not in text
        ids = [choice.id for choice in decision.reply.choices]
        assert len(ids) == len(set(ids))
        assert all(len(choice.id.encode()) <= 64 and choice.label.strip() for choice in decision.reply.choices)


def words(decision: Decision) -> str:
    """What the parent reads; an empty text where nothing is said."""
    return decision.reply.text if decision.reply else ""


def offered(decision: Decision) -> tuple[str, ...]:
    """The ids of the choices under the reply."""
    return tuple(choice.id for choice in decision.reply.choices) if decision.reply else ()
