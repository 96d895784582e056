"""The console for staff and operators on the web: its addresses. Built by `bot/__main__.py`."""

from collections.abc import Callable, Coroutine
from typing import Any

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.case_talk import CaseTalk
from bot.casebook import Casebook
from bot.casework import Casework
from bot.clock import Clock, utc_now
from bot.faq_drafts import FaqDrafts
from bot.mailbox import Mailbox
from bot.messages import Address, Reply
from bot.roster import Role
from bot.sign_in import SignIn
from bot.voice import Say
from bot.writer import Writer
from handlers.web_headers import SafeHeaders
from handlers.web_staff_audit import AuditPage
from handlers.web_staff_case import Cases
from handlers.web_staff_drafts import Drafts
from handlers.web_staff_gate import Endpoint, Gate
from handlers.web_staff_pages import Pages
from handlers.web_staff_queue import Queue
from handlers.web_staff_report import Numbers
from knowledge.library import Library


class WebStaff:
    """`routes` to hang into a Starlette application."""

    def __init__(
        self,
        writer: Writer,
        casework: Casework,
        casebook: Casebook,
        mailbox: Mailbox,
        current: Callable[[], Library],
        drafts: FaqDrafts,
        say: Say,
        *,
        public_url: str | None = None,
        send: Callable[[Address, Reply], Coroutine[Any, Any, None]] | None = None,
        clock: Clock = utc_now,
    ) -> None:
        """`send` stores a private Telegram message; without it no one-time links are offered."""
        self.sign_in = SignIn(writer, clock=clock)
        self.pages = Pages(say, clock)
        self.gate = Gate(self.sign_in, self.pages, public_url=public_url, send=send)
        self._queue = Queue(casebook, self.pages)
        talk = CaseTalk(casebook, mailbox)
        self._cases = Cases(casework, casebook, talk, self.sign_in, self.pages, current, drafts)
        self._drafts = Drafts(drafts, current, self.pages)
        self._audit = AuditPage(writer.engine, self.pages)
        self._numbers = Numbers(writer.engine, casework.office, self.pages, clock)

    def routes(self) -> list[BaseRoute]:
        """Everything the console answers."""
        gate, case = self.gate, "/staff/cases/{number:str}"
        return [
            _route("/staff", gate.inside(self._queue.page)),
            _route("/staff/pulse", gate.inside(self._queue.pulse)),
            _route("/staff/sign-in", gate.open(gate.form)),
            _route("/staff/sign-in", gate.open(gate.enter), "POST"),
            _route("/staff/sign-in/link", gate.open(gate.send_link), "POST"),
            _route("/staff/link/{token}", gate.open(gate.link_page)),
            _route("/staff/link/{token}", gate.open(gate.use_link), "POST"),
            _route("/staff/sign-out", gate.posted(gate.leave), "POST"),
            _route(case, gate.inside(self._cases.page)),
            _route(f"{case}/pulse", gate.inside(self._cases.pulse)),
            _route(f"{case}/keep", gate.posted(self._cases.keep), "POST"),
            _route(f"{case}/{{do}}", gate.posted(self._cases.do), "POST"),
            _route("/staff/drafts", gate.inside(self._drafts.list, Role.OPERATOR)),
            _route("/staff/drafts/{id:int}", gate.inside(self._drafts.page, Role.OPERATOR)),
            _route("/staff/drafts/{id:int}/{do}", gate.posted(self._drafts.do, Role.OPERATOR), "POST"),
            _route("/staff/audit", gate.inside(self._audit.page, Role.ADMIN)),
            _route("/staff/numbers", gate.inside(self._numbers.page)),
            _route("/staff/numbers.csv", gate.inside(self._numbers.csv)),
            _route("/staff/static/{version}/{name}", gate.open(self._static)),
        ]

    async def _static(self, request: Request) -> Response:
        return await self.pages.static.serve(request)


def _route(path: str, endpoint: Endpoint, method: str = "GET") -> Route:
    return Route(path, endpoint, methods=[method], middleware=[Middleware(SafeHeaders)])
