"""A fast Bot API server for measurements: says on stdout which webhook was set and which chats were answered."""

import argparse
import asyncio
import re
import sys
from urllib.parse import unquote

import uvloop
from aiohttp import web

CHAT = re.compile(rb'chat_id"?\s*[=:]\s*"?(-?\d+)')
URL = re.compile(rb'url"?\s*[=:]\s*"?([^"&\s]+)')
ME = {"id": 1, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}


class FakeApi:
    """`delay` seconds pass before a message is answered, as on a real network."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._last_id = 0
        self._answered: list[str] = []

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        body = await request.read()
        method = request.path.rpartition("/")[2].lower()
        if method == "sendmessage":
            return await self._message(body)
        if method == "setwebhook":
            found = URL.search(body)
            self._tell(unquote(found.group(1).decode()) if found else "no url")
        return self._result(ME if method == "getme" else True)

    async def _message(self, body: bytes) -> web.Response:
        found = CHAT.search(body)
        if found is None:
            raise web.HTTPBadRequest
        if self._delay:
            await asyncio.sleep(self._delay)
        chat = int(found.group(1))
        self._last_id += 1
        self._tell(str(chat))
        place = {"id": chat, "type": "private", "first_name": "P"}
        return self._result({"message_id": self._last_id, "date": 1, "chat": place, "text": "ok"})

    def _result(self, result: object) -> web.Response:
        return web.json_response({"ok": True, "result": result})

    def _tell(self, word: str) -> None:
        if not self._answered:
            asyncio.get_running_loop().call_soon(self._flush)
        self._answered.append(word)

    def _flush(self) -> None:
        sys.stdout.write("\n".join(self._answered) + "\n")
        sys.stdout.flush()
        self._answered.clear()


async def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("port", type=int)
    options.add_argument("delay", type=float)
    chosen = options.parse_args()
    runner = web.ServerRunner(web.Server(FakeApi(chosen.delay)))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", chosen.port).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
