"""Who is at the console: the cookie, signing in and out, what every page needs before it is shown. Used by `web_staff.py`."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any
from urllib.parse import quote

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.messages import Address, Reply
from bot.roster import Role
from bot.sign_in import LASTS, LINK_LASTS, Refusal, Session, SignIn
from handlers.web_body import Refused, check_origin
from handlers.web_staff_form import Form, check_csrf, read_form, safe_place
from handlers.web_staff_pages import Pages

log = structlog.get_logger(__name__)

COOKIE = "tuowen_staff"
ROOT = "/staff"
SIGN_IN = f"{ROOT}/sign-in"
REFUSED = {Refusal.WRONG: 401, Refusal.BAD_LINK: 401, Refusal.TOO_OFTEN: 429}

Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]
Inside = Callable[[Request, Session], Coroutine[Any, Any, Response]]
Posted = Callable[[Request, Session, Form], Coroutine[Any, Any, Response]]
SendTo = Callable[[Address, Reply], Coroutine[Any, Any, None]]


class Gate:
    """Lets people in, and wraps what only they may see."""

    def __init__(self, sign_in: SignIn, pages: Pages, *, public_url: str | None, send: SendTo | None) -> None:
        """`send` stores a private message: one-time links are offered only with it, and with an address to name."""
        self._sign_in = sign_in
        self._pages = pages
        self._public_url = public_url
        self._send = send
        self._secure = (public_url or "").startswith("https:")

    @property
    def links(self) -> bool:
        """Whether one-time links can be sent."""
        return self._send is not None and self._public_url is not None

    async def form(self, request: Request) -> Response:
        """The page to sign in on."""
        place = safe_place(request.query_params.get("next", ""))
        if await self.session(request) is not None:
            return RedirectResponse(place, 303)
        return self._form(place)

    async def enter(self, request: Request) -> Response:
        """Sign in with a password."""
        form = await self._posted(request)
        place = safe_place(form["next"])
        token = await self._sign_in.by_password(form["login"], form["password"], _host(request))
        if isinstance(token, Refusal):
            return self._form(place, status=REFUSED[token], problem=token, login=form["login"])
        return self._let_in(request, token, place)

    async def send_link(self, request: Request) -> Response:
        """Send a one-time link by the bot. What is answered does not tell which accounts exist."""
        form = await self._posted(request)
        place = safe_place(form["next"])
        made = await self._sign_in.link_for(form["login"], _host(request)) if self.links else None
        if made is Refusal.TOO_OFTEN:
            return self._form(place, status=429, problem=made, login=form["login"])
        if isinstance(made, tuple) and self._send is not None:
            staff, token = made
            minutes = int(LINK_LASTS.total_seconds() // 60)
            link = f"{self._public_url}{ROOT}/link/{token}"
            text = self._pages.say("console.link_message", link=link, minutes=minutes)
            await self._send(Address("telegram", staff.telegram or ""), Reply(text))
        return self._form(place, sent=True, login=form["login"])

    async def link_page(self, request: Request) -> Response:
        """What a one-time link opens. Opening does not use it up: messengers fetch links for their previews."""
        return self._pages.page("link.html", None, token=request.path_params["token"])

    async def use_link(self, request: Request) -> Response:
        """Sign in with a one-time link."""
        await self._posted(request)
        token = await self._sign_in.by_link(request.path_params["token"], _host(request))
        if isinstance(token, Refusal):
            return self._form(ROOT, status=REFUSED[token], problem=token)
        return self._let_in(request, token, ROOT)

    async def leave(self, request: Request, session: Session, form: Form) -> Response:
        """Sign out."""
        await self._sign_in.end(session)
        response = RedirectResponse(SIGN_IN, 303)
        response.delete_cookie(COOKIE, path=ROOT)
        return response

    async def session(self, request: Request) -> Session | None:
        """Who asks. A page that refreshes itself does not keep a session alive."""
        touch = "x-live" not in request.headers
        return await self._sign_in.session(request.cookies.get(COOKIE, ""), touch=touch)

    def open(self, endpoint: Endpoint) -> Endpoint:
        """An address for everybody; whatever goes wrong there is a page that says so."""

        @wraps(endpoint)
        async def guarded(request: Request) -> Response:
            try:
                return await endpoint(request)
            except Refused as refused:
                return self._refusal(request, refused)
            except ClientDisconnect:
                return Response(status_code=400)
            except Exception:
                log.exception("console request failed", path=request.url.path)
                return self._refusal(request, Refused(503, "trouble"))

        return guarded

    def inside(self, endpoint: Inside, role: Role = Role.STAFF) -> Endpoint:
        """A page for those who are signed in; others come to it by way of signing in."""

        async def entered(request: Request) -> Response:
            session = await self.session(request)
            if session is None:
                return self._stranger(request)
            _must_be(session, role)
            return await endpoint(request, session)

        return self.open(wraps(endpoint)(entered))

    def posted(self, endpoint: Posted, role: Role = Role.STAFF) -> Endpoint:
        """A form of a page of this console, sent by whom the page was made for."""

        async def checked(request: Request) -> Response:
            form = await self._posted(request)
            session = await self.session(request)
            if session is None:
                raise Refused(401, "signed_out")
            check_csrf(form, session)
            _must_be(session, role)
            return await endpoint(request, session, form)

        return self.open(wraps(endpoint)(checked))

    async def _posted(self, request: Request) -> Form:
        check_origin(request, self._public_url)
        return await read_form(request)

    def _stranger(self, request: Request) -> Response:
        if "x-live" in request.headers:
            return JSONResponse({"error": "signed_out"}, 401)
        place = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{SIGN_IN}?next={quote(safe_place(place), safe='')}", 303)

    def _form(self, place: str, *, status: int = 200, **values: object) -> Response:
        values = {"problem": "", "login": "", "sent": False, **values}
        return self._pages.page("sign_in.html", None, status=status, place=place, links=self.links, **values)

    def _let_in(self, request: Request, token: str, place: str) -> Response:
        response = RedirectResponse(place, 303)
        secure = self._secure or request.url.scheme == "https"
        age = int(LASTS.total_seconds())
        response.set_cookie(COOKIE, token, max_age=age, path=ROOT, httponly=True, samesite="lax", secure=secure)
        return response

    def _refusal(self, request: Request, refused: Refused) -> Response:
        return self._pages.page("refused.html", None, status=refused.status, reason=refused.reason)


def _must_be(session: Session, role: Role) -> None:
    ranks = list(Role)
    if ranks.index(session.staff.role) < ranks.index(role):
        raise Refused(403, "not_for_you")


def _host(request: Request) -> str:
    return request.client.host if request.client else ""
