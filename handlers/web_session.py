"""Remembers which conversation a browser belongs to, in a signed cookie. Used by `web_parents.py`."""

import secrets

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import Response

from bot.messages import Address

CHANNEL = "web"
COOKIE = "tuowen"
YEAR = 365 * 24 * 3600


class Session:
    """Reads and writes the cookie. A cookie that was not signed with `secret` counts as none."""

    def __init__(self, secret: str, *, secure: bool | None = None) -> None:
        """`secure`: whether the cookie is for https only; None looks at each request."""
        self._signer = URLSafeSerializer(secret, salt="parents")
        self._secure = secure

    def read(self, request: Request) -> Address | None:
        """The conversation this browser is in, if it proves one."""
        try:
            name = self._signer.loads(request.cookies.get(COOKIE, ""))
        except BadSignature:
            return None
        return Address(CHANNEL, name) if isinstance(name, str) else None

    def read_or_begin(self, request: Request) -> Address:
        """The conversation this browser is in, or a new one."""
        return self.read(request) or Address(CHANNEL, secrets.token_urlsafe(18))

    def write(self, request: Request, response: Response, address: Address) -> None:
        """Let the browser remember `address` for a year from now."""
        response.set_cookie(
            COOKIE,
            str(self._signer.dumps(address.id)),
            max_age=YEAR,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https" if self._secure is None else self._secure,
        )
