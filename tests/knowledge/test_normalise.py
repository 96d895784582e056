"""`plain` gives one spelling for one meaning, whatever is typed."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from knowledge.normalise import LONGEST, clauses, plain, sentences


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("ＡＢＣ　１２３", "abc 123"),
        ("半日托", "半日托"),
        ("繁體補貼托嬰", "繁体补贴托婴"),
        ("能送不！！！！！", "能送不!"),
        ("哈哈哈哈哈", "哈"),
        ("娃😀能送😂不", "娃 能送 不"),
        ("半\u200b日\u202e托\ufeff", "半日托"),
        ("半\x00日\x07托", "半日托"),
        ("第一行\n第二行", "第一行。第二行"),
        ("第一行\n\n\n\n第二行", "第一行。第二行"),
        ("  多   少\t钱  ", "多 少 钱"),
        ("１.５岁", "1.5岁"),
        ("Ｄａｙｃａｒｅ？", "daycare?"),
        ("\ud800托", "托"),
        ("👨‍👩‍👧", ""),
        ("", ""),
    ],
)
def test_plain(typed: str, expected: str) -> None:
    assert plain(typed) == expected


@given(st.text())
@example("。。\n")
@example("a\u0301\u0301")
@example("İ" * 3)
@settings(derandomize=True, deadline=None)
def test_plain_twice_is_plain_once(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(st.text(st.characters(), min_size=0, max_size=300), st.integers(1, 40))
@settings(derandomize=True, deadline=None)
def test_plain_is_bounded(text: str, times: int) -> None:
    assert len(plain(text * times)) <= LONGEST


def test_plain_reads_no_more_than_the_longest() -> None:
    assert len(plain("托育" * 100_000)) == LONGEST
    assert len(plain("ﷺ" * LONGEST)) <= LONGEST


def test_clauses_and_sentences() -> None:
    text = plain("你好，想问一下：多少钱？在哪儿。ok. 3.5 元")
    assert clauses(text) == ["你好", "想问一下", "多少钱", "在哪儿", "ok", "3.5 元"]
    assert sentences(text) == ["你好,想问一下:多少钱", "在哪儿", "ok", "3.5 元"]
