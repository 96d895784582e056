"""How a command starts and ends: settings, event loop, and what keeps it from starting as one clear sentence."""

import asyncio
import os
import sys
from collections.abc import Coroutine
from typing import Any

import structlog
import typer

from bot import log
from bot.errors import SettingsError, leaves
from bot.settings import Settings, misspelt, names_in_file, read_settings
from knowledge.findings import ContentError

events = structlog.get_logger(__name__)
UNPUBLISHED = "TUOWEN_KNOWLEDGE_DIR: the content has the errors above, and there is no last good copy to start from"


def settings() -> Settings:
    """The settings, and the log set up; ends the command if one is wrong."""
    try:
        found = read_settings()
    except SettingsError as error:
        raise typer.Exit(complain(str(error))) from error
    log.set_up(found.log_level)
    for name, meant in misspelt((*os.environ, *names_in_file())).items():
        events.warning("unknown_setting", name=name, did_you_mean=meant)
    return found


def go(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end."""
    code = 0
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(work)
    except* SettingsError as group:
        code = max(complain(str(error)) for error in leaves(group))
    except* ContentError as group:
        code = max(complain(f"{error}\n{UNPUBLISHED}") for error in leaves(group))
    except* KeyboardInterrupt:
        code = 130
    if code:
        raise typer.Exit(code)


def complain(sentence: str) -> int:
    """Say what is wrong; the exit code."""
    print(sentence, file=sys.stderr)
    return 1


def _loop_factory() -> Any:
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.new_event_loop
