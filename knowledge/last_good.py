"""A copy of the content files last published, so that a restart with broken files still has something to answer with.

Kept under `folder/<version>`, named by `folder/current`: whole or not at all, whenever the process dies. Used by `shelf`.
"""

import os
import shutil
import tempfile
from pathlib import Path

from knowledge.content_files import fingerprint
from knowledge.library import Library, load

_CURRENT = "current"


def keep(folder: Path, root: Path, library: Library) -> bool:
    """Copy the files of `library`, which was loaded from `root`; False where they changed meanwhile or cannot be kept."""
    try:
        if current(folder) is None or (folder / _CURRENT).read_text("utf-8") != library.version:
            return _copy(folder, root, library.version)
    except OSError:
        return False  # a full or read-only disk costs the safety copy, not the service
    return True


def current(folder: Path) -> Path | None:
    """The folder of the copy, if it is there and whole."""
    try:
        version = (folder / _CURRENT).read_text("utf-8")
        return folder / version if fingerprint(folder / version) == version else None
    except (OSError, ValueError):
        return None


def restore(folder: Path, cache: Path | None) -> Library | None:
    """The library of the copy; None without a usable one. `ContentError` where today's rules refuse it."""
    kept = current(folder)
    return None if kept is None else load(kept, cache)


def _copy(folder: Path, root: Path, version: str) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as made:
        copy = Path(made) / version
        for file in sorted(root.rglob("*.yaml")):
            target = copy / file.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
        if fingerprint(copy) != version:
            return False
        shutil.rmtree(folder / version, ignore_errors=True)
        os.replace(copy, folder / version)
        note = Path(made) / _CURRENT
        note.write_text(version, "utf-8")
        os.replace(note, folder / _CURRENT)
    for old in folder.iterdir():
        if old.is_dir() and old.name != version and not old.name.startswith("."):
            shutil.rmtree(old, ignore_errors=True)
    return True
