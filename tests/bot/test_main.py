"""The command line: what keeps it from starting is one sentence, what it prints is what it promises, and it ends when told."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from bot import log
from bot.__main__ import cli
from bot.intake import Intake
from bot.settings import Settings
from db.engine import open_engine
from tests.fakes.backbone import message

ROOT = Path(__file__).parents[2]
NEVER = "127.0.0.1:1"
QUESTIONS = [
    {"id": "a", "text": "半日托是上午还是下午", "expect": ["modes.half_day"], "kind": "typo"},
    {"id": "b", "text": "天黑前接走就行", "context": ["半日托是上午还是下午"], "expect": ["modes.full_day"]},
    {"id": "c", "text": "孩子噎住了", "expect": ["emergency"], "kind": "emergency"},
]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, small_content: Path) -> dict[str, str]:
    """Settings for a service of this test's own; set in this process too."""
    own = {
        "TUOWEN_KNOWLEDGE_DIR": str(small_content),
        "TUOWEN_STATE_DIR": str(tmp_path / "state"),
        "TUOWEN_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/state/tuowen.db",
        "TUOWEN_BIND": "127.0.0.1:0",
        "PYTHONPATH": str(ROOT),
    }
    for name in [name for name in os.environ if name.startswith("TUOWEN")]:
        monkeypatch.delenv(name)
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return {**os.environ, **own}


@pytest.fixture
def command(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command line in this process; without its set-up of logging, which would outlive the test."""
    monkeypatch.setattr(log, "set_up", lambda level: None)

    def run(*words: str, **changed: str) -> Result:
        for name, value in changed.items():
            monkeypatch.setenv(name, value)
        return CliRunner().invoke(cli, words)

    return run


def one_sentence(result: Result, name: str) -> str:
    """The sentence on standard error that a failed command ended with."""
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    (line,) = result.stderr.strip().splitlines()
    assert line.startswith(f"{name}: ")
    return line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TUOWEN_BIND", "8080"),
        ("TUOWEN_TELEGRAM_TOKEN", "not-a-token"),
        ("TUOWEN_DATABASE_URL", "mysql://127.0.0.1/x"),
        ("TUOWEN_DATABASE_URL", "sqlite+aiosqlite:///:memory:"),
        ("TUOWEN_DATABASE_URL", "sqlite+aiosqlite:///"),
        ("TUOWEN_DATABASE_URL", "sqlite+aiosqlite:////proc/nowhere/x.db"),
        ("TUOWEN_DATABASE_URL", f"postgresql+asyncpg://{NEVER}/x"),
        ("TUOWEN_DATABASE_URL", "postgresql+asyncpg://u:p@h:port/x"),
        ("TUOWEN_DATABASE_URL", f"postgresql+asyncpg://{NEVER}/x?no_such_option=1"),
    ],
)
@pytest.mark.parametrize("word", ["run", "cases"])
def test_a_wrong_setting_is_named(command: Callable[..., Result], word: str, name: str, value: str) -> None:
    one_sentence(command(word, **{name: value}), name)


def test_a_file_that_is_no_database(command: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "odd").write_text("this is no database, whatever its name says" * 9)
    one_sentence(command("cases", TUOWEN_DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path}/odd"), "TUOWEN_DATABASE_URL")


def test_a_database_of_a_later_version(command: Callable[..., Result], tmp_path: Path) -> None:
    assert command("cases").exit_code == 0

    async def later() -> None:
        engine = open_engine(f"sqlite+aiosqlite:///{tmp_path}/state/tuowen.db")
        async with engine.begin() as connection:
            await connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'later'")
        await engine.dispose()

    asyncio.run(later())
    one_sentence(command("cases"), "TUOWEN_DATABASE_URL")


def test_a_state_folder_that_cannot_be(command: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    one_sentence(command("run", TUOWEN_STATE_DIR=str(tmp_path / "file")), "TUOWEN_STATE_DIR")


@pytest.mark.parametrize("word", ["run", "cases", "eval"])
def test_broken_content_without_a_good_copy(
    command: Callable[..., Result], word: str, tmp_path: Path, small_content: Path
) -> None:
    folder = tmp_path / "content"
    (folder / "outside").mkdir(parents=True)
    (folder / "outside" / "broken.yaml").write_text("id：outside.broken\n", "utf-8")
    (tmp_path / "items").write_text("", "utf-8")
    result = command(*([word, str(tmp_path / "items")] if word == "eval" else [word]), TUOWEN_KNOWLEDGE_DIR=str(folder))
    assert result.exit_code == 1
    assert "outside/broken.yaml:1: " in result.stderr
    assert result.stderr.strip().splitlines()[-1].startswith("TUOWEN_KNOWLEDGE_DIR: ")


def test_no_content_at_all(command: Callable[..., Result], tmp_path: Path) -> None:
    result = command("cases", TUOWEN_KNOWLEDGE_DIR=str(tmp_path / "nowhere"))
    assert result.exit_code == 1
    assert result.stderr.strip().splitlines()[-1].startswith("TUOWEN_KNOWLEDGE_DIR: ")


def test_broken_content_with_a_good_copy(command: Callable[..., Result], tmp_path: Path, small_content: Path) -> None:
    folder = tmp_path / "content"
    folder.symlink_to(small_content)
    assert command("cases", TUOWEN_KNOWLEDGE_DIR=str(folder)).exit_code == 0
    folder.unlink()
    folder.mkdir()
    assert command("cases").exit_code == 0


def test_nothing_waits(command: Callable[..., Result]) -> None:
    assert command("cases").stdout.strip()
    assert command("cases", "--json").stdout.strip() == ""


def test_what_waits_is_listed(command: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.house import built

    async def urgent() -> None:
        async with built(Settings()) as house:
            intake: Intake = house.intake
            await intake.receive(message("孩子噎住了", channel="web"))

    asyncio.run(urgent())
    (case,) = [json.loads(line) for line in command("cases", "--json").stdout.splitlines()]
    assert (case["priority"], case["words"]) == ("emergency", "孩子噎住了")
    shown = command("cases").stdout
    assert case["number"] in shown
    assert "孩子噎住了" in shown
    assert command("cases", "--json", "--limit", "0").stdout.strip() == ""


def test_a_file_to_measure_on_that_is_wrong(command: Callable[..., Result], tmp_path: Path) -> None:
    file = tmp_path / "items.jsonl"
    file.write_text('{"id": "a", "text": "x"}\n{"id": "b"}\n', "utf-8")
    result = command("eval", str(file))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "line 2" in result.stderr
    assert command("eval", str(tmp_path / "nowhere")).exit_code == 1
    file.write_bytes(b"\xff")
    assert command("eval", str(file)).exit_code == 1


def test_help_names_the_commands(command: Callable[..., Result]) -> None:
    shown = command("--help").stdout
    assert all(word in shown for word in ("run", "chat", "eval", "cases"))


# The programme itself, as a process


def start(environment: dict[str, str], *words: str, **changed: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *words],
        env={**environment, **changed},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def running(environment: dict[str, str], port: int) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts the service and waits until it answers; whatever still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def run(**changed: str) -> subprocess.Popen[str]:
        process = start(environment, "run", TUOWEN_BIND=f"127.0.0.1:{port}", **changed)
        started.append(process)
        until = time.monotonic() + 30
        while time.monotonic() < until and process.poll() is None:
            try:
                if httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=2).status_code == 200:
                    return process
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError(f"it does not answer: {process.communicate(timeout=5)}")

    yield run
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    ("number", "token"), [(signal.SIGINT, ""), (signal.SIGTERM, "123456:abc")]
)
def test_it_ends_when_told(running: Callable[..., subprocess.Popen[str]], number: int, token: str, tmp_path: Path) -> None:
    process = running(
        TUOWEN_TELEGRAM_TOKEN=token, TUOWEN_TELEGRAM_API_URL=f"http://{NEVER}", TUOWEN_BINDS="x", TUOWEN_LOG_LEVEL="WARNING"
    )
    process.send_signal(number)
    shown, logged = process.communicate(timeout=8)
    assert process.returncode == 0
    assert "http://127.0.0.1:" in shown
    assert "Traceback" not in logged
    assert '"unknown_setting"' in logged
    assert '"did_you_mean": "TUOWEN_BIND"' in logged
    assert not (tmp_path / "state" / "tuowen.db-wal").exists()  # the database was closed


def test_an_address_that_is_taken_is_named(environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = start(environment, "run", TUOWEN_BIND=f"127.0.0.1:{taken.getsockname()[1]}")
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert errors.strip().splitlines()[-1].startswith("TUOWEN_BIND: ")
    assert "Traceback" not in errors


def test_measuring_writes_one_object_per_line(environment: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "items.jsonl"
    file.write_text("".join(json.dumps(item, ensure_ascii=False) + "\n" for item in QUESTIONS), "utf-8")
    process = start(environment, "eval", str(file), "--jobs", "4")
    shown, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    results = [json.loads(line) for line in shown.splitlines()]
    assert [result["id"] for result in results] == ["a", "b", "c"]
    for result in results:
        assert {"id", "outcome", "topics", "options", "text", "score", "ms"} <= set(result)
        assert isinstance(result["text"], str)
        assert isinstance(result["score"], float)
        assert result["ms"] > 0
    assert [result["outcome"] for result in results] == ["modes.half_day", "modes.full_day", "emergency"]
    assert (results[0]["topics"], results[2]["topics"]) == (["modes.half_day"], [])
    assert "emergency missed: none" in errors
