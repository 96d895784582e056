"""Weights kept on disk give the same ranking, and a damaged file only costs time."""

from pathlib import Path

import pytest

from knowledge import matcher
from knowledge.features import Words
from knowledge.matcher import Matcher, Phrasing
from knowledge.model_cache import KEPT, cached_matcher

PHRASINGS = [Phrasing("半日托", 0), Phrasing("只送半天", 0), Phrasing("全日托", 1), Phrasing("full day care", 1)]


def kept(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def test_kept_weights_rank_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = cached_matcher(PHRASINGS, 2, Words(), tmp_path)
    monkeypatch.setattr(matcher.Matcher, "build", pytest.fail)
    again = cached_matcher(PHRASINGS, 2, Words(), tmp_path)
    for text in ("半天", "full day", "别的"):
        assert again.rank(text) == first.rank(text)


@pytest.mark.parametrize("harm", [b"", b"PK", b"nonsense", None])
def test_a_damaged_file_is_learnt_anew(tmp_path: Path, harm: bytes | None) -> None:
    cached_matcher(PHRASINGS, 2, Words(), tmp_path)
    (file,) = kept(tmp_path)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2] if harm is None else harm)
    assert cached_matcher(PHRASINGS, 2, Words(), tmp_path).rank("半日托")[0].label == 0
    assert kept(tmp_path) == [file]


def test_other_words_are_other_weights(tmp_path: Path) -> None:
    cached_matcher(PHRASINGS, 2, Words(), tmp_path)
    cached_matcher(PHRASINGS, 2, Words.of(["请问"], {}), tmp_path)
    cached_matcher(PHRASINGS[:3], 2, Words(), tmp_path)
    assert len(kept(tmp_path)) == 3


def test_only_a_few_are_kept(tmp_path: Path) -> None:
    for number in range(KEPT + 2):
        cached_matcher([*PHRASINGS, Phrasing(f"托班{number}", 0)], 2, Words(), tmp_path)
    assert len(kept(tmp_path)) == KEPT


def test_without_a_folder(tmp_path: Path) -> None:
    assert isinstance(cached_matcher(PHRASINGS, 2, Words(), None), Matcher)
    blocked = tmp_path / "file"
    blocked.write_text("no folder", "utf-8")
    assert cached_matcher(PHRASINGS, 2, Words(), blocked / "cache").rank("半日托")[0].label == 0
