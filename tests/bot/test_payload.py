"""What is stored comes back the same."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import TURNS_KEPT, Context, Turn
from bot.messages import Choice, Reply
from bot.payload import clean, must_be_storable, reply_from_json, reply_to_json

words = st.text(max_size=20)
turns = st.builds(
    Turn,
    text=words,
    reference=words,
    at=st.datetimes(timezones=st.just(UTC)),
    outcome=words,
    topics=st.lists(words, max_size=3).map(tuple),
    held=st.booleans(),
)
contexts = st.builds(
    Context,
    turns=st.lists(turns, max_size=TURNS_KEPT).map(tuple),
    options=st.lists(words, max_size=3).map(tuple),
    topic=st.none() | words,
    slots=st.dictionaries(words, words | st.integers(-(10**9), 10**9), max_size=4),
)
replies = st.builds(
    Reply,
    text=words,
    choices=st.lists(st.builds(Choice, id=words, label=words), max_size=3).map(tuple),
    alert=st.booleans(),
    ask_location=st.booleans(),
)


@given(contexts)
def test_context_round_trip(context: Context) -> None:
    assert Context.from_json(json.loads(json.dumps(context.to_json()))) == context


@given(contexts, turns)
def test_only_the_last_turns_are_kept(context: Context, turn: Turn) -> None:
    after = context.after(turn)
    assert after.turns[-1] == turn
    assert len(after.turns) <= TURNS_KEPT


@given(replies)
def test_reply_round_trip(reply: Reply) -> None:
    assert reply_from_json(json.loads(json.dumps(reply_to_json(reply)))) == reply


def test_blanked_reply_is_empty() -> None:
    assert reply_from_json({}) == Reply("")


@given(st.text(alphabet=st.characters(categories=None), max_size=30))
def test_clean_text_can_be_stored(text: str) -> None:
    must_be_storable(clean(text))


@pytest.mark.parametrize("value", ["a\x00", "\ud800", float("nan"), {1, 2}, datetime(2026, 1, 1, tzinfo=UTC)])
def test_the_unstorable_is_found(value: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        must_be_storable({"x": value})
