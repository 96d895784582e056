"""Whether canned replies fill in and read well whatever is known of the parent. Used by `checks`."""

from collections.abc import Iterator

from jinja2 import TemplateError

from knowledge import templates
from knowledge.answer_checks import compile_fault, look, situations
from knowledge.answers import Answers
from knowledge.content_files import Content
from knowledge.findings import Finding, Rule
from knowledge.reader import Document, Path
from knowledge.slots import Slots

FILE = "canned.yaml"


def canned_findings(content: Content) -> Iterator[Finding]:
    """Findings about `canned.yaml`."""
    document = content.documents.get(FILE)
    if document is None:
        return
    source = content.source(FILE)
    writer = Answers(
        {key: placed.entry for key, placed in content.entries.items()}, content.sources, content.centres, {}
    )
    seen: set[str] = set()
    for number, reply in enumerate(content.canned_list):
        if reply.id in seen:
            line = document.line(("canned", number, "id"))
            yield source.finding(line, Rule.REPEATED_ID, f"编号“{reply.id}”用了两次，请换一个。")
        seen.add(reply.id)
        path: Path = ("canned", number, "text")
        broken = compile_fault(source, document, path, reply.text, templates.VARIABLES)
        yield from [broken] if broken else _read(content, writer, document, path, reply.text)


def _read(content: Content, writer: Answers, document: Document, path: Path, text: str) -> Iterator[Finding]:
    """Each kind of fault once, in the first case that shows it."""
    told: set[Rule] = set()
    names = [district.name for district in content.places.districts]
    for slots in situations(content, templates.used(text), [None, *names]):
        for found in _said(content, writer, document, path, text, slots):
            if found.rule not in told:
                told.add(found.rule)
                yield found


def _said(
    content: Content, writer: Answers, document: Document, path: Path, text: str, slots: Slots
) -> Iterator[Finding]:
    """Findings about what one parent would read."""
    source, line = content.source(FILE), document.line(path)
    try:
        shown = templates.rendered(text, writer.values(slots))
    except TemplateError as error:
        message = f"这条回复填不出来，请检查大括号里的写法：{error}。"
        yield source.finding(line, Rule.TEMPLATE, message)
        return
    if shown:
        yield from look(source, document, path, text, shown)
    else:
        message = "有的情况下这条回复是空的，请补上这种情况下的话。"
        yield source.finding(line, Rule.EMPTY_ANSWER, message)
