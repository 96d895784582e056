"""A draft of an entry as a file, and what it would do to the library: `python -m knowledge.draft_entry CONTENT FILE CACHE`.

It is looked at in a process of its own: putting it to the whole library takes as long as `check` does.
"""

import json
import sys
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from pydantic import ValidationError

from knowledge import checks, replay
from knowledge.content_files import Content, Placed, gather
from knowledge.findings import Finding, Rule, Weight
from knowledge.library import Library
from knowledge.mismatch import mismatch
from knowledge.normalise import plain
from knowledge.reader import parse
from knowledge.schema import Entry

FOLDER = "faq/drafts"
NEAR = 0.5
"""A score at which another entry is named as near, so that an operator looks whether it says the same."""
ALIKE = 3


@dataclass(frozen=True, slots=True)
class Near:
    """An entry of the library that a phrasing of the draft comes close to."""

    text: str
    entry: str
    title: str
    score: float


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found. `errors` keep the draft out; the rest is for an operator to judge."""

    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    collisions: tuple[str, ...] = ()
    near: tuple[Near, ...] = ()
    version: str = ""

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Examined":
        """The inverse of `as_json`."""
        lists = {name: tuple(data[name]) for name in ("errors", "warnings", "collisions")}
        return cls(near=tuple(Near(**one) for one in data["near"]), version=data["version"], **lists)


def written(values: dict[str, Any]) -> str:
    """An entry's values as the text of a content file."""
    return str(yaml.dump(values, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1000))


def examined(root: Path, file: Path, today: date, cache: Path | None = None) -> Examined:
    """What checks and a replay of the whole library say about the draft in `file`. `cache`: of the library as it is."""
    content = gather(root)
    before = content.version
    if any(finding.weight is Weight.ERROR for finding in content.findings):
        return Examined(errors=("内容文件夹里现在有错误，先运行 python -m knowledge check 改好。",), version=before)
    placed, wrong = _placed(content, file)
    if placed is None:
        return Examined(errors=tuple(finding.message for finding in wrong), version=before)
    old = Library(content, cache)
    content.entries[placed.entry.id] = placed
    found = [finding for finding in checks.quick(content, today) if finding.file == placed.source.name]
    errors = tuple(finding.message for finding in found if finding.weight is Weight.ERROR)
    warnings = tuple(finding.message for finding in found if finding.weight is not Weight.ERROR)
    near = tuple(_near(old, placed.entry))
    collisions = () if errors else tuple(_collisions(content, placed.entry.id))
    return Examined(errors, warnings, collisions, near, before)


def _placed(content: Content, file: Path) -> tuple[Placed | None, list[Finding]]:
    source = content.source(f"{FOLDER}/{file.name}")
    document, wrong = parse(source, file.read_text("utf-8"))
    if document is None:
        return None, wrong
    try:
        entry = Entry.model_validate(document.value)
    except ValidationError as error:
        return None, [mismatch(source, document, problem) for problem in error.errors()]
    if entry.id in content.entries:
        line = document.line(("id",))
        return None, [source.finding(line, Rule.REPEATED_ID, f"编号“{entry.id}”已经用了，请换一个。")]
    return Placed(entry, source, document), []


def _near(library: Library, entry: Entry) -> list[Near]:
    found: dict[str, Near] = {}
    for text in (entry.title, *entry.phrasings):
        for candidate in library.matcher.rank(plain(text))[:ALIKE]:
            key = library.labels[candidate.label]
            if key in library.entries and candidate.score >= NEAR:
                one = Near(text, key, library.title(key), round(candidate.score, 2))
                if key not in found or found[key].score < one.score:
                    found[key] = one
    return sorted(found.values(), key=lambda one: -one.score)[:5]


def _collisions(content: Content, key: str) -> list[str]:
    library = Library(content)
    report = replay.replay(library)
    said = []
    for theft in report.thefts:
        if theft.thief == key:
            title = library.title(theft.entry)
            said.append(f"会抢走“{title}”的问法“{theft.text}”（{theft.own_score:.2f} 比 {theft.score:.2f}）。")
        elif theft.entry == key and theft.clear:
            said.append(
                f"问法“{theft.text}”会被“{library.title(theft.thief)}”抢走（{theft.own_score:.2f} 比 {theft.score:.2f}）。"
            )
    return said


class _Dumper(yaml.SafeDumper):
    """Long texts as blocks, lists indented: as people write these files."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def main(root: str, file: str, cache: str) -> None:
    """Print what was found as JSON."""
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    sys.stdout.write(json.dumps(examined(Path(root), Path(file), today, Path(cache)).as_json(), ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
