"""Ranking of entries for a sentence."""

import pytest

from knowledge.features import Words
from knowledge.library import Library
from knowledge.matcher import Matcher, Phrasing
from knowledge.normalise import plain

TEXTS = [("半日托是上午还是下午", 0), ("只送半天行不行", 0), ("全日托几点接", 1), ("一整天都送", 1), ("明天下雨吗", 2)]


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher.build([Phrasing(text, label) for text, label in TEXTS], 3, Words())


@pytest.mark.parametrize(("text", "label"), TEXTS)
def test_a_phrasing_finds_its_entry(matcher: Matcher, text: str, label: int) -> None:
    best, *others = matcher.rank(text)
    assert (best.label, best.phrasing) == (label, text)
    assert best.likeness == pytest.approx(1)
    assert all(best.score > other.score for other in others)


def test_homophones_and_pinyin_find_it_too(matcher: Matcher) -> None:
    assert matcher.rank("半日脱是上五还是下五")[0].label == 0
    assert matcher.rank("quanrituo jidian jie")[0].label == 1


@pytest.mark.parametrize("text", ["", " ", "?!", "x", "1", "托" * 2000])
def test_whatever_is_asked_is_ranked(matcher: Matcher, text: str) -> None:
    ranked = matcher.rank(text)
    assert sorted((c.score for c in ranked), reverse=True) == [c.score for c in ranked]


def test_shortlist_is_as_long_as_asked_for(library: Library) -> None:
    assert len(library.matcher.rank("多少钱", among=5)) == 5
    assert len(library.matcher.rank("多少钱", among=len(library.live))) == len(library.live)


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("半日托", "modes.half_day"),
        ("托班一个月多少钱", "fees.price"),
        ("入托要带啥材料", "enrol.documents"),
        ("tuoban zenme baoming", "enrol.process"),
        ("how do i register my toddler for daycare", "enrol.process"),
        ("半日拖", "modes.half_day"),
    ],
)
def test_shipped_library_finds(library: Library, text: str, entry: str) -> None:
    ranked = [library.labels[c.label] for c in library.matcher.rank(plain(text), among=3)]
    assert entry in ranked
