"""Opening databases."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from db.engine import open_engine, scratch_url
from db.schema import upgrade
from tests.conftest import apart


def test_memory_is_refused() -> None:
    with pytest.raises(ValueError, match="file"):
        open_engine("sqlite+aiosqlite://")


def test_folder_is_made(tmp_path: Path) -> None:
    apart(upgrade(f"sqlite+aiosqlite:///{tmp_path}/new/place/x.db"))
    assert (tmp_path / "new" / "place" / "x.db").exists()


def test_scratch_vanishes() -> None:
    with scratch_url() as url:
        apart(upgrade(url))
        path = Path(str(make_url(url).database))
        assert path.exists()
    assert not path.exists()
