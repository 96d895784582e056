"""A talk through the whole bot by way of Telegram."""

from collections.abc import AsyncIterator

import pytest

from tests.doors.telegram import TelegramDriver
from tests.doors.telegram_talk import telegram


@pytest.fixture
async def parent() -> AsyncIterator[TelegramDriver]:
    async with telegram() as driver:
        assert isinstance(driver, TelegramDriver)
        yield driver


async def test_say_and_pick(parent: TelegramDriver) -> None:
    [greeting] = await parent.say("/start")
    assert [choice.id for choice in greeting.choices] == ["enrol.age", "fees.price", "subsidy.which"]
    [answer] = await parent.pick("enrol.age")
    assert answer.text.startswith("一岁半可以送")
    assert len(parent.person.answered) == 1


async def test_button_that_is_gone(parent: TelegramDriver) -> None:
    [answer] = await parent.pick("enrol.age")
    assert answer.text.startswith("一岁半可以送")


async def test_silence(parent: TelegramDriver) -> None:
    assert await parent.say("沉默") == []


async def test_the_location_key_is_no_reply(parent: TelegramDriver) -> None:
    [question] = await parent.say("附近有吗")
    assert "位置" in question.text
    assert parent.person.keyboard


async def test_held_reply_arrives(parent: TelegramDriver) -> None:
    [reply] = await parent.say("等等")
    assert reply.text == "您说的是：等等"


async def test_redelivered_update_is_answered_once(parent: TelegramDriver) -> None:
    seen = parent.person.say("一遍")
    api = parent.open.api
    await api.updates.idle()
    update = api.updates.deliveries[-1].update
    assert update["message"]["message_id"] == seen.id
    api.updates.push(update, "again")
    await parent.say("二遍")
    assert [line.text for line in parent.person.heard] == ["您说的是：一遍", "您说的是：二遍"]
