"""Server-sent events: letters reach an open page as they are written. One shared look-up serves every open stream."""

import asyncio
import json
from collections.abc import AsyncIterator

import structlog

from bot.mailbox import Letter, Mailbox
from bot.messages import Address
from handlers.web_letters import letter_json

log = structlog.get_logger(__name__)

BEAT_SECONDS = 15.0
LOOK_SECONDS = 1.0  # one shared wait; so long may closing take
PAUSE_SECONDS = 2.0  # after a look-up that failed or brought nothing
PAGES_EACH = 6  # open pages of one conversation; the oldest gives way
START = "retry: 3000\n\n"
BEAT = "event: beat\ndata: 1\n\n"


class _Page:
    """One open stream and how far it has read. None in the queue is the end."""

    def __init__(self, address: Address, after: int) -> None:
        self.address = address
        self.after = after
        self.queue: asyncio.Queue[Letter | None] = asyncio.Queue()

    def hear(self, letter: Letter) -> None:
        if letter.id > self.after:
            self.after = letter.id
            self.queue.put_nowait(letter)


class Streams:
    """The open streams. `close` ends them all, which a server must do before it can stop."""

    def __init__(self, mailbox: Mailbox, *, beat: float = BEAT_SECONDS, pause: float = PAUSE_SECONDS) -> None:
        """`beat` in seconds: how often a silent stream says that it is alive."""
        self._mailbox = mailbox
        self._beat = beat
        self._pause = pause
        self._pages: dict[Address, list[_Page]] = {}
        # The mailbox watches this very dictionary, so that a page that joins is seen by a wait already begun.
        self._after: dict[Address, int] = {}
        self._looking: asyncio.Task[None] | None = None
        self._closed = False

    async def events(self, address: Address, after: int) -> AsyncIterator[str]:
        """The text of the stream: every letter of `address` with an id above `after`, and a beat in silence."""
        if self._closed:
            return
        page = self._join(address, after)
        try:
            yield START + BEAT
            while True:
                try:
                    letter = await asyncio.wait_for(page.queue.get(), self._beat)
                except TimeoutError:
                    yield BEAT
                    continue
                if letter is None:
                    return
                yield _event(letter)
        finally:
            self._leave(page)

    def close(self) -> None:
        """End every open stream now; the shared look-up follows within `LOOK_SECONDS`."""
        self._closed = True
        for pages in self._pages.values():
            for page in pages:
                page.queue.put_nowait(None)

    async def aclose(self) -> None:
        """`close`, and wait for the look-up. It is never cancelled: a query would be cut in two."""
        self.close()
        if self._looking is not None:
            await self._looking

    def _join(self, address: Address, after: int) -> _Page:
        page = _Page(address, after)
        pages = self._pages.setdefault(address, [])
        pages.append(page)
        for old in pages[:-PAGES_EACH]:
            old.queue.put_nowait(None)
        self._remember(address)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look(), name="web streams")
        return page

    def _leave(self, page: _Page) -> None:
        self._pages[page.address].remove(page)
        if not self._pages[page.address]:
            del self._pages[page.address]
        self._remember(page.address)

    def _remember(self, address: Address) -> None:
        if address in self._pages:
            self._after[address] = min(page.after for page in self._pages[address])
        else:
            self._after.pop(address, None)

    async def _look(self) -> None:
        while self._pages and not self._closed:
            try:
                brought = await self._bring()
            except Exception:
                log.exception("stream look-up failed")
                brought = False
            if not brought:
                await asyncio.sleep(self._pause)

    async def _bring(self) -> bool:
        """Wait for letters and hand them on; whether that is to be done again at once."""
        found = await self._mailbox.wait(self._after, LOOK_SECONDS)
        brought = not found
        for address in found & self._after.keys():
            letters = await self._mailbox.letters(address, self._after.get(address, 0))
            for page in self._pages.get(address, ()):
                for letter in letters:
                    page.hear(letter)
            self._remember(address)
            brought = brought or bool(letters)
        return brought


def _event(letter: Letter) -> str:
    return f"id: {letter.id}\nevent: letter\ndata: {json.dumps(letter_json(letter))}\n\n"
