"""Every rule has a broken example under `broken/<rule>` (or `broken/<rule>-…`), laid over `base`, with what is said."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from knowledge import checks, replay
from knowledge.content_files import Content, gather
from knowledge.findings import ContentError, Finding, Rule, Weight
from knowledge.library import Library, load

BROKEN = Path(__file__).parent / "broken"
SCORE = re.compile(r"\d\.\d\d(?= 分)")
"""Scores of the matcher, which may move without a rule being broken."""
TODAY = date(2026, 11, 22)
EXAMPLES = sorted(example.name for example in BROKEN.iterdir())


def found(folder: Path, *, replayed: bool) -> list[Finding]:
    content = gather(folder)
    findings = content.findings + checks.quick(content, TODAY)
    if replayed:
        findings += replay.findings(content, replay.replay(Library(content)))
    return sorted(findings)


def rule_of(example: str) -> Rule:
    """The rule an example is of: the longest that its name begins with."""
    return max((rule for rule in Rule if f"{example}-".startswith(f"{rule}-")), key=len)


@pytest.mark.parametrize("example", EXAMPLES)
def test_broken_example_is_found(example: str, overlay: Callable[[str], Path]) -> None:
    findings = found(overlay(example), replayed=example.startswith("stolen-"))
    expected = (BROKEN / example / "expected.txt").read_text("utf-8").splitlines()
    assert [SCORE.sub("…", finding.labelled) for finding in findings] == [SCORE.sub("…", line) for line in expected]
    assert rule_of(example) in {finding.rule for finding in findings}


def test_every_rule_has_an_example() -> None:
    assert {rule_of(example) for example in EXAMPLES} == set(Rule)


def test_base_has_no_fault(folder: Path) -> None:
    assert found(folder, replayed=True) == []


@pytest.mark.parametrize("example", EXAMPLES)
def test_errors_bar_publishing_and_warnings_do_not(example: str, overlay: Callable[[str], Path]) -> None:
    folder = overlay(example)
    errors = [f for f in found(folder, replayed=False) if f.weight is Weight.ERROR]
    if not errors:
        assert load(folder).live
        return
    with pytest.raises(ContentError) as raised:
        load(folder)
    assert [f for f in raised.value.findings if f.weight is Weight.ERROR] == errors


def test_dates_are_looked_at_only_when_today_is_given(overlay: Callable[[str], Path]) -> None:
    assert checks.quick(gather(overlay("overdue"))) == []


def test_shipped_content_has_no_errors(shipped: Content) -> None:
    findings = shipped.findings + checks.quick(shipped, TODAY)
    assert [finding.labelled for finding in findings if finding.weight is Weight.ERROR] == []


def test_a_retired_entry_is_kept_but_needs_no_care(folder: Path) -> None:
    file = folder / "outside" / "weather.yaml"
    file.write_text(file.read_text("utf-8").replace("2027-05-15", "2020-01-01") + "retired: true\n", "utf-8")
    assert found(folder, replayed=False) == []
    library = load(folder)
    assert library.title("outside.weather") == "天气"
    assert "outside.weather" not in library.live


def test_a_follow_on_to_a_retired_entry_is_found(folder: Path) -> None:
    file = folder / "faq" / "modes" / "half_day.yaml"
    file.write_text(file.read_text("utf-8") + "retired: true\n", "utf-8")
    assert [(f.rule, f.file) for f in found(folder, replayed=False)] == [
        (Rule.UNKNOWN_FOLLOW_ON, "faq/modes/full_day.yaml")
    ]


def test_findings_say_what_to_do() -> None:
    """Each is one Chinese sentence (or two) that ends properly."""
    for example in EXAMPLES:
        for line in (BROKEN / example / "expected.txt").read_text("utf-8").splitlines():
            weight, _, rest = line.partition(" ")
            assert weight in ("错误", "提醒")
            assert re.fullmatch(r"[\w./]+:\d+: .*[\u4e00-\u9fff].*。", rest)
