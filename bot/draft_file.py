"""The files of drafts: written whole, read back, moved into the content folder. Used by `bot/faq_drafts.py`."""

import json
import os
from hashlib import sha256
from pathlib import Path

from knowledge.draft_entry import Examined


def untemplated(text: str) -> str:
    """Words of people, in which nothing is to be filled in."""
    for mark in ("{{", "{%", "{#", "}}", "%}", "#}"):
        text = text.replace(mark, " ".join(mark))
    return text


def result(path: Path) -> Examined | None:
    """What was found about the file as it is now; None where nothing was yet."""
    try:
        found = json.loads(path.with_suffix(".json").read_text("utf-8"))
        return Examined.from_json(found) if found["digest"] == digest(path) else None
    except (OSError, ValueError, KeyError):
        return None


def digest(path: Path) -> str:
    """Tells one state of a file from another."""
    return sha256(path.read_bytes()).hexdigest()


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f".{path.name}.new")
    made.write_text(text, "utf-8")
    os.replace(made, path)


def publish(path: Path, target: Path) -> None:
    """The whole file or nothing: readers of the content folder see no half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        write(target, path.read_text("utf-8"))
    elif target.read_bytes() != path.read_bytes():  # the same: it was published just before a crash
        raise FileExistsError(target)
