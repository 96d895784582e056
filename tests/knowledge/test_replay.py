"""Each phrasing and probe against the whole library without it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.content_files import gather
from knowledge.library import Library, load
from knowledge.replay import Replay, Theft, findings, replay


def theft(entry: str, gap: float, part: str = "phrasings") -> Theft:
    return Theft(entry, part, 0, "话", 0.1, "modes.full_day", 0.1 + gap, "另一句话")


def test_a_replayed_phrasing_scores_as_if_it_were_not_there(overlay: Callable[[str], Path]) -> None:
    """The thief's score and likeness are those of a library without the phrasing, but for the rarity of features."""
    folder = overlay("stolen-phrasing")
    report = replay(Library(gather(folder)))
    stolen = next(t for t in report.thefts if t.text == "半日托是上午还是下午送")
    file = folder / "outside" / "weather.yaml"
    file.write_text(file.read_text("utf-8").replace("  - 半日托是上午还是下午送\n", ""), "utf-8")
    without = load(folder)
    best = without.matcher.rank("半日托是上午还是下午送")[0]
    assert (without.live[best.label], best.phrasing) == (stolen.thief, stolen.by)
    assert best.score == pytest.approx(stolen.score, abs=0.1)


def test_counts_and_order() -> None:
    report = Replay(10, 5, (theft("a", 0.1), theft("b", 0.2), theft("b", 0.9), theft("a", 0.3, "probes")))
    assert (report.stolen("phrasings"), report.stolen("probes")) == (3, 1)
    assert [(entry, [round(t.gap, 1) for t in thefts]) for entry, thefts in report.by_entry().items()] == [
        ("b", [0.9, 0.2]),
        ("a", [0.3, 0.1]),
    ]


def test_clear_thefts_or_all(folder: Path) -> None:
    report = Replay(2, 0, (theft("modes.half_day", 0.1), theft("modes.half_day", 0.9)))
    content = gather(folder)
    assert len(findings(content, report)) == 1
    assert len(findings(content, report, everything=True)) == 2
