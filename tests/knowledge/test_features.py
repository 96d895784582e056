"""What a sentence is made of."""

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge import features
from knowledge.features import Words
from knowledge.normalise import plain

WORDS = Words.of(["请问", "谢谢"], {"child": ["娃", "kid"], "care": ["托育", "托育班"], "stay": ["托"]})


def test_filler_is_skipped_unless_nothing_remains() -> None:
    assert WORDS.without_filler("请问托育") == "托育"
    assert WORDS.without_filler("谢谢") == "谢谢"


def test_concepts_by_longest_match_and_whole_words() -> None:
    assert WORDS.found("娃上托育班") == ["child", "care"]
    assert WORDS.found("kid kidney") == ["child"]


def test_tokens_stem_and_count_numbers_as_one() -> None:
    assert features.tokens("2 kids walking") == ["0", "kid", "walk"]
    assert features.tokens("十八个月") == features.tokens("18个月") == ["0", "个", "月"]


def test_typed_pinyin_shares_sounds_with_characters() -> None:
    typed = features.views("tuoyu zhongxin", WORDS)
    assert set(typed) == {"sound"}
    assert typed["sound"] <= features.views("托育中心", WORDS)["sound"]


def test_homophones_share_sounds() -> None:
    assert features.views("托玉", WORDS)["sound"] == features.views("托育", WORDS)["sound"]


@given(st.text(max_size=400))
@settings(derandomize=True, deadline=None)
def test_never_raises(text: str) -> None:
    assert set(features.views(plain(text), WORDS)) <= set(features.VIEWS)
