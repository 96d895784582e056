"""Opens the Telegram door in either of its ways around a fake intake. Used by tests of the door."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from tests.doors.telegram import OpenDoor, open_door
from tests.fakes.intake import Answer, FakeIntake, echo


class Opener:
    """`async with opener(answer) as d:` with `opener.intake` behind the door."""

    def __init__(self, *, polling: bool) -> None:
        self.polling = polling
        self.intake = FakeIntake()

    def __call__(self, answer: Answer = echo, **more: Any) -> AbstractAsyncContextManager[OpenDoor]:
        self.intake.answer = answer

        def made(carrier: Any) -> FakeIntake:
            self.intake.carrier = carrier
            return self.intake

        return open_door(made, polling=self.polling, **more)


async def until(condition: Callable[[], object], timeout: float = 5) -> None:
    """Wait for something that only a look can tell."""
    async with asyncio.timeout(timeout):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)
