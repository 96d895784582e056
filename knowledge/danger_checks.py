"""Whether the words of danger can be read and do what their own examples say. Used by `checks`."""

from collections.abc import Iterator
from typing import Any

from knowledge.content_files import Content
from knowledge.danger import DangerRules
from knowledge.findings import Finding, Rule, Source, Weight
from knowledge.phrasing_checks import key
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
        yield _unlike_said(document, source, wrong)


def example_findings(content: Content) -> Iterator[Finding]:
    """Findings about `danger_examples.yaml`: kinds that no rule knows, and sentences that also ask for an entry."""
    document, source = content.documents.get("danger_examples.yaml"), content.source("danger_examples.yaml")
    if document is None:
        return
    kinds = content.danger.get("kinds", {})
    for kind in content.danger_examples.emergency:
        if kind not in kinds:
            message = f"danger.yaml 里没有“{kind}”这一类紧急情况，请检查拼写，只能写：{'、'.join(kinds)}。"
            yield source.finding(document.line(("emergency", kind)), Rule.DANGER, message)
    asked = {key(text): p for p in content.entries.values() for text in p.entry.phrasings if not p.entry.retired}
    for path, text in _texts((), document.value):
        if placed := asked.get(key(text)):
            message = f"“{text}”也是 {placed.source.name} 里的问法，一句话只能归一处，请删掉一处。"
            weight = Weight.ERROR if path[0] == "emergency" else Weight.WARNING
            yield source.finding(document.line(path), Rule.SHARED_PHRASING, message, weight)


def _unlike_said(document: Document, source: Source, wrong: str) -> Finding:
    """A finding of the rules on one of their examples (`rules choking: 'text' raises nothing`), for operators."""
    path, text = next((found for found in _examples(document) if repr(found[1]) in wrong), ((), wrong))
    owner, raised = wrong.partition(":")[0], wrong.rpartition(" raises ")[2]
    missed = owner.startswith("rules ")
    ought = f"应当触发 {owner.removeprefix('rules ')}" if missed else "不该触发紧急"
    came = "没有触发" if raised == "nothing" else f"触发了 {raised}"
    message = f"例句“{text}”{ought}，实际{came}，请改词表，或者改例句。"
    weight = Weight.ERROR if missed else Weight.WARNING
    return source.finding(document.line(path), Rule.DANGER_EXAMPLE, message, weight)


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


def _examples(document: Document) -> Iterator[tuple[Path, str]]:
    return ((path, text) for path, text in _texts((), document.value) if "examples" in path)


def _texts(path: Path, value: Any) -> Iterator[tuple[Path, str]]:
    """Every text of a document with its path."""
    if isinstance(value, str):
        yield path, value
        return
    for step, child in value.items() if isinstance(value, dict) else enumerate(value):
        yield from _texts((*path, step), child)
