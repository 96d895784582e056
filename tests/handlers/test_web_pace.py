"""How fast one conversation may post."""

from datetime import UTC, datetime, timedelta

from handlers import web_pace
from handlers.web_pace import Pace


class Clock:
    now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def test_a_burst_passes_then_waits_then_passes_again() -> None:
    clock = Clock()
    pace = Pace(clock, burst=3, per_second=0.5)
    assert [pace.wait("a") for _ in range(4)] == [0, 0, 0, 2]
    assert pace.wait("b") == 0
    clock.forward(1)
    assert pace.wait("a") == 1
    clock.forward(1)
    assert pace.wait("a") == 0


def test_a_clock_set_back_gives_nothing_away() -> None:
    clock = Clock()
    pace = Pace(clock, burst=1)
    assert pace.wait("a") == 0
    clock.forward(-3600)
    assert pace.wait("a") > 0


def test_memory_is_bounded() -> None:
    pace = Pace(Clock(), burst=1)
    for number in range(web_pace.REMEMBERED + 1):
        assert pace.wait(str(number)) == 0
    assert pace.wait("0") == 0
    assert pace.wait(str(web_pace.REMEMBERED)) > 0
