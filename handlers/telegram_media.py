"""A message's words, files and buttons as single sendings, each one message or album. Used by the Telegram carriers."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from telegram import InputFile, InputMediaDocument, InputMediaPhoto, InputMediaVideo
from telegram.error import BadRequest

from bot.messages import Attachment, Medium, Reply
from bot.voice import Say
from handlers.telegram_request import DirectBot
from handlers.telegram_text import inline_keyboard, parts, units
from handlers.telegram_translate import CHANNEL

CAPTION: Final = 1024
MOST_TOGETHER: Final = 10
WAYS: Final[dict[Medium, tuple[str, ...]]] = {
    Medium.PHOTO: ("Photo", "Document"),
    Medium.VOICE: ("Voice", "Audio", "Document"),
    Medium.VIDEO: ("Video", "Animation", "VideoNote", "Document"),
    Medium.DOCUMENT: ("Document", "Audio", "Animation"),
    Medium.STICKER: ("Sticker",),
    Medium.OTHER: ("Document",),
}
"""How a file may have been sent, the likeliest first: Telegram takes a file's id only for what the file was."""
PARAMETER: Final = {"VideoNote": "video_note"}
UNCAPTIONED: Final = frozenset({"Sticker", "VideoNote"})
TOGETHER: Final[dict[Medium, type[InputMediaPhoto | InputMediaVideo | InputMediaDocument]]] = {
    Medium.PHOTO: InputMediaPhoto,
    Medium.VIDEO: InputMediaVideo,
    Medium.DOCUMENT: InputMediaDocument,
}
SHELVES: Final = {Medium.PHOTO: "seen", Medium.VIDEO: "seen", Medium.DOCUMENT: "files"}
MISTAKEN: Final = ("can't use file of type", "wrong file identifier", "wrong remote file", "wrong type of the web page")

Files = Callable[[str], bytes | None]
"""The bytes of a file that came through the web page, by its reference."""


@dataclass(frozen=True, slots=True)
class Sending:
    """One message, or one album: words under files where there are any. `markup` for the last one only."""

    text: str = ""
    files: tuple[Attachment, ...] = ()
    markup: dict[str, Any] | None = None


def sendings(reply: Reply, say: Say) -> list[Sending]:
    """The messages a reply is sent as, in order; at least one. What cannot be sent is named instead."""
    files = [file for file in reply.attachments if file.reference]
    lost = [file for file in reply.attachments if not file.reference]
    text = "\n".join([reply.text.strip(), *(say("staff.unshowable", name=file.name) for file in lost)]).strip()
    markup = inline_keyboard(reply.choices) if reply.choices else None
    if not files:
        *firsts, last = parts(text)
        return [*(Sending(piece) for piece in firsts), Sending(last, markup=markup)]
    shelves = list(_shelved(files))
    captioned = units(text) <= CAPTION and not markup and files[0].medium is not Medium.STICKER
    if captioned:
        return [Sending(text, shelves[0]), *(Sending("", shelf) for shelf in shelves[1:])]
    *firsts, last = parts(text)
    # Buttons stand under words: an album has none.
    words = [*(Sending(piece) for piece in firsts), Sending(last, markup=markup)] if text else []
    return [*(Sending("", shelf) for shelf in shelves), *words]


def _shelved(files: Iterable[Attachment]) -> Iterator[tuple[Attachment, ...]]:
    """Files that Telegram shows as one album, at most ten each: pictures with videos, documents with documents."""
    for shelf, group in groupby(files, lambda file: SHELVES.get(file.medium, "") if _known(file) else ""):
        together = list(group)
        size = MOST_TOGETHER if shelf else 1
        yield from (tuple(together[start : start + size]) for start in range(0, len(together), size))


def _known(file: Attachment) -> bool:
    return file.origin in ("", CHANNEL)


async def send(bot: DirectBot, sending: Sending, target: dict[str, Any], files: Files | None = None) -> str:
    """Send one; the id of its (first) message. `target`: chat, topic, what is replied to. Raises `TelegramError`."""
    if not sending.files:
        words = {"text": sending.text, "link_preview_options": {"is_disabled": True}, "reply_markup": sending.markup}
        return str((await bot.call("sendMessage", {**target, **words}))["message_id"])
    if len(sending.files) > 1:
        try:
            return await _together(bot, sending, target)
        except BadRequest as error:
            if not _mistaken(error):
                raise
            ids = [await send(bot, Sending(sending.text if n == 0 else "", (file,)), target, files)
                   for n, file in enumerate(sending.files)]  # fmt: skip
            return ids[0]
    return await _one(bot, sending, target, files)


async def _together(bot: DirectBot, sending: Sending, target: dict[str, Any]) -> str:
    # Below documents Telegram shows the words of the last one, below pictures those of the first.
    under = len(sending.files) - 1 if sending.files[0].medium is Medium.DOCUMENT else 0
    media = [
        TOGETHER[file.medium](file.reference, caption=sending.text or None if number == under else None)
        for number, file in enumerate(sending.files)
    ]
    return str((await bot.call("sendMediaGroup", {**target, "media": media}))[0]["message_id"])


async def _one(bot: DirectBot, sending: Sending, target: dict[str, Any], files: Files | None) -> str:
    [file] = sending.files
    content: object = file.reference
    if not _known(file):
        found = files(file.reference) if files is not None else None
        if found is None:
            raise BadRequest("wrong file identifier/HTTP URL specified")
        content = InputFile(found, filename=file.name or file.reference)
    *tries, last = WAYS[file.medium]
    for way in tries:
        try:
            return await _as(bot, way, content, sending, target)
        except BadRequest as error:
            if not _mistaken(error):
                raise
    return await _as(bot, last, content, sending, target)


async def _as(bot: DirectBot, way: str, content: object, sending: Sending, target: dict[str, Any]) -> str:
    words = {} if way in UNCAPTIONED or not sending.text else {"caption": sending.text}
    asked = {**target, PARAMETER.get(way, way.lower()): content, **words, "reply_markup": sending.markup}
    return str((await bot.call(f"send{way}", asked))["message_id"])


def _mistaken(error: BadRequest) -> bool:
    return any(spelling in str(error).lower() for spelling in MISTAKEN)
