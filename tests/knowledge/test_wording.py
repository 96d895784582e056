"""The wording that the code asks for by key is there, and compiles; `check` finds the rest."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.library import Library

ROOT = Path(__file__).parent.parent.parent
AREAS = ("bot", "telegram", "web", "terminal", "case", "staff", "console", "report")
_KEY = re.compile(rf"""say\(\s*f?["']((?:{"|".join(AREAS)})\.[a-z_.{{}}\[\]]+)["']""")


def asked_for() -> Iterator[tuple[str, str]]:
    for folder in ("bot", "handlers", "knowledge"):
        for pattern in ("*.py", "*.html"):
            for file in sorted(set((ROOT / folder).rglob(pattern)) - {ROOT / "bot" / "voice.py"}):  # only an example
                for key in _KEY.findall(file.read_text("utf-8")):
                    yield key, file.relative_to(ROOT).as_posix()


@pytest.mark.parametrize(("key", "file"), sorted(set(asked_for())))
def test_wording_is_there(library: Library, key: str, file: str) -> None:
    """A key with a part filled in at run time (`bot.got_{medium}`) must have at least one key of that beginning."""
    start, filled_in, _ = key.partition("{")
    found = any(known.startswith(start) for known in library.wording) if filled_in or key.endswith("_") else key in library.wording
    assert found, f"{file} asks for {key}"


def test_the_code_was_read() -> None:
    assert "bot.source_line" in {key for key, _ in asked_for()}
