"""Shows cases in groups of staff: a topic and a card each, and what is said about them. Called by `TelegramCarrier`.

Each call sends at most one message, since the outbox counts calls to keep Telegram's limits; what needs more asks to be
called again. Nothing is assumed of a group: what Telegram refuses tells what has become of it, and is mended.
"""

from datetime import timedelta
from typing import Any, Final, Protocol

import structlog
from telegram.error import ChatMigrated, TelegramError

from bot.cards import TOLD, Binding, Card, Cards, CardState
from bot.case import SETTLED
from bot.casebook import CaseFile
from bot.errors import RetryLater, Undeliverable
from bot.messages import AboutCase, Address, CaseMail, Reply
from bot.outbox import Parcel
from bot.voice import Say
from handlers import telegram_card
from handlers.telegram_carrier import replying
from handlers.telegram_errors import Trouble, delivery_error, reason, trouble
from handlers.telegram_media import Files, Sending, send, sendings
from handlers.telegram_request import DirectBot
from handlers.telegram_text import inline_keyboard, parts
from handlers.telegram_translate import CHANNEL

TOPICS_A_MINUTE: Final = 15  # bots that make about twenty are banned
AGAIN: Final = 0.2
SETTLING: Final = timedelta(seconds=1)  # how long after its last picture an album counts as complete
REMEMBERED: Final = 2000
NOTHING: Final = "-"
log = structlog.get_logger(__name__)


class Casebook(Protocol):
    """What is read of `bot/casebook.py`."""

    async def file(self, number: str, *, similar: bool = True) -> CaseFile | None: ...


class TopicCarrier:
    """`carry` what is about a case. Level-triggered: a card shows what is true when it is sent."""

    def __init__(
        self, bot: DirectBot, say: Say, casebook: Casebook, cards: Cards, *, files: Files | None = None
    ) -> None:
        self._bot = bot
        self._say = say
        self._casebook = casebook
        self._cards = cards
        self._files = files
        self._moved: dict[str, str] = {}
        self._sent: dict[int, list[str]] = {}
        self._told: dict[tuple[str, str], int] = {}
        self._albums: dict[tuple[str, int], str] = {}

    async def carry(self, parcel: Parcel) -> str:
        """Send it; the id of the message. Raises `RetryLater`, also where more is to follow, or `Undeliverable`."""
        about = parcel.reply.case
        assert about is not None
        chat = Address(CHANNEL, self._moved.get(parcel.address.id, parcel.address.id))
        file = await self._casebook.file(about.number, similar=about.kind is CaseMail.CARD)
        if file is None:
            raise Undeliverable("unknown_case")
        bound = await self._cards.binding(chat)
        if bound is None and chat.id.startswith("-"):
            raise Undeliverable("not_bound")
        card = await self._cards.find(about.number, chat)
        view = _View(self, file, chat, bound or Binding("", False), card, await self._here(file, chat, bound))
        try:
            return await view.show() if about.kind is CaseMail.CARD else await view.say(parcel, about)
        except TelegramError as error:
            return await self._mend(error, view, parcel)

    async def _here(self, file: CaseFile, chat: Address, bound: Binding | None) -> bool:
        return bound is not None and await self._cards.serves(chat, file.line.desk)

    async def _mend(self, error: TelegramError, view: "_View", parcel: Parcel) -> str:
        """Repair what the error tells of and ask to be called again, or say that it cannot be."""
        if isinstance(error, ChatMigrated):
            new = Address(CHANNEL, str(error.new_chat_id))
            await self._cards.moved(view.chat, new)
            self._moved[parcel.address.id] = self._moved[view.chat.id] = new.id
            raise RetryLater(AGAIN, "the group has a new id") from error
        found = trouble(error)
        if found in (Trouble.OTHER, Trouble.UNCHANGED):
            raise delivery_error(error) from error
        log.warning("group_trouble", trouble=found, case=view.number, chat=view.chat.id)
        if found is Trouble.SHUT_OUT:
            await self._cards.gone(view.chat, reason(error))
            raise Undeliverable(reason(error)) from error
        await view.mend(found)
        raise RetryLater(AGAIN, found) from error


class _View:
    """A case in one group, for one call."""

    def __init__(
        self, carrier: TopicCarrier, file: CaseFile, chat: Address, bound: Binding, card: Card | None, here: bool
    ) -> None:
        self._ = carrier
        self.file = file
        self.chat = chat
        self.number = file.line.number
        self.topics = bound.topics
        self.card = card
        self.here = here

    @property
    def over(self) -> bool:
        """Whether nothing is to be done about the case here any more."""
        return self.file.line.state in SETTLED or not self.here

    async def save(self, **values: object) -> None:
        await self._._cards.save(self.number, self.chat, **values)

    # The card.

    async def show(self) -> str:
        """Make or change the card, then open or close the topic; the card's id."""
        card = self.card
        if card is None or card.message_id is None or card.state is CardState.LOST:
            return NOTHING if self.over and (card is None or card.thread is None) else await self._make(card)
        if card.state is CardState.BARE:
            return await self._follow_up(card)
        text, choices = self._content()
        if self.topics and card.thread and card.state is CardState.CLOSED and not self.over:
            await self._topic("reopenForumTopic", card)
            await self.save(state=CardState.OPEN)
        if telegram_card.digest(text, choices) != card.shown:
            await self._edit(card, text, choices)
        if self.topics and card.thread and card.state is not CardState.CLOSED and self.over:
            await self._topic("closeForumTopic", card)
            await self.save(state=CardState.CLOSED)
        return card.message_id

    def _content(self) -> tuple[str, Any]:
        say = self._._say
        return telegram_card.card(self.file, say, here=self.here), telegram_card.buttons(self.file, say, here=self.here)

    async def _edit(self, card: Card, text: str, choices: Any) -> None:
        assert card.message_id is not None
        words = {"text": text, "link_preview_options": {"is_disabled": True}, "reply_markup": inline_keyboard(choices)}
        try:
            await self._._bot.call(
                "editMessageText", {"chat_id": self.chat.id, "message_id": int(card.message_id), **words}
            )
        except TelegramError as error:
            if trouble(error) is not Trouble.UNCHANGED:
                raise
        await self.save(shown=telegram_card.digest(text, choices))

    async def _topic(self, method: str, card: Card) -> None:
        assert card.thread is not None
        try:
            await self._manage(method, {"chat_id": self.chat.id, "message_thread_id": int(card.thread)})
        except TelegramError as error:
            if trouble(error) is not Trouble.UNCHANGED:
                raise

    async def _manage(self, method: str, asked: dict[str, Any]) -> Any:
        """A call that needs the right to manage topics; without it the group is served without topics."""
        try:
            return await self._._bot.call(method, asked)
        except TelegramError as error:
            if not isinstance(error, ChatMigrated) and reason(error) == "no_rights":
                await self.mend(Trouble.NO_TOPICS)
                raise RetryLater(AGAIN, Trouble.NO_TOPICS) from error
            raise

    async def _make(self, card: Card | None) -> str:
        thread = card.thread if card is not None and card.state is not CardState.LOST else None
        if self.topics and thread is None:
            thread = await self._new_topic()
        text, choices = self._content()
        sending = Sending(text, markup=inline_keyboard(choices))
        made = await send(self._._bot, sending, self._target(thread, None))
        told = telegram_card.history(self.file, self._._say)
        state = CardState.BARE if told else CardState.OPEN
        await self.save(message_id=made, shown=telegram_card.digest(text, choices), state=state)
        if told:
            raise RetryLater(AGAIN, "the history follows")
        return made

    async def _new_topic(self) -> str:
        await self._keep_pace()
        asked = {"chat_id": self.chat.id, "name": telegram_card.title(self.file, self._._say)}
        thread = str((await self._manage("createForumTopic", asked))["message_thread_id"])
        fresh = {"thread": thread, "message_id": None, "shown": "", "state": CardState.OPEN}
        await self.save(**fresh, made_at=self._._cards.clock())
        return thread

    async def _keep_pace(self) -> None:
        made = await self._._cards.topics_in_last_minute(CHANNEL)
        if len(made) >= TOPICS_A_MINUTE:
            free = made[-TOPICS_A_MINUTE] + timedelta(minutes=1)
            raise RetryLater(max(AGAIN, (free - self._._cards.clock()).total_seconds()), "topics are made slowly")

    async def _follow_up(self, card: Card) -> str:
        """Tell below a new card what happened before."""
        assert card.message_id is not None
        if told := telegram_card.history(self.file, self._._say):
            *_, last = parts(told)
            await send(self._._bot, Sending(last), self._target(card.thread, card.message_id))
            self._._told[self.chat.id, self.number] = telegram_card.last_told(self.file)
        await self.save(state=CardState.OPEN)
        return card.message_id

    # What is said about the case.

    async def say(self, parcel: Parcel, about: AboutCase) -> str:
        """Send one more message of the parcel below the card; the id of the last."""
        if not self.chat.id.startswith("-"):
            return await self._send(parcel.id, parcel.reply, {"chat_id": self.chat.id})
        if self.card is None or self.card.message_id is None or self.card.state in (CardState.LOST, CardState.BARE):
            await (self._make(self.card) if self.over else self.show())
            raise RetryLater(AGAIN, "the card came first")
        event = about.event
        if event is not None and about.kind is CaseMail.LINE and self._told_already(event):
            return self.card.message_id
        album = await self._._cards.album(event) if event is not None and about.kind is CaseMail.LINE else None
        if album is None or event is None:
            return await self._send(parcel.id, parcel.reply, await self._below(parcel.reply))
        if (sent := self._._albums.get((self.chat.id, event))) is not None:
            return sent
        if self._._cards.clock() - album.newest < SETTLING:
            raise RetryLater(SETTLING.total_seconds(), "more of the album may come")
        whole = Reply(album.text, parcel.reply.choices, attachments=album.attachments, quotes=parcel.reply.quotes)
        sent = await self._send(parcel.id, whole, await self._below(whole))
        _remember(self._._albums, {(self.chat.id, each): sent for each in album.events})
        return sent

    def _told_already(self, event: int) -> bool:
        told = self._._told.get((self.chat.id, self.number), 0)
        return event <= told and any(line.id == event and line.do in TOLD for line in self.file.events)

    async def _below(self, reply: Reply) -> dict[str, Any]:
        assert self.card is not None
        quoted = await self._._cards.reference(reply.quotes, self.chat) if reply.quotes is not None else None
        below = None if self.topics and self.card.thread else self.card.message_id
        return self._target(self.card.thread, quoted or below)

    def _target(self, thread: str | None, quoted: str | None) -> dict[str, Any]:
        place = {"message_thread_id": int(thread)} if self.topics and thread else {}
        return {"chat_id": self.chat.id, **place, "reply_parameters": replying(quoted)}

    async def _send(self, parcel: int, reply: Reply, target: dict[str, Any]) -> str:
        messages = sendings(reply, self._._say)
        done = self._._sent.get(parcel, [])
        done.append(await send(self._._bot, messages[len(done)], target, self._._files))
        if len(done) < len(messages):
            _remember(self._._sent, {parcel: done})
            raise RetryLater(AGAIN, "more parts follow")
        self._._sent.pop(parcel, None)
        await self._close_again()
        return done[-1]

    async def _close_again(self) -> None:
        """A topic that was opened only to say one thing more."""
        card = self.card
        if self.topics and self.over and card is not None and card.thread and card.state is CardState.OPEN:
            await self._topic("closeForumTopic", card)
            await self.save(state=CardState.CLOSED)

    # Repairs.

    async def mend(self, found: Trouble) -> None:
        match found:
            case Trouble.TOPIC_GONE:
                await self.save(thread=None, message_id=None, shown="", state=CardState.LOST)
            case Trouble.CARD_GONE:
                await self.save(message_id=None, shown="", state=CardState.OPEN)
            case Trouble.NO_TOPICS:
                await self._._cards.plain(self.chat)
            case Trouble.TOPIC_CLOSED if self.card is not None and self.card.thread is not None:
                await self._topic("reopenForumTopic", self.card)
                await self.save(state=CardState.OPEN)


def _remember(kept: dict[Any, Any], more: dict[Any, Any]) -> None:
    kept.update(more)
    while len(kept) > REMEMBERED:
        del kept[next(iter(kept))]
