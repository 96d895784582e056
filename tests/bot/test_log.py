"""The log outlives whatever it is written to."""

import sys
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog

from bot import log


@pytest.fixture
def own_log(monkeypatch: pytest.MonkeyPatch) -> Iterator[StringIO]:
    kept = structlog.get_config()
    stream = StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    log.set_up("INFO")
    yield stream
    structlog.configure(**kept)


def test_one_json_line_per_event(own_log: StringIO) -> None:
    structlog.get_logger("x").info("happened", number=1)
    assert '"event": "happened"' in own_log.getvalue()


def test_a_closed_stream_stops_nothing(own_log: StringIO) -> None:
    own_log.close()
    structlog.get_logger("x").error("happened")
