"""The Telegram door for staff: groups in, topics and cards out. Shares the bot with the parents' door, which hands it

the updates of groups and the parcels about cases. Built by `bot/__main__.py`.
"""

import structlog

from bot.cards import Cards
from bot.drafts import Drafts
from bot.house import House
from bot.staff_commands import Commands
from bot.staff_intake import StaffIntake, StaffMessage
from bot.voice import Say
from handlers.telegram_media import Files
from handlers.telegram_parents import TelegramParents
from handlers.telegram_staff_translate import Gone, Moved
from handlers.telegram_topics import Casebook, TopicCarrier

log = structlog.get_logger(__name__)


class TelegramStaff:
    """`TelegramStaff(…).join(door)` opens it."""

    def __init__(self, intake: StaffIntake, cards: Cards, casebook: Casebook, say: Say) -> None:
        self._intake = intake
        self._cards = cards
        self._casebook = casebook
        self._say = say

    @classmethod
    def of(cls, house: House) -> "TelegramStaff":
        """The door of a house."""
        cards = Cards(house.writer, house.office, house.say, outbox=house.outbox)
        commands = Commands(house.office, cards, Drafts(lambda: house.shelf.library), house.say)
        intake = StaffIntake(house.writer, house.casework, commands, house.say, outbox=house.outbox)
        intake.albums.register(house.clockwork)
        return cls(intake, cards, house.casebook, house.say)

    def join(self, door: TelegramParents, files: Files | None = None) -> None:
        """Take from now on what the parents' door is not for. `files` opens what came through the web page."""
        door.staff = self
        door.carrier.reference = self._cards.reference
        door.carrier.files = files
        door.carrier.staff = TopicCarrier(door.bot, self._say, self._casebook, self._cards, files=files)

    async def take(self, said: StaffMessage | Moved | Gone) -> str:
        """Commit what a group's update says; a word for whoever tapped. Raises what the database raised."""
        match said:
            case Moved(old, new):
                await self._cards.moved(old, new)
            case Gone(chat, reason):
                log.warning("telegram group lost", chat=chat.id, reason=reason)
                await self._cards.gone(chat, reason)
            case StaffMessage():
                return (await self._intake.receive(said)).toast
        return ""
