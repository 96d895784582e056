"""Numbers as parents say them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.numerals import value


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *[
            ("零", 0),
            ("一", 1),
            ("两", 2),
            ("俩", 2),
            ("九", 9),
            ("十", 10),
            ("十八", 18),
            ("二十", 20),
            ("三十六", 36),
        ],
        *[("18", 18), ("1.5", 1.5), ("半", 0.5), ("a", 1), ("two", 2), ("eighteen", 18), ("twenty", 20)],
    ],
)
def test_value(text: str, number: float) -> None:
    assert value(text) == number


@pytest.mark.parametrize("text", ["", "十十", "一十二三", "百", "岁", "1.", ".5", "twenty-two", "二二十"])
def test_no_value(text: str) -> None:
    assert value(text) is None


@given(st.text(alphabet="零一二两俩三四五六七八九十半0123456789.a", max_size=8))
@settings(derandomize=True, deadline=None)
def test_never_raises(text: str) -> None:
    found = value(text)
    assert found is None or found >= 0


@given(st.integers(10, 99))
def test_tens(number: int) -> None:
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    said = ("" if tens == 1 else digits[tens]) + "十" + (digits[ones] if ones else "")
    assert value(said) == number
