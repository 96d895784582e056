"""The command line, and the one place that knows every door: `python -m bot run | chat | eval | cases | desk | staff`."""

import asyncio
from typing import Any

import typer
from starlette.applications import Starlette

from bot import commands_inspect, commands_report, commands_staff
from bot.addresses import addresses
from bot.clock import utc_now
from bot.errors import SettingsError
from bot.faq_drafts import FaqDrafts
from bot.house import House, built
from bot.keys import kept_key
from bot.pace import Pace
from bot.running import go, settings
from bot.settings import Settings

cli = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help="Tuowen: the enquiry bot."
)


async def serve(chosen: Settings) -> None:
    """Run every door until told to stop."""
    from handlers.web_parents import WebParents

    async with built(chosen) as house:
        secret = kept_key(chosen.secret_key, chosen.state_dir, "secret-key")
        web = WebParents(house.intake, house.mailbox, house.say, secret=secret, public_url=chosen.public_url)
        telegram = _telegram(house) if chosen.telegram_token is not None else None
        routes = [*web.routes(), *_console(house).routes(), *(telegram.routes() if telegram is not None else ())]
        await _live(house, Starlette(routes=routes), web, telegram)


def _telegram(house: House) -> Any:
    """The Telegram door for parents, and behind the same bot the one for staff."""
    from handlers.telegram_parents import TelegramParents
    from handlers.telegram_request import make_bot
    from handlers.telegram_staff import TelegramStaff

    chosen = house.settings
    door = TelegramParents(
        make_bot(chosen),
        house.intake,
        house.say,
        public_url=chosen.public_url,
        secret=kept_key(chosen.webhook_secret, chosen.state_dir, "webhook-secret"),
        clock=utc_now,
        knows=lambda topic: topic in house.shelf.library.entries,
    )
    TelegramStaff.of(house).join(door)
    house.outbox.serve(door.carrier, Pace(chosen.telegram_rate))
    return door


def _console(house: House) -> Any:
    """The console for staff. One-time links need Telegram to travel by."""
    from handlers.web_staff import WebStaff

    chosen = house.settings
    drafts = FaqDrafts(house.writer, chosen.knowledge_dir, chosen.state_dir / "drafts")
    return WebStaff(
        house.writer,
        house.casework,
        house.casebook,
        house.mailbox,
        lambda: house.shelf.library,
        drafts,
        house.say,
        public_url=chosen.public_url,
        send=house.casework.tell if chosen.telegram_token is not None else None,
    )


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
        except (SystemExit, UnicodeError):
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

    await house.digests.plan()
    async with house.clockwork, asyncio.TaskGroup() as tasks:
        tasks.create_task(serving())
        tasks.create_task(house.shelf.watch(stop))
        if telegram is not None:
            tasks.create_task(telegram_door())


@cli.command()
def run() -> None:
    """Start the web page, and Telegram when a token is set."""
    go(serve(settings()))


@cli.command()
def chat() -> None:
    """Talk to the bot in this terminal."""
    from handlers.terminal import talk

    async def talking() -> None:
        async with built(settings()) as house:
            await talk(house.intake, house.mailbox, house.say)

    go(talking())


cli.command("eval")(commands_inspect.evaluate_file)
cli.command("cases")(commands_inspect.list_cases)
cli.command("report")(commands_report.tell)
cli.add_typer(commands_staff.desk, name="desk")
cli.add_typer(commands_staff.staff, name="staff")


if __name__ == "__main__":
    cli()
