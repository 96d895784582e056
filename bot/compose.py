"""Turns a reading into what the parent reads: answers, choices, the words of a hand-over. Used by `bot/decide.py`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.act import Act
from bot.conversation import Context
from bot.decision import Outcome, Priority
from bot.hand_over import HandOver, Route
from bot.messages import Attachment, Choice, Reply
from bot.my_cases import Mine
from bot.think import Background
from knowledge.library import Answer, Library
from knowledge.schema import Kind
from knowledge.slots import Slots
from knowledge.understanding import Understanding, Verdict

HUMAN, STATUS, PRIVACY, NEARBY, GREETING = (
    "service.human",
    "service.status",
    "service.privacy",
    "centres.nearby",
    "service.greeting",
)
START, ERASE, ERASE_YES = "start", "erase", "erase.yes"
MAY_WAIT = frozenset({Outcome.CLARIFY, GREETING})
"""Outcomes whose reply may wait a moment for the parent's next words."""
PRIORITY = {
    Verdict.DANGER: Priority.EMERGENCY,
    Verdict.REPORT: Priority.REPORT,
    Verdict.ESCALATE: Priority.NORMAL,
}
SHORT = 12


@dataclass(frozen=True, slots=True)
class Draft:
    """The content of a decision before it is tied to the conversation. `case`: the priority of the case to open.

    `route` and `about`: where that case goes and the topics it is about; `acts`: what is done to the parent's questions.
    """

    outcome: str
    reply: Reply | None
    topics: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    topic: str | None = None
    slots: dict[str, str | int] | None = None
    score: float = 0.0
    why: dict[str, Any] = field(default_factory=dict)
    case: Priority | None = None
    words: str = ""
    district: str | None = None
    erase: bool = False
    route: Route | None = None
    about: tuple[str, ...] = ()
    acts: tuple[Act, ...] = ()


def answered(library: Library, reading: Understanding, hand_over: HandOver, background: Background) -> Draft:
    """The reply to words."""
    match reading.verdict:
        case Verdict.ANSWER:
            return _answers(library, reading, hand_over, background)
        case Verdict.NEAR:
            return _asked_back(library, reading)
        case Verdict.DECLINE:
            return _declined(library, reading)
        case Verdict.ESCALATE if not reading.answers and len(reading.text) <= SHORT:
            return _asked_back(library, reading)
        case _:
            return _handed_over(library, reading, hand_over)


def picked(library: Library, pick: str, background: Background, hand_over: HandOver, last_words: str) -> Draft:
    """The reply to a button, command, deep link or number."""
    slots = Slots.of(background.context.slots)
    why = {"rule": "picked", "pick": pick}
    if pick == START:
        choices = starters(library)
        return Draft(GREETING, Reply(library.say("bot.welcome"), choices), (GREETING,), why=why)
    if pick == ERASE:
        choices = (Choice(ERASE_YES, library.say("bot.erase_yes_label")),)
        return Draft(PRIVACY, Reply(library.say("bot.erase_confirm"), choices), (PRIVACY,), why=why)
    if pick == ERASE_YES:
        return Draft(PRIVACY, Reply(library.say("bot.erased")), (PRIVACY,), why=why, erase=True)
    if pick not in library.entries or library.kind(pick) is not Kind.ANSWER:
        return Draft(Outcome.CLARIFY, Reply(library.say("bot.stale_choice"), starters(library)), why=why)
    if pick == HUMAN:
        return _to_a_person(library, hand_over, slots, last_words, background, why)
    if pick == STATUS:
        return _status(library, background, hand_over, why)
    reply = _reply(library, [library.answer(pick, slots)], pick)
    return Draft(pick, reply, (pick,), topic=pick, score=1.0, why=why)


def located(library: Library, context: Context) -> Draft:
    """The reply to a shared position; the position itself is not kept."""
    known = Slots.of(context.slots)
    answer = library.answer(NEARBY, known)
    text = f"{library.say('bot.got_location')}\n{answer.text}"
    choices = _choices(library, answer.follow_ons, offer_person=True)
    return Draft(NEARBY, Reply(text, choices), (NEARBY,), topic=NEARBY, why={"rule": "position shared"})


def unreadable(library: Library, attachments: Sequence[Attachment]) -> Draft:
    """The reply where there are no words: an attachment kept for staff, or nothing at all."""
    key = f"bot.got_{attachments[0].medium}" if attachments else "bot.empty"
    choices = (Choice(HUMAN, library.title(HUMAN)),) if attachments else starters(library)
    return Draft(Outcome.CLARIFY, Reply(library.say(key), choices), why={"rule": "no words"})


def starters(library: Library) -> tuple[Choice, ...]:
    """What a newcomer may tap first, as the operators chose it."""
    return tuple(
        Choice(key, library.title(key)) for key in library.say("bot.starters").split() if key in library.entries
    )


def explained(library: Library, reading: Understanding) -> dict[str, Any]:
    """Why, as plain JSON: the rule, the three best candidates with the phrasing and score of each, slots, alarm."""
    why: dict[str, Any] = {
        "rule": reading.rule,
        "slots": reading.named.known(),
        "candidates": [
            {"entry": c.entry, "score": round(c.score, 3), "likeness": round(c.likeness, 3), "phrasing": c.phrasing}
            for c in reading.candidates[:3]
        ],
        "library": library.version,
    }
    if reading.alarm:
        why["alarm"] = {"rule": reading.alarm.rule, "evidence": list(reading.alarm.evidence)}
    return why


def _answers(library: Library, reading: Understanding, hand_over: HandOver, background: Background) -> Draft:
    why = explained(library, reading)
    main = reading.main or reading.answers[0]
    if reading.answers == (HUMAN,):
        return _to_a_person(library, hand_over, reading.slots, "", background, why)
    if reading.answers == (STATUS,):
        return _status(library, background, hand_over, why)
    parts = [library.answer(key, reading.slots) for key in reading.answers]
    reply = _reply(library, parts, main, lead=_english_lead(library, parts) if reading.english else "")
    slots = reading.slots.known()
    return Draft(main, reply, reading.answers, topic=main, slots=slots, score=reading.score, why=why)


def _reply(library: Library, parts: list[Answer], main: str, *, lead: str = "") -> Reply:
    """One answer as it is; several numbered, each under its title, with one line of sources."""
    if len(parts) == 1:
        text = parts[0].text
    else:
        codes = [code for part in parts for code in library.entries[part.entry].sources]
        bodies = [f"{n}. {library.title(part.entry)}\n{part.body}" for n, part in enumerate(parts, 1)]
        text = "\n\n".join([*bodies, library.source_line(codes)]).strip()
    follow_ons = [key for part in parts for key in part.follow_ons if key not in {p.entry for p in parts}]
    choices = _choices(library, follow_ons, offer_person=any(part.offer_person for part in parts))
    if main == PRIVACY:
        choices = (Choice(ERASE, library.say("bot.erase_label")), *choices)
    return Reply(f"{lead}\n\n{text}" if lead else text, choices, ask_location=main == NEARBY)


def _english_lead(library: Library, parts: list[Answer]) -> str:
    own = "\n".join(part.english for part in parts if part.english)
    return own or library.say("bot.english_lead")


def _choices(library: Library, topics: Sequence[str], *, offer_person: bool) -> tuple[Choice, ...]:
    own = tuple(Choice(key, library.title(key)) for key in dict.fromkeys(topics) if key != HUMAN)[:3]
    return (*own, Choice(HUMAN, library.say("bot.person_label"))) if offer_person else own


def _asked_back(library: Library, reading: Understanding) -> Draft:
    choices = tuple(Choice(key, library.title(key)) for key in reading.near)
    key = "bot.near" if choices else "bot.say_more"
    text = library.say(key)
    if reading.english:
        text = f"{library.say('bot.english_near')}\n{text}"
    why = explained(library, reading)
    slots = reading.slots.known()
    return Draft(Outcome.CLARIFY, Reply(text, choices), options=reading.near, slots=slots, score=reading.score, why=why)


def _declined(library: Library, reading: Understanding) -> Draft:
    text = library.answer(reading.answers[0], reading.slots).text if reading.answers else library.say("bot.no_words")
    if reading.english:
        text = f"{library.say('bot.english_decline')}\n{text}"
    why = explained(library, reading)
    return Draft(Outcome.DECLINE, Reply(text, starters(library)[:3]), score=reading.score, why=why)


def _handed_over(library: Library, reading: Understanding, hand_over: HandOver) -> Draft:
    """Danger, a report, or a matter for a person: a case is opened and the parent reads its number and the promise."""
    priority = PRIORITY.get(reading.verdict, Priority.NORMAL)
    outcome = {Priority.EMERGENCY: Outcome.EMERGENCY, Priority.REPORT: Outcome.REPORT}.get(priority, Outcome.ESCALATE)
    if reading.alarm is not None:
        text = library.danger.kinds[reading.alarm.kind].answer.strip()
    elif reading.answers:
        text = library.answer(reading.answers[0], reading.slots).text
    else:
        text = library.say("bot.nothing_near")
    if reading.english:
        text = f"{text}\n{library.say('bot.english_passed')}"
    slots = reading.slots
    route = hand_over.route(slots.district, reading.answers, priority)
    return Draft(
        outcome,
        _told(library, text, hand_over, route, alert=priority is Priority.EMERGENCY),
        slots=slots.known(),
        score=reading.score,
        why=explained(library, reading),
        case=priority,
        district=slots.district,
        route=route,
        about=reading.answers,
    )


def _to_a_person(
    library: Library, hand_over: HandOver, slots: Slots, last_words: str, background: Background, why: dict[str, Any]
) -> Draft:
    """They want a person: about what they asked last, which also finds the desk."""
    topic = background.context.topic
    about = (topic,) if topic is not None and last_words else ()
    route = hand_over.route(slots.district, about, Priority.NORMAL)
    return Draft(
        HUMAN,
        _told(library, library.answer(HUMAN, slots).text, hand_over, route),
        (HUMAN,),
        score=1.0,
        why=why,
        case=Priority.NORMAL,
        words=last_words,
        district=slots.district,
        route=route,
        about=about,
    )


def _told(library: Library, text: str, hand_over: HandOver, route: Route, *, alert: bool = False) -> Reply:
    lines = (text, library.say("bot.case_line", number=hand_over.number), route.text)
    return Reply("\n".join(line for line in lines if line), route.choices, alert=alert)


def _status(library: Library, background: Background, hand_over: HandOver, why: dict[str, Any]) -> Draft:
    """The parent's own questions and how far each is."""
    reply = Mine(background.cases, hand_over.now, library.say).listed()
    return Draft(STATUS, reply, (STATUS,), topic=STATUS, score=1.0, why=why)
