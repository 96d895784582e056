"""Doors, opened for a test."""

import pytest

from tests.doors.telegram_opener import Opener


@pytest.fixture(params=[False, True], ids=["webhook", "polling"])
def opener(request: pytest.FixtureRequest) -> Opener:
    """The Telegram door in both its ways."""
    return Opener(polling=request.param)


@pytest.fixture
def webhook() -> Opener:
    """The Telegram door by webhook."""
    return Opener(polling=False)


@pytest.fixture
def polling() -> Opener:
    """The Telegram door by polling."""
    return Opener(polling=True)
