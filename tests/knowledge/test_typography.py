"""How text that parents read must look."""

import pytest

from knowledge import typography


@pytest.mark.parametrize(
    "text",
    [
        "请拨打 12345 热线",
        "可拨 12345、12356 或 120",
        "12345（24 小时）",
        "约 12000 元",
        "10000 元",
        "每月 100 元",
        "110–130 元",
        "1200–1500 元/月",
        "截至 2026 年 5 月 100 家",
        "2023 年 12 月 120 个",
        "2023-06-08",
        "国卫人口发〔2019〕58 号",
        "WS/T 821—2023",
        "占地 10442 平方米",
        "第 120 条",
        "2022 年 8 月 1–3 岁",
        "电话 8 点到 18 点有人接",
    ],
)
def test_numbers_that_may_stand(text: str) -> None:
    assert typography.unknown_number(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("拨打114", "114"),
        ("打 12320", "12320"),
        ("或者 12315", "12315"),
        ("电话：0000000", "0000000"),
        ("0537-0000000", "0537-0000000"),
        ("０５３７－０００００００", "0537-0000000"),
        ("13000000000", "13000000000"),
        ("130 0000 0000", "130 0000 0000"),
        ("400-000-0000", "400-000-0000"),
        ("服务热线 96000", "96000"),
    ],
)
def test_numbers_that_may_not(text: str, number: str) -> None:
    assert typography.unknown_number(text) == number


@pytest.mark.parametrize(("text", "piece"), [("满3岁", "满3"), ("AI助手", "AI助"), ("满 3 岁", None), ("3–6 岁", None)])
def test_stuck(text: str, piece: str | None) -> None:
    assert typography.stuck(text) == piece


@pytest.mark.parametrize(
    ("text", "piece"),
    [("好,的", "好,的"), ("好(的)", "好("), ("好吗?", "好吗?"[1:]), ("有 3,000 元", None), ("好，的", None)],
)
def test_half_width(text: str, piece: str | None) -> None:
    assert typography.half_width(text) == piece


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("可以。还有", "可以"), ("行吗？行", "行吗"), ("第一行\n第二行", "第一行"), ("  没有句号", "没有句号")],
)
def test_first_sentence(text: str, sentence: str) -> None:
    assert typography.first_sentence(text) == sentence
