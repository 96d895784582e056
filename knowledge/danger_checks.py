"""Whether the words of danger can be read and do what their own examples say. Used by `checks`."""

from collections.abc import Iterator
from typing import Any

from knowledge.content_files import Content
from knowledge.danger import DangerRules
from knowledge.findings import Finding, Rule, Weight
from knowledge.reader import Document, Path


def danger_findings(content: Content) -> Iterator[Finding]:
    """Findings about `danger.yaml`. An example not heard bars publishing, for so may an emergency be; a false alarm does not."""
    document, source = content.documents.get("danger.yaml"), content.source("danger.yaml")
    if document is None or not isinstance(document.value, dict):
        return
    try:
        rules = DangerRules.from_mapping(content.danger)
    except ValueError as error:
        for problem in str(error).split("; "):
            line = document.line(_path(problem.partition(":")[0], document.value))
            yield source.finding(line, Rule.DANGER, f"紧急规则写得不对，请对照旁边的改一改：{problem}。")
        return
    for wrong in rules.wrong_examples():
        message = f"例句没有得到应有的结果，请改词表，或者改例句：{wrong}。"
        weight = Weight.ERROR if wrong.startswith("rules ") else Weight.WARNING
        yield source.finding(_example_line(document, wrong), Rule.DANGER_EXAMPLE, message, weight)


def _path(dotted: str, value: Any) -> Path:
    """The path of `rules.3.kind` in a document, as far as it exists."""
    path: list[str | int] = []
    for part in dotted.split("."):
        step: str | int = int(part) if isinstance(value, list) and part.isdigit() else part
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            break
        path.append(step)
    return tuple(path)


def _example_line(document: Document, wrong: str) -> int:
    """The line of the example that a sentence about it quotes."""
    quoted = (path for path, text in _texts((), document.value) if "examples" in path and repr(text) in wrong)
    return document.line(next(quoted, ()))


def _texts(path: Path, value: Any) -> Iterator[tuple[Path, str]]:
    """Every text of a document with its path."""
    if isinstance(value, str):
        yield path, value
        return
    for step, child in value.items() if isinstance(value, dict) else enumerate(value):
        yield from _texts((*path, step), child)
