"""Two processes on one PostgreSQL that get the same messages at once answer each once and in order."""

from pathlib import Path

import pytest

from tests.crash.harness import Witness, child, feed, updates

CHATS, EACH = 8, 12


async def test_each_message_is_answered_once_and_in_order(postgres_url: str, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    journal.touch()
    witness = Witness(postgres_url, journal)
    waiting = updates(CHATS, EACH)
    async with child(postgres_url, journal) as one, child(postgres_url, journal) as two:
        await feed([one, two], waiting)
        await witness.settled()
    assert not any(waiting.values())
    await witness.check(CHATS, EACH)


@pytest.mark.parametrize("point", ["after_commit", "before_send", "after_send"])
async def test_the_other_takes_over_when_one_is_killed(postgres_url: str, tmp_path: Path, point: str) -> None:
    journal = tmp_path / "journal"
    journal.touch()
    witness = Witness(postgres_url, journal)
    waiting = updates(CHATS, EACH)
    async with child(postgres_url, journal) as one:
        async with child(postgres_url, journal, point, 4) as two:
            await feed([one, two], waiting)
            await witness.settled(unless=two.process)
            assert two.process.returncode == -9
            await witness.note_unsettled()
        await feed([one], waiting)
        await witness.settled()
    assert not any(waiting.values())
    await witness.check(CHATS, EACH)
