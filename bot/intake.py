"""Takes messages in: each is remembered, decided and answered in one commit, once, in order. Called by every door."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import batch
from bot.casework import Casework
from bot.clock import Clock, utc_now
from bot.lanes import Parcel
from bot.mailbox import Letter, Mailbox, letter_of
from bot.messages import Address, Incoming, Reply
from bot.outbox import Outbox
from bot.parent_acts import acts_of
from bot.payload import clean, cleaned
from bot.talk import Draft
from bot.think import Background, Think, Thinker, new_number
from bot.voice import Say
from bot.writer import Step, Writer
from db import conversations, incoming, outgoing
from db.tables import Delivery
from db.types import AnyRow

__all__ = ["Background", "Intake", "Letter", "Receipt", "Think"]

STRETCH = 0.005  # seconds of thinking after which other tasks get a turn

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is stored about a message. `fresh`: it was not known before. `decision` is the stored explanation."""

    fresh: bool
    outcome: str
    decision: dict[str, Any]
    letters: tuple[Letter, ...] = ()


_Result = tuple[Receipt, Draft | None]


class Intake:
    """Stateless between batches: all it knows of a talk is read under the conversation's lock."""

    def __init__(
        self,
        writer: Writer,
        think: Think,
        say: Say,
        *,
        outbox: Outbox | None = None,
        mailbox: Mailbox | None = None,
        clock: Clock = utc_now,
        casework: Casework | None = None,
        burst_seconds: float = 1.5,
        numbers: Callable[[], str] = new_number,
    ) -> None:
        self._writer = writer
        self._thinker = Thinker(think, Reply(text=say("bot.trouble")), numbers)
        self._outbox = outbox
        self._mailbox = mailbox
        self._casework = casework
        self._clock = clock
        self._burst = timedelta(seconds=burst_seconds)
        self._receive = Step(10, self._write_messages, self._dispatch)
        self._keep = Step(11, self._write_raw)
        self._ping = Step(12, self._write_nothing)

    async def receive(self, message: Incoming) -> Receipt:
        """Returns after the commit. Raises what the database raised if nothing was stored: the channel redelivers."""
        receipt, _ = await self._writer.do(self._receive, cleaned(message))
        return receipt

    async def keep_raw(self, channel: str, raw: str, reason: str) -> None:
        """Keep an update that could not be read, once; returns after the commit."""
        await self._writer.do(self._keep, (channel, clean(raw), clean(reason), self._clock()))

    async def ping(self) -> None:
        """Returns when the writer and the database answer; raises otherwise."""
        await self._writer.do(self._ping, None)

    async def _write_messages(self, items: Sequence[Incoming], connection: AsyncConnection) -> list[_Result]:
        places = {_place(item.sender) for item in items}
        locked = await conversations.lock(places, self._clock(), connection=connection)
        known = await incoming.known({_key(item) for item in items}, connection=connection)
        fresh = {_key(item): item for item in reversed(items) if _key(item) not in known}
        drafts: dict[Key, Draft] = {}
        if fresh:
            wanted = [item for item in items if fresh.get(_key(item)) is item]
            drafts = await self._think_and_store(wanted, locked, connection)
        old = await self._stored(known, connection)
        keys = [_key(item) for item in items]
        return [
            self._result(item, fresh.get(key), drafts.get(key), old.get(key))
            for item, key in zip(items, keys, strict=True)
        ]

    async def _think_and_store(
        self, items: Sequence[Incoming], locked: dict[Key, conversations.Locked], connection: AsyncConnection
    ) -> dict[Key, Draft]:
        mine = {place: locked[place] for place in dict.fromkeys(_place(item.sender) for item in items)}
        owner = self._outbox.owner if self._outbox else None
        contexts = {talk.id: talk.context for talk in mine.values()}
        talks = await batch.load(contexts, owner, connection=connection)
        drafts = {}
        resting = time.perf_counter()
        for item in items:
            talk = talks[locked[_place(item.sender)].id]
            draft = drafts[_key(item)] = self._thinker.draft(item, talk, self._clock())
            talk.add(draft, self._first_state(item.sender.channel), self._burst)
            if time.perf_counter() - resting > STRETCH:
                await asyncio.sleep(0)
                resting = time.perf_counter()
        await batch.store(list(talks.values()), list(drafts.values()), owner, self._clock(), connection=connection)
        await self._follow(list(drafts.values()), connection)
        return drafts

    async def _follow(self, drafts: list[Draft], connection: AsyncConnection) -> None:
        """Do to cases what the messages do to them."""
        if self._casework is None:
            return
        acts = await acts_of(drafts, connection=connection)
        results = await self._casework.write(acts, self._clock(), connection=connection)
        for draft in drafts:
            draft.results = [result for result in results if result.act.incoming_id == draft.incoming_id]

    def _first_state(self, channel: str) -> Delivery | None:
        if self._mailbox is not None and channel in self._mailbox.channels:
            return Delivery.DELIVERED  # the receipt hands it out
        return Delivery.SENDING if self._outbox is not None and self._outbox.has_room(channel) else None

    def _result(self, item: Incoming, first: Incoming | None, draft: Draft | None, old: Receipt | None) -> _Result:
        if draft is None:
            assert old is not None
            return old, None
        receipt = Receipt(first is item, draft.decision.outcome, draft.stored, self._letters(draft))
        return receipt, draft if receipt.fresh else None

    def _letters(self, draft: Draft) -> tuple[Letter, ...]:
        reply = draft.decision.reply
        if reply is None or not self._ready(draft.incoming.sender.channel, draft.state, draft.due_at, draft.at):
            return ()
        return (Letter(draft.outgoing_id, draft.incoming.sender, reply, "bot", draft.at),)

    def _ready(self, channel: str, state: str, due_at: datetime | None, now: datetime) -> bool:
        if self._mailbox is not None and channel in self._mailbox.channels:
            return state == Delivery.DELIVERED  # what still waits must not be overtaken: the mailbox has it
        return state != Delivery.WITHDRAWN and due_at is not None and due_at <= now

    async def _stored(self, known: dict[Key, AnyRow], connection: AsyncConnection) -> dict[Key, Receipt]:
        if not known:
            return {}
        letters: dict[int, list[Letter]] = {}
        now = self._clock()
        rows = {row.id: row for row in known.values()}
        for answer in await outgoing.answers(rows, connection=connection):
            row = rows[answer.incoming_id]
            if self._ready(row.channel, answer.state, answer.due_at, now):
                letters.setdefault(row.id, []).append(letter_of(answer, Address(row.channel, row.address)))
        return {
            key: Receipt(False, row.outcome, row.decision, tuple(letters.get(row.id, ()))) for key, row in known.items()
        }

    def _dispatch(self, _items: Sequence[Incoming], results: Sequence[_Result]) -> None:
        parcels = []
        for _, draft in results:
            if draft is None:
                continue
            if self._casework is not None and draft.results:
                self._casework.committed(draft.results)
            if draft.decision.reply is None:
                continue
            address = draft.incoming.sender
            if draft.state == Delivery.SENDING:
                parcels.append(Parcel(draft.outgoing_id, address, draft.decision.reply, "bot"))
            elif draft.due_at is not None and self._outbox is not None and self._outbox.serves(address.channel):
                self._outbox.wake(draft.due_at)
            if self._mailbox is not None:
                self._mailbox.notify(address)
        if parcels and self._outbox is not None:
            self._outbox.accept(parcels)

    async def _write_raw(
        self, items: Sequence[tuple[str, str, str, datetime]], connection: AsyncConnection
    ) -> list[None]:
        await incoming.keep_unreadable(items, connection=connection)
        return [None] * len(items)

    async def _write_nothing(self, items: Sequence[None], connection: AsyncConnection) -> list[None]:
        await connection.execute(text("SELECT 1"))
        return [None] * len(items)


def _key(message: Incoming) -> Key:
    return message.sender.channel, message.message_id


def _place(address: Address) -> Key:
    return address.channel, address.id
