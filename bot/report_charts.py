"""Figures as the geometry of charts: plain rectangles and labels that a template draws as SVG. Pure; used by the console."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from bot.figures import Row

WIDTH, HEIGHT, LEFT, FOOT = 720, 200, 40, 24
PARTS = ("answered", "asked_back", "outside", "handed_over")
DAILY, WEEKLY = 45, 300
"""Days up to which a chart has a bar for each day, or for each week."""
LABELS = 7


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle in the chart's units. `part`: which count it shows."""

    x: float
    y: float
    width: float
    height: float
    part: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A label at a position along an axis."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Stacked bars over time. `top`: the value at the upper edge."""

    bars: tuple[Bar, ...]
    days: tuple[Mark, ...]
    steps: tuple[Mark, ...]
    top: int
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    floor: int = HEIGHT - FOOT


def over_time(rows: Sequence[Row]) -> Chart:
    """A bar for each day, week or month, whichever leaves few enough of them."""
    groups = _grouped(rows)
    tallest = max((sum(counts.values()) for _, counts in groups), default=0)
    top = _round_up(tallest)
    room, step = HEIGHT - FOOT - 8, (WIDTH - LEFT) / max(len(groups), 1)
    bars: list[Bar] = []
    for n, (_, counts) in enumerate(groups):
        y = float(HEIGHT - FOOT)
        for part in PARTS:
            height = room * counts[part] / top
            y -= height
            if height:
                bars.append(Bar(_in(LEFT + n * step + step * 0.1), _in(y), _in(step * 0.8), _in(height), part))
    every = -(-len(groups) // LABELS) or 1
    days = [Mark(_in(LEFT + (n + 0.5) * step), label) for n, (label, _) in enumerate(groups) if n % every == 0]
    steps = [Mark(_in(HEIGHT - FOOT - room * value / top), str(value)) for value in sorted({0, top // 2, top})]
    return Chart(tuple(bars), tuple(days), tuple(steps), top)


def shares(values: Sequence[int], width: int = 100) -> tuple[float, ...]:
    """Lengths of bars beside each other, the longest being `width`."""
    longest = max(values, default=0)
    return tuple(_in(width * value / longest) if longest else 0.0 for value in values)


def _grouped(rows: Sequence[Row]) -> list[tuple[str, dict[str, int]]]:
    size: Literal["day", "week", "month"] = "day" if len(rows) <= DAILY else "week" if len(rows) <= WEEKLY else "month"
    groups: dict[str, dict[str, int]] = {}
    for row in rows:
        day = date.fromisoformat(row.key)
        begins = {"day": day, "week": day - timedelta(days=day.weekday()), "month": day.replace(day=1)}[size]
        label = f"{begins:%Y-%m}" if size == "month" else f"{begins.month}-{begins.day}"
        counts = groups.setdefault(f"{begins.isoformat()} {label}", dict.fromkeys(PARTS, 0))
        for part in PARTS:
            counts[part] += getattr(row, part)
    return [(key.split()[1], counts) for key, counts in groups.items()]


def _round_up(value: int) -> int:
    """The next even number that reads well on an axis; at least 2."""
    size = 1
    while True:
        for factor in (2, 4, 6, 10):
            if value <= factor * size:
                return factor * size
        size *= 10


def _in(value: float) -> float:
    return round(value, 2)
