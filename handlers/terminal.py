"""The same talk in a terminal: numbered choices, four commands. Called by `python -m bot chat`."""

import asyncio
import re
import sys
from collections.abc import Awaitable, Callable, Iterable
from uuid import uuid4

import structlog

from bot.clock import Clock, utc_now
from bot.intake import Intake, Letter
from bot.mailbox import Mailbox
from bot.messages import Address, Choice, Incoming
from bot.voice import Say

log = structlog.get_logger(__name__)

COMMANDS = {
    "/start": "start",
    "/help": "service.about",
    "/human": "service.human",
    "/mine": "service.status",
    "/privacy": "service.privacy",
}
LEAVE = frozenset({"exit", "quit", "/exit", "/quit"})
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
LOOK_EVERY = 1.0  # seconds; how long a later letter may wait while the parent is still typing

Read = Callable[[], Awaitable[str | None]]
Write = Callable[[str], None]


async def read_line() -> str | None:
    """One line from standard input; None at its end."""
    return (await asyncio.to_thread(sys.stdin.readline)) or None


def write_line(text: str) -> None:
    """One line or more on standard output."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


async def talk(
    intake: Intake,
    mailbox: Mailbox,
    say: Say,
    read: Read = read_line,
    write: Write = write_line,
    *,
    clock: Clock = utc_now,
    name: str = "me",
) -> None:
    """Talk until `exit` or the end of input. `name` tells one terminal's conversation from another's."""
    await Terminal(intake, mailbox, say, write, clock, name).run(read)


class Terminal:
    """One talk. `choices` are those last offered, in the order of their numbers; `last` is the newest letter shown."""

    def __init__(
        self, intake: Intake, mailbox: Mailbox, say: Say, write: Write, clock: Clock, name: str = "me"
    ) -> None:
        self.address = Address("terminal", name)
        self.choices: tuple[Choice, ...] = ()
        self._intake = intake
        self._mailbox = mailbox
        self._say = say
        self._write = write
        self._clock = clock
        self.last = 0

    async def run(self, read: Read) -> None:
        """Greet, then one line after the other; letters that come meanwhile are shown at once."""
        self._write(self._say("terminal.hello"))
        self.last = await self._mailbox.newest(self.address)
        await self.take("/start")
        while (line := await self._line(read)) is not None and line.strip().lower() not in LEAVE:
            await self.take(line)
        self._write(self._say("terminal.bye"))

    async def take(self, line: str) -> None:
        """Say or pick what this line means; an empty one is nothing."""
        word = line.strip()
        if word.startswith("/") and word not in COMMANDS:
            self._write(self._say("terminal.unknown_command", command=CONTROLS.sub("", word)))
        elif word:
            await self._send(word)

    async def _line(self, read: Read) -> str | None:
        reading = asyncio.ensure_future(read())
        try:
            while not (await asyncio.wait({reading}, timeout=LOOK_EVERY))[0]:
                self._show(await self._mailbox.letters(self.address, self.last))
            return await reading
        finally:
            reading.cancel()

    async def _send(self, word: str) -> None:
        pick = COMMANDS.get(word) or self._picked(word)
        incoming = Incoming(
            sender=self.address,
            message_id=uuid4().hex,
            sent_at=self._clock(),
            text="" if pick else word,
            pick=pick,
        )
        try:
            receipt = await self._intake.receive(incoming)
        except Exception:
            log.exception("terminal message failed")
            self._write(self._say("terminal.trouble"))
        else:
            self._show(receipt.letters)

    def _picked(self, word: str) -> str | None:
        number = int(word) if word.isdecimal() and len(word) < 3 else 0
        return self.choices[number - 1].id if 1 <= number <= len(self.choices) else None

    def _show(self, letters: Iterable[Letter]) -> None:
        for letter in letters:
            if letter.id > self.last:
                self.last = letter.id
                self._write(self._drawn(letter))

    def _drawn(self, letter: Letter) -> str:
        reply = letter.reply
        if reply.choices:
            self.choices = reply.choices
        lines = [self._say(f"terminal.{letter.sender}") + CONTROLS.sub("", reply.text)]
        lines += [self._say("terminal.choice", number=n, label=c.label) for n, c in enumerate(reply.choices, 1)]
        if reply.ask_location:
            lines.append(self._say("terminal.location"))
        return "\n".join(lines)
