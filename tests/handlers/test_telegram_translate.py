"""Updates in our words, from payloads as Telegram sends them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import Update

from bot.messages import Address, Attachment, Incoming, Medium, Point
from handlers.telegram_translate import CHANNEL, Skip, deep_link, translate

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
SENT = datetime(2026, 1, 1, tzinfo=UTC)
EDITED = datetime(2026, 1, 1, 0, 1, tzinfo=UTC)
CHAT = {"id": 1001, "type": "private", "first_name": "Parent"}
USER = {"id": 1001, "is_bot": False, "first_name": "Parent"}
FILE = {"file_id": "f1", "file_unique_id": "u1"}
MEMBER = {"user": {"id": 42, "is_bot": True, "first_name": "Fake"}, "status": "member"}
LEFT = {**MEMBER, "status": "kicked", "until_date": 0}


def message(**content: Any) -> dict[str, Any]:
    return {"message_id": 7, "date": int(SENT.timestamp()), "chat": CHAT, "from": USER, **content}


def read(**update: Any) -> Incoming | Skip:
    parsed = Update.de_json({"update_id": 500, **update}, None)
    return translate(parsed, NOW, lambda topic: topic in ("modes.half_day", "fees.price"))


def said(**content: Any) -> Incoming:
    result = read(message=message(**content))
    assert isinstance(result, Incoming)
    return result


def test_text() -> None:
    assert said(text="几个月能送") == Incoming(
        sender=Address("telegram", "1001"),
        message_id="500",
        sent_at=SENT,
        text="几个月能送",
        reference="7",
    )


@pytest.mark.parametrize(
    ("text", "pick"),
    [
        ("/start", "start"),
        ("/help", "service.about"),
        ("/HELP@fake_bot", "service.about"),
        ("/human 想找人", "service.human"),
        ("/privacy", "service.privacy"),
        ("/mine", "service.status"),
        ("/start modes-half_day", "modes.half_day"),
        ("/start fees-price", "fees.price"),
        ("/start nothing-known", "start"),
        ("/start fees", "start"),
        ("/start fees.price", "start"),
        ("/start 想问价格", "start"),
        ("/start -", "start"),
        ("/unknown", None),
        ("/", None),
        ("/ 5", None),
        ("1/2", None),
        ("请看 /help", None),
        ("/帮助", None),
    ],
)
def test_command(text: str, pick: str | None) -> None:
    incoming = said(text=text)
    assert incoming.pick == pick
    assert incoming.text == text


def test_deep_link_comes_back() -> None:
    assert said(text=f"/start {deep_link('modes.half_day')}").pick == "modes.half_day"


def test_location() -> None:
    incoming = said(location={"latitude": 35.4, "longitude": 116.6})
    assert incoming.location == Point(35.4, 116.6)
    assert incoming.attachments == ()


def test_venue_is_a_location() -> None:
    place = {"latitude": 35.4, "longitude": 116.6}
    incoming = said(location=place, venue={"location": place, "title": "x", "address": "y"})
    assert incoming.location == Point(35.4, 116.6)
    assert incoming.attachments == ()


PHOTO = [{**FILE, "width": 90, "height": 90}, {**FILE, "file_id": "f2", "width": 800, "height": 800, "file_size": 9}]
STICKER = {**FILE, "width": 5, "height": 5, "is_animated": False, "is_video": False, "type": "regular", "emoji": "👍"}
CLIP = {**FILE, "width": 5, "height": 5, "duration": 3, "file_size": 8}
PERSON = {"phone_number": "0", "first_name": "Parent"}


@pytest.mark.parametrize(
    ("content", "attachment"),
    [
        ({"photo": PHOTO}, Attachment(Medium.PHOTO, "f2", size=9)),
        ({"sticker": STICKER}, Attachment(Medium.STICKER, "f1", "👍")),
        ({"voice": {**FILE, "duration": 3, "file_size": 7}}, Attachment(Medium.VOICE, "f1", size=7)),
        ({"audio": {**FILE, "duration": 3, "file_name": "a.mp3"}}, Attachment(Medium.VOICE, "f1", "a.mp3")),
        ({"video": CLIP}, Attachment(Medium.VIDEO, "f1", size=8)),
        ({"video_note": {**FILE, "length": 5, "duration": 3}}, Attachment(Medium.VIDEO, "f1")),
        ({"animation": CLIP, "document": {**FILE, "file_name": "a.gif"}}, Attachment(Medium.VIDEO, "f1", size=8)),
        (
            {"document": {**FILE, "file_name": "证明.pdf", "file_size": 6}},
            Attachment(Medium.DOCUMENT, "f1", "证明.pdf", 6),
        ),
        ({"contact": PERSON}, Attachment(Medium.OTHER, "", "contact")),
        ({"dice": {"emoji": "🎲", "value": 3}}, Attachment(Medium.OTHER, "", "dice")),
    ],
)
def test_attachment(content: dict[str, Any], attachment: Attachment) -> None:
    incoming = said(**content, caption="看看这个")
    origin = CHANNEL if attachment.reference else ""
    assert incoming.attachments == (replace(attachment, origin=origin),)
    assert incoming.text == "看看这个"


def test_edit_names_the_message() -> None:
    result = read(edited_message=message(text="两岁", edit_date=int(EDITED.timestamp())))
    assert isinstance(result, Incoming)
    assert (result.edits, result.reference, result.text, result.sent_at) == ("7", "7", "两岁", EDITED)


def tap(**query: Any) -> dict[str, Any]:
    return {"id": "9", "from": USER, "chat_instance": "1", **query}


def test_tap_is_saying_the_label() -> None:
    keyboard = {"inline_keyboard": [[{"text": "半日托", "callback_data": "modes.half_day"}]]}
    result = read(callback_query=tap(data="modes.half_day", message=message(text="?", reply_markup=keyboard)))
    assert result == Incoming(
        sender=Address("telegram", "1001"), message_id="500", sent_at=NOW, text="半日托", pick="modes.half_day"
    )


@pytest.mark.parametrize("about", [None, {"message_id": 7, "date": 0, "chat": CHAT}, "gone"])
def test_stale_tap(about: Any) -> None:
    known = {} if about is None else {"message": message(text="?") if about == "gone" else about}
    result = read(callback_query=tap(data="old.topic", **known))
    assert isinstance(result, Incoming)
    assert (result.pick, result.text) == ("old.topic", "")


GROUP = {"id": -5, "type": "group", "title": "Group"}
CHANGE = {"chat": CHAT, "from": USER, "date": 0, "old_chat_member": MEMBER, "new_chat_member": LEFT}


@pytest.mark.parametrize(
    ("update", "reason"),
    [
        ({"message": {**message(text="x"), "chat": GROUP}}, "group"),
        ({"edited_message": {**message(text="x"), "chat": GROUP}}, "group"),
        ({"callback_query": tap(data="x", message={**message(text="x"), "chat": GROUP})}, "group"),
        ({"callback_query": tap(game_short_name="x")}, "empty_tap"),
        ({"message": message(pinned_message=message(text="x"))}, "service_message"),
        ({"edited_message": message(location={"latitude": 1, "longitude": 2})}, "live_location"),
        ({"my_chat_member": CHANGE}, "blocked"),
        ({"my_chat_member": {**CHANGE, "old_chat_member": LEFT, "new_chat_member": MEMBER}}, "unblocked"),
        ({"my_chat_member": {**CHANGE, "chat": GROUP}}, "group_membership"),
        ({"channel_post": message(text="x")}, "unknown_kind"),
        ({"not_yet_invented": {"x": 1}}, "unknown_kind"),
        ({}, "unknown_kind"),
    ],
)
def test_skipped(update: dict[str, Any], reason: str) -> None:
    assert read(**update) == Skip(reason)
