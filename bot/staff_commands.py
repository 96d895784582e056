"""What staff ask of the bot itself: binding groups, joining desks, breaks, lists, drafts. Called by `bot/staff_intake.py`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import roster
from bot.cards import PLAIN, TOPICS, Cards
from bot.case import OPEN
from bot.drafts import Drafts
from bot.messages import AboutCase, Address, CaseMail, Choice, Reply
from bot.office import Office
from bot.roster import Role, Staff
from bot.staff_talk import Command, Order, Scene
from bot.voice import Say
from db import audit_rows, binding_rows, card_rows, case_rows, staff_rows

LISTED: Final = 20
BREAK: Final = timedelta(minutes=30)
LONGEST_BREAK: Final = 8 * 60
LONGEST_NAME: Final = 60
PATIENCE: Final = timedelta(minutes=10)
"""How long somebody who was refused is not told so again."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A command with who gave it where. `author`: the person's id on the channel."""

    command: Command
    place: Address
    author: str
    message: Any
    scene: Scene
    now: datetime

    @property
    def staff(self) -> Staff | None:
        return self.scene.staff


Answer = tuple[str, list[Reply]]
"""A toast for a tap, and what is said in the chat."""


class Commands:
    """`carry_out` one within the transaction."""

    def __init__(self, office: Office, cards: Cards, drafts: Drafts, say: Say) -> None:
        self._office = office
        self._cards = cards
        self._drafts = drafts
        self._say = say

    async def carry_out(self, asked: Asked, *, connection: AsyncConnection) -> Answer:
        """Do it, and what to say. Only `/join` is open to those who have no account."""
        order = asked.command.order
        if asked.staff is None and order is not Order.JOIN:
            return await self._refused(asked, connection)
        if asked.scene.desk is None and order not in (Order.BIND, Order.JOIN, Order.WHO, Order.HELP):
            order = Order.HELP if asked.message.incoming.pick is None else order
        does: Callable[[Asked, AsyncConnection], Awaitable[Answer]] = getattr(self, f"_{order.name.lower()}")
        return await does(asked, connection)

    async def _refused(self, asked: Asked, connection: AsyncConnection) -> Answer:
        detail = {"chat": asked.place.id, "command": asked.command.order}
        noted = (asked.now, asked.staff.id if asked.staff else None, asked.place.channel)
        what = "refused" if asked.staff else "stranger"
        told = await card_rows.noted_lately(what, asked.author, asked.now - PATIENCE, connection=connection)
        await audit_rows.note(*noted, what, asked.author, detail, connection=connection)
        text = self._say("staff.not_allowed" if asked.staff else "staff.stranger_command")
        return text, [] if told or asked.message.incoming.pick else [Reply(text)]

    async def _bind(self, asked: Asked, connection: AsyncConnection) -> Answer:
        if asked.staff is None or asked.staff.role is not Role.ADMIN:
            return await self._refused(asked, connection)
        words = asked.command.argument.split()
        modes = [word for word in words if word.strip("-") in (TOPICS, PLAIN)]
        desk = next((word for word in words if word not in modes), asked.scene.desk or self._office.common)
        if desk not in self._office.keys:
            return "", [Reply(self._say("staff.bind_unknown", desk=desk, desks=list(self._office.keys)))]
        mode = modes[0].strip("-") if modes else (TOPICS if asked.message.topics else PLAIN)
        place = asked.place
        await binding_rows.bind(
            desk, place.channel, place.id, mode, asked.staff.id, asked.now, connection=connection
        )  # fmt: skip
        about = {"desk": desk, "mode": mode}
        await audit_rows.note(asked.now, asked.staff.id, place.channel, "bind", place.id, about, connection=connection)
        await self._cards.show_all(desk, connection=connection)
        return "", [Reply(self._say(f"staff.bound_{mode}", desk=desk, office=self._office.desk(desk).name))]

    async def _join(self, asked: Asked, connection: AsyncConnection) -> Answer:
        desk = asked.scene.desk
        if desk is None:
            return "", [Reply(self._say("staff.join_where"))]
        staff = asked.staff or await self._account(asked, connection)
        if staff is None:
            return "", [Reply(self._say("staff.join_off"))]
        if desk in staff.desks:
            return "", [Reply(self._say("staff.joined_already", name=staff.name, desk=desk))]
        await staff_rows.join(staff.id, desk, "asked", asked.now, connection=connection)
        await audit_rows.note(asked.now, staff.id, asked.place.channel, "join", desk, {}, connection=connection)
        choices = (
            Choice(f"j:accept:{staff.id}:{desk}", self._say("staff.accept_label")),
            Choice(f"j:decline:{staff.id}:{desk}", self._say("staff.decline_label")),
        )
        return "", [Reply(self._say("staff.join_asked", name=staff.name, desk=desk), choices)]

    async def _account(self, asked: Asked, connection: AsyncConnection) -> Staff | None:
        """The account of somebody new; None where theirs is switched off."""
        if await roster.found(telegram=asked.author, connection=connection):
            return None
        name = (asked.message.name or asked.author)[:LONGEST_NAME]
        values = (f"{asked.place.channel}-{asked.author}", name, Role.STAFF, asked.now)
        made = await staff_rows.add(*values, telegram=asked.author, connection=connection)
        return next(iter(await roster.found(id=made, connection=connection)))

    async def _accept(self, asked: Asked, connection: AsyncConnection) -> Answer:
        return await self._decided(asked, connection, accepted=True)

    async def _decline(self, asked: Asked, connection: AsyncConnection) -> Answer:
        return await self._decided(asked, connection, accepted=False)

    async def _decided(self, asked: Asked, connection: AsyncConnection, *, accepted: bool) -> Answer:
        if asked.staff is None or asked.staff.role is not Role.ADMIN:
            return await self._refused(asked, connection)
        key, _, desk = asked.command.argument.partition(":")
        waiting = {
            (str(row.staff_id), row.desk) for row in await staff_rows.memberships("asked", connection=connection)
        }
        if (key, desk) not in waiting:
            return self._say("staff.join_over"), []
        if accepted:
            await staff_rows.join(int(key), desk, "member", asked.now, connection=connection)
        else:
            await staff_rows.leave(int(key), desk, connection=connection)
        what = "accepted" if accepted else "declined"
        about = {"staff": int(key)}
        await audit_rows.note(asked.now, asked.staff.id, asked.place.channel, what, desk, about, connection=connection)
        [staff] = await roster.found(id=int(key), connection=connection)
        return "", [Reply(self._say(f"staff.join_{what}", name=staff.name, desk=desk))]

    async def _who(self, asked: Asked, connection: AsyncConnection) -> Answer:
        staff = asked.staff
        assert staff is not None
        role = self._say(f"staff.role_{staff.role}")
        text = self._say("staff.me", name=staff.name, login=staff.login, role=role, desks=sorted(staff.desks))
        return "", [Reply(text)]

    async def _mine(self, asked: Asked, connection: AsyncConnection) -> Answer:
        assert asked.staff is not None
        rows = await case_rows.listed(
            states=sorted(OPEN), holder_id=asked.staff.id, limit=LISTED, connection=connection
        )  # fmt: skip
        cases = [
            {"number": row.number, "state": self._say(f"case.state_{row.state}"), "words": row.words[:30]}
            for row in rows
        ]
        return "", [Reply(self._say("staff.cases", cases=cases, name=asked.staff.name))]

    async def _break(self, asked: Asked, connection: AsyncConnection) -> Answer:
        assert asked.staff is not None
        given = asked.command.argument
        minutes = int(given) if given.isdigit() and len(given) < 5 else int(BREAK.total_seconds() // 60)
        minutes = max(1, min(minutes, LONGEST_BREAK))
        away = {"away_until": asked.now + timedelta(minutes=minutes)}
        await staff_rows.change(asked.staff.id, away, connection=connection)
        rows = await case_rows.listed(states=["claimed"], holder_id=asked.staff.id, connection=connection)
        numbers = [row.number for row in rows]
        return "", [Reply(self._say("staff.away", name=asked.staff.name, minutes=minutes, numbers=numbers))]

    async def _back(self, asked: Asked, connection: AsyncConnection) -> Answer:
        assert asked.staff is not None
        await staff_rows.change(asked.staff.id, {"away_until": None}, connection=connection)
        return "", [Reply(self._say("staff.back", name=asked.staff.name))]

    async def _help(self, asked: Asked, connection: AsyncConnection) -> Answer:
        mark = self._say("staff.note_marks").split()[0]
        return "", [Reply(self._say("staff.help", mark=mark))]

    async def _canned(self, asked: Asked, connection: AsyncConnection) -> Answer:
        number = asked.command.number
        if number is None:
            return "", [Reply(self._say("staff.canned_where"))]
        choices = tuple(Choice(f"k:fill:{number}:{key}", title) for key, title in self._drafts.canned())
        return "", [self._about(number, self._say("staff.canned", count=len(choices)), choices)]

    async def _fill(self, asked: Asked, connection: AsyncConnection) -> Answer:
        number = asked.command.number or ""
        text = await self._drafts.filled(asked.command.argument, number, connection=connection)
        return (self._say("staff.canned_gone"), []) if text is None else ("", [self._as_draft(number, text)])

    async def _draft(self, asked: Asked, connection: AsyncConnection) -> Answer:
        number = asked.command.number or ""
        wanted = int(asked.command.argument) if asked.command.argument.isdigit() else 0
        found = await self._drafts.suggested(number, connection=connection)
        if not found:
            return self._say("staff.no_draft"), []
        more = (
            (Choice(f"c:draft:{number}:{wanted + 1}", self._say("staff.next_label")),)
            if wanted + 1 < len(found)
            else ()
        )
        return "", [self._as_draft(number, found[min(wanted, len(found) - 1)], more)]

    async def _move(self, asked: Asked, connection: AsyncConnection) -> Answer:
        number = asked.command.number or ""
        rows = await case_rows.by_number([number], connection=connection)
        here = rows[number].desk if number in rows else None
        others = [key for key in self._office.keys if key != here]
        if not others:
            return self._say("staff.nowhere"), []
        choices = tuple(Choice(f"c:move:{number}:{key}", key) for key in others)
        return "", [self._about(number, self._say("staff.move_where"), choices)]

    def _as_draft(self, number: str, text: str, more: tuple[Choice, ...] = ()) -> Reply:
        """The first line calls it a draft; what follows the empty line is what the button sends."""
        words = f"{self._say('staff.draft_head')}\n\n{text.strip()}"
        return self._about(number, words, (Choice(f"c:send:{number}", self._say("staff.send_label")), *more))

    def _about(self, number: str, text: str, choices: tuple[Choice, ...] = ()) -> Reply:
        return Reply(text, choices, case=AboutCase(CaseMail.NOTICE, number))
