"""What a parent sends and gets back on Telegram, by webhook and by polling."""

import asyncio
import json

import pytest
from structlog.testing import capture_logs

from bot.messages import Choice, Incoming, Point, Reply
from tests.doors.telegram_opener import Opener, until
from tests.fakes.bot_api import TOKEN, Kind


async def test_text_is_answered(opener: Opener) -> None:
    async with opener() as d:
        d.person.say("几个月能送")
        [heard] = await d.person.hear()
        assert heard.text == "几个月能送"
        await d.api.updates.idle()
    assert d.door.counts["received"] == 1


async def test_every_kind_in_one_session(opener: Opener) -> None:
    async with opener() as d:
        p = d.person
        p.say("/start modes-half_day")
        p.sticker()
        p.voice()
        p.photo("证件照")
        p.document("证明.pdf", "出生证")
        p.video()
        p.location(35.4, 116.6)
        said = p.say("一岁")
        p.edit(said, text="一岁半")
        await p.hear(9)
    got = opener.intake.received
    assert [m.attachments[0].medium.value for m in got[1:6]] == ["sticker", "voice", "photo", "document", "video"]
    assert got[0].pick == "modes.half_day"
    assert got[3].text == "证件照"
    assert got[6].location == Point(35.4, 116.6)
    assert (got[8].text, got[8].edits, got[8].reference) == ("一岁半", str(said.id), got[7].reference)


def offering(incoming: Incoming) -> Reply:
    return Reply(incoming.pick or "哪种？", (Choice("modes.half_day", "半日托"),))


async def test_tap(opener: Opener) -> None:
    async with opener(offering) as d:
        d.person.say("有哪些")
        [question] = await d.person.hear()
        query = d.person.tap("半日托")
        [answer] = await d.person.hear()
        await until(lambda: d.person.answered)
        assert answer.text == "modes.half_day"
        assert d.person.answered == [query]
        assert question.buttons == [("半日托", "modes.half_day")]
        assert not d.api.called("editMessageReplyMarkup")
    assert opener.intake.received[1].text == "半日托"


async def test_tap_is_answered_after_the_commit(opener: Opener) -> None:
    async with opener(offering) as d:
        opener.intake.delay = 0.1
        d.person.tap_data("modes.half_day", None)
        await asyncio.sleep(0.05)
        assert not d.person.answered
        await until(lambda: d.person.answered)
        assert opener.intake.received


async def test_stale_tap_is_answered_and_its_refusal_counted(opener: Opener) -> None:
    async with opener() as d:
        query = d.person.tap_data("gone.topic", None)
        d.person.queries[query] -= 1000
        [heard] = await d.person.hear()
        assert heard.text == "gone.topic"
        await until(lambda: d.door.counts["tap_unanswered"])
        assert len(d.api.called("answerCallbackQuery")) == 1


async def test_tap_in_a_group_is_answered_without_a_word(opener: Opener) -> None:
    async with opener() as d:
        group = d.api.person(-500, "supergroup")
        seen = group.show(group.user, text="x")
        query = group.tap_data("modes.half_day", seen.message)
        await until(lambda: group.answered)
        assert group.answered == [query]
        assert group.heard == []


async def test_groups_are_left_alone(opener: Opener) -> None:
    async with opener() as d:
        group = d.api.person(-500, "supergroup")
        group.say("有人吗")
        d.person.say("在")
        await d.person.hear()
        assert group.heard == []
        assert d.door.counts["group"] == 1


async def test_blocking_is_counted(opener: Opener) -> None:
    async with opener() as d:
        d.person.block()
        d.person.block(blocked=False)
        await d.api.updates.idle()
        await until(lambda: d.door.counts["unblocked"])
        assert d.door.counts["blocked"] == 1
    assert opener.intake.received == []


async def test_unreadable_update_is_kept_and_loses_no_other(opener: Opener) -> None:
    async with opener() as d:
        d.person.say("前")
        number = d.person.push(message={"message_id": "?", "chat": 5})
        d.person.say("后")
        assert [seen.text for seen in await d.person.hear(2)] == ["前", "后"]
        await d.api.updates.idle()
    [(channel, raw, reason)] = opener.intake.raw
    assert channel == "telegram"
    assert json.loads(raw)["update_id"] == number
    assert reason
    assert d.door.counts["kept_raw"] == 1


async def test_failed_commit_is_sent_again_in_order(opener: Opener) -> None:
    async with opener() as d:
        opener.intake.failures = 2
        d.person.say("一")
        d.person.say("二")
        await d.person.hear(2)
        await d.api.updates.idle()
    assert [m.text for m in opener.intake.received] in (["一", "二"], ["二", "一"] if opener.polling else ["一", "二"])
    if not opener.polling:
        assert [d.status for d in d.api.updates.deliveries] == [500, 500, 200, 200]


async def test_update_that_always_fails_is_kept(opener: Opener) -> None:
    async with opener() as d:
        opener.intake.failures = 3
        d.person.say("毒")
        await d.api.updates.idle()
        d.person.say("好")
        [heard] = await d.person.hear()
        assert heard.text == "好"
    assert [json.loads(raw)["message"]["text"] for _, raw, _ in opener.intake.raw] == ["毒"]


async def test_nothing_is_acknowledged_without_a_database(opener: Opener) -> None:
    async with opener() as d:
        opener.intake.broken = True
        d.person.say("等等我")
        await asyncio.sleep(0.4)
        assert not opener.intake.raw
        opener.intake.broken = False
        [heard] = await d.person.hear()
        assert heard.text == "等等我"
        await d.api.updates.idle()


async def test_the_token_is_never_logged(opener: Opener, caplog: pytest.LogCaptureFixture) -> None:
    with capture_logs() as logged:
        async with opener() as d:
            for kind in (Kind.DROP, Kind.GARBAGE, Kind.RESET_AFTER):
                d.api.fault(kind, "answerCallbackQuery")
                d.person.tap_data("x", None)
            await until(lambda: d.door.counts["tap_unanswered"] == 3)
    assert "tap not answered" in str(logged)
    assert TOKEN not in str(logged) + caplog.text


async def test_every_wording_is_used(opener: Opener) -> None:
    async with opener(lambda m: Reply("哪里？", (Choice("a", "b"),), ask_location=True)) as d:
        d.person.say("附近")
        await d.person.hear(2)
    assert d.say.asked == {f"telegram.{key}" for key in d.say.keys("telegram")}


async def test_a_position_is_never_kept(opener: Opener) -> None:
    async with opener() as d:
        d.person.push(message={"message_id": "?", "location": {"latitude": 35.4, "longitude": 116.6}})
        await d.api.updates.idle()
        await until(lambda: opener.intake.raw)
    assert "35.4" not in opener.intake.raw[0][1]
    assert "location" in opener.intake.raw[0][1]


async def test_words_are_never_logged(opener: Opener) -> None:
    with capture_logs() as logged:
        async with opener() as d:
            opener.intake.failures = 3
            d.person.say("只有我们知道")
            await until(lambda: opener.intake.raw)
            d.person.say("这个也是")
            await d.person.hear()
    assert "kept raw" in str(logged)
    assert "我们知道" not in str(logged)
    assert "这个也是" not in str(logged)
