"""What Telegram refuses, in Telegram's own words. Used by the fake Bot API server."""

import json
from dataclasses import dataclass, field
from typing import Any, Final

LONGEST_TEXT: Final = 4096
LONGEST_CAPTION: Final = 1024
LONGEST_DATA: Final = 64
MOST_BUTTONS: Final = 100


@dataclass
class Refused(Exception):
    """An answer with `ok: false`."""

    code: int
    description: str
    parameters: dict[str, int] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """The JSON Telegram sends."""
        extra = {"parameters": self.parameters} if self.parameters else {}
        return {"ok": False, "error_code": self.code, "description": self.description, **extra}


def bad(description: str) -> Refused:
    """A 400."""
    return Refused(400, f"Bad Request: {description}")


SENDING: Final = (
    "business_connection_id:s message_thread_id:i direct_messages_topic_id:i disable_notification:b protect_content:b "
    "allow_paid_broadcast:b message_effect_id:s suggested_post_parameters:o reply_parameters:o reply_markup:o"
)
CAPTIONED: Final = f"{SENDING} caption:s parse_mode:s caption_entities:a"

# One word per parameter: name, `!` where it is required, and its kind: string, integer, float, boolean, object, array.
PARAMETERS: Final[dict[str, str]] = {
    "getMe": "",
    "getUpdates": "offset:i limit:i timeout:i allowed_updates:a",
    "setWebhook": "url!:s ip_address:s max_connections:i allowed_updates:a drop_pending_updates:b secret_token:s",
    "deleteWebhook": "drop_pending_updates:b",
    "getWebhookInfo": "",
    "sendMessage": f"chat_id!:s text:s parse_mode:s entities:a link_preview_options:o {SENDING}",
    "sendLocation": f"chat_id!:s latitude!:f longitude!:f horizontal_accuracy:f live_period:i heading:i {SENDING}",
    "sendVenue": f"chat_id!:s latitude!:f longitude!:f title!:s address!:s foursquare_id:s foursquare_type:s {SENDING}",
    "sendPhoto": f"chat_id!:s photo!:s has_spoiler:b show_caption_above_media:b {CAPTIONED}",
    "sendDocument": f"chat_id!:s document!:s disable_content_type_detection:b {CAPTIONED}",
    "sendVoice": f"chat_id!:s voice!:s duration:i {CAPTIONED}",
    "sendAudio": f"chat_id!:s audio!:s duration:i performer:s title:s thumbnail:s {CAPTIONED}",
    "sendVideo": f"chat_id!:s video!:s duration:i width:i height:i has_spoiler:b supports_streaming:b {CAPTIONED}",
    "sendAnimation": f"chat_id!:s animation!:s duration:i width:i height:i has_spoiler:b {CAPTIONED}",
    "sendVideoNote": f"chat_id!:s video_note!:s duration:i length:i {SENDING}",
    "sendSticker": f"chat_id!:s sticker!:s emoji:s {SENDING}",
    "sendMediaGroup": f"chat_id!:s media!:a {SENDING.replace(' reply_markup:o', '')}",
    "copyMessage": f"chat_id!:s from_chat_id!:s message_id!:i {CAPTIONED}",
    "createForumTopic": "chat_id!:s name!:s icon_color:i icon_custom_emoji_id:s",
    "editForumTopic": "chat_id!:s message_thread_id!:i name:s icon_custom_emoji_id:s",
    "closeForumTopic": "chat_id!:s message_thread_id!:i",
    "reopenForumTopic": "chat_id!:s message_thread_id!:i",
    "deleteForumTopic": "chat_id!:s message_thread_id!:i",
    "sendChatAction": "chat_id!:s action!:s message_thread_id:i business_connection_id:s",
    "editMessageText": "chat_id!:s message_id!:i text:s parse_mode:s entities:a link_preview_options:o reply_markup:o",
    "editMessageReplyMarkup": "chat_id!:s message_id!:i reply_markup:o",
    "answerCallbackQuery": "callback_query_id!:s text:s show_alert:b url:s cache_time:i",
    "setMyCommands": "commands!:a scope:o language_code:s",
    "getMyCommands": "scope:o language_code:s",
    "setMyName": "name:s language_code:s",
    "setMyDescription": "description:s language_code:s",
    "setMyShortDescription": "short_description:s language_code:s",
    "setChatMenuButton": "chat_id:i menu_button:o",
    "getFile": "file_id!:s",
}
METHODS: Final = {name.lower(): name for name in PARAMETERS}


def method_named(name: str) -> str:
    """The method's proper spelling; Telegram ignores case."""
    if name.lower() not in METHODS:
        raise Refused(404, "Not Found: method not found")
    return METHODS[name.lower()]


def read_parameters(method: str, given: dict[str, Any]) -> dict[str, Any]:
    """The parameters as values of their kinds. Refuses unknown and missing ones and wrong kinds."""
    known: dict[str, tuple[str, bool]] = {}
    for word in PARAMETERS[method].split():
        name, kind = word.split(":")
        known[name.rstrip("!")] = (kind, name.endswith("!"))
    for name in given:
        if name not in known:
            raise bad(f"unknown parameter {name}")
    for name, (_, required) in known.items():
        if required and given.get(name) in (None, ""):
            raise bad(f'parameter "{name}" is required' if name != "chat_id" else "chat_id is empty")
    return {name: _read(name, known[name][0], value) for name, value in given.items()}


def _read(name: str, kind: str, value: Any) -> Any:
    if kind == "s":
        return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else _wrong(name)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            _wrong(name)
    wanted = {"i": int, "f": (int, float), "b": bool, "o": dict, "a": list}[kind]
    if not isinstance(value, wanted) or (isinstance(value, bool) and kind != "b"):  # type: ignore[arg-type]
        _wrong(name)
    return value


def _wrong(name: str) -> Any:
    raise bad("object expected as reply markup" if name == "reply_markup" else f"can't parse {name}")


def units(text: str) -> int:
    """UTF-16 code units, as Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def check_text(text: str | None) -> str:
    """A message's text without the white space around it, as Telegram stores it."""
    stripped = (text or "").strip()
    if not stripped:
        raise bad("message text is empty")
    if units(stripped) > LONGEST_TEXT:
        raise bad("message is too long")
    return stripped


def check_caption(caption: str | None) -> str:
    """A caption, which may be empty."""
    if units(caption or "") > LONGEST_CAPTION:
        raise bad("message caption is too long")
    return (caption or "").strip()


def check_length(name: str, text: str, most: int) -> str:
    """A text of at most `most` units."""
    if units(text) > most:
        raise bad(f"{name} is too long")
    return text


def check_markup(markup: dict[str, Any] | None) -> None:
    """Refuse what Telegram refuses of keyboards."""
    if markup is None:
        return
    kinds = {"inline_keyboard", "keyboard", "remove_keyboard", "force_reply"} & set(markup)
    if len(kinds) != 1:
        raise bad("object expected as reply markup")
    rows = markup.get("inline_keyboard", markup.get("keyboard", []))
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad("can't parse keyboard: Array expected")
    buttons = [button for row in rows for button in row]
    if len(buttons) > MOST_BUTTONS:
        raise bad("reply markup is too long")
    for button in buttons:
        _check_button(button, inline="inline_keyboard" in markup)


def _check_button(button: Any, *, inline: bool) -> None:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad('can\'t parse keyboard button: Field "text" must be of type String')
    if not button["text"].strip():
        raise bad("BUTTON_TEXT_INVALID")
    actions = set(button) - {"text", "style", "icon_custom_emoji_id"}
    if inline and len(actions) != 1:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    data = button.get("callback_data")
    if inline and data is not None and not 1 <= len(str(data).encode()) <= LONGEST_DATA:
        raise bad("BUTTON_DATA_INVALID")


def check_commands(commands: list[Any]) -> None:
    """Refuse a bad command menu."""
    if len(commands) > 100:
        raise bad("too many commands specified")
    for entry in commands:
        name, description = str(entry.get("command", "")), str(entry.get("description", ""))
        if not (1 <= len(name) <= 32 and name == name.lower() and name.replace("_", "a").isalnum() and name.isascii()):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= units(description) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
