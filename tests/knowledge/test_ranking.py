"""The order of candidates: the whole message, its parts, the talk so far, and caution."""

from dataclasses import replace

import pytest

from knowledge.library import Library
from knowledge.ranking import CAUTION, TOPIC_BONUS, Ranked, ranked
from knowledge.schema import Kind


def scores(found: list[Ranked]) -> dict[str, float]:
    return {candidate.entry: candidate.score for candidate in found}


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("托班一个月收费多少钱", "fees.price"),
        ("您好。我想麻烦问一件事。托班一个月收费多少钱。谢谢您了", "fees.price"),
        ("老师打我孩子", "report.violence"),
        ("济南的托班一个月收费多少钱", "outside.othercity"),
    ],
)
def test_best(library: Library, text: str, best: str) -> None:
    assert ranked(library, text)[0].entry == best


def test_best_first(library: Library) -> None:
    found = [c.score for c in ranked(library, "入托体检在哪做。疫苗少打一针能上吗")]
    assert found == sorted(found, reverse=True)


def test_each_entry_stands_once(library: Library) -> None:
    found = [c.entry for c in ranked(library, "半日托咋收费。入托体检在哪做", "fees.price", "多少钱")]
    assert len(found) == len(set(found))


def test_a_short_message_leans_on_the_topic_a_long_one_does_not(library: Library) -> None:
    short, long = "多少钱", "请问托班一个月收费大概要多少钱"
    gain = scores(ranked(library, short, "fees.price"))["fees.price"] - scores(ranked(library, short))["fees.price"]
    assert gain == pytest.approx(TOPIC_BONUS)
    assert scores(ranked(library, long, "fees.price")) == scores(ranked(library, long))


def test_another_city_is_meant_only_where_one_is_named(library: Library) -> None:
    assert ranked(library, "济南的托班收费多少")[0].entry == "outside.othercity"
    assert "outside.othercity" not in scores(ranked(library, "托班收费多少"))
    assert "outside.othercity" not in scores(ranked(library, "济南的托班收费多少", local=True))


def test_a_named_mode_asks_as_the_general_does(library: Library) -> None:
    assert "fees.price" in [c.entry for c in ranked(library, "半日托一个月收费多少钱")[:2]]


def test_caution_raises_reports_only(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "老师打我孩子"
    raised = scores(ranked(library, text))
    monkeypatch.setattr("knowledge.ranking.CAUTION", {})
    plain = scores(ranked(library, text))
    for entry in plain.keys() & raised.keys():
        kind = library.kind(entry) if entry in library.entries else Kind.ANSWER
        assert raised[entry] - plain[entry] == pytest.approx(CAUTION.get(kind, 0.0))


def test_ranking_changes_nothing(library: Library) -> None:
    once = ranked(library, "托班多少钱", "fees.price", "你好")
    assert [replace(c) for c in ranked(library, "托班多少钱", "fees.price", "你好")] == once


@pytest.mark.parametrize("text", ["", "。", "a", "托", "。。。！", " "])
def test_hardly_any_text(library: Library, text: str) -> None:
    assert ranked(library, text)
