"""What tells who somebody is leaves a text, and what does not stays. All numbers here are made up and belong to nobody."""

import pytest

from knowledge.personal import without_personal


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("我叫王小明，想问托班多少钱", "想问托班多少钱"),
        ("我叫李红想问补贴", "想问补贴"),
        ("孩子叫乐乐，一岁半能送吗", "孩子，一岁半能送吗"),
        ("我家宝宝叫张一一今年两岁", "我家宝宝今年两岁"),
        ("我的电话是130 0000 0000，请回电", "请回电"),
        ("手机１３００００００００００", ""),
        ("打0537-0000000找我", "打找我"),
        ("身份证号110101200001010000能报吗", "能报吗"),
        ("身份证号：11010120000101000X", ""),
        ("微信号abc_12345加我", "加我"),
        ("邮箱 someone@example.org 可以吗", "可以吗"),
        ("姓名：赵四，孩子两岁", "孩子两岁"),
        ("住3号楼2单元501室附近有吗", "住附近有吗"),
        ("2023年5月6日出生的能送吗", "的能送吗"),
    ],
)
def test_taken_out(text: str, left: str) -> None:
    said, count = without_personal(text)
    assert said == left
    assert count > 0


@pytest.mark.parametrize(
    "text",
    [
        "一岁半能送托班吗，一个月 1200 元贵不贵",
        "打 12345 或 12356 问过了",
        "孩子18个月，2026年9月1日能入托吗",
        "3600 元补贴怎么领",
        "国卫人口发〔2019〕58 号怎么规定的",
        "孩子叫不醒怎么办",
        "老师叫家长去一趟",
    ],
)
def test_left_alone(text: str) -> None:
    assert without_personal(text) == (text, 0)
