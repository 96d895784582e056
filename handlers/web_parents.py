"""The door for parents on the web: one page, and the few addresses it talks to. Built by `bot/__main__.py`."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from pathlib import Path
from typing import Any, Final

import structlog
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from bot.clock import Clock, utc_now
from bot.intake import Intake
from bot.mailbox import Mailbox
from bot.messages import Address, Incoming
from bot.voice import Say
from handlers.web_body import Refused, Said, check_origin, read_number, read_said
from handlers.web_headers import SafeHeaders
from handlers.web_letters import history_json, letter_json
from handlers.web_pace import Pace
from handlers.web_session import Session
from handlers.web_static import Static
from handlers.web_stream import Streams

log = structlog.get_logger(__name__)

HISTORY_LINES: Final = 100
PATIENCE: Final = 2.0  # seconds the health check gives the database
SCRIPT_WORDS: Final = (
    *("sender_bot", "sender_staff", "sender_parent", "today", "yesterday", "date", "source_prefix", "call", "choices"),
    *("location", "location_note", "location_mine", "location_refused", "location_wait"),
    *("offline", "busy", "retry", "unsent", "not_loaded", "refused", "empty"),
)

Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]


class WebParents:
    """`routes` to hang into a Starlette application; `close` as soon as the server shall stop, `aclose` after."""

    def __init__(
        self,
        intake: Intake,
        mailbox: Mailbox,
        say: Say,
        *,
        secret: str,
        public_url: str | None = None,
        clock: Clock = utc_now,
        pace: Pace | None = None,
    ) -> None:
        """`secret` signs the cookie; `public_url` is the address people see when a proxy stands in front."""
        self._intake = intake
        self._mailbox = mailbox
        self._say = say
        self._public_url = public_url
        self._clock = clock
        self._pace = pace or Pace(clock)
        self._session = Session(secret, secure=True if (public_url or "").startswith("https:") else None)
        self._static = Static()
        self._streams = Streams(mailbox)
        folder = FileSystemLoader(Path(__file__).parent / "templates")
        self._page = Environment(loader=folder, autoescape=True, undefined=StrictUndefined).get_template("parents.html")

    def routes(self) -> list[BaseRoute]:
        """Everything this door answers."""
        return [
            self._route("/", self.page),
            self._route("/api/messages", self.read),
            self._route("/api/messages", self.post, "POST"),
            self._route("/api/stream", self.stream),
            self._route("/healthz", self.health),
            self._route("/static/{version}/{name}", self._static.serve),
        ]

    def close(self) -> None:
        """End the open streams, so that a server can stop at once; their pages come back to whoever answers next."""
        self._streams.close()

    async def aclose(self) -> None:
        """`close`, and wait until nothing of this door uses the database any more."""
        await self._streams.aclose()

    async def page(self, request: Request) -> Response:
        """The page. It holds no talk, only the cookie that says which talk is whose."""
        words = {key: self._say(f"web.{key}") for key in SCRIPT_WORDS}
        static = {"static": self._static.prefix, "modules": self._static.scripts}
        response = HTMLResponse(self._page.render(say=self._say, words=words, **static))
        response.headers["Cache-Control"] = "no-cache"
        self._session.write(request, response, self._session.read_or_begin(request))
        return response

    async def post(self, request: Request) -> Response:
        """One thing a parent says; answers with the replies that are ready: the same ones to the same id.

        `waiting`: none is ready yet; should one be held back, the stream brings it.
        """
        check_origin(request, self._public_url)
        said = await read_said(request)
        address = self._session.read_or_begin(request)
        if seconds := self._pace.wait(address.id):
            raise Refused(429, "too_fast", seconds=seconds)
        receipt = await self._intake.receive(self._incoming(said, address))
        ready = [letter_json(letter) for letter in receipt.letters]
        response = JSONResponse({"messages": ready, "waiting": not ready})
        self._session.write(request, response, address)
        return response

    async def read(self, request: Request) -> Response:
        """The talk so far, or with `?after=` the letters since that id."""
        address = self._session.read(request)
        after = read_number(request.query_params.get("after"))
        if address is None:
            return JSONResponse({"messages": []})
        if after is not None:
            letters = await self._mailbox.letters(address, after)
            return JSONResponse({"messages": [letter_json(letter) for letter in letters]})
        lines = await self._mailbox.history(address, HISTORY_LINES)
        return JSONResponse({"messages": history_json(lines, self._say("web.location_mine"))})

    async def stream(self, request: Request) -> Response:
        """Letters as they are written. Without a talk there is nothing to wait for: 204 tells a browser to stop."""
        address = self._session.read(request)
        after = read_number(request.headers.get("last-event-id") or request.query_params.get("after"))
        if address is None:
            return Response(status_code=204)
        # X-Accel-Buffering: nginx otherwise collects the stream and the page waits in vain.
        headers = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
        events = self._streams.events(address, after or 0)
        return StreamingResponse(events, media_type="text/event-stream", headers=headers)

    async def health(self, request: Request) -> Response:
        """200 only while messages can be stored."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._intake.ping()
        except Exception as error:
            log.warning("health check failed", error=repr(error))
            return JSONResponse({"status": "down", "database": "unreachable"}, 503)
        return JSONResponse({"status": "ok", "database": "ok"})

    def _incoming(self, said: Said, address: Address) -> Incoming:
        # A browser's ids are its own affair: with the talk in front nobody can name another's message.
        return Incoming(
            sender=address,
            message_id=f"{address.id}:{said.id}",
            reference=said.id,
            sent_at=self._clock(),
            text=said.text,
            pick=said.pick,
            location=said.location,
        )

    def _route(self, path: str, endpoint: Endpoint, method: str = "GET") -> Route:
        return Route(path, self._guarded(endpoint), methods=[method], middleware=[Middleware(SafeHeaders)])

    def _guarded(self, endpoint: Endpoint) -> Endpoint:
        """Whatever goes wrong, the parent gets a sentence that says what was kept and what to do."""

        @wraps(endpoint)
        async def guarded(request: Request) -> Response:
            try:
                return await endpoint(request)
            except Refused as refused:
                return self._refusal(refused)
            except ClientDisconnect:
                return Response(status_code=400)
            except Exception:
                log.exception("web request failed", path=request.url.path)
                return self._refusal(Refused(503, "trouble"))

        return guarded

    def _refusal(self, refused: Refused) -> Response:
        sentence = self._say(f"web.{refused.reason}", **refused.values)
        seconds = refused.values.get("seconds")
        headers = {"Retry-After": str(seconds)} if seconds else {}
        return JSONResponse({"error": refused.reason, "message": sentence}, refused.status, headers=headers)
