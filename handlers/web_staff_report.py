"""The console's page of numbers, with charts, and the same as CSV. Staff see their desks, operators everything. For `web_staff.py`."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request
from starlette.responses import Response

from bot.clock import Clock
from bot.figures import Figures, Period
from bot.office import Office
from bot.report import COUNTS, LONGEST, Told, report, today
from bot.report_charts import PARTS, over_time, shares
from bot.sign_in import Session
from handlers.web_staff_pages import Pages

USUAL = 30
"""Days that are shown where none are chosen."""
TOPICS = 15


@dataclass(frozen=True, slots=True)
class Numbers:
    """`page` and `csv` take `?from=…&to=…&desk=…`; what cannot be read counts as not given."""

    engine: AsyncEngine
    office: Office
    pages: Pages
    clock: Clock

    async def page(self, request: Request, session: Session) -> Response:
        """The page."""
        period, wrong = self._period(request)
        found = await self._found(request, session, period)
        told = Told(found, self.office, self.pages.say)
        marks = shares(list(found.marks.values()))
        return self.pages.page(
            "report.html",
            session,
            told=told,
            found=found,
            wrong=wrong,
            longest=LONGEST,
            desks=self._desks(session),
            senior=session.staff.senior,
            chart=over_time(found.days),
            parts=PARTS,
            counts=COUNTS,
            topics=list(zip(found.topics[:TOPICS], shares([t.questions for t in found.topics[:TOPICS]]), strict=True)),
            districts=found.districts,
            marks=list(zip(found.marks.items(), marks, strict=True)),
            query=f"from={period.first}&to={period.last}&desk={found.desk or ''}",
        )

    async def csv(self, request: Request, session: Session) -> Response:
        """The file."""
        period, _ = self._period(request)
        told = Told(await self._found(request, session, period), self.office, self.pages.say)
        name = f"tuowen-{period.first}-{period.last}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(told.csv().encode("utf-8-sig"), media_type="text/csv", headers=headers)

    async def _found(self, request: Request, session: Session, period: Period) -> Figures:
        wanted = request.query_params.get("desk", "")
        allowed = self._desks(session)
        desk = wanted if wanted in allowed else None
        if desk is None and not session.staff.senior:
            desk = next(iter(allowed), "")  # nobody's desk: nothing to see
        return await report(self.engine, period, self.office, self.clock(), desk)

    def _desks(self, session: Session) -> list[str]:
        staff = session.staff
        return [key for key in self.office.keys if staff.senior or key in staff.desks]

    def _period(self, request: Request) -> tuple[Period, bool]:
        """The days asked for, and whether they could not be taken."""
        now = today(self.clock())
        usual = Period(now - timedelta(days=USUAL - 1), now)
        given = [request.query_params.get(name, "") for name in ("from", "to")]
        try:
            first, last = (date.fromisoformat(text) if text else None for text in given)
            last = last or now
            period = Period(first or last - timedelta(days=USUAL - 1), last)
        except (ValueError, OverflowError):
            return usual, True
        return (period, False) if period.sound(LONGEST) else (usual, True)
