"""Parents and staff on one fake Telegram, over the whole backbone and a real database. Used by tests of the staff door."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette

from bot.act import Act, Actor, Done
from bot.alarms import Alarms
from bot.cards import Cards
from bot.case import Do, Who
from bot.casebook import Casebook
from bot.casework import Casework
from bot.clockwork import Clockwork
from bot.drafts import Drafts
from bot.intake import Intake, Think
from bot.outbox import Outbox
from bot.pace import Limit, Pace, no_limits
from bot.staff_commands import Commands
from bot.staff_intake import StaffIntake
from bot.writer import Writer
from db import binding_rows, staff_rows
from db.engine import reading
from handlers.telegram_parents import TelegramParents
from handlers.telegram_request import make_bot
from handlers.telegram_staff import TelegramStaff
from tests.doors.assembly import library
from tests.doors.telegram import SECRET, fake_settings, free_socket, served
from tests.doors.telegram_opener import until
from tests.fakes.bot_api import BotApi
from tests.fakes.bot_api_groups import Group, Member
from tests.fakes.bot_api_people import Person, Seen
from tests.fakes.office import office, opens_case
from tests.fakes.voice import WordingFiles


@dataclass
class Shift:
    """Real time, moved by hand."""

    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class StaffRoom:
    """A parent, a group and what stands behind them. Anna is a member of the desk `north`, Boss an administrator."""

    api: BotApi
    engine: AsyncEngine
    casework: Casework
    clockwork: Clockwork
    outbox: Outbox
    say: WordingFiles
    clock: Shift
    people: dict[str, int] = field(default_factory=dict)

    @property
    def parent(self) -> Person:
        return self.api.person()

    @property
    def group(self) -> Group:
        return self.api.methods.group(-1001)

    @property
    def anna(self) -> Member:
        return self.group.member(501, "Anna")

    @property
    def boss(self) -> Member:
        return self.group.member(500, "Boss")

    async def settled(self) -> None:
        """Until every update is taken and every message is sent."""
        await self.api.updates.idle()
        async with asyncio.timeout(20):
            while await self.rows("SELECT id FROM outgoing WHERE state IN ('pending', 'sending')"):  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def ask(self, words: str = "北区还有名额吗") -> str:
        """The parent asks; the number of the case."""
        self.parent.say(words)
        await self.settled()
        (row,) = await self.rows("SELECT number FROM cases ORDER BY id DESC LIMIT 1")
        return str(row.number)

    async def thread(self, number: str, chat: str = "-1001") -> int:
        """The topic of a case."""
        query = "SELECT thread FROM case_card k JOIN cases c ON c.id = k.case_id"
        (row,) = await self.rows(f"{query} WHERE c.number = '{number}' AND k.chat = '{chat}'")
        return int(row.thread)

    async def claimed(self, words: str = "北区还有名额吗") -> tuple[str, int]:
        """A case that Anna has claimed, and its topic."""
        number = await self.ask(words)
        self.anna.tap(f"c:claim:{number}")
        await self.settled()
        return number, await self.thread(number)

    async def ask_again(self, number: str, words: str) -> None:
        """The parent adds words to a case."""
        await self._parent_does(Do.ADD, number, words)

    async def reopened(self, number: str, words: str) -> None:
        """The parent says that the answer did not help."""
        await self._parent_does(Do.REOPEN, number, words)

    async def _parent_does(self, do: Do, number: str, words: str) -> None:
        done = await self.casework.do(Act(do, number, Actor(Who.PARENT, via="telegram"), words))
        assert isinstance(done, Done), done
        await self.settled()

    async def card(self, number: str) -> Seen:
        """The card as it stands in the group."""
        query = "SELECT message_id FROM case_card k JOIN cases c ON c.id = k.case_id"
        (row,) = await self.rows(f"{query} WHERE c.number = '{number}' AND k.chat = '{self.group.id}'")
        seen = self.group.find(int(row.message_id))
        assert seen is not None
        return seen

    async def state(self, number: str) -> str:
        (row,) = await self.rows(f"SELECT state FROM cases WHERE number = '{number}'")
        return str(row.state)

    async def history(self, number: str) -> list[tuple[str, str]]:
        query = "SELECT e.do, e.text FROM case_event e JOIN cases c ON c.id = e.case_id"
        return [(row.do, row.text) for row in await self.rows(f"{query} WHERE c.number = '{number}' ORDER BY e.id")]

    async def audited(self, what: str) -> int:
        return len(await self.rows(f"SELECT id FROM audit WHERE what = '{what}'"))

    async def rows(self, query: str) -> list[Any]:
        async with reading(self.engine) as connection:
            return list((await connection.execute(text(query))).all())

    async def hire(self, login: str, telegram: str, *desks: str, role: str = "staff") -> int:
        async with self.engine.begin() as connection:
            now = self.clock()
            key = await staff_rows.add(login, login.title(), role, now, telegram=telegram, connection=connection)
            for desk in desks:
                await staff_rows.join(key, desk, "member", now, connection=connection)
        self.people[login] = key
        return key

    async def bind(self, desk: str, chat: int, mode: str = "topics") -> None:
        async with self.engine.begin() as connection:
            await binding_rows.bind(desk, "telegram", str(chat), mode, None, self.clock(), connection=connection)


@contextlib.asynccontextmanager
async def staff_room(
    engine: AsyncEngine,
    *,
    think: Think = opens_case,
    mode: str = "topics",
    limits: Any = no_limits,
    rate: float = 10_000,
    bound: bool = True,
) -> AsyncIterator[StaffRoom]:
    """Everything started, by webhook; the group is bound to `north`."""
    clock, say = Shift(), WordingFiles()
    async with BotApi().serve() as api, Writer(engine, pauses=(0.0, 0.05, 0.2)) as writer:
        outbox = Outbox(writer, clock=clock, poll=0.05)
        casework = Casework(writer, office(), say, clock=clock, outbox=outbox)
        cards = Cards(writer, casework.office, say, clock=clock, outbox=outbox)
        casebook = Casebook(engine, casework.office, clock)
        intake = Intake(writer, think, say, outbox=outbox, clock=clock, burst_seconds=0.02, casework=casework)
        clockwork = Clockwork(writer, casework.committed, clock=clock)
        Alarms(casework, say).register(clockwork)
        sock, url = free_socket()
        door = TelegramParents(
            make_bot(fake_settings(api.url)), intake, say, public_url=url, secret=SECRET, clock=clock, backoff=0.02
        )
        commands = Commands(casework.office, cards, Drafts(library), say)
        staff = StaffIntake(writer, casework, commands, say, clock=clock, outbox=outbox)
        staff.albums.register(clockwork)
        outbox.on_lost(casework.lost)
        TelegramStaff(staff, cards, casebook, say).join(door)
        outbox.serve(door.carrier, Pace(rate, limits))
        async with served(Starlette(routes=door.routes()), sock):
            await door.open()
            async with outbox:
                room = StaffRoom(api, engine, casework, clockwork, outbox, say, clock)
                room.api.methods.group(-1001, forum=mode == "topics")
                await room.hire("boss", "500", role="admin")
                await room.hire("anna", "501", "north")
                if bound:
                    await room.bind("north", -1001, mode)
                try:
                    yield room
                finally:
                    await door.close()


__all__ = ["Limit", "StaffRoom", "staff_room", "until"]
