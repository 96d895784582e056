"""A process killed at any instant loses nothing, makes nothing twice and keeps the order."""

from pathlib import Path

import pytest

from tests.crash.harness import Witness, child, feed, updates

CHATS, EACH = 6, 12


@pytest.mark.parametrize("point", ["before_commit", "after_commit", "before_send", "after_send"])
async def test_nothing_is_lost(database_url: str, tmp_path: Path, point: str) -> None:
    journal = tmp_path / "journal"
    journal.touch()
    witness = Witness(database_url, journal)
    waiting = updates(CHATS, EACH)
    killed = 0
    for passing in (4, 9, 17):  # the first commits are the process's own signs of life
        async with child(database_url, journal, point, passing) as bot:
            await feed([bot], waiting)
            await witness.settled(unless=bot.process)
        killed += bot.process.returncode == -9
        await witness.note_unsettled()
    async with child(database_url, journal) as bot:
        await feed([bot], waiting)
        await witness.settled()
    assert killed >= 2
    assert not any(waiting.values())
    await witness.check(CHATS, EACH)
