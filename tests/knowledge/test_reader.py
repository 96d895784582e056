"""Every value is text, with its line; nothing in a file makes the reader raise."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.findings import Source
from knowledge.reader import parse

PIECES = [
    "key",
    ": ",
    ":",
    "- ",
    "\n",
    "  ",
    "[",
    "]",
    "{",
    "}",
    "'",
    '"',
    "|",
    ">",
    "&a",
    "*a",
    "!!int",
    "？",
    "?",
    "#",
    "---",
]
SOURCE = Source(Path("/content"), Path("/content/faq/x.yaml"))


@pytest.mark.parametrize(
    "text", ["8:30", "no", "2027-02-15", "0123", "1e3", "~", "null", "真", "1_000", "0x1F", ".inf"]
)
def test_values_are_text(text: str) -> None:
    document, findings = parse(SOURCE, f"key: {text}\n")
    assert findings == []
    assert document is not None
    assert document.value == {"key": text}


def test_lines() -> None:
    document, _ = parse(SOURCE, "a:\n  - x\n  - y\nb: |\n  一\n  二\nc: {d: e}\n")
    assert document is not None
    assert [document.line(path) for path in [("a", 1), ("b",), ("c", "d"), ("a", 9), ("nowhere",)]] == [3, 4, 7, 1, 1]


@pytest.mark.parametrize(
    "text",
    [
        "- hi：多少钱\n- 请问：在哪\n",
        "answer: |\n  title：不是键\n  \tTab 在这里没关系\nnext: x\n",
        "url: https://example.org/a\n",
        "- ok:好的\n",
        "\ufeffkey: 值\r\nother: 值\r\n".removeprefix("\ufeff"),
    ],
)
def test_what_is_no_slip(text: str) -> None:
    assert parse(SOURCE, text)[1] == []


def test_lines_are_counted_as_yaml_counts_them() -> None:
    _, findings = parse(SOURCE, "a: x\u2028y\x0by\n".replace("\x0b", "") + "\tb: 1\n")
    assert [finding.line for finding in findings] == [2]


@given(st.text())
@settings(derandomize=True, deadline=None)
def test_never_raises(text: str) -> None:
    document, findings = parse(SOURCE, text)
    assert (document is None) == bool(findings)


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
@settings(derandomize=True, deadline=None)
def test_never_raises_on_what_looks_like_yaml(text: str) -> None:
    document, findings = parse(SOURCE, text)
    assert (document is None) == bool(findings)


def test_deep_nesting_ends_early() -> None:
    assert parse(SOURCE, "[" * 400_000)[0] is None
