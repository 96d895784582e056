"""The service without its doors: library, database, intake, casework. Built by `bot/__main__.py` and the commands."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.alarms import Alarms
from bot.casebook import Casebook
from bot.casework import Casework
from bot.clockwork import Clockwork
from bot.decide import Decider
from bot.digest import Digests
from bot.errors import SettingsError, first_line
from bot.intake import Intake
from bot.mailbox import Mailbox
from bot.office import Office
from bot.outbox import Outbox
from bot.roster import Roster
from bot.settings import Settings
from bot.visit import Visits
from bot.writer import Writer
from db.engine import open_engine
from db.schema import upgrade_engine
from knowledge.shelf import Shelf


@dataclass(frozen=True, slots=True)
class House:
    """Everything that is alive while the service runs. Outbox and clockwork are not started: doors register first."""

    settings: Settings
    shelf: Shelf
    writer: Writer
    outbox: Outbox
    mailbox: Mailbox
    intake: Intake
    office: Office
    casework: Casework
    casebook: Casebook
    clockwork: Clockwork
    roster: Roster
    digests: Digests

    def say(self, key: str, /, **values: object) -> str:
        """The wording of the library that is current."""
        return self.shelf.library.say(key, **values)


@asynccontextmanager
async def built(settings: Settings) -> AsyncIterator[House]:
    """The house, its database open and up to date."""
    shelf = Shelf(settings.knowledge_dir, settings.state_dir / "cache")
    async with AsyncExitStack() as stack:
        engine = await _database(settings.database_url, stack)
        yield _furnished(settings, shelf, await stack.enter_async_context(Writer(engine)))


def _furnished(settings: Settings, shelf: Shelf, writer: Writer) -> House:
    def say(key: str, /, **values: object) -> str:
        return shelf.library.say(key, **values)

    outbox, mailbox = Outbox(writer), Mailbox(writer)
    office = Office(lambda: shelf.library)
    casework = Casework(writer, office, say, outbox=outbox, mailbox=mailbox)
    outbox.on_lost(casework.lost)
    clockwork = Clockwork(writer, casework.committed)
    Alarms(casework, say).register(clockwork)
    Visits(casework, say).register(clockwork)
    digests = Digests(writer, office, say)
    digests.register(clockwork)
    burst = settings.burst_seconds
    decider = Decider(lambda: shelf.library, timedelta(seconds=burst))
    intake = Intake(writer, decider, say, outbox=outbox, mailbox=mailbox, casework=casework, burst_seconds=burst)
    return House(
        settings=settings,
        shelf=shelf,
        writer=writer,
        outbox=outbox,
        mailbox=mailbox,
        intake=intake,
        office=office,
        casework=casework,
        casebook=Casebook(writer.engine, office),
        clockwork=clockwork,
        roster=Roster(writer.engine),
        digests=digests,
    )


async def _database(url: str, stack: AsyncExitStack) -> AsyncEngine:
    """The database at `url`, open and in its present shape until `stack` closes."""
    try:
        engine = open_engine(url)
        stack.push_async_callback(engine.dispose)
        await upgrade_engine(engine)
    except (SQLAlchemyError, CommandError, OSError, ValueError, TypeError) as error:
        raise SettingsError(f"TUOWEN_DATABASE_URL: the database does not open ({first_line(error)})") from error
    return engine
