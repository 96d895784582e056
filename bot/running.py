"""How a command starts and ends: settings, event loop, and what keeps it from starting as one clear sentence."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any

import typer

from bot import log
from bot.errors import SettingsError
from bot.settings import Settings, read_settings
from knowledge.findings import ContentError


def settings() -> Settings:
    """The settings, and the log set up; ends the command if one is wrong."""
    try:
        found = read_settings()
    except SettingsError as error:
        raise typer.Exit(complain(str(error))) from error
    log.set_up(found.log_level)
    return found


def go(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end."""
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(work)
    except* (SettingsError, ContentError) as group:
        for error in _leaves(group):
            complain(str(error))
        raise SystemExit(1) from None
    except* KeyboardInterrupt:
        raise SystemExit(130) from None


def complain(sentence: str) -> int:
    """Say what is wrong; the exit code."""
    print(sentence, file=sys.stderr)
    return 1


def _loop_factory() -> Any:
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.new_event_loop


def _leaves(group: BaseExceptionGroup[Any]) -> list[BaseException]:
    return [
        leaf
        for error in group.exceptions
        for leaf in (_leaves(error) if isinstance(error, BaseExceptionGroup) else [error])
    ]
