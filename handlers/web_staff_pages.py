"""Makes the console's pages from templates: words, times in Shanghai, amounts of working time. Used by the console's doors."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from bot.clock import Clock
from bot.sign_in import Session
from bot.voice import Say
from handlers.web_static import FOLDER, Static

HERE = ZoneInfo("Asia/Shanghai")
TEMPLATES = Path(__file__).parent / "templates" / "staff"


class Pages:
    """Renders; `static` serves what the pages refer to."""

    def __init__(self, say: Say, clock: Clock) -> None:
        self.say = say
        self.static = Static(FOLDER / "staff", "/staff/static")
        self._clock = clock
        self._jinja = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
        self._jinja.filters |= {"clock": self.clock_text, "span": self.span}

    def page(self, name: str, session: Session | None, *, status: int = 200, **values: object) -> Response:
        """A page for `session`, or for somebody who is not signed in."""
        staff = session.staff if session else None
        common = {"say": self.say, "static": self.static.prefix, "me": staff, "csrf": session.csrf if session else ""}
        return HTMLResponse(self._jinja.get_template(name).render(**common, **values), status)

    def clock_text(self, at: datetime) -> str:
        """A time for people: only the hour today, with the date on other days, with the year in other years."""
        here, now = at.astimezone(HERE), self._clock().astimezone(HERE)
        hour = f"{here:%H:%M}"
        if here.date() == now.date():
            return hour
        date = self.say("console.date", month=here.month, day=here.day)
        if here.year != now.year:
            date = self.say("console.date_of_year", year=here.year, month=here.month, day=here.day)
        return f"{date} {hour}"

    def span(self, amount: timedelta) -> str:
        """An amount of time in hours and minutes, without its sign."""
        minutes = int(abs(amount).total_seconds() // 60)
        if minutes < 60:
            return self.say("console.minutes", minutes=minutes)
        hours, rest = divmod(minutes, 60)
        return self.say("console.hours", hours=hours, minutes=rest)
