"""python-telegram-bot's HTTP over aiohttp, and the bot built on it. `bot/__main__.py` makes it, the doors call it.

`BaseRequest` is the library's own seam for this; its default, httpx, costs four to eight times the CPU per request.
"""

import os
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram import Bot
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.errors import SettingsError
from bot.settings import Settings

if TYPE_CHECKING:
    from telegram._utils.types import ODVInput

JSON = {"Content-Type": "application/json"}
WRITE_FILES = 20.0


class AiohttpRequest(BaseRequest):
    """HTTP to a Bot API server with connections kept alive. All times in seconds; `pool` is the most connections."""

    __slots__ = ("_connect", "_pool", "_proxy", "_read", "_session", "_timeout")

    def __init__(self, *, pool: int = 100, read: float = 10.0, connect: float = 5.0, proxy: str | None = None) -> None:
        self._pool = pool
        self._read = read
        self._connect = connect
        self._proxy = proxy
        self._timeout = aiohttp.ClientTimeout(connect=connect, sock_read=read)
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds an answer may take unless the call says otherwise."""
        return self._read

    async def initialize(self) -> None:
        """Open the pool; needs a running loop."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._pool, ttl_dns_cache=300),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                timeout=self._timeout,
                proxy=self._proxy,
            )

    async def shutdown(self) -> None:
        """Close the pool and every connection in it."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: "ODVInput[float]" = BaseRequest.DEFAULT_NONE,
        write_timeout: "ODVInput[float]" = BaseRequest.DEFAULT_NONE,
        connect_timeout: "ODVInput[float]" = BaseRequest.DEFAULT_NONE,
        pool_timeout: "ODVInput[float]" = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One exchange: status and body. Raises `TimedOut` or `NetworkError`, whose text never holds the address:

        the address contains the token, and errors are logged.
        """
        if self._session is None:
            raise NetworkError("the connection pool is closed")
        body, headers = _body(request_data)
        timeout = self._timeout_for(read_timeout, connect_timeout, bool(request_data and request_data.contains_files))
        try:
            async with self._session.request(method, url, data=body, headers=headers, timeout=timeout) as answer:
                return answer.status, await answer.read()
        except TimeoutError as error:
            raise TimedOut(type(error).__name__) from error
        except aiohttp.ClientOSError as error:
            raise NetworkError(f"{type(error).__name__}: {error.strerror or error.errno}") from error
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from error

    def _timeout_for(self, read: "ODVInput[float]", connect: "ODVInput[float]", files: bool) -> aiohttp.ClientTimeout:
        if not files and read is self.DEFAULT_NONE and connect is self.DEFAULT_NONE:
            return self._timeout
        wait = _given(read, self._read)
        if files and wait is not None:
            wait = max(wait, WRITE_FILES)
        return aiohttp.ClientTimeout(connect=_given(connect, self._connect), sock_read=wait)


class DirectBot(Bot):
    """A bot that can also call a method and get the plain JSON back.

    The library's typed methods parse every answer into objects, which for a sent message costs more than sending it,
    and one polled update they cannot parse loses the whole batch.
    """

    __slots__ = ()

    async def call(self, method: str, parameters: dict[str, Any], *, read_timeout: float | None = None) -> Any:
        """The `result` of one Bot API method; None values are left out. Raises `telegram.error.TelegramError`."""
        wait = BaseRequest.DEFAULT_NONE if read_timeout is None else read_timeout
        return await self._post(method, parameters, read_timeout=wait)


def make_bot(settings: Settings) -> DirectBot:
    """The bot of these settings, not yet connected. Raises `SettingsError` without a token."""
    if settings.telegram_token is None:
        raise SettingsError("TUOWEN_TELEGRAM_TOKEN: missing, the Telegram door cannot open")
    # The library's switch to `timedelta`; without it each 429 also raises a deprecation warning.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    proxy = _proxy_for(settings.telegram_api_url)
    return DirectBot(
        settings.telegram_token.get_secret_value(),
        base_url=f"{settings.telegram_api_url}/bot",
        base_file_url=f"{settings.telegram_api_url}/file/bot",
        request=AiohttpRequest(proxy=proxy),
        get_updates_request=AiohttpRequest(pool=2, proxy=proxy),
    )


def _given(value: "ODVInput[float]", default: float) -> float | None:
    return default if value is BaseRequest.DEFAULT_NONE else cast("float | None", value)


def _body(data: RequestData | None) -> tuple[bytes | aiohttp.FormData | None, dict[str, str] | None]:
    if data is None:
        return None, None
    if not data.contains_files:
        return data.json_payload, JSON
    form = aiohttp.FormData(data.json_parameters)
    for name, (filename, content, mime) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return form, None


def _proxy_for(url: str) -> str | None:
    parts = urlsplit(url)
    if parts.hostname is None or proxy_bypass(parts.hostname):
        return None
    return getproxies().get(parts.scheme)
