"""The commands that make accounts and bind groups, as they are typed."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.__main__ import cli


@pytest.fixture(autouse=True)
def own_database(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUOWEN_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("TUOWEN_STATE_DIR", str(tmp_path / "state"))


def typed(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, words)
    return result.exit_code, result.output


def test_accounts_and_groups() -> None:
    code, said = typed("staff", "add", "li", "--name", "小李", "--desk", "common", "--telegram", "501")
    assert code == 0
    login, password = said.split()
    assert login == "li"
    assert len(password) >= 16
    assert typed("staff", "add", "li")[0] == 1, "the login is taken"
    assert typed("staff", "add", "wu", "--desk", "moon")[0] == 1
    assert typed("staff", "add", "wu", "--role", "operator", "--password", "-") == (0, "wu\n")
    assert typed("desk", "bind", "common", "-1001", "--plain")[0] == 0
    assert typed("desk", "bind", "moon", "-1002")[0] == 1
    _, listed = typed("desk", "list")
    assert "-1001 (plain)" in listed
    assert "li 小李" in listed
    assert typed("staff", "off", "li")[0] == 0
    assert "(off)" in typed("staff", "list")[1]
    assert typed("staff", "join", "nobody", "common")[0] == 1
    assert typed("desk", "unbind", "-1001")[0] == 0
    assert "-1001" not in typed("desk", "list")[1]
