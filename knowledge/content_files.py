"""Reads a content folder into checked models, collecting every finding. Used by `knowledge/library.py` and `checks`."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from knowledge import schema
from knowledge.findings import Finding, Source
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
    entries: dict[str, Placed] = field(default_factory=dict)
    sources: dict[str, schema.SourceNote] = field(default_factory=dict)
    places: schema.PlacesFile = field(default_factory=lambda: schema.PlacesFile(districts=[], streets=[]))
    centres: dict[str, schema.Centre] = field(default_factory=dict)
    words: schema.WordsFile = field(default_factory=lambda: schema.WordsFile(filler=[], concepts={}))
    wording: dict[str, str] = field(default_factory=dict)
    danger: dict[str, Any] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def source(self, name: str) -> Source:
        """The file `name` of this folder."""
        return Source(self.root, self.root / name)


def gather(root: Path) -> Content:
    """Read every content file below `root`; never raises for what a file holds."""
    content = Content(root)
    if sources := _single(content, "sources.yaml", schema.SourcesFile):
        content.sources = sources.sources
    content.places = _single(content, "places.yaml", schema.PlacesFile) or content.places
    if centres := _single(content, "centres.yaml", schema.CentresFile):
        content.centres = {centre.id: centre for centre in centres.centres}
    content.words = _single(content, "words.yaml", schema.WordsFile) or content.words
    content.danger = _mapping(content, "danger.yaml")
    _wording(content)
    for folder in ENTRY_FOLDERS:
        for file in sorted((root / folder).rglob("*.yaml")):
            _entry(content, Source(root, file))
    return content


def _document(content: Content, source: Source) -> Document | None:
    document, findings = read(source)
    content.findings += findings
    if document is not None:
        content.documents[source.name] = document
    return document


def _single(content: Content, name: str, model: type[M]) -> M | None:
    document = _document(content, content.source(name))
    return None if document is None else _checked(content, content.source(name), document, model)


def _mapping(content: Content, name: str) -> dict[str, Any]:
    document = _document(content, content.source(name))
    if document is None or isinstance(document.value, dict):
        return document.value if document else {}
    content.findings.append(content.source(name).finding(1, "shape", "这个文件应当由“词: 内容”组成。"))
    return {}


def _wording(content: Content) -> None:
    """All wording as `area.key` → text."""
    for file in sorted((content.root / "wording").glob("*.yaml")):
        source = Source(content.root, file)
        document = _document(content, source)
        if document is None:
            continue
        if not isinstance(document.value, dict):
            content.findings.append(source.finding(1, "shape", "这个文件应当由“词: 内容”组成。"))
            continue
        for key, text in document.value.items():
            if isinstance(text, str) and text.strip():
                content.wording[f"{file.stem}.{key}"] = text.strip()
            else:
                content.findings.append(source.finding(document.line((key,)), "shape", f"“{key}”后面要写一句话。"))


def _entry(content: Content, source: Source) -> None:
    document = _document(content, source)
    entry = None if document is None else _checked(content, source, document, schema.Entry)
    if document is None or entry is None:
        return
    if entry.id in content.entries:
        other = content.entries[entry.id].source.name
        message = f"编号“{entry.id}”在 {other} 里已经用了，请换一个。"
        content.findings.append(source.finding(document.line(("id",)), "repeated-id", message))
        return
    content.entries[entry.id] = Placed(entry, source, document)


def _checked(content: Content, source: Source, document: Document, model: type[M]) -> M | None:
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        content.findings += [
            source.finding(_line(document, problem), str(problem["type"]), _sentence(problem))
            for problem in error.errors()
        ]
        return None


def _line(document: Document, problem: Any) -> int:
    return document.line(tuple(problem["loc"]))


def _sentence(problem: Any) -> str:
    """What pydantic found, as one Chinese sentence with what to do."""
    where = ".".join(str(part + 1) if isinstance(part, int) else part for part in problem["loc"]) or "这个文件"
    kind = problem["type"]
    given = problem.get("ctx", {})
    sentences = {
        "missing": f"缺少“{where}”，请补上。",
        "extra_forbidden": f"不认识“{where}”，请检查拼写，或者删掉它。",
        "string_type": f"“{where}”应当是一句话，这里写成了列表或分项，请改成一行文字。",
        "string_too_short": f"“{where}”是空的，请写上内容，或者删掉这一行。",
        "string_pattern_mismatch": f"“{where}”只能用小写英文字母、数字、点和下划线，比如 fees.price。",
        "string_too_long": f"“{where}”太长，最多 {given.get('max_length')} 个字。",
        "list_type": f"“{where}”应当是列表，每行一个“- ”开头，或写成 [甲, 乙]。",
        "dict_type": f"“{where}”应当分项来写，每项一个“词: 内容”。",
        "model_type": f"“{where}”应当分项来写，每项一个“词: 内容”。",
        "too_short": f"“{where}”至少要有 {given.get('min_length')} 条。",
        "too_long": f"“{where}”最多 {given.get('max_length')} 条，请删掉几条。",
        "bool_parsing": f"“{where}”只能写 true 或 false。",
        "enum": f"“{where}”只能是：{given.get('expected')}。",
    }
    if kind.startswith("date"):
        return f"“{where}”应当是日期，写成 2027-02-15 这样。"
    return sentences.get(kind, f"“{where}”写得不对，请对照别的条目改一改。")
