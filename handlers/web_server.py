"""The HTTP server of all doors, told to let go of open streams before it stops. Built by `bot/__main__.py`."""

import socket
from collections.abc import Awaitable, Callable

import uvicorn
from starlette.applications import Starlette

GRACE = 5
"""Seconds that requests under way may still take when the service stops."""
AT_ONCE = 1000


class Server(uvicorn.Server):
    """A server that calls `before_stop` first, so that pages which listen for answers do not hold it up."""

    def __init__(self, app: Starlette, bind: str, before_stop: Callable[[], Awaitable[None]]) -> None:
        """`bind` is `host:port`."""
        host, _, port = bind.rpartition(":")
        super().__init__(
            uvicorn.Config(
                app,
                host=host.strip("[]"),
                port=int(port),
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=GRACE,
                limit_concurrency=AT_ONCE,
            )
        )
        self._before_stop = before_stop

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the streams, then the server."""
        await self._before_stop()
        await super().shutdown(sockets)
