"""What the parent reads for each kind of reading."""

from datetime import UTC, datetime

import pytest

from bot import compose
from bot.conversation import Context
from bot.decision import Outcome, Priority
from bot.hand_over import HandOver
from bot.messages import Attachment, Medium
from bot.office import Office
from bot.think import Background
from knowledge.library import Library
from knowledge.slots import Slots
from knowledge.understanding import Memory, Understanding, Verdict, understand
from tests.bot.talking import DANGER, DOCUMENTS, NUMBER, PRICE

NOBODY = Background(Context())
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


def handed(library: Library) -> HandOver:
    return HandOver(Office(lambda: library), library.say, NOW, NUMBER)


def draft(library: Library, text: str) -> compose.Draft:
    return compose.answered(library, understand(library, text), handed(library), NOBODY)


def reading(verdict: Verdict, text: str = "x" * 20, **fields: object) -> Understanding:
    return Understanding(verdict, "test", text, Slots(), Slots(), **fields)  # type: ignore[arg-type]


def test_one_answer_stands_as_it_is(library: Library) -> None:
    made = draft(library, PRICE)
    assert made.reply is not None
    assert made.reply.text == library.answer("fees.price", Slots()).text
    assert made.reply.choices[-1].id == compose.HUMAN
    assert not made.reply.alert


def test_several_answers_are_numbered_and_share_one_line_of_sources(library: Library) -> None:
    keys = ("fees.price", "enrol.documents", "modes.full_day")
    made = compose.answered(library, reading(Verdict.ANSWER, answers=keys), handed(library), NOBODY)
    assert made.reply is not None
    assert made.topics == keys
    assert [f"{n}. {library.title(key)}" in made.reply.text for n, key in enumerate(keys, 1)] == [True] * 3
    assert made.reply.text.count("来源：") == 1
    assert len([c for c in made.reply.choices if c.id != compose.HUMAN]) <= 3
    assert not set(keys) & {c.id for c in made.reply.choices}


def test_asking_back_offers_what_is_near(library: Library) -> None:
    near = ("fees.price", "fees.payment")
    made = compose.answered(library, reading(Verdict.NEAR, near=near), handed(library), NOBODY)
    assert (made.outcome, made.options, made.case) == (Outcome.CLARIFY, near, None)
    assert made.reply is not None
    assert [c.id for c in made.reply.choices] == list(near)


def test_asking_back_without_anything_near(library: Library) -> None:
    made = compose.answered(library, reading(Verdict.NEAR), handed(library), NOBODY)
    assert made.reply is not None
    assert (made.reply.text, made.reply.choices) == (library.say("bot.say_more"), ())


@pytest.mark.parametrize(("length", "outcome"), [(12, Outcome.CLARIFY), (13, Outcome.ESCALATE)])
def test_a_short_riddle_is_asked_back_a_long_one_handed_over(library: Library, length: int, outcome: str) -> None:
    made = compose.answered(library, reading(Verdict.ESCALATE, "托" * length), handed(library), NOBODY)
    assert made.outcome == outcome
    assert (made.case is None) is (outcome == Outcome.CLARIFY)


@pytest.mark.parametrize(
    ("text", "outcome", "priority"),
    [(DANGER, Outcome.EMERGENCY, Priority.EMERGENCY), ("老师打我孩子", Outcome.REPORT, Priority.REPORT)],
)
def test_handing_over_tells_the_number(library: Library, text: str, outcome: str, priority: Priority) -> None:
    made = draft(library, text)
    assert (made.outcome, made.case, made.topics) == (outcome, priority, ())
    assert made.reply is not None
    assert library.say("bot.case_line", number=NUMBER) in made.reply.text
    assert made.reply.alert is (outcome == Outcome.EMERGENCY)


def test_the_alarm_is_explained(library: Library) -> None:
    alarm = draft(library, DANGER).why["alarm"]
    assert alarm["rule"]
    assert alarm["evidence"]


def test_english_gets_an_english_line(library: Library) -> None:
    assert library.say("bot.english_passed") in str(draft(library, "my baby is choking and cannot breathe").reply)
    made = compose.answered(library, reading(Verdict.NEAR, near=("fees.price",), english=True), handed(library), NOBODY)
    assert made.reply is not None
    assert made.reply.text.startswith(library.say("bot.english_near"))
    made = compose.answered(library, reading(Verdict.DECLINE, english=True), handed(library), NOBODY)
    assert made.reply is not None
    assert made.reply.text.startswith(library.say("bot.english_decline"))
    for key in ("fees.price", "enrol.documents"):
        made = compose.answered(library, reading(Verdict.ANSWER, answers=(key,), english=True), handed(library), NOBODY)
        assert made.reply is not None
        lead = library.entries[key].english or library.say("bot.english_lead")
        assert made.reply.text.startswith(lead)


def test_why_names_three_candidates(library: Library) -> None:
    why = draft(library, PRICE).why
    assert why["library"] == library.version
    assert 1 <= len(why["candidates"]) <= 3
    assert why["candidates"][0]["entry"] == "fees.price"


def test_only_nearby_asks_for_a_position(library: Library) -> None:
    asks = [
        key
        for key in library.live
        if (reply := compose.picked(library, key, NOBODY, handed(library), "").reply) and reply.ask_location
    ]
    assert asks == [compose.NEARBY]


def test_what_is_offered_exists(library: Library) -> None:
    assert compose.starters(library)
    for key in (compose.HUMAN, compose.STATUS, compose.PRIVACY, compose.NEARBY, compose.GREETING):
        assert key in library.live
    for medium in Medium:
        made = compose.unreadable(library, (Attachment(medium, "x"), Attachment(Medium.PHOTO, "y")))
        assert made.reply is not None
        assert made.reply.text == library.say(f"bot.got_{medium}")


def test_a_remembered_detail_fills_the_answer(library: Library) -> None:
    read = understand(library, DOCUMENTS, Memory(slots={"age_months": 18}))
    assert compose.answered(library, read, handed(library), NOBODY).slots == {"age_months": 18}
