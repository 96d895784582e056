"""Secrets the service makes for itself and keeps under the state folder. Called by `bot/__main__.py`."""

import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from bot.errors import SettingsError


def kept_key(given: SecretStr | None, folder: Path, name: str) -> str:
    """The given secret, or the one in `folder/name`, made on first use and readable by the owner alone."""
    if given is not None:
        return given.get_secret_value()
    file = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return file.read_text(encoding="ascii").strip() or _refuse(file)
        with os.fdopen(handle, "w", encoding="ascii") as made:
            made.write(secrets.token_urlsafe(32))
            made.flush()
            os.fsync(made.fileno())
        return file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"TUOWEN_STATE_DIR: cannot keep a secret in {folder} ({error})") from error


def _refuse(file: Path) -> str:
    raise SettingsError(f"TUOWEN_STATE_DIR: {file} is empty; delete it and start again")
