"""Where cases are shown in groups, for the door that shows them: reading, and changing through the writer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.case import OPEN, Do
from bot.clock import Clock, utc_now
from bot.messages import AboutCase, Address, Attachment, CaseMail, Reply
from bot.office import Office
from bot.outbox import Outbox
from bot.payload import attachments_from_json
from bot.staff_post import StaffPost
from bot.voice import Say
from bot.writer import Step, Writer
from db import audit_rows, binding_rows, card_rows, case_rows, staff_rows
from db.engine import reading

TOPICS, PLAIN = "topics", "plain"
MINUTE = timedelta(minutes=1)


class CardState(StrEnum):
    """What has become of a card. `bare`: it is there, but what happened before has still to be told below it."""

    OPEN = "open"
    CLOSED = "closed"
    BARE = "bare"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Card:
    """A case in a group. `thread`: its topic; `shown`: a digest of what the card last said."""

    thread: str | None
    message_id: str | None
    shown: str
    state: CardState


@dataclass(frozen=True, slots=True)
class Binding:
    """What a group is for."""

    desk: str
    topics: bool


@dataclass(frozen=True, slots=True)
class Album:
    """Messages that came as one album, by event; `newest`: when the last of them came."""

    events: tuple[int, ...]
    text: str
    attachments: tuple[Attachment, ...]
    newest: datetime


Change = tuple[str, dict[str, Any]]


class Cards:
    """`find`, `save` and what to do where a group changes. One per process."""

    def __init__(
        self, writer: Writer, office: Office, say: Say, *, clock: Clock = utc_now, outbox: Outbox | None = None
    ) -> None:
        self.clock = clock
        self._writer = writer
        self._say = say
        self._outbox = outbox
        self._post = StaffPost(office)
        self._changes: Step[Change, None] = Step(16, self._write, self._wake)

    async def find(self, number: str, chat: Address) -> Card | None:
        """The card of a case in a group."""
        async with reading(self._writer.engine) as connection:
            row = await card_rows.find(number, chat.channel, chat.id, connection=connection)
        return None if row is None else Card(row.thread, row.message_id, row.shown, CardState(row.state))

    async def binding(self, chat: Address) -> Binding | None:
        """What a group is bound to."""
        async with reading(self._writer.engine) as connection:
            row = await binding_rows.of_chat(chat.channel, chat.id, connection=connection)
        return None if row is None else Binding(row.desk, row.mode == TOPICS)

    async def serves(self, chat: Address, desk: str | None) -> bool:
        """Whether the group is where the desk's cases are worked on."""
        async with reading(self._writer.engine) as connection:
            return chat in await self._post.groups(desk, connection=connection)

    async def topics_in_last_minute(self, channel: str) -> list[datetime]:
        """When topics were made, by whatever process, the oldest first."""
        async with reading(self._writer.engine) as connection:
            return await card_rows.topics_since(channel, self.clock() - MINUTE, connection=connection)

    async def reference(self, event_id: int, chat: Address) -> str | None:
        """The id that an event's message has in a chat."""
        async with reading(self._writer.engine) as connection:
            return await case_rows.reference_of(event_id, chat.channel, chat.id, connection=connection)

    async def album(self, event_id: int) -> Album | None:
        """What belongs together with an event's message."""
        async with reading(self._writer.engine) as connection:
            rows, newest = await card_rows.album_of(event_id, connection=connection)
        if newest is None or len(rows) < 2:
            return None
        sent = [a for row in rows for a in attachments_from_json(row.payload.get("attachments", ()))]
        text = "\n".join(row.text for row in rows if row.text)
        return Album(tuple(row.id for row in rows), text, tuple(sent), newest)

    async def save(self, number: str, chat: Address, **values: object) -> None:
        """Set columns of a card: thread, message_id, shown, state, made_at; returns after the commit."""
        await self._writer.do(self._changes, ("save", {"number": number, "chat": chat, "values": values}))

    async def plain(self, chat: Address) -> None:
        """The bot cannot make topics in this group: from now on cases are shown without; the group is told once."""
        await self._writer.do(self._changes, ("plain", {"chat": chat}))

    async def moved(self, old: Address, new: Address) -> None:
        """A group has got another id; its open cases are shown anew."""
        await self._writer.do(self._changes, ("moved", {"old": old, "new": new}))

    async def gone(self, chat: Address, reason: str) -> None:
        """The bot is shut out of a group: its desk's cases go to the groups that step in, and administrators are told."""
        await self._writer.do(self._changes, ("gone", {"chat": chat, "reason": reason}))

    def _wake(self, _items: Sequence[Change], _results: Sequence[None]) -> None:
        if self._outbox is not None:
            self._outbox.wake(self.clock())

    async def _write(self, items: Sequence[Change], connection: AsyncConnection) -> list[None]:
        for what, values in items:
            await getattr(self, f"_write_{what}")(connection=connection, **values)
        return [None] * len(items)

    async def _write_save(
        self, number: str, chat: Address, values: Mapping[str, Any], *, connection: AsyncConnection
    ) -> None:
        await card_rows.save(number, chat.channel, chat.id, values, self.clock(), connection=connection)

    async def _write_plain(self, chat: Address, *, connection: AsyncConnection) -> None:
        if await card_rows.set_mode(chat.channel, chat.id, PLAIN, connection=connection):
            told = [(chat, Reply(self._say("staff.no_topics")))]
            await self._post.direct(told, self.clock(), connection=connection)

    async def _write_moved(self, old: Address, new: Address, *, connection: AsyncConnection) -> None:
        bound = await binding_rows.of_chat(old.channel, old.id, connection=connection)
        if bound is None:
            return
        await binding_rows.unbind(new.channel, new.id, connection=connection)
        await binding_rows.migrate(old.channel, old.id, new.id, connection=connection)
        await card_rows.migrate(old.channel, old.id, new.id, connection=connection)
        await audit_rows.note(self.clock(), None, old.channel, "moved", new.id, {"from": old.id}, connection=connection)
        await self.show_all(bound.desk, connection=connection)

    async def _write_gone(self, chat: Address, reason: str, *, connection: AsyncConnection) -> None:
        bound = await binding_rows.of_chat(chat.channel, chat.id, connection=connection)
        if bound is None:
            return
        await binding_rows.unbind(chat.channel, chat.id, connection=connection)
        await card_rows.behind(chat.channel, chat.id, CardState.BARE, connection=connection)
        about = {"desk": bound.desk, "reason": reason}
        await audit_rows.note(self.clock(), None, chat.channel, "gone", chat.id, about, connection=connection)
        told = Reply(self._say("staff.group_gone", desk=bound.desk, why=reason), alert=True)
        places = await self._seniors(chat.channel, connection)
        places += await self._post.groups(bound.desk, connection=connection)
        await self._post.direct([(place, told) for place in places], self.clock(), connection=connection)
        await self.show_all(bound.desk, connection=connection)

    async def _seniors(self, channel: str, connection: AsyncConnection) -> list[Address]:
        rows = await staff_rows.staff({"role": "admin", "active": True}, connection=connection)
        return [Address(channel, row.telegram) for row in rows if row.telegram]

    async def show_all(self, desk: str, *, connection: AsyncConnection) -> None:
        """Store a card of each open case of a desk for its groups, within a transaction."""
        numbers = await card_rows.open_numbers([desk], sorted(OPEN), connection=connection)
        groups = await self._post.groups(desk, connection=connection)
        cards = [(g, Reply("", case=AboutCase(CaseMail.CARD, number))) for number in numbers for g in groups]
        await self._post.direct(cards, self.clock(), connection=connection)


TOLD = frozenset({Do.ANSWER, Do.CORRECT, Do.NOTE, Do.ADD, Do.TRANSFER, Do.REOPEN})
"""Events that a card made later has to be followed by."""
