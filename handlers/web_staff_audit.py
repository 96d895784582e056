"""The console's page of the audit log, for administrators. Used by `web_staff.py`."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request
from starlette.responses import Response

from bot.audit import latest
from bot.sign_in import Session
from handlers.web_staff_pages import Pages

SHOWN = 300


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Shows who did what, the newest first."""

    engine: AsyncEngine
    pages: Pages

    async def page(self, request: Request, session: Session) -> Response:
        """The log, or with `?about=` only what concerns one case or account."""
        about = request.query_params.get("about", "").strip()[:64]
        lines = await latest(self.engine, SHOWN, about or None)
        labels = {line.what: self._label(line.what) for line in lines}
        return self.pages.page("audit.html", session, lines=lines, labels=labels, about=about)

    def _label(self, what: str) -> str:
        try:
            return self.pages.say(f"console.what_{what.replace('.', '_')}")
        except KeyError:  # other doors note acts of their own
            return what
