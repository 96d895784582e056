"""A strict reader of the operators' YAML: every value is text with a line number. Used by `knowledge/content_files.py`.

Plain YAML guesses (`8:30` becomes 510, `no` becomes false) and forgives (the second of two equal keys wins).
Here nothing is guessed and nothing forgiven: the schema alone says what a text means.
"""

from dataclasses import dataclass, field
from typing import Any

import yaml

from knowledge.findings import Finding, Rule, Source
from knowledge.spelling import slips

LARGEST = 1_000_000
"""Bytes of a content file; more is a mistake, and would keep the bot busy reading."""
DEEPEST = 12

Path = tuple[str | int, ...]


@dataclass
class Document:
    """A file's values as text, lists and mappings, with the line (from 1) of every value and of every key."""

    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of `path`, or of the nearest thing around it that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(source: Source) -> tuple[Document | None, list[Finding]]:
    """The document of a file, or None with the findings that keep it from being read."""
    try:
        with source.file.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            return None, [source.finding(1, Rule.TOO_LARGE, "文件超过 1 MB，请拆成几个文件。")]
        return parse(source, content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return None, [source.finding(1, Rule.ENCODING, "文件不是 UTF-8 编码，请用“另存为 UTF-8”重新保存。")]
    except OSError:
        return None, [source.finding(1, Rule.UNREADABLE, "文件打不开，请检查是否还在、有没有读取权限。")]


def parse(source: Source, text: str) -> tuple[Document | None, list[Finding]]:
    """Like `read`, from text."""
    findings = list(slips(source, text))
    if findings:
        return None, findings
    try:
        if forbidden := _forbidden(source, text):
            return None, [forbidden]
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        return None, [_syntax(source, error)]
    if root is None:
        return None, [source.finding(1, Rule.EMPTY, "文件是空的，请写上内容，或者删掉这个文件。")]
    document = Document()
    document.value = _walk(source, root, (), document, findings)
    return (None if findings else document), findings


def _forbidden(source: Source, text: str) -> Finding | None:
    """What YAML allows and content does not: references, and nesting deeper than any content file needs."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if getattr(event, "anchor", None) is not None:
            return source.finding(line, Rule.ANCHOR, "不支持 & 和 * 引用；句子以它们开头时，请用双引号括起来。")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            return source.finding(line, Rule.TOO_DEEP, "括号或缩进套得太深，请检查是不是多打了“[”或“{”。")
    return None


def _syntax(source: Source, error: yaml.YAMLError) -> Finding:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line + 1 if mark else 1
    problem = f"{getattr(error, 'context', '')} {getattr(error, 'problem', '')}"
    hint = "请检查这一行和上一行的缩进、冒号（半角，后面空一格）和引号。"
    if "anchor" in problem or "alias" in problem:
        hint = "一句话以 * 或 & 开头时，请用双引号把整句括起来。"
    elif "could not find expected ':'" in problem or "mapping values are not allowed" in problem:
        hint = "这里的冒号让格式乱了：句子里有“: ”时，请用双引号把整句括起来。"
    elif "cannot start any token" in problem:
        hint = "句子以 @、`、% 这类符号开头时，请用双引号把整句括起来。"
    return source.finding(line, Rule.SYNTAX, f"格式读不懂。{hint}")


def _walk(source: Source, node: yaml.Node, path: Path, document: Document, findings: list[Finding]) -> Any:
    document.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    if isinstance(node, yaml.SequenceNode):
        return [_walk(source, child, (*path, i), document, findings) for i, child in enumerate(node.value)]
    return _mapping(source, node, path, document, findings)


def _mapping(source: Source, node: Any, path: Path, document: Document, findings: list[Finding]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, child in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            findings.append(source.finding(line, Rule.KEY, "冒号左边只能是一个词，请检查这一行。"))
            continue
        if key in values:
            findings.append(source.finding(line, Rule.REPEATED_KEY, f"“{key}”写了两次，请合并成一处。"))
        document.lines[(*path, key)] = line
        values[key] = _walk(source, child, (*path, key), document, findings)
    return values
