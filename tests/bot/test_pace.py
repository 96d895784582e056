"""The limiter keeps every limit from the first second, serves all chats in turn and forgets what it need not know."""

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.pace import Limit, Pace, no_limits, telegram_limits

Sending = tuple[float, float, str]


def simulate(pace: Pace, asks: list[tuple[float, str, float]]) -> list[Sending]:
    """Run (time of asking, chat, time a sending takes) to the end; (begin, end, chat) of each sending."""
    coming = sorted(asks)
    queued: dict[str, list[float]] = defaultdict(list)
    busy: set[str] = set()
    ends: list[tuple[float, str]] = []
    sent: list[Sending] = []
    now = 0.0
    for _ in range(100_000):
        while coming and coming[0][0] <= now:
            _, chat, length = coming.pop(0)
            queued[chat].append(length)
            if chat not in busy:
                busy.add(chat)
                pace.ask(chat, now)
        for end, chat in [entry for entry in ends if entry[0] <= now]:
            ends.remove((end, chat))
            pace.done(chat, now)
            if queued[chat]:
                pace.ask(chat, now)
            else:
                busy.discard(chat)
        while isinstance(turn := pace.next(now), str):
            end = now + queued[turn].pop(0)
            sent.append((now, end, turn))
            ends.append((end, turn))
        times = [time for time, _ in ends] + [time for time, _, _ in coming[:1]] + ([turn] if turn is not None else [])
        if not times:
            return sent
        now = max(now, min(times))
    raise AssertionError("it does not end")


def most_within(times: list[float], period: float) -> int:
    """The largest number of times within any span of the period's length."""
    return max((sum(start <= time < start + period - 1e-6 for time in times) for start in times), default=0)


asks = st.lists(
    st.tuples(
        st.floats(0, 20, allow_nan=False),
        st.sampled_from(["1", "2", "3", "-4", "-5"]),
        st.floats(0.001, 2, allow_nan=False),
    ),
    max_size=60,
)


@settings(max_examples=60, deadline=None)
@given(asks, st.sampled_from([0.5, 1, 3, 30]))
def test_no_limit_is_ever_broken_wherever_it_is_measured(asks: list[tuple[float, str, float]], rate: float) -> None:
    sent = simulate(Pace(rate), asks)
    assert sorted(chat for _, _, chat in sent) == sorted(chat for _, chat, _ in asks)
    for measure in (0, 1):  # at the sender, and at the latest the receiver can see it
        times = [(begin, end)[measure] for begin, end, _ in sent]
        assert most_within(times, max(1.0, 1 / rate)) <= max(1, rate)
        for chat in {chat for _, _, chat in sent}:
            own = [(begin, end)[measure] for begin, end, whose in sent if whose == chat]
            for limit in telegram_limits(chat):
                assert most_within(own, limit.period) <= limit.count


@settings(max_examples=30, deadline=None)
@given(asks)
def test_nothing_waits_without_a_reason(asks: list[tuple[float, str, float]]) -> None:
    sent = simulate(Pace(1000, no_limits), asks)
    busy_until: dict[str, float] = defaultdict(float)
    for (at, chat, _), (begin, end, _) in zip(
        sorted(asks, key=lambda ask: (ask[1], ask[0], ask[2])), sorted(sent, key=lambda s: (s[2], s[0])), strict=True
    ):
        assert begin == pytest.approx(max(at, busy_until[chat]))
        busy_until[chat] = end


def test_strict_from_the_first_second() -> None:
    sent = simulate(Pace(30), [(0, str(n), 0.01) for n in range(100)])
    assert sum(begin < 1 for begin, _, _ in sent) == 30


def test_a_group_gets_twenty_a_minute() -> None:
    sent = simulate(Pace(30), [(0, "-1", 0.01)] * 45)
    assert sum(begin < 60 for begin, _, _ in sent) == 20
    assert sent[20][0] >= 60


def test_chats_take_turns() -> None:
    pace = Pace(1, no_limits)
    sent = simulate(pace, [(0, "busy", 0.1)] * 5 + [(0.5, "quiet", 0.1)])
    assert [chat for _, _, chat in sent].index("quiet") <= 2


def test_danger_goes_first() -> None:
    pace = Pace(1, no_limits)
    for chat in ("a", "b", "c"):
        pace.ask(chat, 0)
    pace.ask("danger", 0, urgent=True)
    assert pace.next(0) == "danger"


def test_a_halt_is_law() -> None:
    pace = Pace(30)
    pace.ask("1", 0)
    pace.ask("2", 0)
    assert pace.next(0) == "1"
    pace.halt(5, "1")
    pace.done("1", 0.1)
    pace.ask("1", 0.1)
    assert pace.next(0.1) == "2"
    pace.done("2", 0.2)
    assert pace.next(0.2) == 5
    pace.halt(9)
    assert pace.next(5) == 9
    assert pace.next(9) == "1"


def test_a_chat_asks_once() -> None:
    pace = Pace(30)
    pace.ask("1", 0)
    with pytest.raises(ValueError, match="already"):
        pace.ask("1", 0)


def test_chats_are_forgotten() -> None:
    pace = Pace(1000, lambda _: (Limit(1, 1.0),))
    for n in range(20_000):
        now = n / 900
        pace.ask(str(n), now)
        assert pace.next(now) == str(n)
        pace.done(str(n), now)
    assert len(pace) < 2_000


def test_what_others_sent_to_a_group_counts() -> None:
    pace = Pace(30)
    pace.recall("-1", [float(n) for n in range(20)], 30.0)
    pace.ask("-1", 30.0)
    assert pace.next(30.0) == 60.0
    assert pace.next(60.0) == "-1"


def test_what_is_recalled_does_not_count_twice() -> None:
    pace = Pace(1000)
    for now in (0.0, 2.0, 4.0):
        pace.ask("-1", now)
        assert pace.next(now) == "-1"
        pace.done("-1", now)
    pace.recall("-1", [0.0, 2.0, 4.0], 6.0)
    sent = 0
    now = 6.0
    while now < 59:
        pace.ask("-1", now)
        turn = pace.next(now)
        if isinstance(turn, float):
            break
        sent += 1
        pace.done("-1", now)
        now += 2
    assert sent == 17


def test_a_chat_that_was_only_recalled_is_forgotten() -> None:
    pace = Pace(1000)
    pace.recall("-1", [0.0], 1.0)
    for n in range(200):
        now = 100.0 + n
        pace.ask(str(n), now)
        assert pace.next(now) == str(n)
        pace.done(str(n), now)
    assert len(pace) < 5
