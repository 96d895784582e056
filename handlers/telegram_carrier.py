"""Brings one reply to a Telegram chat. Called by `bot/outbox.py`, which keeps order and pace."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from telegram.error import TelegramError

from bot.messages import Choice
from bot.outbox import Parcel
from bot.voice import Say
from handlers.telegram_errors import delivery_error
from handlers.telegram_request import DirectBot
from handlers.telegram_translate import CHANNEL

LONGEST: Final = 4096
MOST_BUTTONS: Final = 100
PAIRED_WIDTH: Final = 16
REMEMBERED: Final = 1000
BREAKS: Final = (
    re.compile(r"\n\s*\n"),
    re.compile(r"\n"),
    re.compile(r"[。！？；…]+[」』”）]*|[.!?;]\s"),
    re.compile(r"[，、,]|\s"),
)


class TelegramCarrier:
    """Sends replies as plain text: without a parse mode, nothing a parent wrote can turn into markup."""

    channel = CHANNEL

    def __init__(self, bot: DirectBot, say: Say) -> None:
        self._bot = bot
        self._say = say
        self._sent: dict[int, list[str]] = {}

    async def carry(self, parcel: Parcel) -> str:
        """Send every part and return the id of the last message. Raises `RetryLater` or `Undeliverable`.

        A retry after half the parts goes on with the part that failed.
        """
        requests = list(self._requests(parcel))
        done = self._sent.get(parcel.id, [])
        try:
            for request in requests[len(done) :]:
                done.append(str((await self._bot.call("sendMessage", request))["message_id"]))
                self._remember(parcel.id, done, complete=len(done) == len(requests))
        except TelegramError as error:
            raise delivery_error(error) from error
        return done[-1]

    def _requests(self, parcel: Parcel) -> Iterator[dict[str, Any]]:
        reply, chat = parcel.reply, parcel.address.id
        *firsts, last = parts(reply.text)
        yield from (_message(chat, text) for text in firsts)
        if reply.choices:
            yield _message(chat, last, inline_keyboard(reply.choices))
        if reply.ask_location:
            # One message holds either inline buttons or the location key, not both.
            yield _message(chat, self._say("telegram.share_location") if reply.choices else last, self._location_key())
        elif not reply.choices:
            yield _message(chat, last)

    def _location_key(self) -> dict[str, Any]:
        button = {"text": self._say("telegram.share_location_button"), "request_location": True}
        return {"keyboard": [[button]], "one_time_keyboard": True, "resize_keyboard": True}

    def _remember(self, parcel: int, done: list[str], *, complete: bool) -> None:
        if complete:
            self._sent.pop(parcel, None)
        else:
            self._sent[parcel] = done
            while len(self._sent) > REMEMBERED:
                del self._sent[next(iter(self._sent))]


def _message(chat: str, text: str, markup: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "chat_id": chat,
        "text": text,
        "link_preview_options": {"is_disabled": True},
        "reply_markup": markup,
    }


def inline_keyboard(choices: Sequence[Choice]) -> dict[str, Any]:
    """Buttons two to a row where both labels are short, else one; a picked button sends `Choice.id`."""
    rows: list[list[Choice]] = []
    for choice in choices[:MOST_BUTTONS]:
        short = width(choice.label) <= PAIRED_WIDTH
        if short and rows and len(rows[-1]) == 1 and width(rows[-1][0].label) <= PAIRED_WIDTH:
            rows[-1].append(choice)
        else:
            rows.append([choice])
    return {"inline_keyboard": [[{"text": c.label, "callback_data": c.id} for c in row] for row in rows]}


def width(label: str) -> int:
    """Columns on the screen, one Chinese character being two."""
    return sum(1 if letter.isascii() else 2 for letter in label)


def units(text: str) -> int:
    """Length as Telegram counts it: UTF-16 code units."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def parts(text: str) -> list[str]:
    """The text in pieces Telegram takes, cut at a paragraph, line, sentence or word, in this order; at least one."""
    pieces: list[str] = []
    rest = text.strip()
    while units(rest) > LONGEST:
        head = _cut(rest)
        pieces.append(rest[:head].rstrip())
        rest = rest[head:].lstrip()
    return [*pieces, rest] if rest or not pieces else pieces


def _cut(text: str) -> int:
    most = _fitting(text)
    for pattern in BREAKS:
        ends = [found.end() for found in pattern.finditer(text, 0, most)]
        # A cut in the first half would leave a crumb, and needs the next finer break instead.
        if ends and ends[-1] > most // 2:
            return ends[-1]
    return most


def _fitting(text: str) -> int:
    room = LONGEST
    for index, letter in enumerate(text):
        room -= 2 if letter > "\uffff" else 1
        if room < 0:
            return index
    return len(text)
