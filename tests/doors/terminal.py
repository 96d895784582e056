"""A parent's talk in a terminal: types lines, reads what is printed."""

import asyncio
from types import TracebackType
from typing import Self

from bot.clock import utc_now
from bot.intake import Intake
from bot.mailbox import Mailbox
from bot.messages import Choice
from bot.voice import Say
from handlers.terminal import COMMANDS, Terminal
from tests.doors.driver import Heard

LATER = 0.3  # seconds in which a held reply must have come
PATIENCE = 5.0


class TerminalDriver:
    """`async with TerminalDriver(…) as driver`: the terminal runs in a task and waits for lines."""

    def __init__(self, intake: Intake, mailbox: Mailbox, say: Say) -> None:
        self._say = say
        self._mailbox = mailbox
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._asked = asyncio.Event()
        self._printing = asyncio.Event()
        self.printed: list[str] = []
        self.terminal = Terminal(intake, mailbox, say, self._print, utc_now)

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self.terminal.run(self._read))
        await self._until_asked()
        self._printing.clear()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lines.put_nowait(None)
        await self._task

    async def say(self, text: str) -> list[Heard]:
        """Type a line."""
        self.printed.clear()
        self._printing.clear()
        self._asked.clear()
        self._lines.put_nowait(text)
        await self._until_asked()
        if not self.printed:
            await self._later()
        return [self._heard(text) for text in self.printed]

    async def pick(self, choice: str) -> list[Heard]:
        """Type the number of a choice, or the command that stands for it."""
        ids = [offered.id for offered in self.terminal.choices]
        if choice in ids:
            return await self.say(str(ids.index(choice) + 1))
        commands = {picked: command for command, picked in COMMANDS.items()}
        return await self.say(commands[choice])

    async def _read(self) -> str | None:
        self._asked.set()
        return await self._lines.get()

    async def _until_asked(self) -> None:
        asked = asyncio.create_task(self._asked.wait())
        await asyncio.wait({asked, self._task}, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        if self._task.done():
            await self._task

    async def hear(self) -> None:
        """Wait for the next thing printed."""
        await self._printing.wait()
        self._printing.clear()

    async def _later(self) -> None:
        if await self._mailbox.wait({self.terminal.address: self.terminal.last}, LATER):
            async with asyncio.timeout(PATIENCE):
                await self.hear()

    def _print(self, text: str) -> None:
        self.printed.append(text)
        self._printing.set()

    def _heard(self, printed: str) -> Heard:
        shown = [
            (self._say("terminal.choice", number=number, label=choice.label), choice)
            for number, choice in enumerate(self.terminal.choices, 1)
        ]
        lines = printed.split("\n")
        choices: list[Choice] = [choice for line, choice in shown if line in lines]
        drawn = {line for line, _ in shown} | {self._say("terminal.location")}
        text = "\n".join(line for line in lines if line not in drawn)
        return Heard(text.removeprefix(self._say("terminal.bot")), tuple(choices))
