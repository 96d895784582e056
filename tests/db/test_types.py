"""Instants are aware and come back as they went in."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite

from db.types import Instant

AT = datetime(2026, 3, 1, 8, 30, tzinfo=timezone(timedelta(hours=8)))


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()])  # type: ignore[no-untyped-call]
def test_round_trip(dialect: Dialect) -> None:
    stored = Instant().process_bind_param(AT, dialect)
    read = Instant().process_result_value(stored, dialect)
    assert read == AT
    assert read is not None
    assert read.tzinfo is UTC


def test_naive_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Instant().process_bind_param(datetime(2026, 3, 1), sqlite.dialect())  # noqa: DTZ001
