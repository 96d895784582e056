"""The fake Bot API refuses what Telegram refuses, and goes wrong when it is told to."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from tests.fakes.bot_api import BotApi, Kind
from tests.fakes.bot_api_people import State

Call = Callable[..., Awaitable[tuple[int, Any]]]
HELLO = {"chat_id": 1001, "text": "好"}


def keyboard(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"inline_keyboard": [[button] for button in buttons]}


def button(text: str = "好", data: str = "x") -> dict[str, Any]:
    return {"text": text, "callback_data": data}


GONE = {**HELLO, "reply_parameters": {"message_id": 9}}
PLACE = {"chat_id": 1001, "latitude": 1, "longitude": 2, "title": "x"}


def with_markup(markup: Any) -> dict[str, Any]:
    return {**HELLO, "reply_markup": markup}


def with_keyboard(*buttons: dict[str, Any]) -> dict[str, Any]:
    return with_markup(keyboard(*buttons))


def command(name: str, description: str) -> dict[str, Any]:
    return {"commands": [{"command": name, "description": description}]}


@pytest.mark.parametrize(
    ("method", "parameters", "description"),
    [
        ("sendMessage", {"chat_id": 1001}, "message text is empty"),
        ("sendMessage", {"chat_id": 1001, "text": ""}, "message text is empty"),
        ("sendMessage", {"chat_id": 1001, "text": " \n"}, "message text is empty"),
        ("sendMessage", {"chat_id": 1001, "text": "字" * 4097}, "message is too long"),
        ("sendMessage", {"chat_id": 1001, "text": "👶" * 2049}, "message is too long"),
        ("sendMessage", {"text": "好"}, "chat_id is empty"),
        ("sendMessage", {**HELLO, "chat_id": 5}, "chat not found"),
        ("sendMessage", {**HELLO, "chat_id": "@x"}, "chat not found"),
        ("sendMessage", {**HELLO, "colour": "red"}, "unknown parameter colour"),
        ("sendMessage", {**HELLO, "disable_notification": "maybe"}, "can't parse disable_notification"),
        ("sendMessage", {**HELLO, "message_thread_id": True}, "can't parse message_thread_id"),
        ("sendMessage", with_markup("{"), "object expected as reply markup"),
        ("sendMessage", with_markup({}), "object expected as reply markup"),
        ("sendMessage", with_keyboard(button(data="字" * 22)), "BUTTON_DATA_INVALID"),
        ("sendMessage", with_keyboard(button(data="")), "BUTTON_DATA_INVALID"),
        ("sendMessage", with_keyboard(button(text="")), "BUTTON_TEXT_INVALID"),
        ("sendMessage", with_keyboard(*[button()] * 101), "reply markup is too long"),
        ("sendMessage", GONE, "message to be replied not found"),
        ("editMessageText", {**HELLO, "message_id": 99}, "message to edit not found"),
        ("answerCallbackQuery", {}, 'parameter "callback_query_id" is required'),
        ("answerCallbackQuery", {"callback_query_id": "1", "text": "字" * 201}, "text is too long"),
        ("sendVenue", PLACE, 'parameter "address" is required'),
        ("setWebhook", {"url": "http://x.invalid"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ("setWebhook", {"url": "https://x", "secret_token": "秘"}, "secret token contains unallowed characters"),
        ("setMyCommands", command("Help", "x"), "BOT_COMMAND_INVALID"),
        ("setMyCommands", command("help", ""), "BOT_COMMAND_DESCRIPTION_INVALID"),
        ("setMyDescription", {"description": "字" * 513}, "description is too long"),
        ("setMyShortDescription", {"short_description": "字" * 121}, "short_description is too long"),
        ("setMyName", {"name": "字" * 65}, "name is too long"),
        ("setChatMenuButton", {"menu_button": {"type": "x"}}, "MenuButton has unsupported type"),
        ("sendPhoto", {"chat_id": 1001, "photo": "x", "caption": "字" * 1025}, "message caption is too long"),
        ("getUpdates", {"limit": 101}, "limit must be between 1 and 100"),
    ],
)
async def test_refused(call: Call, method: str, parameters: dict[str, Any], description: str) -> None:
    body = {"ok": False, "error_code": 400, "description": f"Bad Request: {description}"}
    assert await call(method, **parameters) == (400, body)


async def test_unknown_method(call: Call) -> None:
    body = {"ok": False, "error_code": 404, "description": "Not Found: method not found"}
    assert await call("sendNothing") == (404, body)


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("getMe", {}),
        ("GETME", {}),
        ("sendMessage", {"chat_id": "1001", "text": "字" * 4096}),
        ("sendMessage", {**HELLO, "reply_markup": json.dumps(keyboard(button()))}),
        ("sendVenue", {"chat_id": 1001, "latitude": 1, "longitude": "2.5", "title": "x", "address": "y"}),
        ("sendLocation", {"chat_id": 1001, "latitude": 1, "longitude": 2}),
        ("sendPhoto", {"chat_id": 1001, "photo": "x"}),
        ("sendDocument", {"chat_id": 1001, "document": "x"}),
        ("sendChatAction", {"chat_id": 1001, "action": "typing"}),
        ("setMyName", {"name": "x"}),
        ("getMyCommands", {}),
        ("setChatMenuButton", {"menu_button": {"type": "commands"}}),
        ("getFile", {"file_id": "x"}),
        ("getWebhookInfo", {}),
        ("deleteWebhook", {"drop_pending_updates": True}),
    ],
)
async def test_taken(call: Call, method: str, parameters: dict[str, Any]) -> None:
    assert (await call(method, **parameters))[0] == 200


async def test_wrong_token(call: Call) -> None:
    code, body = await call("getMe", token="1:x")
    assert (code, body["description"]) == (401, "Unauthorized")


@pytest.mark.parametrize("state", [State.BLOCKED, State.DEACTIVATED, State.NOT_STARTED])
async def test_out_of_reach(api: BotApi, call: Call, state: State) -> None:
    api.person().state = state
    code, body = await call("sendMessage", **HELLO)
    assert (code, body["description"]) == (403, state.value)


async def test_edit(api: BotApi, call: Call) -> None:
    _, message = await call("sendMessage", **HELLO)
    where = {"chat_id": 1001, "message_id": message["message_id"]}
    code, body = await call("editMessageText", **where, text="好")
    assert code == 400
    assert body["description"].startswith("Bad Request: message is not modified: specified new message content")
    assert (await call("editMessageText", **where, text="更好"))[0] == 200
    assert api.person().heard[0].text == "更好"
    assert (await call("editMessageReplyMarkup", **where, reply_markup=keyboard(button())))[0] == 200
    assert api.person().heard[0].buttons == [("好", "x")]
    mine = api.person().say("我的")
    assert (await call("editMessageText", chat_id=1001, message_id=mine.id, text="x"))[0] == 400


async def test_query_is_answered_once_and_in_time(api: BotApi, call: Call) -> None:
    old, new = api.person().tap_data("x", None), api.person().tap_data("y", None)
    api.person().queries[old] -= 151
    for query, expected in ((new, 200), (new, 400), (old, 400), ("9", 400)):
        code, body = await call("answerCallbackQuery", callback_query_id=query)
        assert code == expected
    assert "query is too old" in body["description"]


async def test_faults(api: BotApi, call: Call) -> None:
    api.fault(Kind.FLOOD, "sendMessage", 5)
    code, body = await call("sendMessage", **HELLO)
    assert (code, body["parameters"]) == (429, {"retry_after": 5})
    api.fault(Kind.RESET_AFTER, chat="1001")
    with pytest.raises(aiohttp.ClientError):
        await call("sendMessage", **HELLO)
    assert len(api.person().heard) == 1
    api.fault(Kind.DROP, times=2, skip=1)
    assert (await call("getMe"))[0] == 200
    for _ in range(2):
        with pytest.raises(aiohttp.ClientError):
            await call("sendMessage", **HELLO)
    assert len(api.person().heard) == 1


async def test_steering_from_outside(api: BotApi) -> None:
    async with aiohttp.ClientSession() as session:

        async def order(name: str, **given: Any) -> Any:
            async with session.post(f"{api.url}/fake/{name}", json=given) as answer:
                return await answer.json() if answer.status == 200 else answer.status

        await order("say", chat=1001, text="好")
        await order("push", chat=1001, message={"text": "raw"})
        await order("fault", kind="drop", method="getMe")
        assert [seen["text"] for seen in await order("screen", chat=1001)] == ["好"]
        assert await order("requests") == []
        assert await order("nothing") == 404
    assert [update["message"]["text"] for update in api.updates.waiting] == ["好", "raw"]
    assert api.faults[0].kind is Kind.DROP
