"""The console's list of cases, by urgency and time left. Used by `web_staff.py`."""

from dataclasses import dataclass
from enum import StrEnum

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.case import SETTLED, WAITING, State
from bot.casebook import Casebook, CaseLine
from bot.roster import Staff
from bot.sign_in import Session
from handlers.web_staff_pages import Pages

SHOWN = 200


class Show(StrEnum):
    """Which cases are listed."""

    WAITING = "waiting"
    MINE = "mine"
    ANSWERED = "answered"
    SETTLED = "settled"


STATES = {Show.WAITING: WAITING, Show.ANSWERED: frozenset({State.ANSWERED}), Show.SETTLED: SETTLED}


@dataclass(frozen=True, slots=True)
class Queue:
    """Lists what somebody may work on."""

    casebook: Casebook
    pages: Pages

    async def page(self, request: Request, session: Session) -> Response:
        """The list, or straight to the case whose number was looked for."""
        wanted = request.query_params.get("number", "").strip()
        if wanted.isalnum() and wanted.isascii():
            return RedirectResponse(f"/staff/cases/{wanted}", 303)
        show = _show(request)
        lines = await self._lines(show, session.staff)
        return self.pages.page(
            "queue.html",
            session,
            show=show,
            shows=list(Show),
            lines=lines,
            version=await self._version(session.staff),
            waiting={line.number for line in lines if line.state in WAITING},
            claimable={line.number for line in lines if line.state in WAITING and not line.holder},
        )

    async def pulse(self, request: Request, session: Session) -> Response:
        """A number that changes when the list does; the page asks for it every few seconds."""
        return JSONResponse({"version": await self._version(session.staff)})

    async def _lines(self, show: Show, staff: Staff) -> list[CaseLine]:
        if show is Show.MINE:
            return await self.casebook.held_by(staff.id)
        return await self.casebook.queue(desks_of(staff), states=STATES[show], limit=SHOWN)

    async def _version(self, staff: Staff) -> int:
        return await self.casebook.version(desks_of(staff))


def desks_of(staff: Staff) -> frozenset[str] | None:
    """The desks whose cases somebody sees; None: all."""
    return None if staff.senior else staff.desks


def _show(request: Request) -> Show:
    asked = request.query_params.get("show", "")
    return Show(asked) if asked in list(Show) else Show.WAITING
