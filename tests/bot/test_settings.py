"""Settings: read once, and a wrong one is named in one sentence."""

import os
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import Settings, misspelt, names_in_file, read_settings


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting from outside."""
    for name in [name for name in os.environ if name.startswith("TUOWEN")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_defaults() -> None:
    settings = read_settings()
    assert (settings.telegram_token, settings.bind, settings.telegram_rate) == (None, "127.0.0.1:8080", 30)
    assert settings.knowledge_dir.is_dir()


def test_the_environment_wins_over_the_file_and_empty_is_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("TUOWEN_BIND=127.0.0.1:1\nTUOWEN_LOG_LEVEL=ERROR\nTUOWEN_TELEGRAM_RATE=\n", "utf-8")
    monkeypatch.setenv("TUOWEN_BIND", "127.0.0.1:2")
    settings = read_settings()
    assert (settings.bind, settings.log_level, settings.telegram_rate) == ("127.0.0.1:2", "ERROR", 30)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BIND", "8080"),
        ("BIND", ":8080"),
        ("BIND", "127.0.0.1:"),
        ("BIND", "127.0.0.1:65536"),
        ("BIND", "127.0.0.1:-1"),
        ("BIND", "127.0.0.1:http"),
        ("BIND", "127.0.0.1:²"),
        ("BIND", "a..b:8080"),
        ("BIND", "http://127.0.0.1:8080/"),
        ("DATABASE_URL", "postgres://localhost/x"),
        ("DATABASE_URL", "sqlite:///x.db"),
        ("DATABASE_URL", "x"),
        ("TELEGRAM_TOKEN", "abc"),
        ("TELEGRAM_TOKEN", "123:"),
        ("TELEGRAM_TOKEN", "123:ab cd"),
        ("TELEGRAM_API_URL", "api.telegram.org"),
        ("PUBLIC_URL", "example.org"),
        ("TELEGRAM_RATE", "0"),
        ("TELEGRAM_RATE", "-1"),
        ("TELEGRAM_RATE", "fast"),
        ("TELEGRAM_RATE", "nan"),
        ("TELEGRAM_RATE", "inf"),
        ("BURST_SECONDS", "-0.1"),
        ("BURST_SECONDS", "11"),
        ("WEBHOOK_SECRET", "no spaces"),
        ("WEBHOOK_SECRET", "a" * 257),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"TUOWEN_{name}", value)
    with pytest.raises(SettingsError) as caught:
        read_settings()
    sentence = str(caught.value)
    assert sentence.startswith(f"TUOWEN_{name}: ")
    assert "\n" not in sentence
    assert name not in ("TELEGRAM_TOKEN", "WEBHOOK_SECRET") or value not in sentence


@pytest.mark.parametrize("bind", ["0.0.0.0:80", "[::1]:8080", "localhost:0"])
def test_a_right_address_to_listen_on(monkeypatch: pytest.MonkeyPatch, bind: str) -> None:
    monkeypatch.setenv("TUOWEN_BIND", bind)
    assert read_settings().bind == bind


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUOWEN_TELEGRAM_TOKEN", "123:abc")
    monkeypatch.setenv("TUOWEN_SECRET_KEY", "hidden")
    shown = repr(read_settings())
    assert "abc" not in shown
    assert "hidden" not in shown


def test_a_slash_at_the_end_is_no_part_of_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUOWEN_PUBLIC_URL", "https://example.org/")
    assert read_settings().public_url == "https://example.org"


def test_a_file_that_is_no_text_is_named() -> None:
    Path(".env").write_bytes(b"TUOWEN_BIND=\xff\xfe\n")
    with pytest.raises(SettingsError, match=r"^\.env: "):
        read_settings()


def test_strange_names_are_found() -> None:
    names = ["TUOWEN_BINDS", "TUOWEN_KNOWLEGDE_DIR", "TUOWENBIND", "TUOWEN_COLOUR_OF_SKY", "PATH", "tuowen_bind"]
    assert misspelt([*names, *(f"TUOWEN_{name.upper()}" for name in Settings.model_fields)]) == {
        "TUOWENBIND": "TUOWEN_BIND",
        "TUOWEN_BINDS": "TUOWEN_BIND",
        "TUOWEN_COLOUR_OF_SKY": None,
        "TUOWEN_KNOWLEGDE_DIR": "TUOWEN_KNOWLEDGE_DIR",
    }


def test_what_only_tests_read_is_not_strange() -> None:
    assert misspelt(["TUOWEN_NO_SKIP", "TUOWEN_TEST_DATABASE_URL"]) == {}


def test_names_in_the_file() -> None:
    assert names_in_file() == ()
    Path(".env").write_text("# TUOWEN_A=1\nTUOWEN_BINDS=127.0.0.1:1\nOTHER=2\n", "utf-8")
    assert names_in_file() == ("TUOWEN_BINDS", "OTHER")
