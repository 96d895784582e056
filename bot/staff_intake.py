"""Takes what staff write and tap: each is remembered, understood and carried out in one commit, once. Called by doors."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import staff_incoming
from bot.act import Act, Refused, Result
from bot.casework import Casework
from bot.clock import Clock, utc_now
from bot.messages import Address, Incoming, Reply
from bot.outbox import Outbox
from bot.payload import cleaned
from bot.staff_albums import StaffAlbums
from bot.staff_answers import in_topic, outcome, outcome_of
from bot.staff_commands import PATIENCE, Asked, Commands
from bot.staff_post import StaffPost
from bot.staff_scene import scene_of
from bot.staff_talk import Command, Meaning, Scene, Silent, understand
from bot.voice import Say
from bot.writer import Step, Writer
from db import audit_rows, card_rows, staff_messages


@dataclass(frozen=True, slots=True)
class StaffMessage:
    """A message or tap, with the shown name of who wrote it and whether the group has topics."""

    incoming: Incoming
    name: str = ""
    topics: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of it. `toast`: a few words for whoever tapped, shown once."""

    fresh: bool
    outcome: str
    toast: str = ""
    results: tuple[Result, ...] = ()


@dataclass(slots=True)
class _Item:
    """A message on its way through a transaction."""

    message: StaffMessage
    scene: Scene
    meaning: Meaning
    incoming_id: int | None = None
    result: Result | None = None
    toast: str = ""

    @property
    def album(self) -> str | None:
        """The album an answer or a note is part of; it is sent when it is complete."""
        new = isinstance(self.meaning, Act) and self.message.incoming.edits is None
        return self.message.incoming.album if new else None

    @property
    def place(self) -> Address:
        return self.message.incoming.sender

    @property
    def author(self) -> str:
        return (self.message.incoming.author or self.place).id


class StaffIntake:
    """Stateless; several processes may run one each."""

    def __init__(
        self,
        writer: Writer,
        casework: Casework,
        commands: Commands,
        say: Say,
        *,
        clock: Clock = utc_now,
        outbox: Outbox | None = None,
    ) -> None:
        self._writer = writer
        self._casework = casework
        self._commands = commands
        self._say = say
        self._clock = clock
        self._outbox = outbox
        self._post = StaffPost(casework.office)
        self.albums = StaffAlbums(casework, say)
        self._receive = Step(15, self._write, self._committed)

    async def receive(self, message: StaffMessage) -> Heard:
        """Returns after the commit. Raises what the database raised if nothing was stored: the channel redelivers."""
        return await self._writer.do(self._receive, replace(message, incoming=cleaned(message.incoming)))

    async def _write(self, items: Sequence[StaffMessage], connection: AsyncConnection) -> list[Heard]:
        now = self._clock()
        known = [await self._taken_in(item, now, connection) for item in items]
        fresh = [item for item in known if item.incoming_id is not None]
        acting = [item for item in fresh if isinstance(item.meaning, Act) and item.album is None]
        acts = [replace(item.meaning, incoming_id=item.incoming_id) for item in acting if isinstance(item.meaning, Act)]
        for item, result in zip(acting, await self._casework.write(acts, now, connection=connection), strict=True):
            item.result = result
        for item in fresh:
            if item.album and isinstance(item.meaning, Act):
                await self.albums.put_aside(item.meaning.number, item.place, item.album, now, connection=connection)
        letters = [letter for item in fresh for letter in await self._answered(item, now, connection)]
        await self._post.direct(letters, now, connection=connection)
        return [_heard(item) for item in known]

    def _committed(self, _: Sequence[StaffMessage], heard: Sequence[Heard]) -> None:
        self._casework.committed([result for one in heard for result in one.results])
        if self._outbox is not None and any(one.fresh for one in heard):
            self._outbox.wake(self._clock())

    async def _taken_in(self, message: StaffMessage, now: datetime, connection: AsyncConnection) -> _Item:
        incoming = message.incoming
        scene = await scene_of(incoming, self._say, connection=connection)
        meaning = understand(incoming, scene)
        item = _Item(message, scene, meaning)
        if meaning in (Silent.CHATTER, Silent.UNCHANGED):
            return item  # what colleagues say to each other is theirs
        what = staff_messages.ALBUM if item.album else outcome(meaning)
        item.incoming_id = await staff_incoming.remember(incoming, what, now, connection=connection)
        return item

    async def _answered(self, item: _Item, now: datetime, connection: AsyncConnection) -> list[tuple[Address, Reply]]:
        """What is said in return, in the chat where it was written; a tap also gets its toast."""
        match item.meaning:
            case Act() as act:
                item.toast, replies = outcome_of(act, item.result, item.scene, self._say)
                return [(item.place, reply) for reply in replies]
            case Command() as command:
                asked = Asked(command, item.place, item.author, item.message, item.scene, now)
                item.toast, replies = await self._commands.carry_out(asked, connection=connection)
                return [(item.place, reply) for reply in replies]
            case Silent.STRANGER:
                return await self._about_stranger(item, now, connection)
            case Silent() as why if why in (Silent.NO_WAY_BACK, Silent.UNSENDABLE):
                return [(item.place, in_topic(item.scene, item.meaning, self._say(f"staff.{why}")))]
        return []

    async def _about_stranger(
        self, item: _Item, now: datetime, connection: AsyncConnection
    ) -> list[tuple[Address, Reply]]:
        incoming = item.message.incoming
        told = await card_rows.noted_lately("stranger", item.author, now - PATIENCE, connection=connection)
        detail = {"chat": item.place.id, "pick": incoming.pick, "number": item.scene.number}
        about = (item.place.channel, "stranger", item.author, detail)
        await audit_rows.note(now, None, *about, connection=connection)
        item.toast = self._say("staff.stranger_tap")
        if told or incoming.pick is not None:
            return []
        return [(item.place, in_topic(item.scene, item.meaning, self._say("staff.stranger")))]


def _heard(item: _Item) -> Heard:
    results = () if item.result is None else (item.result,)
    what = f"refused.{item.result.reason}" if isinstance(item.result, Refused) else outcome(item.meaning)
    return Heard(item.incoming_id is not None, what, item.toast, results)
