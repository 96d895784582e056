"""Keeps one conversation from posting faster than anyone can read. Used by `web_parents.py`."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from math import ceil

REMEMBERED = 10_000


class Pace:
    """A bucket of `burst` messages for each conversation, refilled at `per_second`.

    Kept in memory, for this process alone: another replica grants a bucket of its own, which does no harm.
    """

    def __init__(self, clock: Callable[[], datetime], *, burst: int = 15, per_second: float = 0.5) -> None:
        self._clock = clock
        self._burst = burst
        self._per_second = per_second
        self._buckets: OrderedDict[str, tuple[float, datetime]] = OrderedDict()

    def wait(self, name: str) -> int:
        """Seconds `name` has to wait; 0 lets this message through and counts it."""
        now = self._clock()
        left, since = self._buckets.pop(name, (float(self._burst), now))
        left = min(self._burst, left + max(0.0, (now - since).total_seconds()) * self._per_second)
        allowed = left >= 1
        self._buckets[name] = (left - 1 if allowed else left, now)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        return 0 if allowed else max(1, ceil((1 - left) / self._per_second))
