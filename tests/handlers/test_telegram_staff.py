"""A case on its way through a group of staff: topic, card, claim, answer, notes, edits, strangers."""

from collections.abc import AsyncIterator

import pytest

from db.engine import open_engine
from tests.doors.staff import StaffRoom, staff_room


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[StaffRoom]:
    engine = open_engine(database_url)
    async with staff_room(engine) as room:
        yield room
    await engine.dispose()


async def test_from_the_question_to_the_answer(room: StaffRoom) -> None:
    number = await room.ask("北区还有名额吗")
    thread = await room.thread(number)
    assert room.group.topics[thread].name == f"{number} · 北 · 北区还有名额吗"
    [card] = room.group.in_topic(thread)
    assert "北区还有名额吗" in card.text
    assert f"c:claim:{number}" in [data for _, data in card.buttons]
    room.anna.tap("认领")
    await room.settled()
    assert await room.state(number) == "claimed"
    assert "Anna" in (await room.card(number)).text
    room.anna.say("有的，请周一来。", thread)
    await room.settled()
    assert await room.state(number) == "answered"
    assert "有的，请周一来。" in room.parent.heard[-1].text
    assert "Anna" not in room.parent.heard[-1].text
    assert [do for do, _ in await room.history(number)] == ["open", "claim", "answer"]
