"""Settings from the environment or `.env`, prefix `TUOWEN_`. Read once by `bot/__main__.py`; the table is in `docs/settings.md`."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingsError

CONTENT = Path(__file__).resolve().parent.parent / "knowledge" / "content"


def _http_address(value: str | None) -> str | None:
    if value is not None and not value.startswith(("http://", "https://")):
        raise ValueError("must start with http:// or https://")
    return value.rstrip("/") if value else None


def _known_database(value: str) -> str:
    if not value.startswith(("sqlite+aiosqlite://", "postgresql+asyncpg://")):
        raise ValueError("must start with sqlite+aiosqlite:// or postgresql+asyncpg://")
    return value


def _host_and_port(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit() or not 0 <= int(port) <= 65535:
        raise ValueError("must look like 127.0.0.1:8080")
    return value


class Settings(BaseSettings):
    """Every setting, with its default. Durations are seconds."""

    model_config = SettingsConfigDict(env_prefix="TUOWEN_", env_file=".env", env_file_encoding="utf-8", extra="ignore")

    telegram_token: SecretStr | None = Field(None, description="Token of the Telegram bot; without it the Telegram door stays closed.")
    telegram_api_url: Annotated[str, AfterValidator(_http_address)] = Field(
        "https://api.telegram.org", description="Base address of a Bot API server, for a local one or a test double."
    )
    telegram_rate: float = Field(30, gt=0, description="Messages per second the outbox may send to Telegram overall.")
    public_url: Annotated[str | None, AfterValidator(_http_address)] = Field(
        None, description="Public https address of this service. Set: Telegram webhook; unset: long polling."
    )
    webhook_secret: SecretStr | None = Field(None, description="Secret Telegram must send with each webhook call; made and kept under `var/` when unset.")
    database_url: Annotated[str, AfterValidator(_known_database)] = Field(
        "sqlite+aiosqlite:///var/tuowen.db", description="SQLAlchemy address of the database: SQLite (one process) or PostgreSQL."
    )
    bind: Annotated[str, AfterValidator(_host_and_port)] = Field("127.0.0.1:8080", description="Address and port the web page listens on.")
    knowledge_dir: Path = Field(CONTENT, description="Folder with the content files that operators edit.")
    secret_key: SecretStr | None = Field(None, description="Key that signs the web page's cookie; made and kept under `var/` when unset.")
    burst_seconds: float = Field(1.5, ge=0, le=10, description="How long an unclear short message waits for its continuation.")
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="Least level that is logged.")
    state_dir: Path = Field(Path("var"), description="Folder for the generated secrets (and the default database).")


def read_settings() -> Settings:
    """Read the settings, or end with one sentence that names the wrong one (`SettingsError`)."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "TUOWEN_" + str(first["loc"][0]).upper()
        raise SettingsError(f"{name}: {first['msg'].removeprefix('Value error, ')}") from None
