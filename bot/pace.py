"""Who may send next, and when: a channel's limits as pure logic, time handed in. Used by `bot/outbox.py`.

A place is free again one period after its sending *ended*, so the limit holds at the receiver too, whatever the network
does. Chats take turns in the order in which they asked, urgent ones first. Times are seconds of any steady clock.
"""

import heapq
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` sendings within `period` seconds."""

    count: int
    period: float


PRIVATE = (Limit(1, 1.0),)
GROUP = (Limit(1, 1.0), Limit(20, 60.0))


def telegram_limits(chat: str) -> tuple[Limit, ...]:
    """The published limits; groups have negative ids there."""
    return GROUP if chat.startswith("-") else PRIVATE


def no_limits(_chat: str) -> tuple[Limit, ...]:
    """For channels that do not limit single chats."""
    return ()


@dataclass(slots=True)
class _Window:
    limit: Limit
    sending: int = 0
    ended: deque[float] = field(default_factory=deque)

    def forget(self, now: float) -> None:
        while self.ended and self.ended[0] + self.limit.period <= now:
            self.ended.popleft()

    def free_at(self, now: float) -> float | None:
        """When the next sending may begin; None: not before one of those under way has ended."""
        self.forget(now)
        excess = self.sending + len(self.ended) - self.limit.count
        if excess < 0:
            return now
        return self.ended[excess] + self.limit.period if excess < len(self.ended) else None


@dataclass(slots=True)
class _Chat:
    windows: tuple[_Window, ...]
    halted_until: float = float("-inf")
    busy: bool = False
    fading: bool = False

    def free_at(self, now: float) -> float:
        # A chat asks again only after its last sending ended, so no window waits for one under way.
        return max(self.halted_until, now, *(window.free_at(now) or now for window in self.windows))

    def idle(self, now: float) -> bool:
        return not self.busy and self.free_at(now) <= now and not any(window.ended for window in self.windows)


class Pace:
    """`ask` for a chat, take whose turn it is with `next`, say `done` when its sending ended."""

    def __init__(self, rate: float, limits: Callable[[str], tuple[Limit, ...]] = telegram_limits) -> None:
        """`rate`: sendings per second over all chats; `limits`: those of a single chat."""
        places = max(1, int(rate))
        self._all = _Window(Limit(places, places / rate))
        self._limits = limits
        self._chats: dict[str, _Chat] = {}
        self._ready: list[tuple[bool, int, str]] = []
        self._later: list[tuple[float, bool, int, str]] = []
        self._fading: deque[str] = deque()
        self._asked = count()
        self._halted_until = float("-inf")

    def __len__(self) -> int:
        """How many chats are remembered."""
        return len(self._chats)

    def ask(self, chat: str, now: float, *, urgent: bool = False) -> None:
        """A chat has something to send. It asks once, and again only after `done`."""
        known = self._chats.get(chat)
        if known is None:
            known = self._chats[chat] = _Chat(tuple(_Window(limit) for limit in self._limits(chat)))
        if known.busy:
            raise ValueError(f"{chat} has asked already")
        known.busy = True
        self._queue(chat, not urgent, next(self._asked), now)

    def next(self, now: float) -> str | float | None:
        """The chat that sends now (its place is taken), or when to call again, or None: after a `done` or `ask`."""
        while self._later and self._later[0][0] <= now:
            self._queue(*self._wake(), now)
        if not self._ready:
            return self._later[0][0] if self._later else None
        free_at = self._all.free_at(now)
        if free_at is None:
            return None
        free_at = max(free_at, self._halted_until)
        return free_at if free_at > now else self._take()

    def span(self, chat: str) -> float:
        """The longest period, in seconds, over which the chat's sendings are counted."""
        return max((limit.period for limit in self._limits(chat)), default=0.0)

    def recall(self, chat: str, ended: list[float], now: float) -> None:
        """Sendings to the chat ended at these times, also by other processes or an earlier one."""
        known = self._chats.get(chat)
        if known is None:
            known = self._chats[chat] = _Chat(tuple(_Window(limit) for limit in self._limits(chat)))
        for window in known.windows:
            window.forget(now)
            recent = sorted(min(time, now) for time in ended if time + window.limit.period > now)
            if len(recent) > len(window.ended):
                window.ended = deque(recent)
        if not known.fading:
            known.fading = True
            self._fading.append(chat)

    def done(self, chat: str, now: float) -> None:
        """The sending ended, well or not."""
        known = self._chats[chat]
        known.busy = False
        for window in (self._all, *known.windows):
            window.sending -= 1
            window.ended.append(now)
        if not known.fading:
            known.fading = True
            self._fading.append(chat)
        self._tidy(now)

    def halt(self, until: float, chat: str | None = None) -> None:
        """Nothing is sent before `until`: at all, or in a chat whose sending is just ending (call it before `done`)."""
        if chat is None:
            self._halted_until = max(self._halted_until, until)
        else:
            self._chats[chat].halted_until = max(self._chats[chat].halted_until, until)

    def _queue(self, chat: str, patient: bool, number: int, now: float) -> None:
        free_at = self._chats[chat].free_at(now)
        if free_at > now:
            heapq.heappush(self._later, (free_at, patient, number, chat))
        else:
            heapq.heappush(self._ready, (patient, number, chat))

    def _wake(self) -> tuple[str, bool, int]:
        _, patient, number, chat = heapq.heappop(self._later)
        return chat, patient, number

    def _take(self) -> str:
        _, _, chat = heapq.heappop(self._ready)
        for window in (self._all, *self._chats[chat].windows):
            window.sending += 1
        return chat

    def _tidy(self, now: float) -> None:
        # Two are looked at for each that is added, so what is idle is forgotten and no single call takes long.
        for _ in range(min(2, len(self._fading))):
            chat = self._fading.popleft()
            if self._chats[chat].idle(now):
                del self._chats[chat]
            else:
                self._fading.append(chat)
