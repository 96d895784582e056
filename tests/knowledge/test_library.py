"""A published library and its answers."""

from pathlib import Path

import pytest
from jinja2 import TemplateError

from knowledge.answers import age_text, class_name
from knowledge.library import Library, load
from knowledge.slots import Slots


@pytest.fixture
def small(folder: Path) -> Library:
    return load(folder)


def test_answer_ends_with_its_sources(small: Library) -> None:
    answer = small.answer("modes.half_day", Slots())
    assert answer.body == "半日托就是只送半天。"
    assert answer.source_line == "来源：《“小托育”》报道（约 2023 年 6 月，转述）。"
    assert answer.text == f"{answer.body}\n\n{answer.source_line}"
    assert (answer.follow_ons, answer.offer_person) == (("modes.full_day",), True)


def test_answer_uses_what_is_known(small: Library) -> None:
    assert "孩子 1 岁 6 个月" in small.answer("modes.half_day", Slots(age_months=18)).body
    assert small.answer("modes.full_day", Slots(district="任城区")).body.startswith("任城区的全日托")
    assert small.answer("modes.full_day", Slots(district="太白湖新区")).body.startswith("全日托就是")


def test_only_answers_quote_sources(small: Library) -> None:
    answer = small.answer("outside.weather", Slots())
    assert (answer.source_line, answer.text) == ("", "天气我不知道。托育的事可以问我。")


def test_ourselves_and_unknown_codes_are_no_sources(small: Library) -> None:
    assert small.source_line(["TW", "nowhere"]) == ""


def test_unknown_keys(small: Library) -> None:
    assert small.title("no.entry") == "no.entry"
    with pytest.raises(KeyError):
        small.answer("no.entry", Slots())
    with pytest.raises(KeyError):
        small.say("bot.no_such_key")
    with pytest.raises(TemplateError):
        small.say("bot.source_line")


def test_version_names_the_content(folder: Path, small: Library) -> None:
    assert load(folder).version == small.version
    file = folder / "words.yaml"
    file.write_text(file.read_text("utf-8") + "# 新的一行\n", "utf-8")
    assert load(folder).version != small.version


@pytest.mark.parametrize(
    ("months", "text"), [(0, "0 个月"), (8, "8 个月"), (12, "1 岁"), (18, "1 岁 6 个月"), (36, "3 岁")]
)
def test_age_text(months: int, text: str) -> None:
    assert age_text(months) == text


@pytest.mark.parametrize(
    ("months", "name"), [(5, None), (6, "乳儿班"), (12, "托小班"), (23, "托小班"), (24, "托大班"), (36, None)]
)
def test_class_name(months: int, name: str | None) -> None:
    assert class_name(months) == name


def test_every_shipped_answer_is_short_and_sourced(library: Library) -> None:
    for key in library.live:
        answer = library.answer(key, Slots(age_months=18, mode="half_day", district="任城区"))
        assert 0 < len(answer.text) <= 300, key


def test_shipped_topics_are_there(library: Library) -> None:
    topics = [key for key in library.live if key.partition(".")[0] not in ("outside", "person", "report")]
    assert len(topics) >= 68
