"""The HTTP server of all doors, told to let go of open streams before it stops. Built by `bot/__main__.py`."""

import signal
import socket
from collections.abc import Awaitable, Callable
from types import FrameType

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

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop, at a second Ctrl-C at once. The signal is not raised again: the rest of the house closes after this."""
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the streams, then the server."""
        await self._before_stop()
        await super().shutdown(sockets)
