"""Reads a content folder into checked models, collecting every finding. Used by `knowledge/library.py` and `checks`."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from knowledge import schema
from knowledge.findings import Finding, Rule, Source
from knowledge.mismatch import mismatch
from knowledge.reader import Document, read

ENTRY_FOLDERS = ("faq", "outside", "person", "report")
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Placed:
    """An entry with the file it stands in and the lines of its parts."""

    entry: schema.Entry
    source: Source
    document: Document

    def line(self, *path: str | int) -> int:
        """The line of a part of the entry."""
        return self.document.line(path)


@dataclass
class Content:
    """Everything a folder holds. Parts that could not be read are empty; `findings` says why."""

    root: Path
    version: str = ""
    topics: list[str] = field(default_factory=list)
    entries: dict[str, Placed] = field(default_factory=dict)
    sources: dict[str, schema.SourceNote] = field(default_factory=dict)
    places: schema.PlacesFile = field(default_factory=lambda: schema.PlacesFile(districts=[], streets=[]))
    centres: dict[str, schema.Centre] = field(default_factory=dict)
    words: schema.WordsFile = field(default_factory=lambda: schema.WordsFile(filler=[], concepts={}))
    wording: dict[str, str] = field(default_factory=dict)
    danger: dict[str, Any] = field(default_factory=dict)
    danger_examples: schema.DangerExamples = field(default_factory=schema.DangerExamples)
    desks: dict[str, schema.Desk] = field(default_factory=lambda: {"common": schema.Desk(id="common")})
    calendar: schema.CalendarFile = field(default_factory=schema.CalendarFile)
    desks_file: schema.DesksFile | None = None
    canned_list: list[schema.Canned] = field(default_factory=list)
    documents: dict[str, Document] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)

    def source(self, name: str) -> Source:
        """The file `name` of this folder."""
        return Source(self.root, self.root / name)


def gather(root: Path) -> Content:
    """Read every content file below `root`; never raises for what a file holds."""
    content = Content(root, fingerprint(root))
    if topics := _single(content, "topics.yaml", schema.TopicsFile):
        content.topics = topics.topics
    if sources := _single(content, "sources.yaml", schema.SourcesFile):
        content.sources = sources.sources
    content.places = _single(content, "places.yaml", schema.PlacesFile) or content.places
    if centres := _single(content, "centres.yaml", schema.CentresFile):
        content.centres = {centre.id: centre for centre in centres.centres}
    content.words = _single(content, "words.yaml", schema.WordsFile) or content.words
    content.danger = _mapping(content, "danger.yaml")
    examples = _optional(content, "danger_examples.yaml", schema.DangerExamples)
    content.danger_examples = examples or content.danger_examples
    content.desks_file = _optional(content, "desks.yaml", schema.DesksFile)
    if content.desks_file:
        content.desks = {desk.id: desk for desk in content.desks_file.desks}
    content.calendar = _optional(content, "calendar.yaml", schema.CalendarFile) or content.calendar
    if canned := _optional(content, "canned.yaml", schema.CannedFile):
        content.canned_list = canned.canned
    _wording(content)
    for folder in ENTRY_FOLDERS:
        for file in sorted((root / folder).rglob("*.yaml")):
            _entry(content, Source(root, file))
    _ignored(content)
    return content


def fingerprint(root: Path) -> str:
    """A short digest of every content file's name and bytes: the version of a library.

    Taken before the files are read: what changes meanwhile then looks new, never already known.
    """
    digest = hashlib.sha256()
    for file in sorted(root.rglob("*.yaml")):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0")
        with suppress(OSError):
            digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _ignored(content: Content) -> None:
    """Files that look like content and stand where nothing reads them."""
    for file in sorted(content.root.rglob("*.y*ml")):
        source = Source(content.root, file)
        if source.name not in content.seen and not file.name.startswith("."):
            message = f"这个文件没有被读取：条目要放在 {'、'.join(ENTRY_FOLDERS)} 里，文件名以 .yaml 结尾。"
            content.findings.append(source.warning(1, Rule.IGNORED_FILE, message))


def _document(content: Content, source: Source) -> Document | None:
    document, findings = read(source)
    content.seen.add(source.name)
    content.findings += findings
    if document is not None:
        content.documents[source.name] = document
    return document


def _single(content: Content, name: str, model: type[M]) -> M | None:
    document = _document(content, content.source(name))
    return None if document is None else _checked(content, content.source(name), document, model)


def _optional(content: Content, name: str, model: type[M]) -> M | None:
    """A file that a folder may do without."""
    return _single(content, name, model) if (content.root / name).exists() else None


def _mapping(content: Content, name: str) -> dict[str, Any]:
    document = _document(content, content.source(name))
    if document is None or isinstance(document.value, dict):
        return document.value if document else {}
    content.findings.append(content.source(name).finding(1, Rule.SHAPE, "这个文件应当由“词: 内容”组成。"))
    return {}


def _wording(content: Content) -> None:
    """All wording as `area.key` → text."""
    for file in sorted((content.root / "wording").glob("*.yaml")):
        source = Source(content.root, file)
        document = _document(content, source)
        if document is None:
            continue
        if not isinstance(document.value, dict):
            content.findings.append(source.finding(1, Rule.SHAPE, "这个文件应当由“词: 内容”组成。"))
            continue
        for key, text in document.value.items():
            if isinstance(text, str) and text.strip():
                content.wording[f"{file.stem}.{key}"] = text.strip()
            else:
                content.findings.append(source.finding(document.line((key,)), Rule.SHAPE, f"“{key}”后面要写一句话。"))


def _entry(content: Content, source: Source) -> None:
    document = _document(content, source)
    entry = None if document is None else _checked(content, source, document, schema.Entry)
    if document is None or entry is None:
        return
    if entry.id in content.entries:
        other = content.entries[entry.id].source.name
        message = f"编号“{entry.id}”在 {other} 里已经用了，请换一个。"
        content.findings.append(source.finding(document.line(("id",)), Rule.REPEATED_ID, message))
        return
    content.entries[entry.id] = Placed(entry, source, document)


def _checked(content: Content, source: Source, document: Document, model: type[M]) -> M | None:
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        content.findings += [mismatch(source, document, problem) for problem in error.errors()]
        return None
