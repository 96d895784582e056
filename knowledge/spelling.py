"""Slips of the keyboard in a content file that YAML reports obscurely or not at all. Used by `knowledge/reader.py`."""

import re
from collections.abc import Iterator

from knowledge.findings import Finding, Rule, Source
from knowledge.schema import keys

_LINE = re.compile(r"\r\n|\r|\n")
_BLOCK = re.compile(r"(?:[:\-]|^)\s*[|>][+\-\d]*\s*(?:\s#.*)?$")
_TAB = re.compile(r"^ *\t")
_KEY = re.compile(r"^\s*(?P<dash>-\s+)?(?P<key>[a-z][a-z_]*)(?P<colon>：|:(?=[^\s/:\"']))")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def slips(source: Source, text: str) -> Iterator[Finding]:
    """Findings line by line. Inside a block of text (`|`) only what no file may hold is one."""
    block: int | None = None
    for number, line in enumerate(_LINE.split(text), 1):
        if _CONTROL.search(line):
            yield source.finding(number, Rule.CONTROL, "这一行有看不见的控制字符，请删掉后重新输入这一行。")
        indent = len(line) - len(line.lstrip(" "))
        if block is not None and (not line.strip() or indent > block):
            continue
        block = indent if _BLOCK.search(line) else None
        yield from _outside_blocks(source, number, line)


def _outside_blocks(source: Source, number: int, line: str) -> Iterator[Finding]:
    if _TAB.match(line):
        yield source.finding(number, Rule.TAB, "行首用了 Tab 键，请改成空格。")
    found = _KEY.match(line)
    if found is None or (found["dash"] and found["key"] not in keys()):
        return
    if found["colon"] == "：":
        message = f"“{found['key']}”后面是全角冒号“：”，请改成半角冒号加一个空格“: ”。"
        yield source.finding(number, Rule.WIDE_COLON, message)
    else:
        yield source.finding(number, Rule.COLON_SPACE, f"“{found['key']}:”后面要空一格，请补上空格。")
