"""People who talk to the bot: what each sees on the screen, and what each can do. Part of the fake Bot API server."""

import asyncio
import time
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from tests.fakes.bot_api_rules import bad
from tests.fakes.bot_api_updates import Updates

BOT = {"id": 42, "is_bot": True, "first_name": "Fake", "username": "fake_bot"}
STARTED = 1_767_225_600


class State(Enum):
    """Whether the bot can reach this person; the value is Telegram's refusal."""

    OPEN = ""
    BLOCKED = "Forbidden: bot was blocked by the user"
    DEACTIVATED = "Forbidden: user is deactivated"
    NOT_STARTED = "Forbidden: bot can't initiate conversation with a user"
    KICKED = "Forbidden: bot was kicked from the supergroup chat"
    NOT_A_MEMBER = "Forbidden: bot is not a member of the supergroup chat"
    NO_RIGHTS = "Bad Request: not enough rights to send text messages to the chat"
    GONE = "Bad Request: chat not found"


@dataclass
class Seen:
    """One message on the screen."""

    id: int
    mine: bool
    text: str
    message: dict[str, Any]
    at: float = field(default_factory=time.monotonic)

    @property
    def buttons(self) -> list[tuple[str, str]]:
        """Label and callback data of each inline button, in reading order."""
        rows = self.message.get("reply_markup", {}).get("inline_keyboard", [])
        return [(b["text"], b.get("callback_data", "")) for row in rows for b in row]

    @property
    def rows(self) -> list[int]:
        """How many inline buttons each row has."""
        return [len(row) for row in self.message.get("reply_markup", {}).get("inline_keyboard", [])]


@dataclass
class Person:
    """A chat as its person sees it. Group chats are chats of another `kind`."""

    id: int
    updates: Updates
    kind: str = "private"
    state: State = State.OPEN
    screen: list[Seen] = field(default_factory=list)
    keyboard: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        self._next = 1
        self._heard = 0
        self._news = asyncio.Event()
        self.queries: dict[str, float] = {}
        self.answered: list[str] = []

    @property
    def user(self) -> dict[str, Any]:
        """The person as Telegram's User."""
        return {"id": abs(self.id), "is_bot": False, "first_name": "Parent", "language_code": "zh-hans"}

    @property
    def chat(self) -> dict[str, Any]:
        """The chat as Telegram's Chat."""
        named = {"first_name": "Parent"} if self.kind == "private" else {"title": "Group"}
        return {"id": self.id, "type": self.kind, **named}

    @property
    def heard(self) -> list[Seen]:
        """Everything the bot said."""
        return [seen for seen in self.screen if not seen.mine]

    async def hear(self, count: int = 1, timeout: float = 5) -> list[Seen]:
        """The next `count` messages of the bot not yet returned by this method; waits for them."""
        async with asyncio.timeout(timeout):
            while len(self.heard) < self._heard + count:
                self._news.clear()
                await self._news.wait()
        new = self.heard[self._heard : self._heard + count]
        self._heard += count
        return new

    def hear_all(self) -> list[Seen]:
        """The messages of the bot not yet returned, without waiting."""
        new = self.heard[self._heard :]
        self._heard += len(new)
        return new

    def show(self, sender: dict[str, Any], **content: Any) -> Seen:
        """Put a message on the screen."""
        date = STARTED + self._next
        message = {"message_id": self._next, "date": date, "chat": self.chat, "from": sender, **content}
        seen = Seen(self._next, sender is not BOT, content.get("text", content.get("caption", "")), message)
        self._next += 1
        self.screen.append(seen)
        self._news.set()
        return seen

    def placed(self, thread: int | None) -> dict[str, Any]:
        """What a message has for being in that topic, or the refusal; private chats have none."""
        if thread is not None:
            raise bad("message thread not found")
        return {}

    def find(self, message: int) -> Seen | None:
        """The message of this id."""
        return next((seen for seen in self.screen if seen.id == message), None)

    def say(self, text: str) -> Seen:
        """Write."""
        start = text.startswith("/")
        length = len(text.split()[0]) if start else 0
        extra = {"entities": [{"type": "bot_command", "offset": 0, "length": length}]} if start else {}
        return self.send(text=text, **extra)

    def send(self, **content: Any) -> Seen:
        """Send a message of any content."""
        seen = self.show(self.user, **content)
        self._push(message=seen.message)
        return seen

    def edit(self, seen: Seen, **content: Any) -> None:
        """Change a message sent before."""
        seen.message.update(content, edit_date=STARTED + self._next)
        seen.text = content.get("text", seen.text)
        self._push(edited_message=seen.message)

    def tap(self, button: str, seen: Seen | None = None) -> str:
        """Press the button of this callback data or label, on the newest message that has it; returns the query id."""
        for candidate in [seen] if seen else reversed(self.heard):
            for label, data in candidate.buttons:
                if button in (label, data):
                    return self.tap_data(data, candidate.message)
        raise AssertionError(f"no button {button!r} on the screen of {self.id}")

    def tap_data(self, data: str, message: dict[str, Any] | None) -> str:
        """Press a button that need not exist any more."""
        query = f"{abs(self.id)}{len(self.queries):04d}"
        self.queries[query] = time.monotonic()
        about = {"message": message} if message else {}
        self._push("tap", callback_query={
            "id": query, "from": self.user, "chat_instance": "1", "data": data, **about,
        })  # fmt: skip
        return query

    def location(self, latitude: float, longitude: float) -> Seen:
        """Share a position, which puts a one-time keyboard away."""
        self.keyboard = None
        return self.send(location={"latitude": latitude, "longitude": longitude})

    def photo(self, caption: str = "") -> Seen:
        """Send a photo, which comes in two sizes."""
        sizes = [_file(f"photo-{width}", width=width, height=width, file_size=width * 100) for width in (90, 800)]
        return self.send(photo=sizes, **({"caption": caption} if caption else {}))

    def document(self, name: str, caption: str = "") -> Seen:
        """Send a file."""
        extra = {"caption": caption} if caption else {}
        return self.send(
            document=_file("document-1", file_name=name, mime_type="application/pdf", file_size=9), **extra
        )

    def voice(self) -> Seen:
        """Send a voice note."""
        return self.send(voice=_file("voice-1", duration=3, mime_type="audio/ogg", file_size=5000))

    def video(self) -> Seen:
        """Send a video."""
        return self.send(video=_file("video-1", duration=3, width=10, height=10, file_size=70000))

    def sticker(self) -> Seen:
        """Send a sticker."""
        shape = {"width": 512, "height": 512, "is_animated": False, "is_video": False, "type": "regular"}
        return self.send(sticker=_file("sticker-1", emoji="👍", file_size=300, **shape))

    def block(self, *, blocked: bool = True) -> None:
        """Block the bot, or let it in again."""
        self.state = State.BLOCKED if blocked else State.OPEN
        old, new = ("member", "kicked") if blocked else ("kicked", "member")
        self._push(my_chat_member={
            "chat": self.chat, "from": self.user, "date": STARTED,
            "old_chat_member": _member(old), "new_chat_member": _member(new),
        })  # fmt: skip

    def push(self, **update: Any) -> int:
        """Send any update under the next id, even one that nobody can read."""
        return self._push(**update)

    def _push(self, lane: str = "", /, **update: Any) -> int:
        number = self.updates.next_id()
        self.updates.push({"update_id": number, **update}, f"{lane}{self.id}")
        return number


def _member(status: str) -> dict[str, Any]:
    until = {"until_date": 0} if status == "kicked" else {}
    return {"user": BOT, "status": status, **until}


def _file(name: str, **more: Any) -> dict[str, Any]:
    return {"file_id": name, "file_unique_id": f"u-{name}", **more}
