"""The numbers of a period from the database, as text, CSV or plain data. For `python -m bot report`, the console and digests."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.calendar import HERE
from bot.figures import OTHER, Figures, Period, Row, Share, figures
from bot.office import Office
from bot.voice import Say
from db import report_rows
from db.engine import reading

COUNTS = ("questions", "answered", "asked_back", "outside", "handed_over")
LONGEST = 1100
"""Days of a report: three years."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula."""


def week_before(day: date) -> Period:
    """Monday to Sunday of the week before."""
    monday = day - timedelta(days=day.weekday() + 7)
    return Period(monday, monday + timedelta(days=6))


def today(now: datetime) -> date:
    """The day it is here."""
    return now.astimezone(HERE).date()


async def report(engine: AsyncEngine, period: Period, office: Office, now: datetime, desk: str | None = None) -> Figures:
    """The numbers of a period; with `desk` only that desk's cases (what the bot itself answered belongs to no desk)."""
    start, end = period.start, period.end
    async with reading(engine) as connection:
        messages = [] if desk is not None else await report_rows.messages(start, end, connection=connection)
        cases = await report_rows.opened(start, end, desk, connection=connection)
    return figures(period, messages, cases, now, office.worked, desk=desk, districts=office.districts)


@dataclass(frozen=True, slots=True)
class Told:
    """Figures in words."""

    figures: Figures
    office: Office
    say: Say

    def text(self) -> str:
        """For a terminal."""
        lines = [f"{label}：{value}" for label, value in self.measures()]
        blocks = [self.heading(), "\n".join(lines)]
        for part, listed in self.tables():
            if rows := [row for row in listed if row.questions]:
                blocks.append("\n".join([self.say(f"report.by_{part}"), *(self._line(part, row) for row in rows)]))
        if self.figures.unanswered:
            ranked = [f"  {count}  {words}" for words, count in self.figures.unanswered]
            blocks.append("\n".join([self.say("report.unanswered"), *ranked]))
        return "\n\n".join(blocks)

    def heading(self) -> str:
        """The period, and the desk if it is one's."""
        period, desk = self.figures.period, self.figures.desk
        name = "" if desk is None else self.office.desk(desk).name
        return self.say("report.heading", first=period.first.isoformat(), last=period.last.isoformat(), desk=name)

    def measures(self) -> tuple[tuple[str, str], ...]:
        """The main numbers with their labels, in order."""
        found = self.figures
        counts = [(name, str(getattr(found.total, name))) for name in COUNTS]
        urgent = [(f"priority_{name}", str(number)) for name, number in found.priorities.items()]
        shares = [
            ("echo", self.share(found.echo)),
            ("open", str(found.open)),
            ("kept", self.share(found.kept)),
            ("minutes", self._nothing() if found.minutes is None else f"{found.minutes:.0f}"),
            ("reopened", self.share(found.reopened)),
            ("mark", self._mark()),
        ]
        return tuple((self.say(f"report.{name}"), value) for name, value in (*counts, *urgent, *shares))

    def tables(self) -> tuple[tuple[str, tuple[Row, ...]], ...]:
        """The counts by topic, district and day."""
        found = self.figures
        return ("topic", found.topics), ("district", found.districts), ("day", found.days)

    def name(self, part: str, row: Row) -> str:
        """How people call a row's key."""
        if row.key == OTHER:
            return self.say(f"report.other_{part}")
        return self.office.current().title(row.key) if part == "topic" else row.key

    def share(self, share: Share) -> str:
        """85.7 % (6/7); a dash for a share of nothing."""
        if share.ratio is None:
            return self._nothing()
        return self.say("report.share", percent=f"{share.ratio * 100:.1f}", part=share.part, whole=share.whole)

    def digest(self) -> str:
        """A few lines for a staff group."""
        found = self.figures
        days = {"first": found.period.first.isoformat(), "last": found.period.last.isoformat()}
        if not found.total.handed_over:
            return self.say("report.digest_none", **days)
        shares = {name: self.share(getattr(found, name)) for name in ("echo", "kept", "reopened")}
        counts = {"handed_over": found.total.handed_over, "open": found.open, "mark": self._mark()}
        return self.say("report.digest", **days, **shares, **counts)

    def csv(self) -> str:
        """One row per number: part, name, measure, value; safe to open in a spreadsheet."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow([self.say(f"report.csv_{name}") for name in ("part", "name", "measure", "value")])
        writer.writerows([_safe(cell) for cell in row] for row in self._cells())
        return out.getvalue()

    def _cells(self) -> Iterator[tuple[str, str, str, str]]:
        whole, period = self.say("report.whole"), self.figures.period
        span = f"{period.first.isoformat()} – {period.last.isoformat()}"
        yield from ((whole, span, label, value) for label, value in self.measures())
        for value, number in self.figures.marks.items():
            yield whole, span, self.say("report.marks", value=value), str(number)
        for part, rows in self.tables():
            heading = self.say(f"report.by_{part}")
            for row in rows:
                for name in COUNTS:
                    yield heading, self.name(part, row), self.say(f"report.{name}"), str(getattr(row, name))
        for words, count in self.figures.unanswered:
            yield self.say("report.unanswered"), words, self.say("report.times"), str(count)

    def _line(self, part: str, row: Row) -> str:
        counts = {name: getattr(row, name) for name in COUNTS}
        return f"  {self.say('report.row', name=self.name(part, row), **counts)}"

    def _mark(self) -> str:
        found = self.figures
        if found.mark is None:
            return self._nothing()
        return self.say("report.mark_value", mark=f"{found.mark:.1f}", count=sum(found.marks.values()))

    def _nothing(self) -> str:
        return self.say("report.nothing")


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell

