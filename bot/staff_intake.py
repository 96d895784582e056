"""Takes what staff write and tap: each is remembered, understood and carried out in one commit, once. Called by doors."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import roster, staff_incoming
from bot.act import Act, Done, Refused, Result
from bot.case import Do
from bot.casework import Casework
from bot.clock import Clock, utc_now
from bot.messages import AboutCase, Address, CaseMail, Incoming, Reply
from bot.outbox import Outbox
from bot.payload import cleaned
from bot.staff_commands import Asked, Commands
from bot.staff_post import StaffPost
from bot.staff_talk import Command, Known, Meaning, Scene, Silent, understand
from bot.voice import Say
from bot.writer import Step, Writer
from db import audit_rows, binding_rows, card_rows, case_rows

PATIENCE: Final = timedelta(minutes=10)
"""How long a stranger who was refused in a group is not told so again."""
TOASTED: Final = frozenset({Do.CLAIM, Do.RELEASE, Do.CLOSE, Do.HURRY, Do.TRANSFER, Do.ANSWER, Do.REOPEN})


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
        self._receive = Step(15, self._write, self._committed)

    async def receive(self, message: StaffMessage) -> Heard:
        """Returns after the commit. Raises what the database raised if nothing was stored: the channel redelivers."""
        return await self._writer.do(self._receive, replace(message, incoming=cleaned(message.incoming)))

    async def _write(self, items: Sequence[StaffMessage], connection: AsyncConnection) -> list[Heard]:
        now = self._clock()
        known = [await self._taken_in(item, now, connection) for item in items]
        fresh = [item for item in known if item.incoming_id is not None]
        acting = [item for item in fresh if isinstance(item.meaning, Act)]
        acts = [replace(item.meaning, incoming_id=item.incoming_id) for item in acting if isinstance(item.meaning, Act)]
        for item, result in zip(acting, await self._casework.write(acts, now, connection=connection), strict=True):
            item.result = result
        letters = [letter for item in fresh for letter in await self._answered(item, now, connection)]
        await self._post.direct(letters, now, connection=connection)
        return [_heard(item) for item in known]

    def _committed(self, _: Sequence[StaffMessage], heard: Sequence[Heard]) -> None:
        self._casework.committed([result for one in heard for result in one.results])
        if self._outbox is not None and any(one.fresh for one in heard):
            self._outbox.wake(self._clock())

    async def _taken_in(self, message: StaffMessage, now: datetime, connection: AsyncConnection) -> _Item:
        incoming = message.incoming
        scene = await self._scene(incoming, connection)
        meaning = understand(incoming, scene)
        item = _Item(message, scene, meaning)
        if meaning in (Silent.CHATTER, Silent.UNCHANGED):
            return item  # what colleagues say to each other is theirs
        item.incoming_id = await staff_incoming.remember(incoming, _outcome(meaning), now, connection=connection)
        return item

    async def _scene(self, incoming: Incoming, connection: AsyncConnection) -> Scene:
        place = incoming.sender
        user = (incoming.author or place).id
        people = await roster.found(telegram=user, active=True, connection=connection)
        bound = await binding_rows.of_chat(place.channel, place.id, connection=connection)
        scene = Scene(
            staff=next(iter(people), None),
            desk=None if bound is None else bound.desk,
            number=None,
            marks=tuple(self._say("staff.note_marks").split()),
        )
        return scene if bound is None else await self._in_group(incoming, scene, connection)

    async def _in_group(self, incoming: Incoming, scene: Scene, connection: AsyncConnection) -> Scene:
        place = incoming.sender
        where = (place.channel, place.id)
        number, quotes = None, None
        if incoming.thread:
            number = await card_rows.number_of_thread(*where, incoming.thread, connection=connection)
        if incoming.quotes:
            quoted = await case_rows.event_of_reference(*where, incoming.quotes, connection=connection)
            quotes = None if quoted is None else quoted.id
            number = number or await card_rows.number_of_message(*where, incoming.quotes, connection=connection)
        edited = None
        if incoming.edits:
            row = await case_rows.event_of_reference(*where, incoming.edits, connection=connection)
            edited = None if row is None else Known(row.id, Do(row.do), row.number, row.text)
        return replace(scene, number=number, quotes=quotes, edited=edited)

    async def _answered(self, item: _Item, now: datetime, connection: AsyncConnection) -> list[tuple[Address, Reply]]:
        """What is said in return, in the chat where it was written; a tap also gets its toast."""
        match item.meaning:
            case Act():
                return self._about_act(item)
            case Command() as command:
                asked = Asked(command, item.place, item.author, item.message, item.scene, now)
                item.toast, replies = await self._commands.carry_out(asked, connection=connection)
                return [(item.place, reply) for reply in replies]
            case Silent.STRANGER:
                return await self._about_stranger(item, now, connection)
            case Silent() as why if why in (Silent.NO_WAY_BACK, Silent.UNSENDABLE):
                return [(item.place, self._in_topic(item, self._say(f"staff.{why}")))]
        return []

    def _about_act(self, item: _Item) -> list[tuple[Address, Reply]]:
        assert isinstance(item.meaning, Act)
        tapped = item.message.incoming.pick is not None
        if isinstance(item.result, Refused):
            why = self._say(f"case.refused_{item.result.reason}", holder=item.result.holder, number=item.meaning.number)
            item.toast = why
            return [] if tapped else [(item.place, self._in_topic(item, self._say("staff.not_sent", why=why)))]
        if tapped and item.meaning.do in TOASTED:
            item.toast = self._say(f"staff.done_{item.meaning.do}")
        return []

    async def _about_stranger(
        self, item: _Item, now: datetime, connection: AsyncConnection
    ) -> list[tuple[Address, Reply]]:
        incoming = item.message.incoming
        told = await card_rows.said_lately(item.author, now - PATIENCE, connection=connection)
        detail = {"chat": item.place.id, "pick": incoming.pick, "number": item.scene.number}
        about = (item.place.channel, "stranger", item.author, detail)
        await audit_rows.note(now, None, *about, connection=connection)
        item.toast = self._say("staff.stranger_tap")
        if told or incoming.pick is not None:
            return []
        return [(item.place, self._in_topic(item, self._say("staff.stranger")))]

    def _in_topic(self, item: _Item, text: str) -> Reply:
        number = item.scene.number or (item.meaning.number if isinstance(item.meaning, Act) else None)
        if number is None or item.scene.desk is None:
            return Reply(text)
        return Reply(text, case=AboutCase(CaseMail.NOTICE, number))


def _outcome(meaning: Meaning) -> str:
    if isinstance(meaning, Act):
        return f"staff.{meaning.do}"
    return f"staff.{meaning.order if isinstance(meaning, Command) else meaning}"


def _heard(item: _Item) -> Heard:
    results = () if item.result is None else (item.result,)
    done = isinstance(item.result, Done) or item.result is None
    outcome = _outcome(item.meaning) if done else f"refused.{item.result.reason}"  # type: ignore[union-attr]
    return Heard(item.incoming_id is not None, outcome, item.toast, results)
