"""Brings one reply to a Telegram chat. Called by `bot/outbox.py`, which keeps order and pace."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

from telegram.error import TelegramError

from bot.messages import Address, Reply
from bot.outbox import Parcel
from bot.voice import Say
from handlers.telegram_errors import delivery_error
from handlers.telegram_media import Files, Sending, send, sendings
from handlers.telegram_request import DirectBot
from handlers.telegram_text import LONGEST, inline_keyboard, parts, units, width
from handlers.telegram_translate import CHANNEL

__all__ = ["LONGEST", "TelegramCarrier", "inline_keyboard", "parts", "units", "width"]

REMEMBERED: Final = 1000
Reference = Callable[[int, Address], Awaitable[str | None]]
"""The id that the message of a case's event has in a chat."""


class CaseCarrier(Protocol):
    """Brings what is about a case to a group of staff."""

    async def carry(self, parcel: Parcel) -> str: ...


class TelegramCarrier:
    """Sends replies as plain text: without a parse mode, nothing a parent wrote can turn into markup."""

    channel = CHANNEL

    def __init__(self, bot: DirectBot, say: Say) -> None:
        self.staff: CaseCarrier | None = None
        self.reference: Reference | None = None
        self.files: Files | None = None
        self._bot = bot
        self._say = say
        self._sent: dict[int, list[str]] = {}

    async def carry(self, parcel: Parcel) -> str:
        """Send every part and return the id of the last message. Raises `RetryLater` or `Undeliverable`.

        A retry after half the parts goes on with the part that failed.
        """
        if parcel.reply.case is not None and self.staff is not None:
            return await self.staff.carry(parcel)
        sending = self._sendings(parcel.reply)
        done = self._sent.get(parcel.id, [])
        target = await self._target(parcel)
        try:
            for number, message in enumerate(sending[len(done) :], start=len(done)):
                done.append(await send(self._bot, message, target if number == 0 else _chat(parcel), self.files))
                self._remember(parcel.id, done, complete=len(done) == len(sending))
        except TelegramError as error:
            raise delivery_error(error) from error
        return done[-1]

    def _sendings(self, reply: Reply) -> list[Sending]:
        messages = sendings(reply, self._say)
        if reply.ask_location:
            # One message holds either inline buttons or the location key, not both.
            if reply.choices:
                return [*messages, Sending(self._say("telegram.share_location"), markup=self._location_key())]
            return [*messages[:-1], Sending(messages[-1].text, messages[-1].files, self._location_key())]
        return messages

    async def _target(self, parcel: Parcel) -> dict[str, Any]:
        """The chat, and what the first message replies to where that is known there."""
        event = parcel.reply.corrects or parcel.reply.quotes
        found = await self.reference(event, parcel.address) if event and self.reference is not None else None
        return {**_chat(parcel), "reply_parameters": replying(found)}

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


def replying(message: str | None) -> dict[str, Any] | None:
    """Parameters of a reply; one to a message that is gone is sent all the same."""
    if message is None or not message.isdigit():
        return None
    return {"message_id": int(message), "allow_sending_without_reply": True}


def _chat(parcel: Parcel) -> dict[str, Any]:
    return {"chat_id": parcel.address.id}
