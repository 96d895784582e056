"""What the bot tells Telegram when it starts, and starts that go wrong."""

import asyncio

import pytest

from bot.errors import SettingsError
from handlers.telegram_parents import PATH, TelegramParents
from handlers.telegram_request import make_bot
from handlers.telegram_setup import UPDATES
from tests.doors.telegram import NOW, SECRET, fake_settings
from tests.doors.telegram_opener import Opener
from tests.fakes.bot_api import BotApi, Kind
from tests.fakes.voice import WordingFiles


async def test_open_sets_up_the_bot(opener: Opener) -> None:
    async with opener() as d:
        names = [entry["command"] for entry in d.api.methods.commands]
        assert names == ["start", "help", "human", "privacy", "mine"]
        assert d.api.methods.texts["description"] == d.say("telegram.description")
        assert d.api.methods.texts["short_description"] == d.say("telegram.short_description")
        hook = d.api.updates.hook
        if opener.polling:
            assert hook.url == ""
            assert d.door.routes() == []
        else:
            assert (hook.url, hook.secret, hook.connections) == (d.url + PATH, SECRET, 40)
            assert hook.allowed == UPDATES


async def test_waiting_updates_are_not_dropped(opener: Opener) -> None:
    api = BotApi()
    api.person().say("早来的")
    async with opener(api=api) as d:
        [heard] = await d.person.hear()
        assert heard.text == "早来的"


async def test_cosmetic_failures_do_not_stop_the_start(opener: Opener) -> None:
    api = BotApi()
    for method in ("setMyCommands", "setMyDescription", "setMyShortDescription"):
        api.fault(Kind.FLOOD, method, 3000)
    async with opener(api=api) as d:
        d.person.say("在吗")
        await d.person.hear()


async def test_start_waits_for_the_network(opener: Opener) -> None:
    api = BotApi()
    api.fault(Kind.DROP, "getMe", times=2)
    api.fault(Kind.STATUS, "setWebhook", 502)
    api.fault(Kind.STATUS, "deleteWebhook", 502)
    async with opener(api=api) as d:
        d.person.say("在吗")
        await d.person.hear()


async def test_refused_token(opener: Opener) -> None:
    with pytest.raises(SettingsError, match="TUOWEN_TELEGRAM_TOKEN"):
        async with opener(api=BotApi(token="7:another")):
            pass


async def test_refused_address(webhook: Opener) -> None:
    api = BotApi()
    api.fault(Kind.STATUS, "setWebhook", 400)
    with pytest.raises(SettingsError, match="TUOWEN_PUBLIC_URL"):
        async with webhook(api=api):
            pass


async def test_start_can_be_stopped_while_telegram_is_out_of_reach(opener: Opener) -> None:
    bot = make_bot(fake_settings("http://127.0.0.1:1"))
    url = None if opener.polling else "http://127.0.0.1:2"
    door = TelegramParents(
        bot, opener.intake, WordingFiles(), public_url=url, secret=SECRET, clock=lambda: NOW, backoff=30
    )
    stop = asyncio.Event()
    opening = asyncio.create_task(door.open(stop))
    await asyncio.sleep(0.05)
    assert not opening.done()
    stop.set()
    async with asyncio.timeout(3):
        await opening
    await door.close()
