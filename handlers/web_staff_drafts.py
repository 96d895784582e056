"""The console's pages of draft entries, where an operator agrees or not. Used by `web_staff.py`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.faq_drafts import Draft, DraftRefusal, FaqDrafts
from bot.sign_in import Session
from handlers.web_body import Refused
from handlers.web_staff_form import Form
from handlers.web_staff_pages import Pages
from knowledge.library import Library

DONE = ("change", "accept", "reject")


@dataclass(frozen=True, slots=True)
class Drafts:
    """Lists drafts, shows one with what checks found, and settles it."""

    drafts: FaqDrafts
    current: Callable[[], Library]
    pages: Pages

    async def list(self, request: Request, session: Session) -> Response:
        """Drafts that wait."""
        return self.pages.page(
            "drafts.html", session, drafts=await self.drafts.listed(), done=_done(request.query_params.get("done", ""))
        )

    async def page(self, request: Request, session: Session) -> Response:
        """One draft; while it is being checked the page refreshes itself."""
        draft = await self._draft(request)
        return self._shown(session, draft, "", 200, _done(request.query_params.get("done", "")))

    async def do(self, request: Request, session: Session, form: Form) -> Response:
        """Change, accept or reject."""
        draft = await self._draft(request)
        do = request.path_params["do"]
        if do not in DONE:
            raise Refused(404, "not_found")
        refusal = await self._done(do, draft, session, form)
        if refusal is not None:
            return self._shown(session, await self._draft(request), refusal, 409, "")
        place = f"/staff/drafts/{draft.id}?done=change" if do == "change" else f"/staff/drafts?done={do}"
        return RedirectResponse(place, 303)

    async def _done(self, do: str, draft: Draft, session: Session, form: Form) -> DraftRefusal | str | None:
        if do == "accept":
            return await self.drafts.accept(draft.id, session.staff.id)
        if do == "reject":
            return await self.drafts.reject(draft.id, session.staff.id)
        values = _values(form)
        return "incomplete" if values is None else await self.drafts.change(draft.id, values, session.staff.id)

    async def _draft(self, request: Request) -> Draft:
        draft = await self.drafts.draft(request.path_params["id"])
        if draft is None:
            raise Refused(404, "not_found")
        return draft

    def _shown(self, session: Session, draft: Draft, problem: str, status: int, done: str) -> Response:
        sources = self.current().sources
        return self.pages.page(
            "draft.html", session, status=status, draft=draft, problem=problem, done=done,
            stale=draft.examined is not None and draft.examined.version != self.current().version,
            sources={code: note.name for code, note in sources.items()},
        )  # fmt: skip


def _values(form: Form) -> dict[str, object] | None:
    """What an operator wrote; None where something is missing."""
    phrasings = [line.strip() for line in form["phrasings"].split("\n") if line.strip()]
    sources = [code for code in re.split(r"[\s,，、]+", form["sources"]) if code]
    title, answer, review = form["title"].strip(), form["answer"].strip(), form["review_by"].strip()
    try:
        date.fromisoformat(review)
    except ValueError:
        return None
    if not (title and answer and phrasings and sources):
        return None
    return {"title": title, "phrasings": phrasings, "answer": answer, "sources": sources, "review_by": review}


def _done(done: str) -> str:
    return done if done in DONE else ""
