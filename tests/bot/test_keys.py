"""Secrets that the service keeps for itself."""

import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.errors import SettingsError
from bot.keys import kept_key


def test_a_given_secret_is_taken_and_not_written(tmp_path: Path) -> None:
    assert kept_key(SecretStr("given"), tmp_path, "key") == "given"
    assert list(tmp_path.iterdir()) == []


def test_a_made_secret_is_kept_for_the_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    key = kept_key(None, folder, "key")
    assert len(key) >= 40
    assert kept_key(None, folder, "key") == key
    assert kept_key(None, folder, "other") != key
    assert stat.S_IMODE((folder / "key").stat().st_mode) == 0o600


def test_a_line_end_is_no_part_of_a_secret(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("mine\n", "ascii")
    assert kept_key(None, tmp_path, "key") == "mine"


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff"])
def test_a_spoilt_secret_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(SettingsError, match=r"^TUOWEN_STATE_DIR: "):
        kept_key(None, tmp_path, "key")
    assert (tmp_path / "key").read_bytes() == content


def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(SettingsError, match=r"^TUOWEN_STATE_DIR: "):
        kept_key(None, tmp_path / "file", "key")
