"""HTTP over aiohttp under the library's own seam: its errors, its time limits, its pool."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from telegram import InputFile
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.errors import SettingsError
from handlers.telegram_request import AiohttpRequest, DirectBot, make_bot
from tests.doors.telegram import fake_settings
from tests.fakes.bot_api import TOKEN, BotApi, Kind
from tests.fakes.bot_api_people import State


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi().serve() as api:
        api.person()
        yield api


@pytest.fixture
async def bot(api: BotApi) -> AsyncIterator[DirectBot]:
    async with make_bot(fake_settings(api.url)) as bot:
        yield bot


async def test_typed_methods_work_too(bot: DirectBot) -> None:
    message = await bot.send_message(1001, "你好")
    assert (message.text, message.chat.id) == ("你好", 1001)
    assert bot.username == "fake_bot"


async def test_call_gives_plain_json(bot: DirectBot, api: BotApi) -> None:
    result = await bot.call("sendMessage", {"chat_id": 1001, "text": "好", "reply_markup": None})
    assert result["message_id"] == api.person().heard[0].id
    assert "reply_markup" not in api.called("sendMessage")[0]


async def test_upload(bot: DirectBot, api: BotApi) -> None:
    await bot.send_document(1001, InputFile(b"x", filename="a.txt"), caption="看")
    assert api.called("sendDocument")[0]["document"] == "uploaded"
    assert api.person().heard[0].text == "看"


async def test_download(bot: DirectBot) -> None:
    file = await bot.get_file("photo-1")
    assert await file.download_as_bytearray() == b"file"


@pytest.mark.parametrize(
    ("kind", "amount", "error"),
    [
        (Kind.DROP, 0, NetworkError),
        (Kind.RESET_AFTER, 0, NetworkError),
        (Kind.STATUS, 500, NetworkError),
        (Kind.STATUS, 400, BadRequest),
        (Kind.STATUS, 401, InvalidToken),
        (Kind.GARBAGE, 0, NetworkError),
        (Kind.FLOOD, 3, RetryAfter),
    ],
)
async def test_errors(bot: DirectBot, api: BotApi, kind: Kind, amount: float, error: type[TelegramError]) -> None:
    api.fault(kind, "sendMessage", amount)
    with pytest.raises(error) as caught:
        await bot.send_message(1001, "好")
    assert TOKEN not in str(caught.value)


async def test_refusals(bot: DirectBot, api: BotApi) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(5, "好")
    api.person().state = State.BLOCKED
    with pytest.raises(Forbidden, match="blocked"):
        await bot.send_message(1001, "好")


async def test_read_timeout(bot: DirectBot, api: BotApi) -> None:
    api.fault(Kind.STALL, "sendMessage", 5)
    with pytest.raises(TimedOut):
        await bot.send_message(1001, "好", read_timeout=0.05)


async def test_nobody_listens() -> None:
    request = AiohttpRequest(connect=0.5)
    async with request:
        with pytest.raises(NetworkError) as caught:
            await request.do_request(f"http://127.0.0.1:1/bot{TOKEN}/getMe", "POST")
    assert TOKEN not in str(caught.value)


async def test_bad_address_shows_no_token() -> None:
    async with AiohttpRequest() as request:
        with pytest.raises(NetworkError) as caught:
            await request.do_request(f"http://[/bot{TOKEN}/getMe", "POST")
    assert TOKEN not in str(caught.value)


async def test_closed_pool() -> None:
    request = AiohttpRequest()
    with pytest.raises(NetworkError, match="closed"):
        await request.do_request("http://127.0.0.1:1/", "POST")
    await request.shutdown()


async def test_connections_are_kept_and_limited(api: BotApi) -> None:
    api.delay = 0.02
    request = AiohttpRequest(pool=2)
    async with DirectBot(TOKEN, base_url=f"{api.url}/bot", request=request) as bot:
        await asyncio.gather(*(bot.call("getMe", {}) for _ in range(10)))
    assert len({call.port for call in api.requests}) <= 3


async def test_proxy_is_taken_from_the_environment(api: BotApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", api.url)
    monkeypatch.setenv("no_proxy", "")
    async with make_bot(fake_settings("http://bot.api.invalid")) as bot:
        assert bot.username == "fake_bot"


async def test_no_proxy_is_obeyed(api: BotApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    async with make_bot(fake_settings(api.url)) as bot:
        assert bot.username == "fake_bot"


def test_no_token() -> None:
    with pytest.raises(SettingsError, match="TUOWEN_TELEGRAM_TOKEN"):
        make_bot(fake_settings("http://127.0.0.1:1", telegram_token=None))
