"""Groups of staff, with forum topics, and what is sent as files. Part of the fake Bot API server."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

from tests.fakes.bot_api_people import BOT, Person, Seen
from tests.fakes.bot_api_rules import Refused, bad, check_caption, check_length

MIGRATED: Final = "Bad Request: group chat was upgraded to a supergroup chat"
KINDS: Final = ("photo", "voice", "audio", "video", "video_note", "animation", "document", "sticker")
_albums = count(1)


@dataclass
class Topic:
    """A forum topic; its messages are those of the group with this thread."""

    name: str
    closed: bool = False


@dataclass
class Member:
    """Somebody in a group. `topic` is a thread, `to` the message replied to."""

    group: "Group"
    id: int
    name: str = "Staff"

    @property
    def user(self) -> dict[str, Any]:
        """The member as Telegram's User."""
        return {"id": self.id, "is_bot": False, "first_name": self.name}

    def say(self, text: str, topic: int | None = None, to: Seen | None = None) -> Seen:
        """Write."""
        return self.send(topic, to, text=text)

    def send(self, topic: int | None = None, to: Seen | None = None, **content: Any) -> Seen:
        """Send a message of any content."""
        seen = self.group.show(self.user, **content, **self.group.inside(topic, to))
        self.group._push(message=seen.message)
        return seen

    def photo(self, caption: str = "", topic: int | None = None, album: str | None = None) -> Seen:
        """Send a photo."""
        sizes = [{"file_id": f"photo-{n}", "file_unique_id": f"u{n}", "width": n, "height": n} for n in (90, 800)]
        extra: dict[str, Any] = {"caption": caption} if caption else {}
        if album:
            extra["media_group_id"] = album
        return self.send(topic, photo=sizes, **extra)

    def album(self, size: int, caption: str = "", topic: int | None = None) -> list[Seen]:
        """Send several photos together: each comes as a message of its own."""
        name = f"album{next(_albums)}"
        return [self.photo(caption if n == 0 else "", topic, name) for n in range(size)]

    def voice(self, topic: int | None = None) -> Seen:
        """Send a voice note."""
        return self.send(topic, voice={"file_id": "voice-1", "file_unique_id": "u", "duration": 3})

    def document(self, name: str, topic: int | None = None) -> Seen:
        """Send a file."""
        return self.send(topic, document={"file_id": "document-1", "file_unique_id": "u", "file_name": name})

    def edit(self, seen: Seen, text: str) -> None:
        """Change a message sent before."""
        self.group.edit(seen, text=text)

    def tap(self, button: str, seen: Seen | None = None) -> str:
        """Press the newest button of this label or data."""
        for candidate in [seen] if seen else reversed(self.group.heard):
            for label, data in candidate.buttons:
                if button in (label, data):
                    return self.forge(data, candidate)
        raise AssertionError(f"no button {button!r} in group {self.group.id}")

    def forge(self, data: str, seen: Seen | None = None) -> str:
        """Send any callback data, as a changed client can."""
        shown = seen or self.group.heard[-1]
        query = f"{self.id}{next(_albums):06d}"
        self.group.ask(query)
        self.group._push(f"tap{self.id}", callback_query={
            "id": query, "from": self.user, "chat_instance": "1", "data": data, "message": shown.message,
        })  # fmt: skip
        return query


@dataclass
class Group(Person):
    """A group. `may_manage`: the bot has the right to manage topics; `gone_words`: how a missing topic is refused."""

    forum: bool = False
    may_manage: bool = True
    moved_to: int = 0
    gone_words: str = "message thread not found"
    topics: dict[int, Topic] = field(default_factory=dict)

    @property
    def chat(self) -> dict[str, Any]:
        """The chat as Telegram's Chat."""
        return {"id": self.id, "type": self.kind, "title": "Group", **({"is_forum": True} if self.forum else {})}

    @property
    def said(self) -> list[Seen]:
        """What the bot said, without Telegram's own remarks."""
        return [seen for seen in self.heard if "forum_topic_created" not in seen.message]

    def member(self, number: int, name: str = "Staff") -> Member:
        """Somebody in this group."""
        return Member(self, number, name)

    def in_topic(self, thread: int) -> list[Seen]:
        """What the bot said in a topic."""
        return [seen for seen in self.said if seen.message.get("message_thread_id") == thread]

    def inside(self, thread: int | None, to: Seen | None) -> dict[str, Any]:
        """What a member's message has for being in a topic or a reply."""
        place: dict[str, Any] = {}
        if thread is not None:
            first = self.find(thread)
            place = {"message_thread_id": thread, "is_topic_message": True}
            to = to or first
        if to is not None:
            place["reply_to_message"] = {k: v for k, v in to.message.items() if k != "reply_to_message"}
        return place

    def placed(self, thread: int | None) -> dict[str, Any]:
        """What the bot's message has for being in that topic, or the refusal."""
        if thread is None:
            return {}
        if thread not in self.topics:
            raise bad(self.gone_words)
        if self.topics[thread].closed:
            raise bad("TOPIC_CLOSED")
        return {"message_thread_id": thread, "is_topic_message": True}

    def ask(self, query: str) -> None:
        """A tap that waits for its answer."""
        from time import monotonic

        self.queries[query] = monotonic()

    def migrate(self, to: "Group") -> None:
        """Become another group, as when topics are turned on in a basic group."""
        self.moved_to = to.id
        seen = self.show({"id": 1, "is_bot": False, "first_name": "Admin"}, migrate_to_chat_id=to.id)
        self._push(message=seen.message)

    def forget_topic(self, thread: int) -> None:
        """Somebody deletes a topic with everything in it; the bot is not told."""
        del self.topics[thread]
        self.screen = [seen for seen in self.screen if seen.message.get("message_thread_id") != thread]


class GroupMethods:
    """The methods for topics and files."""

    def _chat(self, p: dict[str, Any]) -> Person:
        raise NotImplementedError

    def _show(self, p: dict[str, Any], **content: Any) -> Any:
        raise NotImplementedError

    def _createForumTopic(self, p: dict[str, Any]) -> Any:
        group = self._forum(p, "create a topic")
        check_length("topic name", p["name"], 128)
        thread = len(group.screen) + 1_000
        group._next = max(group._next, thread)
        made = {"name": p["name"], "icon_color": 7322096}
        seen = group.show(BOT, forum_topic_created=made, is_topic_message=True)
        seen.message["message_thread_id"] = seen.id
        group.topics[seen.id] = Topic(p["name"])
        return {"message_thread_id": seen.id, **made}

    def _editForumTopic(self, p: dict[str, Any]) -> bool:
        self._topic(p).name = p.get("name", "")
        return True

    def _closeForumTopic(self, p: dict[str, Any]) -> bool:
        return self._switched(p, closed=True)

    def _reopenForumTopic(self, p: dict[str, Any]) -> bool:
        return self._switched(p, closed=False)

    def _deleteForumTopic(self, p: dict[str, Any]) -> bool:
        self._topic(p)
        self._forum(p, "delete messages").forget_topic(p["message_thread_id"])
        return True

    def _switched(self, p: dict[str, Any], *, closed: bool) -> bool:
        topic = self._topic(p)
        if topic.closed is closed:
            raise bad("TOPIC_NOT_MODIFIED")
        topic.closed = closed
        return True

    def _topic(self, p: dict[str, Any]) -> Topic:
        group = self._forum(p, "manage topics")
        if p["message_thread_id"] not in group.topics:
            raise bad("TOPIC_ID_INVALID")
        return group.topics[p["message_thread_id"]]

    def _forum(self, p: dict[str, Any], right: str) -> Group:
        group = self._chat(p)
        if not isinstance(group, Group) or not group.forum:
            raise bad("the chat is not a forum")
        if not group.may_manage:
            raise bad(f"not enough rights to {right}")
        return group

    def _sendPhoto(self, p: dict[str, Any]) -> Any:
        return self._file(p, "photo")

    def _sendDocument(self, p: dict[str, Any]) -> Any:
        return self._file(p, "document")

    def _sendVoice(self, p: dict[str, Any]) -> Any:
        return self._file(p, "voice")

    def _sendAudio(self, p: dict[str, Any]) -> Any:
        return self._file(p, "audio")

    def _sendVideo(self, p: dict[str, Any]) -> Any:
        return self._file(p, "video")

    def _sendAnimation(self, p: dict[str, Any]) -> Any:
        return self._file(p, "animation")

    def _sendVideoNote(self, p: dict[str, Any]) -> Any:
        return self._file(p, "video_note")

    def _sendSticker(self, p: dict[str, Any]) -> Any:
        return self._file(p, "sticker")

    def _sendMediaGroup(self, p: dict[str, Any]) -> Any:
        media = p["media"]
        if not 2 <= len(media) <= 10:
            raise bad("there must be between 2 and 10 media in an album")
        name = f"sent{next(_albums)}"
        place: dict[str, Any] = {
            key: p[key] for key in ("chat_id", "message_thread_id", "reply_parameters") if key in p
        }
        return [
            self._file({**place, each["type"]: each["media"], "caption": each.get("caption")}, each["type"], name)
            for each in media
        ]

    def _copyMessage(self, p: dict[str, Any]) -> Any:
        source = self._chat({"chat_id": p["from_chat_id"]}).find(p["message_id"])
        if source is None:
            raise bad("message to copy not found")
        content = {key: value for key, value in source.message.items() if key in (*KINDS, "text", "caption")}
        return {"message_id": self._show(p, **content)["message_id"]}

    def _file(self, p: dict[str, Any], kind: str, album: str | None = None) -> Any:
        given = p[kind]
        was = given.partition("-")[0]
        if was in KINDS and was != kind:
            raise bad(f"can't use file of type {was.title()} as {kind.title()}")
        file = {"file_id": given, "file_unique_id": "u", "width": 1, "height": 1, "duration": 1, "length": 1}
        together = {"media_group_id": album} if album else {}
        content: Any = [file] if kind == "photo" else file
        return self._show(p, **{kind: content}, caption=check_caption(p.get("caption")), **together)


__all__ = ["MIGRATED", "Group", "GroupMethods", "Member", "Refused", "Topic"]
