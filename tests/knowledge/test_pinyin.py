"""Characters and typed pinyin meet in the same tolerant syllables."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge import pinyin


@pytest.mark.parametrize(("char", "syllable"), [("托", "tuo"), ("张", "zan"), ("绿", "lv"), ("、", ""), ("a", "")])
def test_sound(char: str, syllable: str) -> None:
    assert pinyin.sound(char) == syllable


def test_homophones_meet() -> None:
    assert [pinyin.sound(c) for c in "托玉补帖"] == [pinyin.sound(c) for c in "托育补贴"]


@pytest.mark.parametrize(("syllable", "heard"), [("zhang", "zan"), ("shi", "si"), ("chong", "cong"), ("xing", "xin")])
def test_tolerant(syllable: str, heard: str) -> None:
    assert pinyin.tolerant(syllable) == heard


@pytest.mark.parametrize(
    ("letters", "pieces"),
    [("tuoyu", ("tuo", "yu")), ("banrituo", ("ban", "ri", "tuo")), ("hello", None), ("", None), ("xyz", None)],
)
def test_split(letters: str, pieces: tuple[str, ...] | None) -> None:
    assert pinyin.split(letters) == pieces


@pytest.mark.parametrize("text", ["how much is it", "daycare", "hi", "tuo", "what documents do i need"])
def test_english_is_no_pinyin(text: str) -> None:
    assert pinyin.typed(text.split()) is None


def test_typed() -> None:
    assert pinyin.typed(["tuoban", "duoshaoqian"]) == ["tuo", "ban", "duo", "sao", "qian"]


@given(st.lists(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", max_size=60), max_size=6))
@settings(derandomize=True, deadline=None)
def test_never_raises(words: list[str]) -> None:
    found = pinyin.typed(words)
    assert found is None or len(found) >= 3
