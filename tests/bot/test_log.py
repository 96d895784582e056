"""The log outlives whatever it is written to."""

import sys
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog

from bot import log


@pytest.fixture
def own_log() -> Iterator[None]:
    kept = structlog.get_config()
    log.set_up("INFO")
    yield
    structlog.configure(**kept)


@pytest.mark.usefixtures("own_log")
def test_one_json_line_per_event(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger("x").info("happened", number=1)
    assert '"event": "happened"' in capsys.readouterr().err


@pytest.mark.usefixtures("own_log")
def test_a_closed_stream_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    structlog.get_logger("x").error("happened")
