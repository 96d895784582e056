"""The console's page of one case, and what is done there. Used by `web_staff.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot import act
from bot.act import Act, Actor
from bot.case import WAITING, Do, Refusal, Who, after
from bot.case_talk import CaseTalk
from bot.casebook import Casebook, CaseFile
from bot.casework import Casework
from bot.faq_drafts import FaqDrafts
from bot.roster import Staff, may
from bot.sign_in import Session, SignIn
from bot.suggest import suggestions
from handlers.web_body import Refused
from handlers.web_staff_form import Form
from handlers.web_staff_pages import Pages
from knowledge.library import Library

ACTS: Final = {
    do.value: do
    for do in (Do.CLAIM, Do.RELEASE, Do.ANSWER, Do.CORRECT, Do.NOTE, Do.TRANSFER, Do.CLOSE, Do.REOPEN, Do.HURRY)
}
STATUS = {Refusal.NOT_MEMBER: 403, Refusal.UNKNOWN_CASE: 404, Refusal.EMPTY: 400}
LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something was not done, and the words that must not be lost over it."""

    do: str = ""
    text: str = ""
    sentence: str = ""
    quotes: int | None = None


@dataclass(frozen=True, slots=True)
class Cases:
    """Shows a case and passes on what staff do to it."""

    casework: Casework
    casebook: Casebook
    talk: CaseTalk
    sign_in: SignIn
    pages: Pages
    current: Callable[[], Library]
    drafts: FaqDrafts

    async def page(self, request: Request, session: Session) -> Response:
        """The case with the whole talk, and what may be done."""
        file = await self._file(request, session.staff)
        return await self._shown(request, session, file, Trouble(), 200)

    async def pulse(self, request: Request, session: Session) -> Response:
        """The case's version and who else has it open; also notes that this page is."""
        file = await self._file(request, session.staff)
        others = await self.sign_in.looks(session.staff, file.line.number)
        return JSONResponse({"version": file.line.version, "others": list(others)})

    async def do(self, request: Request, session: Session, form: Form) -> Response:
        """One act. What is refused comes back on the page, with the words that were written."""
        do = ACTS.get(request.path_params["do"])
        if do is None:
            raise Refused(404, "not_found")
        number = request.path_params["number"]
        text = form["text"].strip()
        if len(text) > LONGEST:
            sentence = self.pages.say("console.too_long", limit=LONGEST)
            return await self._again(request, session, Trouble(do, text, sentence, form.number("quotes")), 400)
        result = await self.casework.do(_act(do, number, text, session, form))
        if isinstance(result, act.Refused):
            values = {"holder": result.holder}
            sentence = self.pages.say(f"case.refused_{result.reason}", **values)
            trouble = Trouble(do, text, sentence, form.number("quotes"))
            return await self._again(request, session, trouble, STATUS.get(result.reason, 409))
        if do is Do.ANSWER and form["then"] == "keep":
            await self._keep(number, text, session.staff)
            return RedirectResponse(f"/staff/cases/{number}?done=keep", 303)
        return RedirectResponse(f"/staff/cases/{number}?done={do}", 303)

    async def keep(self, request: Request, session: Session, form: Form) -> Response:
        """Make a draft entry of an answer that was sent before."""
        file = await self._file(request, session.staff)
        wanted = form.number("event")
        answer = next((e.text for e in file.events if e.id == wanted and e.do in (Do.ANSWER, Do.CORRECT)), None)
        if answer is None:
            raise Refused(404, "not_found")
        await self._keep(file.line.number, answer, session.staff)
        return RedirectResponse(f"/staff/cases/{file.line.number}?done=keep", 303)

    async def _keep(self, number: str, answer: str, staff: Staff) -> None:
        line = await self.casebook.line(number)
        if line is not None:
            await self.drafts.make(number, line.words, answer, staff.id)

    async def _again(self, request: Request, session: Session, trouble: Trouble, status: int) -> Response:
        file = await self._file(request, session.staff)
        return await self._shown(request, session, file, trouble, status)

    async def _file(self, request: Request, staff: Staff) -> CaseFile:
        file = await self.casebook.file(request.path_params["number"])
        if file is None:
            raise Refused(404, "no_case")
        if not may(staff, file.line.desk or self.casework.office.common):
            raise Refused(403, "not_your_desk")
        return file

    async def _shown(
        self, request: Request, session: Session, file: CaseFile, trouble: Trouble, status: int
    ) -> Response:
        line, office = file.line, self.casework.office
        offered = suggestions(file, self.current())
        chosen = next((one.text for one in offered if one.key == request.query_params.get("use")), "")
        return self.pages.page(
            "case.html",
            session,
            status=status,
            file=file,
            line=line,
            talk=await self.talk.lines(file),
            waiting=line.state in WAITING,
            undelivered=[event for event in file.events if event.delivery == "undeliverable"],
            corrected={event.quotes for event in file.events if event.do is Do.CORRECT},
            preferred=await self._name(line.preferred_id),
            may={do.value for do in Do if after(line.state, do, Who.STAFF) is not None},
            suggestions=offered,
            others=await self.sign_in.looks(session.staff, line.number),
            desks=[(key, office.desk(key).name) for key in office.keys if key != line.desk],
            trouble=trouble,
            written=trouble.text if trouble.do == Do.ANSWER else chosen,
            done=_done(request),
        )

    async def _name(self, staff_id: int | None) -> str:
        staff = None if staff_id is None else await self.sign_in.roster.by_id(staff_id)
        return staff.name if staff else ""


def _done(request: Request) -> str:
    done = request.query_params.get("done", "")
    return done if done in (*ACTS, "keep") else ""


def _act(do: Do, number: str, text: str, session: Session, form: Form) -> Act:
    return Act(
        do,
        number,
        Actor(Who.STAFF, session.staff.id, "web"),
        text,
        desk=form["desk"] or None,
        quotes=form.number("quotes"),
        seen=form.number("seen"),
    )
