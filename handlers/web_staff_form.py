"""Reads the console's forms, strictly and within bounds. Used by `web_staff.py`."""

import hmac
import re
from urllib.parse import parse_qs

from starlette.requests import Request

from bot.sign_in import Session
from handlers.web_body import LONE_SURROGATES, Refused

BODY_BYTES = 256 * 1024
FIELDS = 100
PLACE = re.compile(r"/staff(?:/[0-9A-Za-z_-]+)*(?:\?[0-9A-Za-z_=&.:-]*)?")


class Form:
    """What was posted; every value is text, "" where the field is missing."""

    def __init__(self, values: dict[str, list[str]]) -> None:
        self._values = values

    def __getitem__(self, name: str) -> str:
        return self._values.get(name, [""])[-1]

    def number(self, name: str) -> int | None:
        """A whole number; None where there is none."""
        return int(self[name]) if re.fullmatch(r"[0-9]{1,18}", self[name]) else None


async def read_form(request: Request) -> Form:
    """The form; raises `Refused` for one that is too big or no form at all."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES:
            raise Refused(413, "too_big")
    try:
        text = body.decode("utf-8")
        values = parse_qs(text, keep_blank_values=True, max_num_fields=FIELDS, errors="strict")
    except ValueError:
        raise Refused(400, "malformed") from None
    return Form({name: [_clean(value) for value in given] for name, given in values.items()})


def check_csrf(form: Form, session: Session) -> None:
    """Refuse a post that does not carry what this session's pages carry."""
    if not hmac.compare_digest(form["csrf"].encode(), session.csrf.encode()):
        raise Refused(403, "wrong_csrf")


def safe_place(place: str) -> str:
    """Where to go after signing in: a page of the console, whatever was asked for."""
    return place if PLACE.fullmatch(place) else "/staff"


def _clean(value: str) -> str:
    return LONE_SURROGATES.sub("", value.replace("\0", "")).replace("\r\n", "\n")
