"""Several questions in one message: what is known is answered, the rest goes to a person. Pure; called by `bot/decide.py`."""

from dataclasses import replace

from bot import compose
from bot.compose import Draft
from bot.decision import Outcome, Priority
from bot.hand_over import HandOver
from bot.messages import Reply
from bot.think import Background
from knowledge.library import Library
from knowledge.understanding import Understanding, Verdict

WHOLE_TALK = frozenset({compose.HUMAN, compose.STATUS})
"""Answers that are about the talk itself: nothing beside them is handed over."""
NUMBERS = {1: "one", 2: "two", 3: "three"}


def split(library: Library, reading: Understanding, hand_over: HandOver, background: Background) -> Draft | None:
    """Answers with a case for the rest; None where the message does not leave any."""
    given = reading.answers if reading.verdict is Verdict.ANSWER else reading.known
    if not reading.rest or not given or not WHOLE_TALK.isdisjoint(given):
        return None
    known = replace(reading, verdict=Verdict.ANSWER, answers=given, rest=())
    draft = compose.answered(library, known, hand_over, background)
    if draft.reply is None:
        return None
    route = hand_over.route(reading.slots.district, (), Priority.NORMAL)
    answered = library.say(f"case.split_{NUMBERS[len(given)]}")
    told = library.say("case.split_lead", answered=answered, rest=reading.rest)
    lines = (draft.reply.text, "", told, library.say("bot.case_line", number=hand_over.number), route.text)
    return replace(
        draft,
        outcome=draft.outcome if reading.verdict is Verdict.ANSWER else Outcome.ESCALATE,
        reply=Reply("\n".join(lines).rstrip(), route.choices or draft.reply.choices),
        why=draft.why | {"whole": reading.text, "split": True},
        case=Priority.NORMAL,
        words="\n".join(reading.rest),
        district=reading.slots.district,
        route=route,
    )
