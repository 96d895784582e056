"""A strict fake of Telegram's Bot API over real HTTP, in the tests' process or as `python -m tests.fakes.bot_api`.

As a process of its own it is steered by POST to `/fake/push`, `say`, `tap`, `fault`, `screen` and `requests`.
"""

import argparse
import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from aiohttp import web

from tests.fakes.bot_api_methods import Methods
from tests.fakes.bot_api_rules import Refused
from tests.fakes.bot_api_updates import Updates

TOKEN = "42:FAKE-token_of_the_tests_only"


class Kind(StrEnum):
    """What goes wrong."""

    FLOOD = "flood"
    STATUS = "status"
    STALL = "stall"
    DROP = "drop"
    RESET_AFTER = "reset_after"
    GARBAGE = "garbage"


@dataclass
class Fault:
    """Something that goes wrong with the next `times` calls of `method` (any, if empty) to `chat` (any, if empty).

    `amount`: seconds to wait (flood, stall) or the status; `skip`: calls let through before.
    """

    kind: Kind
    method: str = ""
    amount: float = 0
    times: int = 1
    chat: str = ""
    skip: int = 0

    def meets(self, method: str, parameters: dict[str, Any]) -> bool:
        """Whether this call is hit, and one time less is left."""
        wanted = self.method in ("", method) and self.chat in ("", str(parameters.get("chat_id")))
        if wanted and self.skip > 0:
            self.skip -= 1
            return False
        hit = wanted and self.times > 0
        self.times -= hit
        return hit


@dataclass
class Request:
    """One call as it came in, from which port, and the code it was answered with (0: none)."""

    method: str
    parameters: dict[str, Any]
    port: int = 0
    code: int = 0


@dataclass
class BotApi:
    """The server. `delay`: seconds each answer takes; `record`: keep `requests` (off for long measurements)."""

    methods: Methods = field(default_factory=Methods)
    token: str = TOKEN
    delay: float = 0.0
    record: bool = True
    url: str = ""
    faults: list[Fault] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.person = self.methods.person

    @property
    def updates(self) -> Updates:
        """Updates on their way to the bot."""
        return self.methods.updates

    def fault(self, kind: Kind, method: str = "", amount: float = 0, **more: Any) -> None:
        """Let something go wrong; see `Fault`."""
        self.faults.append(Fault(kind, method, amount, **more))

    def called(self, method: str) -> list[dict[str, Any]]:
        """The parameters of every call of a method."""
        return [request.parameters for request in self.requests if request.method == method]

    def app(self) -> web.Application:
        """The server's routes."""
        app = web.Application(client_max_size=50 * 2**20)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        app.router.add_get("/file/bot{token}/{path:.+}", self._file)
        app.router.add_post("/fake/{order}", self._steer)
        return app

    @contextlib.asynccontextmanager
    async def serve(self, port: int = 0) -> AsyncIterator["BotApi"]:
        """Listen on loopback while the block runs."""
        runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await self.updates.close()
            await runner.cleanup()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        peer = request.transport.get_extra_info("peername") if request.transport else None
        call = Request(request.match_info["method"], await _given(request), peer[1] if peer else 0)
        if self.record:
            self.requests.append(call)
        if self.delay:
            await asyncio.sleep(self.delay)
        if request.match_info["token"] != self.token:
            return _refusal(call, Refused(401, "Unauthorized"))
        fault = next((f for f in self.faults if f.meets(call.method, call.parameters)), None)
        if fault and fault.kind is not Kind.RESET_AFTER:
            return await self._fail(fault, call, request)
        try:
            result = await self.methods.call(call.method, call.parameters)
        except Refused as refused:
            return _refusal(call, refused)
        if fault:
            return _hang_up(request)
        call.code = 200
        return web.json_response({"ok": True, "result": result})

    async def _fail(self, fault: Fault, call: Request, request: web.Request) -> web.StreamResponse:
        match fault.kind:
            case Kind.FLOOD:
                wait = int(fault.amount)
                text = f"Too Many Requests: retry after {wait}"
                return _refusal(call, Refused(429, text, {"retry_after": wait}))
            case Kind.STATUS:
                return _refusal(call, Refused(int(fault.amount), "Internal Server Error"))
            case Kind.GARBAGE:
                return web.Response(status=502, text="<html>502 Bad Gateway</html>", content_type="text/html")
            case Kind.STALL:
                await asyncio.sleep(fault.amount)
        return _hang_up(request)

    async def _file(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != self.token:
            raise web.HTTPUnauthorized
        return web.Response(body=b"file")

    async def _steer(self, request: web.Request) -> web.Response:
        order = await request.json()
        person = self.person(int(order.pop("chat", 1001)))
        match request.match_info["order"]:
            case "push":
                number = order.setdefault("update_id", self.updates.next_id())
                self.updates.push(order, str(person.id))
                return web.json_response({"update_id": number})
            case "say":
                return web.json_response(asdict(person.say(order["text"])))
            case "tap":
                return web.json_response({"query": person.tap(order["button"])})
            case "fault":
                self.faults.append(Fault(**{**order, "kind": Kind(order["kind"])}))
                return web.json_response({})
            case "screen":
                return web.json_response([asdict(seen) for seen in person.screen])
            case "requests":
                return web.json_response([asdict(call) for call in self.requests])
        raise web.HTTPNotFound


async def _given(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        given = json.loads(await request.read() or b"{}")
        return given if isinstance(given, dict) else {}
    form = {**request.query, **await request.post()}
    return {name: value if isinstance(value, str) else "uploaded" for name, value in form.items()}


def _refusal(call: Request, refused: Refused) -> web.Response:
    call.code = refused.code
    return web.json_response(refused.body(), status=refused.code)


def _hang_up(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--port", type=int, default=8081)
    words.add_argument("--token", default=TOKEN)
    words.add_argument("--delay-ms", type=float, default=0, help="how long each answer takes")
    words.add_argument("--quiet", action="store_true", help="keep no record of the requests")
    given = words.parse_args()
    api = BotApi(token=given.token, delay=given.delay_ms / 1000, record=not given.quiet)
    async with api.serve(given.port):
        print(api.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_main())
