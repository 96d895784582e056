"""What parents do with their own questions, from their words and taps to the database, on both databases."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.act import Actor
from bot.case import Do
from bot.messages import Attachment, Medium, Reply
from bot.visit import humane
from knowledge.schema import Desk
from tests.fakes.office import SetClock
from tests.fakes.parents import ParentHouse, parent_house

UNKNOWN = "能不能帮我查一下我家的育儿补贴怎么还没到账"


@pytest.fixture
async def house(engine: AsyncEngine) -> AsyncIterator[ParentHouse]:
    async with parent_house(engine) as made:
        await made.bind("rencheng", "-1")
        yield made


def ids(reply: Reply | None) -> list[str]:
    assert reply is not None
    return [choice.id for choice in reply.choices]


async def handed(house: ParentHouse, district: str = "任城区", parent: str = "1") -> str:
    """A question in a district, waiting at its desk."""
    await house.hears(UNKNOWN, parent=parent)
    number = await house.number()
    await house.hears(pick=f"district.{district}:{number}", parent=parent)
    return number


async def answered(house: ParentHouse, number: str) -> Actor:
    anna = await house.hire("anna", "rencheng")
    await house.done(Do.ANSWER, number, anna, "已经发放")
    return anna


async def test_the_promise_and_the_question_for_the_district(house: ParentHouse) -> None:
    reply = await house.hears(UNKNOWN)
    number = await house.number()
    assert reply is not None
    assert "预计 11:00 前回复" in reply.text
    assert f"编号 {number}" in reply.text
    assert ids(reply) == [f"district.任城区:{number}", f"district.太白湖新区:{number}", f"district.none:{number}"]
    assert (await house.case(number)).desk is None
    await house.hears(pick=f"district.任城区:{number}")
    assert (await house.case(number)).desk == "rencheng"
    again = await house.hears(pick=f"district.太白湖新区:{number}")
    assert again is not None
    assert "不能" in again.text
    assert (await house.case(number)).desk == "rencheng"


@pytest.mark.parametrize(("words", "desk"), [("任城的", "rencheng"), ("太白湖新区", "taibaihu")])
async def test_the_district_in_words(house: ParentHouse, words: str, desk: str) -> None:
    await house.hears(UNKNOWN)
    await house.hears(words)
    assert (await house.case(await house.number())).desk == desk


async def test_who_does_not_know_the_district_goes_to_the_common_desk(house: ParentHouse) -> None:
    await house.hears(UNKNOWN)
    number = await house.number()
    await house.hears(pick=f"district.none:{number}")
    assert (await house.case(number)).desk == "common"


async def test_a_known_district_is_not_asked_for(house: ParentHouse) -> None:
    reply = await house.hears("任城区的，" + UNKNOWN)
    assert reply is not None
    assert "任城值班正在上班，预计 10:30 前回复" in reply.text
    assert ids(reply) == []


async def test_list_and_details(house: ParentHouse) -> None:
    number = await handed(house)
    shown = await house.hears(pick="service.status")
    assert shown is not None
    assert "工作人员来看" in shown.text
    assert "预计今天 11:00 前回复" in shown.text
    assert ids(shown)[:4] == [f"case.{name}:{number}" for name in ("add", "hurry", "close", "withdraw")]
    await house.hears(pick=f"case.add:{number}")
    first = await house.hears("孩子是去年三月生的")
    assert first is not None
    assert "已经补充" in first.text
    assert await house.hears("身份证地址在外地") is None, "one receipt for a run of words"
    photo = Attachment(Medium.PHOTO, "f1", origin="web")
    assert await house.hears(files=(photo,)) is None
    assert await house.history(number) == ["open", "route", "add", "add", "add"]
    await house.hears(pick=f"case.stop:{number}")
    reply = await house.hears("娃一岁半了能送托班不")
    assert reply is not None
    assert "来源" in reply.text


async def test_danger_is_never_a_detail(house: ParentHouse) -> None:
    number = await handed(house)
    await house.hears(pick=f"case.add:{number}")
    reply = await house.hears("孩子噎着了喘不上气，脸都紫了")
    assert reply is not None
    assert "120" in reply.text
    assert await house.number() != number
    count = len(await house.rows("SELECT id FROM cases"))
    await house.hears("孩子噎着了，喘不上气，快点")
    assert len(await house.rows("SELECT id FROM cases")) == count, "the same alarm once more is no second case"


async def test_nothing_urgent_waits_for_a_district(house: ParentHouse) -> None:
    reply = await house.hears("老师昨天打我孩子，胳膊上有手印")
    assert (await house.case(await house.number())).desk == "common"
    assert ids(reply) == []


async def test_withdraw_is_asked_twice(house: ParentHouse) -> None:
    number = await handed(house)
    sure = await house.hears(f"{number} 撤回")
    assert ids(sure) == [f"case.withdrawn:{number}", f"case.keep:{number}"]
    assert (await house.case(number)).state == "new"
    await house.hears(pick=f"case.withdrawn:{number}")
    assert (await house.case(number)).state == "withdrawn"
    late = await house.hears(pick=f"case.add:{number}")
    assert late is not None
    assert "已撤回" in late.text


async def test_solved_and_marked(house: ParentHouse) -> None:
    number = await handed(house)
    await answered(house, number)
    reply = await house.hears(pick=f"case.solved:{number}")
    assert [f"case.rate:{number}:{n}" for n in range(1, 6)] == ids(reply)
    await house.hears(pick=f"case.rate:{number}:4")
    await house.hears("回得挺快的")
    row = await house.case(number)
    assert (row.state, row.rating, row.rating_words) == ("confirmed", 4, "回得挺快的")
    forged = await house.hears(pick=f"case.rate:{number}:9")
    assert forged is not None
    assert (await house.case(number)).rating == 4


async def test_a_question_after_the_mark_is_a_question(house: ParentHouse) -> None:
    number = await handed(house)
    await answered(house, number)
    await house.hears(pick=f"case.solved:{number}")
    await house.hears(pick=f"case.rate:{number}:5")
    reply = await house.hears("托班一个月多少钱")
    assert reply is not None
    assert "来源" in reply.text
    assert (await house.case(number)).rating_words is None


@pytest.mark.parametrize("words", ["没解决", "不对，答非所问", "还是没有到账"])
async def test_unsolved_goes_back_to_the_same_colleague(house: ParentHouse, words: str) -> None:
    number = await handed(house)
    anna = await answered(house, number)
    reply = await house.hears(words)
    row = await house.case(number)
    assert (row.state, row.preferred_id, row.reopened) == ("reopened", anna.staff_id, 1)
    assert reply is not None
    assert "前回复" in reply.text
    await house.hears("卡号是对的")
    assert (await house.history(number))[-2:] == ["reopen", "add"]


async def test_thanks_do_not_reopen(house: ParentHouse) -> None:
    number = await handed(house)
    await answered(house, number)
    assert ids(await house.hears("好的谢谢")) == [f"case.solved:{number}", f"case.unsolved:{number}"]
    assert (await house.case(number)).state == "answered"


async def test_silence_while_a_person_is_at_it_until_the_promise_is_over(house: ParentHouse) -> None:
    number = await handed(house)
    anna = await house.hire("anna", "rencheng")
    await house.done(Do.CLAIM, number, anna)
    first = await house.hears("他们让我再来问问你们这边")
    assert first is not None
    assert number in first.text
    assert await house.hears("他们让我再来问问你们这边") is None
    other = await house.hears("娃一岁半了能送托班不")
    assert other is not None
    assert "来源" in other.text, "other questions are answered all the time"
    await house.tick(hours=3)
    assert any("说好的时间到了" in text for text in await house.letters())
    asked_back = await house.hears("他们让我再来问问你们这边")
    assert f"case.add:{number}" in ids(asked_back), "the bot serves again, and offers to pass it on"
    late = await house.hears(pick=f"case.add:{number}")
    assert late is not None
    assert "对不起" in late.text
    assert (await house.history(number))[-2:] == ["add", "hurry"]
    assert len(await house.rows("SELECT id FROM cases")) == 1


async def test_nobody_reaches_into_another_parents_question(house: ParentHouse) -> None:
    number = await handed(house)
    await house.hears("你好", parent="2")
    for pick in (f"case.withdrawn:{number}", f"case.show:{number}", f"case.rate:{number}:1", f"district.none:{number}"):
        reply = await house.hears(pick=pick, parent="2")
        assert reply is not None
        assert "没找到" in reply.text
        assert UNKNOWN not in reply.text
    assert (await house.case(number)).state == "new"


async def test_staff_are_not_called_at_every_tap(house: ParentHouse) -> None:
    number = await handed(house)
    await house.hears(pick=f"case.hurry:{number}")
    await house.hears(pick=f"case.hurry:{number}")
    assert (await house.history(number)).count("hurry") == 1


async def test_the_same_call_for_a_person_opens_no_second_case(house: ParentHouse) -> None:
    await house.hears("我要找真人")
    await house.hears("我要找真人")
    assert len(await house.rows("SELECT id FROM cases")) == 1


SHANGHAI_HOURS = {0: 9, 6: 9, 8: 9, 9: 9, 12: 12, 20: 20, 21: 9, 23: 9}


@pytest.mark.parametrize(("hour", "then"), SHANGHAI_HOURS.items())
def test_a_humane_hour(hour: int, then: int) -> None:
    moment = datetime(2026, 12, 31, hour, tzinfo=UTC) - timedelta(hours=8)
    found = humane(moment)
    assert (found + timedelta(hours=8)).hour == then
    assert timedelta(0) <= found - moment <= timedelta(hours=12)
    assert humane(found) == found


async def test_one_visit_at_a_humane_hour_where_no_hours_are_set(engine: AsyncEngine) -> None:
    night = SetClock(datetime(2026, 12, 28, 18, tzinfo=UTC))  # two in the morning here
    async with parent_house(engine, [Desk(id="common")], night) as house:
        await house.hears(UNKNOWN)
        number = await house.number()
        anna = await house.hire("anna", "common")
        await house.done(Do.ANSWER, number, anna, "x")
        await house.tick(days=3)
        assert not any("现在解决了吗" in text for text in await house.letters())
        await house.tick(hours=6, minutes=59)
        assert not any("现在解决了吗" in text for text in await house.letters())
        await house.tick(minutes=2)
        assert sum("现在解决了吗" in text for text in await house.letters()) == 1
        await house.tick(days=6)
        assert (await house.case(number)).state == "answered"
        await house.tick(days=2)
        assert (await house.case(number)).state == "closed"
        assert sum("现在解决了吗" in text for text in await house.letters()) == 1
        await house.tick(days=30)
        assert sum("现在解决了吗" in text for text in await house.letters()) == 1


async def test_no_visit_to_who_has_replied(house: ParentHouse) -> None:
    number = await handed(house)
    await answered(house, number)
    await house.hears(pick=f"case.solved:{number}")
    await house.tick(days=10)
    assert not any("现在解决了吗" in text for text in await house.letters())
