"""Reads what a browser posts, strictly and within bounds. Used by `web_parents.py`."""

import json
import math
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request

from bot.errors import TuowenError
from bot.messages import Point

BODY_BYTES = 128 * 1024
DRAINED_BYTES = 16 * 1024 * 1024
TEXT_CHARACTERS = 10_000
PICK_BYTES = 64
ID = re.compile(r"[0-9A-Za-z_-]{8,64}")
NUMBER = re.compile(r"[0-9]{1,18}")
LONE_SURROGATES = re.compile("[\ud800-\udfff]")


class Refused(TuowenError):
    """A request is not accepted."""

    def __init__(self, status: int, reason: str, **values: object) -> None:
        """`reason` is a key of the web wording, `values` what its sentence needs."""
        super().__init__(f"{status} {reason}")
        self.status = status
        self.reason = reason
        self.values = values


@dataclass(frozen=True, slots=True)
class Said:
    """What one post says: exactly one of text, pick and location. `id` is the browser's, the same on every try."""

    id: str
    text: str = ""
    pick: str | None = None
    location: Point | None = None


async def read_said(request: Request) -> Said:
    """The body as a `Said`; raises `Refused` with 400 or 413."""
    try:
        data = json.loads(await _bounded(request))
    except (ValueError, RecursionError):
        raise Refused(400, "malformed") from None
    if not isinstance(data, dict):
        raise Refused(400, "malformed")
    return _said(data)


async def _bounded(request: Request) -> bytes:
    """The body. One that is too big is read to its end all the same, for a browser only then listens to the answer."""
    body, size = bytearray(), 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= BODY_BYTES:
            body += chunk
        elif size > DRAINED_BYTES:
            break
    if size > BODY_BYTES:
        raise Refused(413, "too_big")
    return bytes(body)


def _said(data: dict[str, Any]) -> Said:
    kinds = data.keys() - {"id"}
    name = data.get("id")
    if len(kinds) != 1 or not isinstance(name, str) or not ID.fullmatch(name):
        raise Refused(400, "malformed")
    match kinds.pop(), data:
        case "text", {"text": str(text)}:
            return Said(name, text=_text(text))
        case "pick", {"pick": str(pick)}:
            return Said(name, pick=_pick(pick))
        case "location", {"location": dict(place)}:
            return Said(name, location=_point(place))
    raise Refused(400, "malformed")


def _text(text: str) -> str:
    if len(text) > TEXT_CHARACTERS:
        raise Refused(400, "too_long", limit=TEXT_CHARACTERS)
    if not text.strip():
        raise Refused(400, "empty")
    return text


def _pick(pick: str) -> str:
    if not pick or "\0" in pick or LONE_SURROGATES.search(pick) or len(pick.encode()) > PICK_BYTES:
        raise Refused(400, "malformed")
    return pick


def _point(place: dict[str, Any]) -> Point:
    latitude, longitude = place.get("latitude"), place.get("longitude")
    if place.keys() != {"latitude", "longitude"} or not _within(latitude, 90) or not _within(longitude, 180):
        raise Refused(400, "malformed")
    return Point(float(latitude), float(longitude))  # type: ignore[arg-type]


def _within(value: object, most: float) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and abs(value) <= most


def read_number(value: str | None) -> int | None:
    """The id of a letter in an address or a header; raises `Refused` for anything else."""
    if not value:
        return None
    if not NUMBER.fullmatch(value):
        raise Refused(400, "malformed")
    return int(value)


def check_origin(request: Request, public_url: str | None) -> None:
    """Refuse a post that another site's page makes the browser send."""
    origin = request.headers.get("origin")
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Refused(403, "wrong_origin")
    if origin is None:
        return
    known = {request.headers.get("host", ""), urlsplit(public_url or "").netloc}
    if urlsplit(origin).netloc not in known - {""}:
        raise Refused(403, "wrong_origin")
