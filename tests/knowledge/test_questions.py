"""Several questions in one message."""

import pytest

from knowledge.library import Library
from knowledge.normalise import plain
from knowledge.questions import MOST, several
from knowledge.ranking import ranked
from knowledge.understanding import understand


def asked(library: Library, text: str) -> tuple[str, ...]:
    return several(library, plain(text), ranked(library, plain(text)))


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("入托体检在哪做？还有，疫苗少打一针能上吗？", ("enrol.health_check", "safety.vaccination")),
        ("疫苗少打一针能上吗？另外入托体检在哪做？", ("safety.vaccination", "enrol.health_check")),
        ("育儿补贴怎么申请？顺便问下托班一个月收费多少钱？", ("fees.child_subsidy", "fees.price")),
    ],
)
def test_each_question_in_the_order_asked(library: Library, text: str, topics: tuple[str, ...]) -> None:
    assert asked(library, text) == topics
    assert understand(library, text).answers == topics


@pytest.mark.parametrize(
    "text",
    [
        "托班一个月收费多少钱？",
        "托班一个月收费多少钱？一个月多少钱？",
        "你好，我家孩子一岁半，想问一下，托班一个月收费多少钱？",
        "",
        "？？？，，，",
    ],
)
def test_one_question_is_one(library: Library, text: str) -> None:
    assert len(asked(library, text)) <= 1


def test_at_most_three(library: Library) -> None:
    text = "托班一个月收费多少钱？入托需要什么材料？入托体检在哪做？育儿补贴怎么申请？疫苗少打一针能上吗？"
    assert len(asked(library, text)) <= MOST


def test_a_flood_of_clauses_is_no_list_of_questions(library: Library) -> None:
    assert asked(library, "托班一个月收费多少钱？入托体检在哪做？" * 10) == ()


def test_a_report_among_questions_is_not_answered_as_one(library: Library) -> None:
    reading = understand(library, "老师打我孩子，胳膊上有手印，该怎么办？")
    assert reading.verdict in ("report", "danger")
