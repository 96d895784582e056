"""Settings from the environment or `.env`, prefix `TUOWEN_`. Read once by `bot/__main__.py`; table: `docs/settings.md`."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal

from dotenv import dotenv_values
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingsError

OTHERS = frozenset({"TUOWEN_NO_SKIP", "TUOWEN_TEST_DATABASE_URL"})
"""Names that only the tests read."""
CONTENT = Path(__file__).resolve().parent.parent / "knowledge" / "content"


def _http_address(value: str | None) -> str | None:
    if value is not None and not value.startswith(("http://", "https://")):
        raise ValueError("must start with http:// or https://")
    return value.rstrip("/") if value else None


def _known_database(value: str) -> str:
    if not value.startswith(("sqlite+aiosqlite://", "postgresql+asyncpg://")):
        raise ValueError("must start with sqlite+aiosqlite:// or postgresql+asyncpg://")
    return value


def _secret_token(value: SecretStr | None) -> SecretStr | None:
    if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()):
        raise ValueError("may hold 1 to 256 of A-Z a-z 0-9 _ -")
    return value


def _bot_token(value: SecretStr | None) -> SecretStr | None:
    if value is not None and not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", value.get_secret_value()):
        raise ValueError("does not look like a Telegram bot token (digits, a colon, letters)")
    return value


def _host_and_port(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit() or not 0 <= int(port) <= 65535:
        raise ValueError("must look like 127.0.0.1:8080")
    try:
        host.strip("[]").encode("idna")
    except UnicodeError:
        raise ValueError("names no host that can be") from None
    return value


class Settings(BaseSettings):
    """Every setting, with its default. Durations are seconds."""

    model_config = SettingsConfigDict(
        env_prefix="TUOWEN_", env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore"
    )

    telegram_token: Annotated[SecretStr | None, AfterValidator(_bot_token)] = Field(
        None, description="Token of the Telegram bot; without it the Telegram door stays closed."
    )
    telegram_api_url: Annotated[str, AfterValidator(_http_address)] = Field(
        "https://api.telegram.org", description="Base address of a Bot API server, for a local one or a test double."
    )
    telegram_rate: float = Field(
        30, gt=0, allow_inf_nan=False, description="Messages per second the outbox may send to Telegram overall."
    )
    public_url: Annotated[str | None, AfterValidator(_http_address)] = Field(
        None, description="Public https address of this service. Set: Telegram webhook; unset: long polling."
    )
    webhook_secret: Annotated[SecretStr | None, AfterValidator(_secret_token)] = Field(
        None, description="Secret Telegram must send with each webhook call; made and kept under `var/` when unset."
    )
    database_url: Annotated[str, AfterValidator(_known_database)] = Field(
        "sqlite+aiosqlite:///var/tuowen.db",
        description="SQLAlchemy address of the database: SQLite (one process) or PostgreSQL.",
    )
    bind: Annotated[str, AfterValidator(_host_and_port)] = Field(
        "127.0.0.1:8080", description="Address and port the web page listens on."
    )
    knowledge_dir: Path = Field(CONTENT, description="Folder with the content files that operators edit.")
    secret_key: SecretStr | None = Field(
        None, description="Key that signs the web page's cookie; made and kept under `var/` when unset."
    )
    burst_seconds: float = Field(
        1.5, ge=0, le=10, description="How long an unclear short message waits for its continuation."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least level that is logged.")
    state_dir: Path = Field(Path("var"), description="Folder for the generated secrets (and the default database).")


def misspelt(names: Iterable[str]) -> dict[str, str | None]:
    """Names with the prefix that are no setting, each with the setting that was probably meant."""
    known = [f"TUOWEN_{name.upper()}" for name in Settings.model_fields]
    strange = sorted(n for n in names if n.upper().startswith("TUOWEN") and n.upper() not in known and n not in OTHERS)
    return {name: next(iter(get_close_matches(name.upper(), known, 1, 0.75)), None) for name in strange}


def names_in_file() -> tuple[str, ...]:
    """The names set in `.env`."""
    return tuple(dotenv_values(".env", encoding="utf-8"))


def read_settings() -> Settings:
    """Read the settings, or end with one sentence that names the wrong one (`SettingsError`)."""
    try:
        return Settings()
    except (UnicodeDecodeError, OSError) as error:
        raise SettingsError(f".env: cannot be read ({error})") from None
    except ValidationError as error:
        first = error.errors()[0]
        name = "TUOWEN_" + str(first["loc"][0]).upper()
        raise SettingsError(f"{name}: {first['msg'].removeprefix('Value error, ')}") from None
