"""A push channel's parcels on their way: in order per chat, chats in parallel, at its pace. Used by the outbox."""

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

import structlog

from bot.errors import RetryLater, Undeliverable
from bot.messages import Address, Reply
from bot.pace import Pace
from bot.writer import Probe

log = structlog.get_logger(__name__)

SEND_TIMEOUT = 20.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0  # seconds between tries, doubled each time
TRIES_OF_UNKNOWN = 8  # of errors no door has a name for; after that the chat's other messages get their turn

Sender = Literal["bot", "staff"]


@dataclass(frozen=True, slots=True)
class Parcel:
    """An outgoing message, ready to carry. `attempts`: how often it was tried before."""

    id: int
    address: Address
    reply: Reply
    sender: Sender
    attempts: int = 0


class Carrier(Protocol):
    """A door's sending half."""

    channel: str

    async def carry(self, parcel: Parcel) -> str:
        """Send, and give the channel's id of the message. Raises `RetryLater` or `Undeliverable`."""


class Ledger(Protocol):
    """Where lanes report; the outbox."""

    def may_send(self) -> bool: ...
    def delivered(self, parcel: Parcel, external_id: str) -> None: ...
    def failed(self, parcel: Parcel, reason: str) -> None: ...
    def postponed(self, parcel: Parcel, after: float, reason: str) -> None: ...


@dataclass(slots=True)
class _Lane:
    parcels: deque[Parcel]
    tries: int = 0


class Lanes:
    """`accept` parcels; they are carried as soon as pace and order allow."""

    def __init__(self, carrier: Carrier, pace: Pace, ledger: Ledger, probe: Probe) -> None:
        self._carrier = carrier
        self._pace = pace
        self._ledger = ledger
        self._probe = probe
        self._lanes: dict[str, _Lane] = {}
        self._sending: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._closing = False
        self.size = 0

    def accept(self, parcel: Parcel) -> None:
        """Queue a parcel behind the others of its chat."""
        chat = parcel.address.id
        self.size += 1
        if chat in self._lanes:
            self._lanes[chat].parcels.append(parcel)
            return
        self._lanes[chat] = _Lane(deque([parcel]), tries=parcel.attempts)
        self._ask(chat)

    def span(self, chat: str) -> float:
        """Over how many seconds sendings to the chat are counted."""
        return self._pace.span(chat)

    def recall(self, chat: str, ages: Iterable[float]) -> None:
        """Messages reached the chat so many seconds ago, whoever sent them."""
        now = asyncio.get_running_loop().time()
        self._pace.recall(chat, [now - max(0.0, age) for age in ages], now)

    def forget(self) -> None:
        """Drop what is not under way: somebody else may be sending it by now."""
        under_way = {task.get_name() for task in self._sending}
        for chat, lane in self._lanes.items():
            kept = 1 if chat in under_way else 0
            while len(lane.parcels) > kept:
                lane.parcels.pop()
                self.size -= 1

    async def close(self) -> None:
        """Let what is under way end; start nothing more."""
        self._closing = True
        if self._timer is not None:
            self._timer.cancel()
        if self._sending:
            await asyncio.wait(self._sending, timeout=SEND_TIMEOUT)

    def pump(self) -> None:
        """Start every sending that may begin now; come back when the next one may."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._closing or not self._ledger.may_send():
            return
        loop = asyncio.get_running_loop()
        while isinstance(turn := self._pace.next(loop.time()), str):
            self._start(turn)
        if turn is not None:
            self._timer = loop.call_at(turn, self.pump)

    def _ask(self, chat: str) -> None:
        first = self._lanes[chat].parcels[0]
        self._pace.ask(chat, asyncio.get_running_loop().time(), urgent=first.reply.alert)

    def _start(self, chat: str) -> None:
        task = asyncio.create_task(self._send(chat), name=chat)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _send(self, chat: str) -> None:
        lane = self._lanes[chat]
        now = asyncio.get_running_loop().time
        if not lane.parcels:
            self._pace.done(chat, now())
            del self._lanes[chat]
            return
        pause = await self._carry(lane)
        if pause is not None:
            self._pace.halt(now() + pause.after, None if pause.whole_channel else chat)
        else:
            lane.parcels.popleft()
            lane.tries = 0
            self.size -= 1
        self._pace.done(chat, now())
        if lane.parcels:
            self._ask(chat)
        else:
            del self._lanes[chat]
        self.pump()

    async def _carry(self, lane: _Lane) -> RetryLater | None:
        """Try the first parcel; None when it is settled, else when to try again."""
        parcel = lane.parcels[0]
        lane.tries += 1
        try:
            self._probe("before_send")
            async with asyncio.timeout(SEND_TIMEOUT):
                external_id = await self._carrier.carry(parcel)
            self._probe("after_send")
        except Undeliverable as error:
            self._ledger.failed(parcel, error.reason)
        except RetryLater as error:
            return self._postpone(parcel, lane, error)
        except TimeoutError:
            return self._postpone(parcel, lane, RetryLater(0, "no answer"))
        except Exception as error:  # a door's fault must not stop the other chats
            log.exception("carry_failed", channel=self._carrier.channel, parcel=parcel.id)
            if lane.tries < TRIES_OF_UNKNOWN:
                return self._postpone(parcel, lane, RetryLater(0, repr(error)))
            self._ledger.failed(parcel, repr(error))
        else:
            self._ledger.delivered(parcel, external_id)
        return None

    def _postpone(self, parcel: Parcel, lane: _Lane, error: RetryLater) -> RetryLater:
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(lane.tries - 1, 10))
        after = max(error.after, pause)
        self._ledger.postponed(parcel, after, str(error))
        return RetryLater(after, str(error), whole_channel=error.whole_channel)
