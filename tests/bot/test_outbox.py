"""What is stored arrives: once, in order, also after faults, leases lost and other processes."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import RetryLater, Undeliverable
from bot.letter_row import letter_row
from bot.messages import Address, Reply
from bot.outbox import Parcel
from bot.pace import Limit
from db import conversations, outgoing
from db.engine import open_engine
from tests.bot.conftest import Build
from tests.fakes.backbone import Remembering, backbone, message


async def until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for a condition, but not for ever."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  (rows change where no event is)
            await asyncio.sleep(0.01)


def failing(*errors: Exception, text: str = "0:a") -> Callable[[Parcel], None]:
    """A fault for the first tries of one text."""
    left = list(errors)

    def fault(parcel: Parcel) -> None:
        if parcel.reply.text == text and left:
            raise left.pop(0)

    return fault


async def test_a_retry_keeps_the_order_of_its_chat_and_holds_up_no_other(build: Build) -> None:
    carrier = Remembering(fault=failing(RetryLater(0.3)))
    async with build(carrier=carrier) as it:
        await asyncio.gather(*(it.intake.receive(message(text)) for text in "ab"))
        await it.intake.receive(message("other", chat="2"))
        await asyncio.sleep(0.1)
        assert carrier.carried == {"2": ["0:other"]}
        rows = await it.rows("SELECT attempts, reason FROM outgoing ORDER BY id")
        assert tuple(rows[0]) == (1, "The channel asks to wait before the next try.")
        await until(lambda: len(carrier.carried["1"]) == 2)
        assert carrier.carried["1"] == ["0:a", "1:b"]
    assert await it.states() == ["delivered"] * 3


async def test_a_halt_of_the_whole_channel_stops_every_chat(build: Build) -> None:
    carrier = Remembering(fault=failing(RetryLater(2.0, whole_channel=True)))
    async with build(carrier=carrier) as it:
        await it.intake.receive(message("a"))
        await asyncio.sleep(0.05)
        await asyncio.gather(*(it.intake.receive(message("x", chat=str(n))) for n in range(2, 6)))
        await asyncio.sleep(0.2)
        assert carrier.carried == {}
        await until(lambda: len(carrier.carried) == 5)


async def test_undeliverable_is_a_state_that_can_be_listed(build: Build) -> None:
    carrier = Remembering(fault=failing(Undeliverable("blocked")))
    async with build(carrier=carrier) as it:
        await asyncio.gather(*(it.intake.receive(message(text)) for text in "ab"))
        await until(lambda: carrier.carried["1"] == ["1:b"])
    (lost,) = await it.outbox.undeliverable()
    assert (lost.reason, lost.reply.text, lost.address.id) == ("blocked", "0:a", "1")
    assert await it.states() == ["undeliverable", "delivered"]


async def test_a_fault_of_the_door_is_tried_again_and_then_given_up(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.lanes.FIRST_PAUSE", 0.001)
    carrier = Remembering(fault=failing(*[RuntimeError("bug")] * 100))
    async with build(carrier=carrier) as it:
        await asyncio.gather(*(it.intake.receive(message(text)) for text in "ab"))
        await until(lambda: carrier.carried["1"] == ["1:b"])
    assert await it.states() == ["undeliverable", "delivered"]
    assert (await it.outbox.undeliverable())[0].reason == "RuntimeError('bug')"


async def test_a_silent_channel_is_tried_again(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.lanes.SEND_TIMEOUT", 0.05)

    class Silent(Remembering):
        async def carry(self, parcel: Parcel) -> str:
            if not self.carried["tries"]:
                self.carried["tries"].append("one")
                await asyncio.sleep(10)
            return await super().carry(parcel)

    carrier = Silent()
    async with build(carrier=carrier) as it:
        await it.intake.receive(message("a"))
        await until(lambda: carrier.carried["1"] == ["0:a"])


async def test_what_another_process_left_is_delivered_in_order(engine: AsyncEngine) -> None:
    carrier = Remembering(fault=failing(*[RetryLater(0.4)] * 9))
    async with backbone(engine, carrier=carrier) as it:
        await asyncio.gather(*(it.intake.receive(message(text)) for text in "abc"))
        await asyncio.sleep(0.1)
    assert await it.states() == ["sending"] * 3
    async with backbone(engine) as it:
        await it.intake.receive(message("d"))
        await until(lambda: len(it.carrier.carried["1"]) == 4)
    assert it.carrier.carried["1"] == ["0:a", "1:b", "2:c", "3:d"]


async def to_group(engine: AsyncEngine, count: int, state: str, at: datetime) -> None:
    """Store messages to the group -1 as they are after the sending."""
    place = Address("telegram", "-1")
    async with engine.begin() as connection:
        locked = await conversations.lock({("telegram", "-1")}, at, connection=connection)
        row = letter_row(locked["telegram", "-1"].id, place, Reply("g"), at, sender="bot")
        done = at if state == "delivered" else None
        owner = "of a dead process" if state == "sending" else None
        values = {**row, "state": state, "settled_at": done, "lease_owner": owner}
        await outgoing.store([values] * count, connection=connection)


async def test_the_limit_of_a_group_holds_after_a_restart(engine: AsyncEngine) -> None:
    await to_group(engine, 18, "delivered", datetime.now(UTC) - timedelta(seconds=57))
    await to_group(engine, 1, "sending", datetime.now(UTC))
    await to_group(engine, 3, "pending", datetime.now(UTC))
    begun = asyncio.get_running_loop().time()
    async with backbone(engine, limits=lambda _: (Limit(20, 60.0),)) as it:
        await until(lambda: len(it.carrier.carried["-1"]) == 1)  # the one in doubt counts twice
        await asyncio.sleep(0.3)
        assert len(it.carrier.carried["-1"]) == 1
        await until(lambda: len(it.carrier.carried["-1"]) == 4)
    assert asyncio.get_running_loop().time() - begun > 1


async def test_more_than_fits_in_memory_waits_in_the_database(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.outbox.ROOM", 3)
    async with build() as it:
        await asyncio.gather(*(it.intake.receive(message(str(n), chat=str(n % 4))) for n in range(40)))
        await until(lambda: sum(map(len, it.carrier.carried.values())) == 40)
    for chat in range(4):
        assert it.carrier.carried[str(chat)] == [f"{min(n // 4, 6)}:{n}" for n in range(40) if n % 4 == chat]


async def test_marks_are_made_when_the_database_is_back(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.outbox.AGAIN", 0.05)
    async with build(pauses=()) as it:
        settle = it.outbox._settle.write
        failures = [OSError("gone")] * 3

        async def disturbed(items: object, connection: object) -> object:
            if failures:
                raise failures.pop()
            return await settle(items, connection)  # type: ignore[arg-type]

        object.__setattr__(it.outbox._settle, "write", disturbed)
        await it.intake.receive(message("a"))
        await asyncio.sleep(0.5)
        assert await it.states() == ["delivered"]


async def test_a_lost_lease_stops_sending_until_there_is_a_new_one(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    async with backbone(engine, lease=0.8) as it:
        first = it.outbox.owner
        it.clock.ahead = timedelta(seconds=5)
        assert not it.outbox.may_send()
        await it.intake.receive(message("a"))
        await until(lambda: it.outbox.owner != first)
        await until(lambda: it.carrier.carried["1"] == ["0:a"])
    await engine.dispose()


@pytest.fixture
async def second_engine(postgres_url: str) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(postgres_url)
    yield engine
    await engine.dispose()


async def test_two_outboxes_on_postgresql_share_the_work(postgres_url: str, second_engine: AsyncEngine) -> None:
    engine = open_engine(postgres_url)
    carrier = Remembering()
    async with backbone(engine, carrier=carrier) as one, backbone(second_engine, carrier=carrier) as two:
        messages = [message(str(n), chat=str(n % 5)) for n in range(100)]
        for start in range(0, 100, 10):
            part = messages[start : start + 10]
            await asyncio.gather(*((one, two)[n % 2].intake.receive(said) for n, said in enumerate(part + part)))
        await until(lambda: sum(map(len, carrier.carried.values())) == 100)
        await asyncio.sleep(0.1)
    await engine.dispose()
    assert Counter(text for texts in carrier.carried.values() for text in texts).most_common(1)[0][1] == 1
    query = "SELECT address, payload->>'text' AS said FROM outgoing JOIN conversation c ON c.id = conversation_id"
    async with second_engine.connect() as connection:
        rows = (await connection.execute(text(query + " ORDER BY outgoing.id"))).all()
    for chat in carrier.carried:
        assert carrier.carried[chat] == [row.said for row in rows if row.address == chat]
