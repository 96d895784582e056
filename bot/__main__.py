"""The command line, and the one place that builds everything: `python -m bot run | chat | eval FILE`."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette

from bot import case_list, evaluate, log
from bot.addresses import addresses
from bot.clock import utc_now
from bot.decide import Decider
from bot.errors import SettingsError, first_line, leaves
from bot.intake import Intake
from bot.keys import kept_key
from bot.mailbox import Mailbox
from bot.outbox import Outbox
from bot.pace import Pace
from bot.settings import Settings, misspelt, names_in_file, read_settings
from bot.voice import Say
from bot.writer import Writer
from db.engine import open_engine
from db.schema import upgrade_engine
from knowledge.findings import ContentError
from knowledge.shelf import Shelf

cli = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help="Tuowen: the enquiry bot."
)
events = structlog.get_logger(__name__)
UNPUBLISHED = "TUOWEN_KNOWLEDGE_DIR: the content has the errors above, and there is no last good copy to start from"


@dataclass(frozen=True, slots=True)
class House:
    """Everything that is alive while the service runs."""

    settings: Settings
    shelf: Shelf
    writer: Writer
    outbox: Outbox
    mailbox: Mailbox
    intake: Intake

    def say(self, key: str, /, **values: object) -> str:
        """The wording of the library that is current."""
        return self.shelf.library.say(key, **values)


@asynccontextmanager
async def built(settings: Settings) -> AsyncIterator[House]:
    """The house without its doors: library, database, intake, outbox (not yet started: doors register first)."""
    shelf = Shelf(settings.knowledge_dir, settings.state_dir / "cache")
    async with AsyncExitStack() as stack:
        engine = await _database(settings.database_url, stack)
        writer = await stack.enter_async_context(Writer(engine))
        outbox, mailbox = Outbox(writer), Mailbox(writer)
        decider = Decider(lambda: shelf.library, timedelta(seconds=settings.burst_seconds))

        def say(key: str, /, **values: object) -> str:
            return shelf.library.say(key, **values)

        intake = Intake(writer, decider, say, outbox=outbox, mailbox=mailbox, burst_seconds=settings.burst_seconds)
        yield House(settings, shelf, writer, outbox, mailbox, intake)


async def _database(url: str, stack: AsyncExitStack) -> AsyncEngine:
    """The database at `url`, open and in its present shape until `stack` closes."""
    try:
        engine = open_engine(url)
        stack.push_async_callback(engine.dispose)
        await upgrade_engine(engine)
    except (SQLAlchemyError, CommandError, OSError, ValueError, TypeError) as error:
        raise SettingsError(f"TUOWEN_DATABASE_URL: the database does not open ({first_line(error)})") from error
    return engine


async def serve(settings: Settings) -> None:
    """Run every door until told to stop."""
    from handlers.telegram_parents import TelegramParents
    from handlers.telegram_request import make_bot
    from handlers.web_parents import WebParents

    async with built(settings) as house:
        secret = kept_key(settings.secret_key, settings.state_dir, "secret-key")
        web = WebParents(house.intake, house.mailbox, house.say, secret=secret, public_url=settings.public_url)
        routes = web.routes()
        telegram = None
        if settings.telegram_token is not None:
            telegram = TelegramParents(
                make_bot(settings),
                house.intake,
                house.say,
                public_url=settings.public_url,
                secret=kept_key(settings.webhook_secret, settings.state_dir, "webhook-secret"),
                clock=utc_now,
                knows=lambda topic: topic in house.shelf.library.entries,
            )
            house.outbox.serve(telegram.carrier, Pace(settings.telegram_rate))
            routes += telegram.routes()
        await _live(house, Starlette(routes=routes), web, telegram)


async def _live(house: House, app: Starlette, web: Any, telegram: Any) -> None:
    """The server, the watcher of the content and the Telegram door with its outbox, until the server ends."""
    from handlers.web_server import Server

    server = Server(app, house.settings.bind, web.aclose)
    stop = asyncio.Event()

    async def serving() -> None:
        for address in addresses(house.settings.bind):
            print(f"{house.say('web.brand')} Tuowen: {address}", flush=True)
        try:
            await server.serve()
        except SystemExit:
            raise SettingsError(f"TUOWEN_BIND: {house.settings.bind} is taken or not allowed") from None
        finally:
            stop.set()

    async def telegram_door() -> None:
        await telegram.open(stop)
        try:
            async with house.outbox:
                await (stop.wait() if house.settings.public_url else telegram.poll(stop))
        finally:
            await telegram.close()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(serving())
        tasks.create_task(house.shelf.watch(stop))
        if telegram is not None:
            tasks.create_task(telegram_door())


@cli.command()
def run() -> None:
    """Start the web page, and Telegram when a token is set."""
    _go(serve(_settings()))


@cli.command()
def chat() -> None:
    """Talk to the bot in this terminal."""
    from handlers.terminal import talk

    async def talking() -> None:
        async with built(_settings()) as house:
            await talk(house.intake, house.mailbox, house.say)

    _go(talking())


@cli.command("eval")
def evaluate_file(
    file: Annotated[Path, typer.Argument(help="JSON Lines: id, text, context, expect, kind.")],
    jobs: Annotated[int, typer.Option(help="Kept for callers; the items share one event loop.")] = 1,
) -> None:
    """Measure the bot on a labelled file: results to standard output, a table to standard error."""
    settings = _settings()
    try:
        items = evaluate.read_items(file.read_text(encoding="utf-8").splitlines())
    except (OSError, ValueError) as error:
        raise typer.Exit(_complain(f"{file}: {error}")) from error

    async def measuring() -> None:
        shelf = Shelf(settings.knowledge_dir, settings.state_dir / "cache")
        say: Say = shelf.library.say
        results = await evaluate.evaluate(items, Decider(lambda: shelf.library, timedelta(0)), say)
        for result in results:
            print(json.dumps(result, ensure_ascii=False))
        print(evaluate.summary(items, results), file=sys.stderr)

    _go(measuring())


@cli.command("cases")
def list_cases(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
    limit: Annotated[int, typer.Option(help="At most so many.")] = 50,
) -> None:
    """List what waits for a person, the most urgent first."""

    async def listing() -> None:
        async with built(_settings()) as house:
            found = await case_list.waiting(house.writer.engine, limit)
            print(case_list.as_json(found) if as_json else case_list.as_text(found, house.say))

    _go(listing())


def _settings() -> Settings:
    try:
        settings = read_settings()
    except SettingsError as error:
        raise typer.Exit(_complain(str(error))) from error
    log.set_up(settings.log_level)
    for name, meant in misspelt((*os.environ, *names_in_file())).items():
        events.warning("unknown_setting", name=name, did_you_mean=meant)
    return settings


def _go(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end; what keeps the service from starting is one clear sentence."""
    code = 0
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(work)
    except* SettingsError as group:
        code = max(_complain(str(error)) for error in leaves(group))
    except* ContentError as group:
        code = max(_complain(f"{error}\n{UNPUBLISHED}") for error in leaves(group))
    except* KeyboardInterrupt:
        code = 130
    if code:
        raise typer.Exit(code)


def _loop_factory() -> Any:
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.new_event_loop


def _complain(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    cli()
