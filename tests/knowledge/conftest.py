"""Content for tests of `knowledge`: what is shipped, and a small whole content folder to break."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.content_files import Content, gather

HERE = Path(__file__).parent
SHIPPED = HERE.parent.parent / "knowledge" / "content"


@pytest.fixture(scope="session")
def shipped() -> Content:
    """The content that is shipped."""
    return gather(SHIPPED)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small content folder without a fault, for the test to change."""
    return Path(shutil.copytree(HERE / "base", tmp_path / "content"))


@pytest.fixture
def overlay(folder: Path) -> Callable[[str], Path]:
    """The small folder with one broken example laid over it."""

    def laid(name: str) -> Path:
        lay(HERE / "broken" / name, folder)
        return folder

    return laid


def lay(broken: Path, folder: Path) -> None:
    """Lay a broken example over a folder. `removed.txt` names files to take away, `padded.txt` files to make longer."""
    shutil.copytree(broken, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.txt"))
    for file in _listed(broken / "removed.txt"):
        (folder / file).unlink()
    for line in _listed(broken / "padded.txt"):
        name, size = line.split()
        with (folder / name).open("a", encoding="utf-8") as file_to_pad:
            file_to_pad.write(" " * int(size))


def _listed(file: Path) -> list[str]:
    return file.read_text("utf-8").splitlines() if file.exists() else []
