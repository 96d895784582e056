"""A house with the real library and decisions, desks of the tests, and parents who write and tap. Used by tests of cases."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.alarms import Alarms
from bot.casework import Casework
from bot.clockwork import Clockwork
from bot.decide import Decider
from bot.digest import Digests
from bot.intake import Intake
from bot.mailbox import Mailbox
from bot.messages import Address, Attachment, Incoming, Reply
from bot.office import Office
from bot.visit import Visits
from bot.writer import Writer
from knowledge.library import Library
from knowledge.schema import Desk
from tests.doors.assembly import library
from tests.fakes.office import HOURS, CaseHouse, SetClock

DISTRICTS = (
    Desk(id="common", hours=HOURS, promise_minutes=120),
    Desk(id="rencheng", name="任城值班", districts=["任城区"], hours=HOURS, promise_minutes=90),
    Desk(id="taibaihu", name="太白湖值班", districts=["太白湖新区"], hours=HOURS, promise_minutes=90),
)


def library_with(desks: Sequence[Desk]) -> Library:
    """The real library with other desks."""
    made = copy(library())
    made.desks = {desk.id: desk for desk in desks}
    made.common_desk = next(desk for desk in desks if desk.common)
    return made


@dataclass
class ParentHouse(CaseHouse):
    """A case house in which parents talk with the real bot."""

    office: Office = field(kw_only=True)
    digests: Digests = field(kw_only=True)
    _ids: "count[int]" = field(default_factory=count)

    async def hears(
        self,
        text: str = "",
        *,
        pick: str | None = None,
        parent: str = "1",
        files: tuple[Attachment, ...] = (),
        edits: str | None = None,
    ) -> Reply | None:
        """What comes back to what a parent says or taps."""
        name = f"p{next(self._ids)}"
        sent = Incoming(
            Address("web", parent), name, self.clock(), text, pick, reference=name, attachments=files, edits=edits
        )
        before = {letter.id for letter in await self.mailbox.letters(sent.sender)}
        await self.intake.receive(sent)
        fresh = [letter for letter in await self.mailbox.letters(sent.sender) if letter.id not in before]
        self.clock.forward(seconds=5)
        return fresh[-1].reply if fresh else None

    async def number(self) -> str:
        """The number of the newest case."""
        rows = await self.rows("SELECT number FROM cases ORDER BY id DESC LIMIT 1")
        return str(rows[0].number)


@asynccontextmanager
async def parent_house(
    engine: AsyncEngine, desks: Sequence[Desk] = DISTRICTS, clock: SetClock | None = None
) -> AsyncIterator[ParentHouse]:
    """A started house; timers are done by `tick`."""
    clock = clock or SetClock()
    known = library_with(desks)
    office = Office(lambda: known)
    async with Writer(engine, pauses=(0.0, 0.01, 0.05)) as writer:
        mailbox = Mailbox(writer, clock=clock)
        mailbox_options: dict[str, Any] = {"clock": clock, "mailbox": mailbox}
        casework = Casework(writer, office, known.say, **mailbox_options)
        clockwork = Clockwork(writer, casework.committed, clock=clock)
        digests = Digests(writer, office, known.say, clock=clock)
        Alarms(casework, known.say).register(clockwork)
        Visits(casework, known.say).register(clockwork)
        digests.register(clockwork)
        decider = Decider(lambda: known, timedelta(0))
        intake = Intake(writer, decider, known.say, casework=casework, burst_seconds=0, **mailbox_options)
        yield ParentHouse(
            engine, writer, intake, casework, clockwork, mailbox, clock, office=office, digests=digests
        )
