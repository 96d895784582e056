"""The weekly digest: on Monday morning each desk's groups read how the week before went. Handles `Alarm.DIGEST`."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.act import Result
from bot.calendar import HERE
from bot.case_timers import Alarm
from bot.clock import Clock, utc_now
from bot.clockwork import Clockwork, Due
from bot.figures import figures
from bot.messages import Address, Reply
from bot.office import Office
from bot.report import Told, today, week_before
from bot.staff_post import StaffPost
from bot.visit import humane
from bot.voice import Say
from bot.writer import Step, Writer
from db import binding_rows, conversations, report_rows, timer_rows

READ_AT = time(9)
LOCK = ("clock", "digest")
"""A conversation with nobody, whose lock keeps two processes from planning the same digest twice."""


def next_monday(moment: datetime) -> datetime:
    """The first Monday nine o'clock here after `moment`."""
    day = today(moment)
    monday = datetime.combine(day - timedelta(days=day.weekday()), READ_AT, HERE)
    due = monday if monday > moment else monday + timedelta(days=7)
    return due.astimezone(moment.tzinfo)


class Digests:
    """`plan` at the start of the service; each digest plans the next."""

    def __init__(self, writer: Writer, office: Office, say: Say, *, clock: Clock = utc_now) -> None:
        self._writer = writer
        self._office = office
        self._say = say
        self._clock = clock
        self._post = StaffPost(office)
        self._plan = Step(34, self._write_plans)

    def register(self, clockwork: Clockwork) -> None:
        """Take over the digests."""
        clockwork.on(Alarm.DIGEST, self.handle)

    async def plan(self) -> None:
        """See to it that each desk has a digest to come; returns after the commit."""
        await self._writer.do(self._plan, None)

    async def handle(self, due: Due, now: datetime, connection: AsyncConnection) -> Sequence[Result]:
        """Post the digest of the week before the one in which it was due."""
        if (later := humane(now)) != now:
            detail = {"week_of": due.detail.get("week_of") or today(due.due_at).isoformat()}
            await timer_rows.plan(Alarm.DIGEST, later, desk=due.desk, detail=detail, connection=connection)
            return []
        if due.desk in self._office.keys:
            await self._tell(due.desk, due, now, connection)
        await self._planned(now, connection)
        return []

    async def _tell(self, desk: str, due: Due, now: datetime, connection: AsyncConnection) -> None:
        groups = await binding_rows.of_desks([desk], connection=connection)
        if not groups:
            return
        about = due.detail.get("week_of")
        period = week_before(datetime.fromisoformat(about).date() if about else today(due.due_at))
        rows = await report_rows.opened(period.start, period.end, desk, connection=connection)
        found = figures(period, (), rows, now, self._office.worked, desk=desk)
        told = Told(found, self._office, self._say)
        letters = [(Address(group.channel, group.chat), Reply(told.digest())) for group in groups]
        await self._post.direct(letters, now, connection=connection)

    async def _write_plans(self, items: Sequence[None], connection: AsyncConnection) -> list[None]:
        await self._planned(self._clock(), connection)
        return [None] * len(items)

    async def _planned(self, now: datetime, connection: AsyncConnection) -> None:
        """Plan a digest for each desk that has none to come."""
        await conversations.lock([LOCK], now, connection=connection)
        ahead = {row.desk for row in await timer_rows.undone(None, connection=connection) if row.kind == Alarm.DIGEST}
        for desk in self._office.keys:
            if desk not in ahead:
                await timer_rows.plan(Alarm.DIGEST, next_monday(now), desk=desk, connection=connection)
