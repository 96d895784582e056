"""Several questions in one message: the known ones are answered, only the rest is handed over; what a case then holds."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.conversation import Context, Turn
from bot.decide import Decider
from bot.decision import Decision, Outcome
from bot.messages import Address, Incoming
from bot.think import Background
from tests.doors.assembly import library

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def decided(text: str, *before: Turn) -> Decision:
    message = Incoming(Address("web", "1"), "m", NOW, text)
    return Decider(library)(message, Background(Context(turns=before)), NOW, "12345678")


@pytest.mark.parametrize(
    ("text", "outcome", "topics", "rest"),
    [
        (
            "几点接？多少钱？我们家情况特殊能不能照顾一下减免",
            Outcome.ESCALATE,
            ("care.pickup", "fees.price"),
            "我们家情况特殊能不能照顾一下减免",
        ),
        (
            "附近有没有托班，另外园长说要换老师合不合理",
            "centres.nearby",
            ("centres.nearby",),
            "园长说要换老师合不合理",
        ),
    ],
)
def test_only_the_rest_is_handed_over(text: str, outcome: str, topics: tuple[str, ...], rest: str) -> None:
    decision = decided(text)
    assert (decision.outcome, decision.topics) == (outcome, topics)
    assert decision.case is not None
    assert decision.case.words == rest
    assert decision.case.understood["whole"] != rest
    assert decision.reply is not None
    assert f"「{rest}」" in decision.reply.text
    assert "12345678" in decision.reply.text


@pytest.mark.parametrize(
    "text",
    [
        "托班多少钱，几点接",
        "几点接",
        "我和老公都在厂里上白班，家里没人看孩子，想了解全天托班大概是怎么个时间",
        "你会不会说错，错了怎么办",
    ],
)
def test_nothing_is_handed_over_where_all_is_answered(text: str) -> None:
    assert decided(text).case is None


def test_a_case_holds_the_burst_and_why_nothing_answered() -> None:
    before = Turn("想问个我们家的事", "", NOW - timedelta(seconds=20), Outcome.CLARIFY)
    old = Turn("好的", "", NOW - timedelta(hours=1), Outcome.CLARIFY)
    decision = decided("我住许庄，我们家情况特殊，能不能帮忙协调减免", old, before)
    assert decision.case is not None
    assert decision.case.words == "想问个我们家的事\n我住许庄，我们家情况特殊，能不能帮忙协调减免"
    understood = decision.case.understood
    assert len(understood["candidates"]) == 3
    assert {one["why_not"] for one in understood["candidates"]} <= {"low", "close", "person"}
    assert all(one["title"] for one in understood["candidates"])
    assert understood["district_evidence"] == "许庄"
    assert decision.case.district == "太白湖新区"
