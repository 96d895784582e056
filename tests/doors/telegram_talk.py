"""A whole bot behind the Telegram door: database, intake, outbox, carrier, fake Bot API. Used by the talks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.casework import Casework
from bot.intake import Intake, Think
from bot.office import Office
from bot.outbox import Outbox
from bot.pace import Pace, no_limits
from bot.writer import Writer
from db.engine import open_engine, reading, scratch_url
from db.schema import upgrade_engine
from db.tables import Delivery, Outgoing, table
from handlers.telegram_carrier import TelegramCarrier
from tests.doors.driver import Driver
from tests.doors.telegram import Backbone, TelegramDriver
from tests.fakes.think import think as fake_think
from tests.fakes.voice import WordingFiles

BURST_SECONDS = 0.05


@contextlib.asynccontextmanager
async def telegram(think: Think | None = None, office: Office | None = None) -> AsyncIterator[Driver]:
    """A talk on Telegram."""
    async with TelegramDriver(partial(backbone, think or fake_think, office)) as driver:
        yield driver


@contextlib.asynccontextmanager
async def backbone(think: Think, office: Office | None, carrier: TelegramCarrier) -> AsyncIterator[Backbone]:
    """Intake and outbox on an empty SQLite file, delivering through `carrier`."""
    with scratch_url() as url:
        engine = open_engine(url)
        try:
            await upgrade_engine(engine)
            async with Writer(engine) as writer:
                outbox = Outbox(writer)
                outbox.serve(carrier, Pace(1000, no_limits))
                say = WordingFiles()
                casework = Casework(writer, office, say, outbox=outbox) if office is not None else None
                intake = Intake(writer, think, say, outbox=outbox, casework=casework, burst_seconds=BURST_SECONDS)
                async with outbox:
                    yield Backbone(intake, partial(_settled, engine))
        finally:
            await engine.dispose()


async def _settled(engine: AsyncEngine) -> None:
    column = table(Outgoing).c.state
    waiting = select(func.count()).where(column.in_([Delivery.PENDING, Delivery.SENDING]))
    async with asyncio.timeout(10):
        while True:
            async with reading(engine) as connection:
                if not (await connection.execute(waiting)).scalar():
                    return
            await asyncio.sleep(0.005)
