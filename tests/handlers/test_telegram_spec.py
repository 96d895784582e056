"""Every request of a long session, held against the published description of the Bot API where one is at hand."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from bot.messages import Choice, Incoming, Reply
from handlers.telegram_carrier import TelegramCarrier
from tests.doors.telegram import open_door
from tests.fakes.bot_api import BotApi
from tests.fakes.intake import FakeIntake

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "telegram"
CHOICES = tuple(Choice(f"topic.number_{n}", f"第 {n} 个问题") for n in range(5))


def answer(incoming: Incoming) -> Reply:
    texts = {"长": "一句话。" * 3000, "哪": "您在哪里？"}
    return Reply(texts.get(incoming.text, "好"), CHOICES if incoming.text != "哪" else (), ask_location=True)


async def session(*, polling: bool) -> BotApi:
    intake = FakeIntake(answer)

    def made(carrier: TelegramCarrier) -> FakeIntake:
        intake.carrier = carrier
        return intake

    async with open_door(made, polling=polling) as d:
        for text in ("/start", "哪", "长", "<b>&{{"):
            d.person.say(text)
        await d.person.hear(8)
        d.person.tap("topic.number_0")
        d.person.location(35.4, 116.6)
        await d.person.hear(4)
        await d.api.updates.idle()
    return d.api


def validator() -> ModuleType:
    place = FOLDER / "validate.py"
    if not place.exists():
        pytest.skip("no description of the Bot API beside the project")
    found = importlib.util.spec_from_file_location("validate", place)
    assert found
    assert found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.mark.parametrize("polling", [False, True], ids=["webhook", "polling"])
@pytest.mark.filterwarnings("ignore::ResourceWarning")
async def test_every_request_is_as_described(polling: bool) -> None:
    rules = validator()
    [described] = FOLDER.glob("api-*.json")
    spec = rules.Spec(described)
    api = await session(polling=polling)
    faults = [
        (request.method, fault)
        for request in api.requests
        for fault in spec.check(request.method, request.parameters) + rules.extra(request.method, request.parameters)
    ]
    assert faults == []
    assert {"getMe", "sendMessage", "answerCallbackQuery", "setMyCommands"} <= {r.method for r in api.requests}
    assert {request.method for request in api.requests if request.code not in (200, 0)} <= {"getUpdates"}
