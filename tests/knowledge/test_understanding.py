"""What a message means, over the shipped library."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.library import Library
from knowledge.understanding import OFFERED, Memory, Verdict, understand

DANGER = "孩子噎着了喘不上气"


@pytest.mark.parametrize(
    ("text", "verdict", "answers"),
    [
        ("托班一个月收费多少钱？", Verdict.ANSWER, ("fees.price",)),
        ("入托需要准备什么材料", Verdict.ANSWER, ("enrol.documents",)),
        ("請問托班一個月收費多少錢", Verdict.ANSWER, ("fees.price",)),
        ("How much does daycare cost per month?", Verdict.ANSWER, ("fees.price",)),
        ("老师打我孩子", Verdict.REPORT, ("report.violence",)),
        ("我要找真人", Verdict.ANSWER, ("service.human",)),
        ("明天会下雨吗", Verdict.DECLINE, ("outside.weather_travel",)),
        (DANGER, Verdict.DANGER, ()),
        ("", Verdict.DECLINE, ()),
        ("😂", Verdict.DECLINE, ()),
        ("2025", Verdict.DECLINE, ()),
    ],
)
def test_verdicts(library: Library, text: str, verdict: Verdict, answers: tuple[str, ...]) -> None:
    reading = understand(library, text)
    assert (reading.verdict, reading.answers) == (verdict, answers)
    assert (reading.alarm is not None) is (verdict is Verdict.DANGER)


def test_an_emergency_like_an_example_is_an_alarm(library: Library) -> None:
    told = sum(understand(library, text).verdict is Verdict.DANGER for text in library._kinds)
    assert told >= 0.95 * len(library._kinds)


def test_no_example_of_the_harmless_is_an_alarm_by_likeness(library: Library) -> None:
    harmless = [s for shape in library.matcher.shapes[len(library.live) + 1 :] for s in shape.texts]
    assert harmless
    assert [t for t in harmless if understand(library, t).rule == "danger: like an example"] == []


@pytest.mark.parametrize("length", [100, 1900, 1999, 2500, 3599, 3700, 9_980])
def test_danger_is_heard_wherever_it_stands(library: Library, length: int) -> None:
    reading = understand(library, "天，" * (length // 2) + DANGER + "，天" * 50)
    assert reading.verdict is Verdict.DANGER


@pytest.mark.parametrize("text", ["娃", "我家闺女", "刚才", "老师昨天", "孩子他爸", "my baby", "宝宝。", "……今天"])
def test_who_or_when_alone_is_no_question(library: Library, text: str) -> None:
    reading = understand(library, text)
    assert (reading.verdict, reading.rule, reading.near) == (Verdict.NEAR, "names only who or when", ())


@pytest.mark.parametrize("text", ["zxcv qwrt", "asdkjh qwe"])
def test_caution_alone_makes_no_report(library: Library, text: str) -> None:
    assert understand(library, text).verdict not in (Verdict.REPORT, Verdict.DANGER)


def test_near_offers_at_most_three_answers(library: Library) -> None:
    near = [r for text in ("补贴和收费", "那个材料", "托班接送", "怎么弄的啊这个") if (r := understand(library, text)).near]
    for reading in near:
        assert len(reading.near) <= OFFERED
        assert set(reading.near) <= set(library.live)


def test_slots_are_remembered_and_a_new_place_ends_the_old_district(library: Library) -> None:
    memory = Memory(slots={"age_months": 18, "district": "任城区", "centre": "x"})
    kept = understand(library, "托班一个月收费多少钱？", memory)
    assert (kept.slots.age_months, kept.slots.district, kept.named.age_months) == (18, "任城区", None)
    moved = understand(library, "太白湖新区的托班一个月收费多少钱", memory)
    assert (moved.slots.age_months, moved.slots.district, moved.slots.centre) == (18, "太白湖新区", None)
    older = understand(library, "孩子两岁了，托班一个月收费多少钱", memory)
    assert older.slots.age_months == 24


def test_unknown_slots_of_another_version_are_left_out(library: Library) -> None:
    assert understand(library, "你好", Memory("gone", "x", {"hobby": "y", "age_months": 6})).slots.known() == {"age_months": 6}


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("How much does daycare cost per month?", True),
        ("tuo ban yi ge yue duo shao qian", False),
        ("托班 how much 一个月", False),
        ("ok", False),
    ],
)
def test_english_is_told_from_pinyin(library: Library, text: str, english: bool) -> None:
    assert understand(library, text).english is english


def test_main_and_score(library: Library) -> None:
    reading = understand(library, "入托体检在哪做？还有，疫苗少打一针能上吗？")
    assert reading.main in reading.answers
    assert reading.score == reading.candidates[0].score
    assert understand(library, "").main is None
    assert understand(library, "").score == 0


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(max_size=120), st.none() | st.sampled_from(["fees.price", "modes.full_day", "no.such"]), st.text(max_size=20))
def test_any_text_has_one_reading(library: Library, text: str, topic: str | None, before: str) -> None:
    memory = Memory(topic, before)
    reading = understand(library, text, memory)
    assert reading == understand(library, text, memory)
    assert set(reading.answers) | set(reading.near) <= set(library.live)
    assert (reading.verdict is Verdict.ANSWER) <= bool(reading.answers)
