"""Commands for whoever runs the service: `python -m bot desk bind | unbind | list` and `staff add | join | list | off`."""

import secrets
from enum import StrEnum
from typing import Annotated

import typer
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.case import OPEN
from bot.clock import utc_now
from bot.house import House, built
from bot.messages import AboutCase, Address, CaseMail, Reply
from bot.passwords import hashed
from bot.roster import Role, Staff
from bot.running import complain, go, settings
from bot.staff_post import StaffPost
from db import audit_rows, binding_rows, case_rows, staff_rows
from db.engine import reading

desk = typer.Typer(no_args_is_help=True, help="Which group works for which desk.")
staff = typer.Typer(no_args_is_help=True, help="Accounts of staff and the desks they work at.")

CHANNEL = "telegram"
VIA = "terminal"
NEGATIVE = {"ignore_unknown_options": True}
"""For the ids of groups, which begin with a minus."""


class Mode(StrEnum):
    """How cases are shown in a group."""

    TOPICS = "topics"
    PLAIN = "plain"


@desk.command("bind", context_settings=NEGATIVE)
def bind(
    key: Annotated[str, typer.Argument(metavar="DESK", help="A desk of desks.yaml.")],
    chat: Annotated[str, typer.Argument(metavar="CHAT_ID", help="The group's id.")],
    topics: Annotated[bool, typer.Option("--topics/--plain", help="One topic per case, or replies to a card.")] = True,
) -> None:
    """Have a group work for a desk."""

    async def binding() -> None:
        async with built(settings()) as house:
            _must_be_desk(house, key)
            mode = Mode.TOPICS if topics else Mode.PLAIN
            async with house.writer.engine.begin() as connection:
                await binding_rows.bind(key, CHANNEL, chat, mode, None, utc_now(), connection=connection)
                await audit_rows.note(utc_now(), None, VIA, "bind", chat, {"desk": key}, connection=connection)
                await _show(house, key, chat, connection)
            print(f"{key} ← {chat} ({mode})")

    go(binding())


@desk.command("unbind", context_settings=NEGATIVE)
def unbind(chat: Annotated[str, typer.Argument(metavar="CHAT_ID")]) -> None:
    """Have a group work for no desk any more."""

    async def unbinding() -> None:
        async with built(settings()) as house, house.writer.engine.begin() as connection:
            await binding_rows.unbind(CHANNEL, chat, connection=connection)
            await audit_rows.note(utc_now(), None, VIA, "unbind", chat, connection=connection)

    go(unbinding())


@desk.command("list")
def list_desks() -> None:
    """Desks, their groups and their members."""

    async def listing() -> None:
        async with built(settings()) as house:
            async with reading(house.writer.engine) as connection:
                bound = await binding_rows.everything(connection=connection)
            for key in house.office.keys:
                print(key, house.office.desk(key).name)
                for row in (row for row in bound if row.desk == key):
                    print(f"  {row.channel} {row.chat} ({row.mode})")
                for member in await house.roster.members(key):
                    print(f"  {member.login} {member.name}")

    go(listing())


@staff.command("add")
def add(
    login: Annotated[str, typer.Argument(help="The name to sign in with.")],
    name: Annotated[str, typer.Option(help="What colleagues see; by default the login.")] = "",
    desks: Annotated[list[str] | None, typer.Option("--desk", help="A desk to work at; may be repeated.")] = None,
    role: Annotated[Role, typer.Option(help="staff, operator or admin.")] = Role.STAFF,
    telegram: Annotated[str | None, typer.Option(help="The Telegram user id.")] = None,
    password: Annotated[str | None, typer.Option(help="Made and printed once if left out; - for none.")] = None,
) -> None:
    """Make an account for the console and the groups."""

    async def adding() -> None:
        async with built(settings()) as house:
            for key in desks or ():
                _must_be_desk(house, key)
            secret = password or secrets.token_urlsafe(12)
            stored = None if secret == "-" else hashed(secret)
            try:
                await _stored(house, login, name or login, role, desks or [], stored, telegram)
            except IntegrityError:
                raise typer.Exit(complain(f"{login}: the login or the Telegram id is taken")) from None
            print(login if password else f"{login} {secret}")

    go(adding())


@staff.command("join")
def join(login: str, key: Annotated[str, typer.Argument(metavar="DESK")]) -> None:
    """Have somebody work at a desk, or say yes to their asking."""

    async def joining() -> None:
        async with built(settings()) as house:
            _must_be_desk(house, key)
            found = await _must_exist(house, login)
            async with house.writer.engine.begin() as connection:
                await staff_rows.join(found.id, key, "member", utc_now(), connection=connection)
                await audit_rows.note(utc_now(), None, VIA, "join", login, {"desk": key}, connection=connection)

    go(joining())


@staff.command("off")
def off(login: str) -> None:
    """Shut an account. What it did stays on record."""

    async def shutting() -> None:
        async with built(settings()) as house:
            found = await _must_exist(house, login)
            async with house.writer.engine.begin() as connection:
                await staff_rows.change(found.id, {"active": False}, connection=connection)
                await audit_rows.note(utc_now(), None, VIA, "off", login, connection=connection)

    go(shutting())


@staff.command("list")
def list_staff() -> None:
    """All accounts."""

    async def listing() -> None:
        async with built(settings()) as house:
            for one in await house.roster.everybody():
                state = "" if one.active else " (off)"
                print(f"{one.login} {one.name} {one.role} {','.join(sorted(one.desks))} {one.telegram or ''}{state}")

    go(listing())


async def _stored(
    house: House, login: str, name: str, role: Role, desks: list[str], password: str | None, telegram: str | None
) -> None:
    now = utc_now()
    async with house.writer.engine.begin() as connection:
        key = await staff_rows.add(login, name, role, now, password=password, telegram=telegram, connection=connection)
        for desk_key in desks:
            await staff_rows.join(key, desk_key, "member", now, connection=connection)
        await audit_rows.note(now, None, VIA, "staff_add", login, {"role": role, "desks": desks}, connection=connection)


async def _show(house: House, key: str, chat: str, connection: AsyncConnection) -> None:
    """Have the desk's open cases shown in its new group."""
    rows = await case_rows.listed(states=OPEN, desks=[key], connection=connection)
    cards = [Reply("", case=AboutCase(CaseMail.CARD, row.number)) for row in rows if row.desk == key]
    place = Address(CHANNEL, chat)
    await StaffPost(house.office).direct([(place, card) for card in cards], utc_now(), connection=connection)


def _must_be_desk(house: House, key: str) -> None:
    if key not in house.office.keys:
        raise typer.Exit(complain(f"{key}: no such desk; desks.yaml has {', '.join(house.office.keys)}"))


async def _must_exist(house: House, login: str) -> Staff:
    found = await house.roster.by_login(login)
    if found is None:
        raise typer.Exit(complain(f"{login}: no such account"))
    return found
