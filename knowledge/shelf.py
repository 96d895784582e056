"""Holds the library that answers now, and follows the operators' files without a restart. Used by `bot/__main__.py`.

Publishing is all or nothing: a library is built beside the current one and takes its place in one step. Whatever is
wrong with the files, the last good library goes on answering and `findings` says why.
"""

import asyncio
import logging
from contextlib import suppress
from pathlib import Path
from threading import Lock

from knowledge import last_good
from knowledge.content_files import fingerprint
from knowledge.findings import ContentError, Finding
from knowledge.library import Library, load

Stamp = tuple[tuple[str, int, int, int, int], ...]
"""Name, times of change, size and inode of every content file: cheap to take, different after every edit."""

log = logging.getLogger(__name__)


class Shelf:
    """`library` may be read from any task or thread at any time; a reader keeps the one it took.

    `findings`: why the files as they are now are not published, empty where they are. `restored`: whether the process
    started from the last good copy, and still answers from it.
    """

    def __init__(self, root: Path, cache: Path | None = None) -> None:
        """Load `root`, or the last good copy where `root` is broken; `ContentError` where there is neither."""
        self._root, self._cache = root, cache
        self._lock = Lock()
        self._tried = stamp(root)
        self.findings: tuple[Finding, ...] = ()
        self.restored = False
        try:
            self.library = load(root, cache)
        except ContentError as error:
            self.library = self._restored(error)
        else:
            self._keep()

    def refresh(self) -> bool:
        """Publish the files if they changed and are good; whether a new library now answers. Blocks for seconds."""
        with self._lock:
            now = stamp(self._root)
            return now != self._tried and self._publish(now)

    async def watch(self, stop: asyncio.Event, every: float = 2.0) -> None:
        """Refresh every `every` seconds, in a thread, until `stop` is set."""
        while not stop.is_set():
            try:
                await asyncio.to_thread(self.refresh)
            except Exception:  # the edge of a task of its own: nothing in a file may end it
                log.exception("content could not be looked at; the last good library goes on answering")
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), every)

    def _publish(self, now: Stamp) -> bool:
        """Load the files stamped `now`. What changes meanwhile is looked at next time, and not judged half-written."""
        self._tried = now
        try:
            made = None if fingerprint(self._root) == self.library.version else load(self._root, self._cache)
        except ContentError as error:
            if stamp(self._root) == now:
                self._reject(error)
            return False
        if stamp(self._root) != now:
            return False
        self.findings, self.restored = (), False
        if made is None:
            return False
        self.library = made
        self._keep()
        log.info("content published: version %s, %d entries", made.version, len(made.live))
        return True

    def _reject(self, error: ContentError) -> None:
        self.findings = tuple(error.findings)
        log.warning("content not published, the last good library goes on answering:\n%s", error)

    def _restored(self, error: ContentError) -> Library:
        with suppress(ContentError):
            library = last_good.restore(self._cache / "last-good", self._cache) if self._cache else None
            if library is not None:
                self.restored = True
                self._reject(error)
                return library
        raise error

    def _keep(self) -> None:
        if self._cache is not None:
            last_good.keep(self._cache / "last-good", self._root, self.library)


def stamp(root: Path) -> Stamp:
    """The stamp of a folder; files that vanish while it is taken are left out."""
    found = []
    for file in sorted(root.rglob("*.yaml")):
        with suppress(OSError):
            seen = file.stat()
            found.append(
                (file.relative_to(root).as_posix(), seen.st_mtime_ns, seen.st_ctime_ns, seen.st_size, seen.st_ino)
            )
    return tuple(found)
