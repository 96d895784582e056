"""Long polling forgets nothing and outlives every failure."""

import asyncio

import pytest
from structlog.testing import capture_logs

from tests.doors.telegram_opener import Opener, until
from tests.fakes.bot_api import BotApi, Kind


async def test_polling_keeps_the_offset_behind_the_commit(polling: Opener) -> None:
    async with polling() as d:
        polling.intake.delay = 0.1
        d.person.say("一")
        await asyncio.sleep(0.05)
        assert len(d.api.updates.waiting) == 1
        await d.person.hear()
        await d.api.updates.idle()


@pytest.mark.parametrize("kind", [Kind.STATUS, Kind.GARBAGE, Kind.DROP, Kind.RESET_AFTER])
async def test_polling_survives(polling: Opener, kind: Kind) -> None:
    async with polling() as d:
        d.api.fault(kind, "getUpdates", 500, times=3)
        d.person.say("还在吗")
        [heard] = await d.person.hear()
        assert heard.text == "还在吗"
        d.person.say("还在")
        await d.person.hear()
    assert len(polling.intake.received) == 2


async def test_polling_obeys_a_flood_wait(polling: Opener) -> None:
    api = BotApi()
    api.fault(Kind.FLOOD, "getUpdates", 1)
    async with polling(api=api) as d:
        d.person.say("慢点")
        await asyncio.sleep(0.3)
        assert len(d.api.called("getUpdates")) == 1
        await d.person.hear()


async def test_conflict_is_explained_once(polling: Opener) -> None:
    with capture_logs() as logged:
        async with polling() as d:
            d.api.fault(Kind.STATUS, "getUpdates", 409, times=4)
            d.person.say("有别人在")
            await d.person.hear()
            d.person.say("还有")
            await d.person.hear()
    assert str(logged).count("one token can be polled by one process") == 1


async def test_stopping_does_not_wait_for_the_long_poll(polling: Opener) -> None:
    async with asyncio.timeout(3):
        async with polling() as d:
            await until(lambda: d.api.called("getUpdates"))
