"""Every command in the README's table exists, and every command of the code is in the table."""

import re
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from bot.__main__ import cli as bot_cli
from knowledge.__main__ import cli as knowledge_cli

ROOT = Path(__file__).parents[2]
PROGRAMMES = {"bot": bot_cli, "knowledge": knowledge_cli}


def rows() -> list[str]:
    """The first cells of the table of commands."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## Commands", 1)[1].split("\n## ", 1)[0]
    return [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]


def named(programme: str) -> set[str]:
    """The commands the table names after `python -m programme`; the first of a row stands behind it, others alone."""
    pieces = [re.findall(r"`([^`]+)`", row) for row in rows() if f"python -m {programme} " in row]
    return {piece.removeprefix(f"python -m {programme} ").split()[0] for row in pieces for piece in row}


def commands(app: typer.Typer) -> set[str]:
    return set(getattr(get_command(app), "commands", {}))


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_the_programmes_commands(programme: str) -> None:
    assert named(programme) == commands(PROGRAMMES[programme])


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md", "CONTRIBUTING.md"])
def test_every_target_of_make_exists(page: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    quoted = " ".join(re.findall(r"`[^`]+`|```.*?```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL))
    assert set(re.findall(r"\bmake ([a-z]+)", quoted)) <= targets


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md", "CONTRIBUTING.md"])
def test_every_linked_file_exists(page: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / page).read_text(encoding="utf-8"))
    assert [link for link in links if not (ROOT / link).exists()] == []
