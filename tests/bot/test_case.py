"""The life of a case: the table, its diagram in the documentation, and what no path may break."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.case import ANY, OPEN, QUEUED, RULES, SETTLED, WAITING, Do, State, Who, after, diagram
from bot.decision import Priority
from tests.fakes.office import MONDAY, office

DOCS = Path(__file__).parent.parent.parent / "docs" / "cases.md"
acts = st.lists(st.tuples(st.sampled_from(Do), st.sampled_from(Who)), max_size=30)


def test_diagram_is_that_of_the_table() -> None:
    found = re.search(r"<!-- states -->\n```mermaid\n(.*?)\n?```", DOCS.read_text("utf-8"), re.DOTALL)
    assert found is not None
    assert found[1] == diagram(), "python -m bot.case prints it"


def test_no_act_has_two_outcomes() -> None:
    for state in State:
        for do in Do:
            for who in Who:
                assert sum(rule.do is do and who in rule.who and state in rule.at for rule in RULES) <= 1


def test_every_state_is_reached_and_every_act_possible() -> None:
    reached = {State.NEW}
    for _ in State:
        reached |= {found for state in reached for do in Do for who in Who if (found := after(state, do, who))}
    assert reached == ANY
    assert {rule.do for rule in RULES} == set(Do)
    assert QUEUED | {State.CLAIMED} == WAITING
    assert not OPEN & SETTLED


@given(acts)
def test_who_waits_is_answered_before_it_ends(path: list[tuple[Do, Who]]) -> None:
    """Only an answer, a closing (which tells the parent something), or the parent ends a wait."""
    state = State.NEW
    for do, who in path:
        before, state = state, after(state, do, who) or state
        if before in WAITING and state not in WAITING:
            assert do in (Do.ANSWER, Do.CLOSE, Do.WITHDRAW)
            assert who is not Who.CLOCK


@given(acts)
def test_a_withdrawn_case_stays_so(path: list[tuple[Do, Who]]) -> None:
    state = State.WITHDRAWN
    for do, who in path:
        state = after(state, do, who) or state
    assert state is State.WITHDRAWN


@pytest.mark.parametrize(
    ("district", "topics", "desk"),
    [
        ("北", (), "north"),
        ("南", (), "south"),
        ("西", (), "common"),
        (None, (), None),
        ("南", ("special.enrol",), "special"),
        (None, ("special.enrol",), "special"),
    ],
)
def test_routes(district: str | None, topics: tuple[str, ...], desk: str | None) -> None:
    from knowledge.schema import Desk
    from tests.fakes.office import DESKS

    special = Desk(id="special", topics=["special.enrol"], fallback="north")
    known = office(*DESKS, special)
    assert known.route(district, topics) == desk
    assert known.chain("special") == ("special", "north", "common")
    assert known.chain("gone") == ("common",)


def test_one_desk_needs_no_district() -> None:
    from knowledge.schema import Desk

    assert office(Desk(id="common")).route(None, ()) == "common"


def test_without_a_promise_there_is_a_deadline() -> None:
    from knowledge.schema import Desk

    known = office(Desk(id="common"))
    made = known.promise(MONDAY, "common")
    assert made.answer_by is None
    assert known.deadline(made, "common") == MONDAY + timedelta(hours=2)
    assert known.lease("common", MONDAY, Priority.NORMAL) == MONDAY + timedelta(hours=1)


def test_half_is_in_working_time() -> None:
    known = office()
    start = MONDAY + timedelta(hours=2, minutes=30)  # 11:30
    by = known.deadline(known.promise(start, "north"), "north")
    assert by == MONDAY + timedelta(hours=5, minutes=30)  # 30 minutes before the pause, 60 after it
    assert known.half("north", start, by) == MONDAY + timedelta(hours=4, minutes=45)
