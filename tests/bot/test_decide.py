"""What is decided about one message, over the shipped library: picks, words, bursts, edits, whatever may be typed."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.conversation import Context, Turn
from bot.decide import FRAGMENT
from bot.decision import CaseView, Outcome, Priority
from bot.messages import Attachment, Medium, Point
from bot.payload import must_be_storable
from knowledge.library import Library
from tests.bot.talking import DANGER, DOCUMENTS, NUMBER, PRICE, Talk, offered, words

BURST = 1.0
LONG_AFTER = 10.0


@pytest.fixture
def talk(library: Library) -> Talk:
    return Talk(library)


@pytest.fixture
def new_talk(library: Library) -> Callable[[], Talk]:
    return lambda: Talk(library)


# Picks


def test_a_pick_is_answered(talk: Talk) -> None:
    decision = talk.says(pick="fees.price")
    assert (decision.outcome, decision.topics, decision.score) == ("fees.price", ("fees.price",), 1.0)
    assert decision.context.topic == "fees.price"
    assert decision.why == {"rule": "picked", "pick": "fees.price"}


@pytest.mark.parametrize("typed", ["2", "２", " 2 ", "2.", "2。", "②"])
def test_a_number_picks_what_was_offered(talk: Talk, typed: str) -> None:
    second = offered(talk.says(PRICE))[1]
    decision = talk.says(typed)
    assert decision.topics == (second,)


@pytest.mark.parametrize("typed", ["9", "0", "10", "22", "2岁"])
def test_a_number_that_was_not_offered_is_no_pick(talk: Talk, typed: str) -> None:
    talk.says(PRICE)
    assert talk.says(typed).why["rule"] != "picked"


def test_a_number_without_an_offer_is_no_pick(talk: Talk) -> None:
    decision = talk.says("2")
    assert decision.outcome == Outcome.DECLINE
    assert decision.case is None


@pytest.mark.parametrize("pick", ["no.such.topic", "", " ", "outside.weather_travel", "report.violence", "a" * 64, "{{"])
def test_a_stale_or_strange_pick(talk: Talk, pick: str) -> None:
    decision = talk.says(pick=pick)
    assert decision.outcome == Outcome.CLARIFY
    assert offered(decision)
    assert decision.case is None


def test_start(talk: Talk) -> None:
    decision = talk.says("/start", pick="start")
    assert decision.outcome == "service.greeting"
    assert "托问" in words(decision)
    assert len(offered(decision)) >= 3


def test_erasing_is_confirmed_first(talk: Talk) -> None:
    talk.says("孩子一岁半，" + PRICE)
    asked = talk.says(pick="erase")
    assert (asked.erase, offered(asked)) == (False, ("erase.yes",))
    done = talk.says(pick="erase.yes")
    assert (done.erase, done.outcome, done.context) == (True, "service.privacy", Context())


def test_erasing_may_be_confirmed_by_number(talk: Talk) -> None:
    talk.says(pick="erase")
    assert talk.says("1").erase


def test_privacy_offers_erasing(talk: Talk) -> None:
    assert offered(talk.says(pick="service.privacy"))[0] == "erase"


def test_status_lists_the_parents_own_cases(talk: Talk) -> None:
    assert "12121212" not in words(talk.says(pick="service.status"))
    talk.cases = (CaseView("12121212", "new", "{{ 7*7 }} <b>还没到账</b>"),)
    decision = talk.says(pick="service.status")
    assert decision.outcome == "service.status"
    assert "12121212" in words(decision)
    assert "{{ 7*7 }} <b>还没到账</b>" in words(decision)


# Nothing to read


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u3000"])
def test_empty_text(talk: Talk, text: str) -> None:
    decision = talk.says(text)
    assert (decision.outcome, decision.why["rule"]) == (Outcome.CLARIFY, "no words")
    assert offered(decision)


@pytest.mark.parametrize("text", ["😂😂😂", "👨‍👩‍👧", "？？？", "……", "\u200b\u202e", "123456", "❤️"])
def test_no_words(talk: Talk, text: str) -> None:
    decision = talk.says(text)
    assert (decision.outcome, decision.case) == (Outcome.DECLINE, None)
    assert offered(decision)


@pytest.mark.parametrize("medium", list(Medium))
def test_an_attachment_alone(talk: Talk, library: Library, medium: Medium) -> None:
    decision = talk.says(attachments=(Attachment(medium, "file-1", "a.bin", 3),))
    assert words(decision) == library.say(f"bot.got_{medium}")
    assert offered(decision) == ("service.human",)
    assert decision.case is None


def test_words_under_a_picture_are_read(talk: Talk) -> None:
    photo = Attachment(Medium.PHOTO, "file-1")
    assert talk.says(PRICE, attachments=(photo,)).topics == ("fees.price",)
    assert talk.says(DANGER, attachments=(photo,)).outcome == Outcome.EMERGENCY


def test_a_position_is_used_and_not_kept(talk: Talk) -> None:
    decision = talk.says(location=Point(35.123456, 116.654321))
    assert decision.outcome == "centres.nearby"
    kept = repr(decision) + json.dumps(decision.context.to_json()) + json.dumps(decision.why)
    assert not any(part in kept for part in ("35.1", "116.6", "123456", "654321", "Point", "latitude"))


def test_words_beside_a_position_are_read(talk: Talk) -> None:
    assert talk.says(DANGER, location=Point(35.0, 116.0)).outcome == Outcome.EMERGENCY


# Danger, reports, people


@pytest.mark.parametrize(
    ("text", "outcome", "priority"),
    [
        (DANGER, Outcome.EMERGENCY, Priority.EMERGENCY),
        ("my baby is choking and cannot breathe", Outcome.EMERGENCY, Priority.EMERGENCY),
        ("老师打我孩子", Outcome.REPORT, Priority.REPORT),
        ("能不能帮我查一下我家的育儿补贴怎么还没到账", Outcome.ESCALATE, Priority.NORMAL),
        ("我要找真人", "service.human", Priority.NORMAL),
    ],
)
def test_a_case_is_opened(talk: Talk, text: str, outcome: str, priority: Priority) -> None:
    decision = talk.says(text)
    assert decision.outcome == outcome
    assert decision.case is not None
    assert (decision.case.number, decision.case.priority, decision.case.words) == (NUMBER, priority, text)
    assert NUMBER in words(decision)
    assert decision.reply is not None
    assert decision.reply.alert is (priority is Priority.EMERGENCY)
    assert not decision.hold
    must_be_storable(decision.why, decision.case.understood)


def test_a_case_names_the_district(talk: Talk) -> None:
    decision = talk.says("太白湖新区这边，老师打我孩子")
    assert decision.case is not None
    assert decision.case.district == "太白湖新区"


def test_a_person_asked_for_by_button_sees_the_last_question(talk: Talk) -> None:
    talk.says(PRICE)
    talk.says("1")
    decision = talk.says(pick="service.human")
    assert decision.case is not None
    assert decision.case.words == PRICE


def test_a_person_asked_for_twice_sees_the_question_still(talk: Talk) -> None:
    talk.says(DOCUMENTS)
    talk.says("我要找真人")
    decision = talk.says(pick="service.human")
    assert decision.case is not None
    assert decision.case.words == DOCUMENTS


def test_danger_comes_first_while_choices_are_offered(talk: Talk) -> None:
    assert offered(talk.says(PRICE))
    decision = talk.says(DANGER)
    assert decision.outcome == Outcome.EMERGENCY
    assert "120" in words(decision).split("\n")[0]


def test_danger_is_heard_at_the_very_end_of_a_long_message(talk: Talk) -> None:
    for filling in ("托班一个月多少钱。", "这几天的天气一直挺好，我们出去走走。", "hello there "):
        text = (filling * 10_000)[: 10_000 - len(DANGER) - 1] + "。" + DANGER
        assert len(text) == 10_000
        decision = talk.says(text)
        assert decision.outcome == Outcome.EMERGENCY
        assert decision.case is not None
        assert decision.case.words == text


@pytest.mark.parametrize("at", [1790, 1796, 1800, 1995, 1998, 2000, 3600, 5397])
def test_danger_is_not_cut_in_two(talk: Talk, at: int) -> None:
    assert talk.says("好" * 3 + "，天" * (at // 2) + "。" + DANGER + "，天" * 400).outcome == Outcome.EMERGENCY


@pytest.mark.parametrize("text", ["娃", "闺女", "我闺女", "宝宝", "我家孩子", "刚才", "昨天", "老师昨天", "孩子他爸", "my baby"])
def test_who_or_when_alone_opens_no_case(talk: Talk, text: str) -> None:
    decision = talk.says(text)
    assert (decision.outcome, decision.case, decision.hold) == (Outcome.CLARIFY, None, True)


@pytest.mark.parametrize("text", ["zxcv qwrt", "asdkjh qwe", "qqqq wwww zzzz"])
def test_gibberish_opens_no_case(talk: Talk, text: str) -> None:
    assert talk.says(text).case is None


# Answers


def test_several_questions_in_one_reply(talk: Talk, library: Library) -> None:
    decision = talk.says("入托体检在哪做？还有，疫苗少打一针能上吗？")
    assert decision.topics == ("enrol.health_check", "safety.vaccination")
    assert decision.outcome in decision.topics
    text = words(decision)
    assert text.index(f"1. {library.title('enrol.health_check')}") < text.index(f"2. {library.title('safety.vaccination')}")
    assert text.count("来源：") == 1


def test_english_is_answered_with_an_english_lead(talk: Talk) -> None:
    first, _, rest = words(talk.says("How much does daycare cost per month?")).partition("\n\n")
    assert first.isascii() or "–" in first
    assert "元" in rest
    assert words(talk.says("What is the weather like tomorrow?"))[:5].isascii()


def test_what_is_named_is_remembered(talk: Talk) -> None:
    talk.says("孩子一岁半了，可以上托班吗")
    assert talk.context.slots["age_months"] == 18
    talk.says(PRICE)
    assert (talk.context.slots["age_months"], talk.context.topic) == (18, "fees.price")


# Edits


def test_an_edit_that_changes_nothing_is_silent(talk: Talk) -> None:
    talk.says(PRICE, reference="7")
    for text in (PRICE, PRICE.rstrip("？") + "?", f"请问{PRICE}", f"😀{PRICE}"):
        decision = talk.says(text, reference="7", edits="7")
        assert (decision.reply, decision.outcome, decision.case) == (None, "fees.price", None)


def test_an_edit_that_changes_the_question_is_answered(talk: Talk) -> None:
    talk.says(PRICE, reference="7")
    decision = talk.says(DOCUMENTS, reference="7", edits="7")
    assert decision.topics == ("enrol.documents",)
    assert words(decision)


def test_an_edit_of_a_message_long_gone_is_answered(talk: Talk) -> None:
    assert words(talk.says(PRICE, reference="7", edits="7"))


def test_danger_in_an_edit_is_always_answered(talk: Talk) -> None:
    talk.says(PRICE, reference="7")
    for _ in range(2):
        decision = talk.says(DANGER, reference="7", edits="7")
        assert decision.outcome == Outcome.EMERGENCY
        assert words(decision)


def test_an_edited_report_opens_no_second_case_for_the_same_words(talk: Talk) -> None:
    talk.says("老师打我孩子", reference="7")
    decision = talk.says("老师打我孩子！", reference="7", edits="7")
    assert (decision.reply, decision.case) == (None, None)


# Bursts


def test_a_held_fragment_is_read_with_its_continuation(talk: Talk) -> None:
    first = talk.says("那个")
    assert (first.hold, first.replaces_held, first.outcome) == (True, False, Outcome.CLARIFY)
    second = talk.says(PRICE, after=BURST)
    assert (second.topics, second.hold, second.replaces_held) == (("fees.price",), False, True)


def test_a_greeting_waits_for_the_question(talk: Talk) -> None:
    assert talk.says("你好").hold
    second = talk.says(PRICE, after=BURST)
    assert (second.topics, second.replaces_held) == (("fees.price",), True)


def test_three_fragments(talk: Talk) -> None:
    assert talk.says("那个").hold
    second = talk.says("我家闺女", after=BURST)
    assert (second.hold, second.replaces_held) == (True, True)
    third = talk.says("入托需要什么材料", after=BURST)
    assert (third.topics, third.replaces_held) == (("enrol.documents",), True)


def test_after_the_burst_nothing_is_replaced(talk: Talk) -> None:
    talk.says("那个")
    assert not talk.says(PRICE, after=LONG_AFTER).replaces_held


def test_a_long_unclear_message_is_not_held(talk: Talk) -> None:
    text = "嘟噜嘟噜咕嘟咕嘟呱唧呱唧叽里咕噜"
    assert len(text) > FRAGMENT
    assert not talk.says(text).hold


@pytest.mark.parametrize("before", ["你好", "那个", "孩子"])
def test_danger_is_never_held_and_replaces_what_is(talk: Talk, before: str) -> None:
    assert talk.says(before).hold
    decision = talk.says("噎着了喘不上气", after=BURST)
    assert (decision.outcome, decision.hold, decision.replaces_held) == (Outcome.EMERGENCY, False, True)
    assert decision.case is not None
    assert decision.case.words == f"{before}，噎着了喘不上气"


def test_danger_told_in_two_pieces(talk: Talk) -> None:
    talk.says("我家闺女")
    decision = talk.says("不见了，找不着她", after=BURST)
    assert decision.outcome == Outcome.EMERGENCY


def test_what_was_said_before_takes_no_danger_back(talk: Talk) -> None:
    talk.says("如果")
    assert talk.says(DANGER, after=BURST).outcome == Outcome.EMERGENCY


def test_a_report_told_in_pieces_reaches_a_person_whole(talk: Talk) -> None:
    assert talk.says("老师昨天").hold
    decision = talk.says("打我孩子了", after=BURST)
    assert decision.case is not None
    assert (decision.case.priority, decision.case.words) == (Priority.REPORT, "老师昨天，打我孩子了")


@pytest.mark.parametrize("trailing", ["呢", "的", "那个", "孩子"])
def test_a_fragment_that_trails_an_answer_is_not_answered_again(talk: Talk, trailing: str) -> None:
    talk.says("托班一个月多少钱")
    decision = talk.says(trailing, after=BURST)
    assert (decision.reply, decision.outcome, decision.hold) == (None, "fees.price", False)
    assert len(decision.context.turns) == 2


def test_a_new_question_right_after_an_answer_is_answered(talk: Talk) -> None:
    talk.says(PRICE)
    assert talk.says(DOCUMENTS, after=BURST).topics == ("enrol.documents",)
    assert words(talk.says(DOCUMENTS, after=BURST))


def test_an_erased_talk_starts_anew(talk: Talk) -> None:
    talk.says(PRICE)
    talk.says(pick="erase.yes")
    assert talk.says("1").why["rule"] != "picked"


# Whatever may be typed

STRANGE = [
    "{{ 7 * 7 }} 托班一个月多少钱",
    "{% for x in range(99) %}a{% endfor %}",
    "{{ self.__init__.__globals__ }}",
    "${7*7} #{7*7} <%= 7*7 %>",
    "'; DROP TABLE conversation; --",
    "<script>alert(1)</script><b>托班</b>一个月多少钱",
    "\u202e托班一个月\u202c多少钱\u200f",
    "托\u200b班\u200d一\ufeff个月多少钱",
    "托班\x00一个月\x07多少钱\x1b[31m",
    "\ud800\udfff",
    "a\u0301" * 500,
    "ﷺ" * 3000,
    "，" * 5000,
    "I live near {{ 7*7 }} Street, at <B>Rencheng</B>, how much does daycare cost?",
    "near {{ Seven }} by A{{7*7}}B at The {% Raw %}",
    "999999999999999999999999999岁了能上托班吗",
    "零岁零月负一岁半",
    "%s %d {0} {name} \\N{DIGIT ONE}",
]


@pytest.mark.parametrize("text", STRANGE)
def test_strange_text_is_never_carried_out(talk: Talk, text: str) -> None:
    for _ in range(2):
        decision = talk.says(text)
        assert "<script>" not in words(decision)
        assert "__globals__" not in words(decision)
        assert "49" not in words(decision)
        assert "aaaa" not in words(decision)


@pytest.mark.parametrize(
    "text",
    ["\u202e托班一个月\u202c收费多少钱\u200f", "托\u200b班\u200d一\ufeff个月收费多少钱", "托班\x00一个月\x07收费多少钱"],
)
def test_invisible_signs_hide_nothing(talk: Talk, text: str) -> None:
    assert talk.says(text).topics == ("fees.price",)


pieces = st.sampled_from([*STRANGE[:9], PRICE, DANGER, "你好", "那个", "孩子", "2", "呢", "太白湖的呢", "一岁半", "爱彼宝", ""])
anything = st.one_of(st.text(max_size=200), pieces, st.lists(pieces | st.text(max_size=10), max_size=4).map("，".join))
gentle = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@gentle
@example([("那个", 0.0, False)] * 8)
@given(st.lists(st.tuples(anything, st.sampled_from([0.0, 0.5, 30.0]), st.booleans()), min_size=1, max_size=4))
def test_any_talk_is_decided(new_talk: Callable[[], Talk], said: list[tuple[str, float, bool]]) -> None:
    talk = new_talk()
    for text, after, edits in said:
        decision = talk.says(text, after=after, reference="r", edits="r" if edits else None)
        assert decision.outcome in [*Outcome, *talk.library.live]
        assert set(decision.topics) | set(decision.options) <= set(talk.library.live)
        assert (decision.case is None) or not decision.hold
        assert decision.reply is not None or edits or after < 30


@gentle
@given(st.text(max_size=64), st.dictionaries(st.sampled_from(["mode", "place", "centre", "district"]), st.text(max_size=9)))
def test_any_pick_is_decided(new_talk: Callable[[], Talk], pick: str, slots: dict[str, str | int]) -> None:
    talk = new_talk()
    talk.context = Context(slots=slots, topic=pick, options=(pick,))
    assert words(talk.says(pick=pick))
    talk.context = Context(slots=slots, topic=pick, options=(pick,))
    assert words(talk.says("1"))


@pytest.mark.parametrize("slots", [{"age_months": 18, "hobby": "x"}, {"mode": "no_such"}, {"centre": "gone"}])
def test_what_another_version_remembered_does_no_harm(talk: Talk, slots: dict[str, str | int]) -> None:
    turn = Turn("x", "1", datetime(2026, 1, 1, tzinfo=UTC), "no.such.topic", ("no.such.topic",))
    talk.context = Context((turn,), ("no.such.topic",), "no.such.topic", slots)
    assert words(talk.says(PRICE))
    talk.context = Context((turn,), ("no.such.topic",), "no.such.topic", slots)
    assert words(talk.says("那半日的呢"))
    assert words(talk.says(pick="fees.price"))


def test_every_topic_can_be_picked(new_talk: Callable[[], Talk], library: Library) -> None:
    full: dict[str, str | int] = {"age_months": 20, "mode": "full_day", "district": "任城区", "place": "x", "centre": "y"}
    for key in library.live:
        for slots in ({}, full):
            talk = new_talk()
            talk.context = Context(slots=dict(slots))
            talk.says(pick=key)
