"""How a batch gets its decisions: the call of the given `Think`, guarded so that one bad message harms no other."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import structlog

from bot.conversation import Context
from bot.decision import CaseView, Decision, NewCase, Outcome, Priority
from bot.messages import Incoming, Reply
from bot.payload import decision_to_json, must_be_storable, reply_to_json
from bot.talk import Draft, Talk

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Background:
    """What is known of a talk when its next message is thought about; `cases` newest first, at most five."""

    context: Context
    cases: tuple[CaseView, ...] = ()


class Think(Protocol):
    """Decides about one message; pure. `number` is for the case, should there be one."""

    def __call__(self, incoming: Incoming, background: Background, now: datetime, number: str) -> Decision: ...


def new_number() -> str:
    """A case number: eight digits, easy to read out on the telephone."""
    return f"{secrets.randbelow(90_000_000) + 10_000_000}"


class Thinker:
    """Calls `think`; where it fails the person gets `trouble` and staff get a case."""

    def __init__(self, think: Think, trouble: Reply, numbers: Callable[[], str]) -> None:
        self._think = think
        self._trouble = trouble
        self._numbers = numbers

    def draft(self, message: Incoming, talk: Talk, now: datetime) -> Draft:
        """The decision about a message, ready to be stored. Never raises."""
        background = Background(talk.settled_context(), talk.cases)
        number = self._numbers()
        begun = time.perf_counter()
        try:
            decision = self._think(message, background, now, number)
            stored = decision_to_json(decision, (time.perf_counter() - begun) * 1000)
            must_be_storable(stored, *_parts(decision))
        except Exception as error:  # whatever is wrong with one message, the others of the batch are to be answered
            log.exception("think_failed", channel=message.sender.channel, message=message.message_id)
            decision = self._fallback(message, background, number, error)
            stored = decision_to_json(decision, (time.perf_counter() - begun) * 1000)
        return Draft(message, now, decision, stored)

    def _fallback(self, message: Incoming, background: Background, number: str, error: Exception) -> Decision:
        why = {"rule": "trouble", "error": type(error).__name__}
        case = NewCase(number, Priority.NORMAL, message.text or message.pick or "", None, why)
        return Decision(Outcome.ESCALATE, self._trouble, background.context, why=why, case=case)


def _parts(decision: Decision) -> list[Any]:
    parts: list[Any] = [decision.context.to_json()]
    if decision.reply is not None:
        parts.append(reply_to_json(decision.reply))
    if decision.case is not None:
        parts.extend((decision.case.words, decision.case.understood, decision.case.district))
    return parts
