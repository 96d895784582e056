"""What each Bot API method does to the people and the updates. Part of the fake Bot API server."""

import inspect
import re
import time
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.bot_api_groups import MIGRATED, Group, GroupMethods
from tests.fakes.bot_api_people import BOT, Person, Seen, State
from tests.fakes.bot_api_rules import (
    Refused,
    bad,
    check_commands,
    check_length,
    check_markup,
    check_text,
    method_named,
    read_parameters,
)
from tests.fakes.bot_api_updates import Hook, Updates

QUERY_LIVES = 150.0
UNCHANGED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


@dataclass
class Methods(GroupMethods):
    """The Bot API without HTTP. `call` gives a method's result or raises `Refused`."""

    updates: Updates = field(default_factory=Updates)
    people: dict[int, Person] = field(default_factory=dict)
    commands: list[dict[str, str]] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)

    def person(self, number: int = 1001, kind: str = "private") -> Person:
        """The person (or group) of this id, made on first use."""
        if number not in self.people:
            self.people[number] = Person(number, self.updates, kind)
        return self.people[number]

    def group(self, number: int = -1001, *, forum: bool = True) -> Group:
        """The group of this id, made on first use."""
        if number not in self.people:
            self.people[number] = Group(number, self.updates, "supergroup" if forum else "group", forum=forum)
        group = self.people[number]
        assert isinstance(group, Group)
        return group

    async def call(self, name: str, given: dict[str, Any]) -> Any:
        """Run a method after checking its parameters."""
        method = method_named(name)
        parameters = read_parameters(method, given)
        result = getattr(self, f"_{method}")(parameters)
        return await result if inspect.isawaitable(result) else result

    def _getMe(self, _: dict[str, Any]) -> Any:
        return {**BOT, "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}

    def _getUpdates(self, p: dict[str, Any]) -> Any:
        if not 1 <= p.get("limit", 100) <= 100:
            raise bad("limit must be between 1 and 100")
        return self.updates.get(p)

    def _setWebhook(self, p: dict[str, Any]) -> bool:
        secret = p.get("secret_token", "")
        if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise bad("secret token contains unallowed characters")
        if p.get("drop_pending_updates"):
            self.updates.waiting.clear()
        self.updates.set_hook(Hook(p["url"], secret, p.get("max_connections", 40), p.get("allowed_updates") or None))
        return True

    def _deleteWebhook(self, p: dict[str, Any]) -> bool:
        if p.get("drop_pending_updates"):
            self.updates.waiting.clear()
        if self.updates.hook.url:
            self.updates.set_hook(Hook(allowed=self.updates.hook.allowed))
        return True

    def _getWebhookInfo(self, _: dict[str, Any]) -> Any:
        hook = self.updates.hook
        return {
            "url": hook.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.updates.waiting),
            "max_connections": hook.connections,
            **({"allowed_updates": hook.allowed} if hook.allowed else {}),
        }

    def _sendMessage(self, p: dict[str, Any]) -> Any:
        return self._show(p, text=check_text(p.get("text")))

    def _sendLocation(self, p: dict[str, Any]) -> Any:
        return self._show(p, location={"latitude": p["latitude"], "longitude": p["longitude"]})

    def _sendVenue(self, p: dict[str, Any]) -> Any:
        place = {"latitude": p["latitude"], "longitude": p["longitude"]}
        venue = {"location": place, "title": p["title"], "address": p["address"]}
        return self._show(p, venue=venue, location=place)

    def _sendChatAction(self, p: dict[str, Any]) -> bool:
        self._chat(p)
        return True

    def _editMessageText(self, p: dict[str, Any]) -> Any:
        return self._edit(p, text=check_text(p.get("text")), reply_markup=p.get("reply_markup"))

    def _editMessageReplyMarkup(self, p: dict[str, Any]) -> Any:
        return self._edit(p, reply_markup=p.get("reply_markup"))

    def _answerCallbackQuery(self, p: dict[str, Any]) -> bool:
        check_length("text", p.get("text", ""), 200)
        query = p["callback_query_id"]
        for person in self.people.values():
            asked = person.queries.get(query)
            if asked is not None and time.monotonic() - asked <= QUERY_LIVES and query not in person.answered:
                person.answered.append(query)
                return True
        raise bad(TOO_OLD)

    def _setMyCommands(self, p: dict[str, Any]) -> bool:
        check_commands(p["commands"])
        self.commands = p["commands"]
        return True

    def _getMyCommands(self, _: dict[str, Any]) -> Any:
        return self.commands

    def _setMyName(self, p: dict[str, Any]) -> bool:
        return self._describe("name", p, 64)

    def _setMyDescription(self, p: dict[str, Any]) -> bool:
        return self._describe("description", p, 512)

    def _setMyShortDescription(self, p: dict[str, Any]) -> bool:
        return self._describe("short_description", p, 120)

    def _setChatMenuButton(self, p: dict[str, Any]) -> bool:
        if p.get("menu_button", {}).get("type", "default") not in ("default", "commands", "web_app"):
            raise bad("MenuButton has unsupported type")
        return True

    def _getFile(self, p: dict[str, Any]) -> Any:
        return {"file_id": p["file_id"], "file_unique_id": "u", "file_size": 4, "file_path": f"files/{p['file_id']}"}

    def _describe(self, name: str, p: dict[str, Any], most: int) -> bool:
        self.texts[name] = check_length(name, p.get(name, ""), most)
        return True

    def _chat(self, p: dict[str, Any]) -> Person:
        number = p["chat_id"]
        person = self.people.get(int(number)) if number.lstrip("-").isdigit() else None
        if person is None:
            raise bad("chat not found")
        if isinstance(person, Group) and person.moved_to:
            raise Refused(400, MIGRATED, {"migrate_to_chat_id": person.moved_to})
        if person.state is not State.OPEN:
            raise Refused(403 if person.state.value.startswith("Forbidden") else 400, person.state.value)
        return person

    def _show(self, p: dict[str, Any], **content: Any) -> Any:
        person, markup = self._chat(p), p.get("reply_markup")
        check_markup(markup)
        content |= person.placed(p.get("message_thread_id"))
        reply = p.get("reply_parameters")
        if reply and not reply.get("allow_sending_without_reply") and not person.find(reply.get("message_id", 0)):
            raise bad("message to be replied not found")
        if reply and (quoted := person.find(reply["message_id"])):
            content["reply_to_message"] = {k: v for k, v in quoted.message.items() if k != "reply_to_message"}
        if markup and "inline_keyboard" in markup:
            content["reply_markup"] = markup
        elif markup:
            person.keyboard = markup if "keyboard" in markup else None
        return person.show(BOT, **content).message

    def _edit(self, p: dict[str, Any], **content: Any) -> Any:
        person = self._chat(p)
        seen = person.find(p["message_id"])
        if seen is None:
            raise bad("message to edit not found")
        if seen.mine:
            raise bad("message can't be edited")
        check_markup(content["reply_markup"])
        if all(seen.message.get(name) == value for name, value in content.items()):
            raise bad(UNCHANGED)
        return self._changed(seen, content)

    def _changed(self, seen: Seen, content: dict[str, Any]) -> Any:
        seen.message = {k: v for k, v in {**seen.message, **content}.items() if v is not None}
        seen.text = seen.message.get("text", "")
        return seen.message
