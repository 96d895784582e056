"""`python -m bot report`: the numbers of a period on the terminal, or as a CSV file."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from bot.clock import utc_now
from bot.figures import Period
from bot.house import House, built
from bot.report import LONGEST, Told, report, today
from bot.running import complain, go, settings

DAY = ["%Y-%m-%d"]


def tell(
    first: Annotated[datetime | None, typer.Option("--from", formats=DAY, help="First day; 30 days ago.")] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=DAY, help="Last day, included; today.")] = None,
    desk: Annotated[str | None, typer.Option(help="Only the cases of this desk.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write every number to this file instead.")] = None,
) -> None:
    """Questions, answers, promises and satisfaction of a period; days are those of Asia/Shanghai."""

    async def telling() -> None:
        async with built(settings()) as house:
            period = _period(first, last)
            if desk is not None and desk not in house.office.keys:
                raise typer.Exit(complain(house.say("case.refused_unknown_desk")))
            if not period.sound(LONGEST):
                raise typer.Exit(complain(house.say("report.wrong_days", limit=LONGEST)))
            print(await _told(house, period, desk, csv))

    go(telling())


async def _told(house: House, period: Period, desk: str | None, csv: Path | None) -> str:
    found = await report(house.writer.engine, period, house.office, utc_now(), desk)
    told = Told(found, house.office, house.say)
    if csv is None:
        return told.text()
    _write(csv, told.csv())
    return house.say("report.written", file=csv)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8-sig", newline="")  # the mark makes spreadsheets read UTF-8
    except OSError as error:
        raise typer.Exit(complain(f"{file}: {error.strerror}")) from error


def _period(first: datetime | None, last: datetime | None) -> Period:
    end: date = last.date() if last is not None else today(utc_now())
    start: date = first.date() if first is not None else end - timedelta(days=29)
    return Period(start, end)
