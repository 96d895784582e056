"""A conversation while a batch is thought about: what each decision does to its unsent messages. Used by the batch."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.act import Result
from bot.conversation import Context
from bot.decision import CaseView, Decision
from bot.messages import Incoming
from db.tables import Delivery


@dataclass(slots=True, eq=False)
class Draft:
    """One message, what was decided about it, and what will be stored of it."""

    incoming: Incoming
    at: datetime
    decision: Decision
    stored: dict[str, Any]
    state: Delivery = Delivery.PENDING
    held: bool = False
    due_at: datetime | None = None
    incoming_id: int = 0
    outgoing_id: int = 0
    results: list[Result] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Unsent:
    """An undelivered message: a row stored earlier, or the reply of a draft. `mine`: this process is sending it."""

    mine: bool
    held: bool
    row_id: int = 0
    incoming_id: int | None = None
    draft: Draft | None = None


@dataclass(slots=True, eq=False)
class Talk:
    """`replaced`: held messages that gave way to a draft's. `released`: those that need not wait any longer."""

    id: int
    context: Context
    cases: tuple[CaseView, ...] = ()
    unsent: list[Unsent] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    replaced: list[tuple[Unsent, Draft]] = field(default_factory=list)
    released: list[Unsent] = field(default_factory=list)

    def settled_context(self) -> Context:
        """The context, in which a reply counts as held only while it can still be withdrawn."""
        if any(unsent.held for unsent in self.unsent) or not any(turn.held for turn in self.context.turns):
            return self.context
        return replace(self.context, turns=tuple(replace(turn, held=False) for turn in self.context.turns))

    def add(self, draft: Draft, sent: Delivery | None, burst: timedelta) -> None:
        """Take a decision in. `sent`: the state its reply may begin in, if only this process's own are before it."""
        decision = draft.decision
        self.drafts.append(draft)
        self.context = Context() if decision.erase else decision.context
        if decision.replaces_held:
            self._replace_held(draft)
        elif decision.reply is not None:
            self._release_held(draft.at)
        if decision.reply is not None:
            self._queue(draft, sent, burst)

    def _replace_held(self, by: Draft) -> None:
        for unsent in [unsent for unsent in self.unsent if unsent.held]:
            self.unsent.remove(unsent)
            self.replaced.append((unsent, by))
            if unsent.draft is not None:
                unsent.draft.state = Delivery.WITHDRAWN

    def _release_held(self, at: datetime) -> None:
        for unsent in [unsent for unsent in self.unsent if unsent.held]:
            unsent.held = False
            if unsent.draft is not None:
                unsent.draft.held, unsent.draft.due_at = False, at
            else:
                self.released.append(unsent)

    def _queue(self, draft: Draft, sent: Delivery | None, burst: timedelta) -> None:
        draft.held = draft.decision.hold and burst > timedelta(0)
        draft.due_at = draft.at + burst if draft.held else draft.at
        if sent is not None and not draft.held and all(unsent.mine for unsent in self.unsent):
            draft.state = sent
        if draft.state != Delivery.DELIVERED:
            self.unsent.append(Unsent(mine=draft.state == Delivery.SENDING, held=draft.held, draft=draft))
