"""Desks and people for tests of cases: two districts and a common desk, and a house with casework and clockwork."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.act import Act, Actor, Done, Result
from bot.alarms import Alarms
from bot.case import Do, Who
from bot.casework import Casework
from bot.clockwork import Clockwork
from bot.conversation import Turn
from bot.decision import Decision, NewCase, Priority
from bot.intake import Background, Intake
from bot.mailbox import Mailbox
from bot.messages import Address, Incoming, Reply
from bot.office import Office
from bot.writer import Probe, Writer, no_probe
from db import binding_rows, staff_rows
from db.engine import reading
from knowledge.day_book import DayBook
from knowledge.library import Library
from knowledge.schema import Desk

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""9:00 in Shanghai on an ordinary working day."""
HOURS = {"工作日": ["9:00-12:00", "13:30-17:30"]}
DESKS = (
    Desk(id="common", hours=HOURS, promise_minutes=120, duty=["duty"]),
    Desk(id="north", districts=["北"], hours=HOURS, promise_minutes=90, lease_minutes=30),
    Desk(id="south", districts=["南"], hours=HOURS, promise_minutes=90),
)


def office(*desks: Desk) -> Office:
    """An office of these desks, by default three."""
    known = {desk.id: desk for desk in desks or DESKS}
    common = next(desk for desk in known.values() if desk.common)
    library = SimpleNamespace(desks=known, common_desk=common, days=DayBook(), title=str)
    return Office(lambda: cast(Library, library))


def say(key: str, /, **values: object) -> str:
    """The key and what would be filled in."""
    shown = " ".join(f"{name}={value}" for name, value in values.items() if value not in ("", None))
    return f"[{key} {shown}]" if shown else f"[{key}]"


@dataclass
class SetClock:
    """Stands still until it is moved."""

    now: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **amount: float) -> None:
        self.now += timedelta(**amount)


def opens_case(incoming: Incoming, background: Background, now: datetime, number: str) -> Decision:
    """Opens a case for every message that does not begin with `quiet`.

    `!` makes it an emergency, `北` or `南` names the district, `?` has the parent asked for it.
    """
    district = next((name for name in "北南" if name in incoming.text), None)
    priority = Priority.EMERGENCY if "!" in incoming.text else Priority.NORMAL
    desk = {"北": "north", "南": "south"}.get(district or "", None if "?" in incoming.text else "common")
    case = NewCase(number, priority, incoming.text, district, {}, desk=desk, asked=desk is None)
    context = background.context.after(Turn(incoming.text, incoming.reference, now, "escalate"))
    if incoming.text.startswith("quiet"):
        return Decision("quiet", None, context)
    return Decision("escalate", Reply(f"number {number}"), context, case=case)


@dataclass
class CaseHouse:
    """Writer, intake, casework and clockwork over one database, on a clock set by hand."""

    engine: AsyncEngine
    writer: Writer
    intake: Intake
    casework: Casework
    clockwork: Clockwork
    mailbox: Mailbox
    clock: SetClock
    people: dict[str, int] = field(default_factory=dict)

    async def asked(self, words: str, *, parent: str = "1", channel: str = "web") -> str:
        """A parent asks; the number of the case."""
        sent = Incoming(Address(channel, parent), f"m{datetime.now(UTC).timestamp()}", self.clock(), words)
        receipt = await self.intake.receive(sent)
        return receipt.letters[0].reply.text.split()[-1]

    async def hire(self, login: str, *desks: str, role: str = "staff", telegram: str | None = None) -> Actor:
        """A colleague, as an actor on the web."""
        async with self.engine.begin() as connection:
            key = await staff_rows.add(
                login, login.title(), role, self.clock(), telegram=telegram, connection=connection
            )
            for desk in desks:
                await staff_rows.join(key, desk, "member", self.clock(), connection=connection)
        self.people[login] = key
        return Actor(Who.STAFF, key, "web")

    async def bind(self, desk: str, chat: str) -> None:
        async with self.engine.begin() as connection:
            await binding_rows.bind(desk, "telegram", chat, "topics", None, self.clock(), connection=connection)

    async def do(self, do: Do, number: str, by: Actor, text: str = "", **fields: Any) -> Result:
        return await self.casework.do(Act(do, number, by, text, **fields))

    async def done(self, do: Do, number: str, by: Actor, text: str = "", **fields: Any) -> Done:
        result = await self.do(do, number, by, text, **fields)
        assert isinstance(result, Done), result
        return result

    async def rows(self, query: str) -> list[Any]:
        async with reading(self.engine) as connection:
            return list((await connection.execute(text(query))).all())

    async def case(self, number: str) -> Any:
        (row,) = await self.rows(f"SELECT * FROM cases WHERE number = '{number}'")
        return row

    async def history(self, number: str) -> list[str]:
        query = (
            f"SELECT e.do FROM case_event e JOIN cases c ON c.id = e.case_id WHERE c.number = '{number}' ORDER BY e.id"
        )
        return [row.do for row in await self.rows(query)]

    async def letters(self, parent: str = "1", channel: str = "web") -> list[str]:
        """What the parent has to read, in order."""
        return [letter.reply.text for letter in await self.mailbox.letters(Address(channel, parent))]

    async def tick(self, **forward: float) -> int:
        """Let time pass and do what is due."""
        self.clock.forward(**forward)
        done = 0
        while count := await self.clockwork.tick():
            done += count
        return done


@asynccontextmanager
async def case_house(
    engine: AsyncEngine, *desks: Desk, clock: SetClock | None = None, probe: Probe = no_probe
) -> AsyncIterator[CaseHouse]:
    """A started house; timers are done by `tick`."""
    clock = clock or SetClock()
    async with Writer(engine, pauses=(0.0, 0.01, 0.05, 0.1, 0.2), probe=probe) as writer:
        mailbox = Mailbox(writer, clock=clock)
        casework = Casework(writer, office(*desks), say, clock=clock, mailbox=mailbox)
        clockwork = Clockwork(writer, casework.committed, clock=clock)
        Alarms(casework, say).register(clockwork)
        intake = Intake(writer, opens_case, say, mailbox=mailbox, clock=clock, casework=casework)
        yield CaseHouse(engine, writer, intake, casework, clockwork, mailbox, clock)
