"""What a message names: age, mode, district, place, centre."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.library import Library
from knowledge.normalise import plain
from knowledge.slots import Slots, age_months


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("一岁半", 18),
        ("娃一岁半了能送不", 18),
        ("十八个月的宝宝", 18),
        ("孩子18个月", 18),
        ("1.5岁", 18),
        ("1.5 岁的孩子", 18),
        ("22 months old", 22),
        ("my 2 year old", 24),
        ("two years old", 24),
        ("eighteen months", 18),
        ("18mo old", 18),
        ("两岁", 24),
        ("两岁三个月", 27),
        ("2岁3个月", 27),
        ("两岁零三个月", 27),
        ("一岁八个月", 20),
        ("1岁2", 14),
        ("1岁零2个月", 14),
        ("2岁半", 30),
        ("孩子两岁半", 30),
        ("半岁", 6),
        ("八个月大", 8),
        ("孩子才六个月", 6),
        ("六个月的娃", 6),
        ("二十个月的妮儿", 20),
        ("二十二个月大", 22),
        ("三十五个月的宝宝", 35),
        ("娃30个月", 30),
        ("满一岁", 12),
        ("一周岁", 12),
        ("１８个月的宝宝", 18),
        ("十八個月的寶寶", 18),
    ],
)
def test_age(text: str, months: int) -> None:
    assert age_months(plain(text)) == months


@pytest.mark.parametrize(
    "text",
    [
        "一岁多",
        "孩子三岁多",
        "两岁左右",
        "差不多两岁",
        "快两岁了",
        "3岁以下",
        "3 岁以下的孩子",
        "三岁之前",
        "0-3岁",
        "0到3岁",
        "一到三岁",
        "两三岁",
        "18~24个月",
        "6个月内",
        "六个月以上",
        "一个月多少钱",
        "产假五个月",
        "托费交了三个月",
        "三个月没去",
        "试托三个月",
        "我3个月后上班",
        "九个月的时候打的疫苗",
        "上个月",
        "99岁",
        "300个月",
        "a year old",
        "半天",
        "",
    ],
)
def test_no_age(text: str) -> None:
    assert age_months(plain(text)) is None


@given(st.text())
@settings(derandomize=True, deadline=None)
def test_age_never_raises_and_is_a_childs(text: str) -> None:
    found = age_months(plain(text))
    assert found is None or 0 <= found <= 216


@given(st.text(alphabet="0123456789一二两三十半岁个月零周大多的宝.以下前 months yearold", max_size=24))
@settings(derandomize=True, deadline=None)
def test_age_never_raises_on_what_looks_like_one(text: str) -> None:
    found = age_months(plain(text))
    assert found is None or 0 <= found <= 216


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("北湖有半日托吗", {"mode": "half_day", "district": "太白湖新区"}),
        ("太白湖新区的全日托", {"mode": "full_day", "district": "太白湖新区"}),
        ("老市中那边有没有", {"district": "任城区"}),
        ("李营附近", {"place": "李营", "district": "任城区"}),
        ("石桥镇有没有托班", {"place": "石桥镇", "district": "太白湖新区"}),
        ("爱彼宝在哪", {"centre": "aibeibao"}),
        ("济宁市任兴托幼一体实验园怎么样", {"centre": "renxing"}),
        ("多少钱", {}),
    ],
)
def test_names(library: Library, text: str, known: dict[str, str]) -> None:
    named = library.names.read(plain(text), text).known()
    assert {key: named.get(key) for key in known} == known
    assert known or not named


def test_the_longest_spelling_counts(library: Library) -> None:
    assert library.names.read("任城区托育综合服务中心", "").centre == "rencheng-center"


def test_known_leaves_out_what_was_not_named() -> None:
    assert Slots(age_months=0, mode="full_day").known() == {"age_months": 0, "mode": "full_day"}
