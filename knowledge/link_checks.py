"""Whether what entries refer to exists: sources, follow-ons, districts, required topics. Used by `checks`."""

from collections.abc import Iterator

from knowledge.content_files import Content, Placed
from knowledge.findings import Finding, Rule
from knowledge.schema import Kind

OUTCOMES = {"faq": Kind.ANSWER, "outside": Kind.DECLINE, "person": Kind.ESCALATE, "report": Kind.REPORT}
"""What the entries of each folder lead to."""


def link_findings(content: Content) -> Iterator[Finding]:
    """Everything that points nowhere."""
    yield from _topics(content)
    for placed in content.entries.values():
        yield from _sources(content, placed)
        yield from _follow_ons(content, placed)
        yield from _districts(content, placed)
        yield from _folder(placed)


def _topics(content: Content) -> Iterator[Finding]:
    document, source = content.documents.get("topics.yaml"), content.source("topics.yaml")
    for number, topic in enumerate(content.topics):
        if document and topic not in content.entries:
            line = document.line(("topics", number))
            message = f"缺少条目“{topic}”：请在 faq 里补上它；不再使用的条目也要留着，写上 retired: true。"
            yield source.finding(line, Rule.MISSING_TOPIC, message)


def _sources(content: Content, placed: Placed) -> Iterator[Finding]:
    for number, code in enumerate(placed.entry.sources):
        if code not in content.sources and "sources.yaml" in content.documents:
            hint = "代号之间请用半角逗号分开" if "，" in code or "、" in code else "请检查代号，或者在那里补上这个来源"
            message = f"来源“{code}”在 sources.yaml 里没有，{hint}。"
            yield placed.source.finding(placed.line("sources", number), Rule.UNKNOWN_SOURCE, message)


def _follow_ons(content: Content, placed: Placed) -> Iterator[Finding]:
    for number, topic in enumerate(placed.entry.follow_ons):
        line = placed.line("follow_ons", number)
        other = content.entries.get(topic)
        if topic == placed.entry.id:
            yield placed.source.finding(line, Rule.OWN_FOLLOW_ON, "接着问的不能是它自己，请换一个，或者删掉。")
        elif other is None:
            message = f"接着问的“{topic}”没有这个条目，请检查编号，或者删掉。"
            yield placed.source.finding(line, Rule.UNKNOWN_FOLLOW_ON, message)
        elif other.entry.retired:
            message = f"接着问的“{topic}”已经停用，请换一个，或者删掉。"
            yield placed.source.finding(line, Rule.UNKNOWN_FOLLOW_ON, message)


def _districts(content: Content, placed: Placed) -> Iterator[Finding]:
    known = [district.name for district in content.places.districts]
    for name in placed.entry.answer_by_district:
        if name not in known and "places.yaml" in content.documents:
            message = f"不认识“{name}”，只能写：{'、'.join(known)}。"
            yield placed.source.finding(placed.line("answer_by_district", name), Rule.UNKNOWN_DISTRICT, message)


def _folder(placed: Placed) -> Iterator[Finding]:
    folder = placed.source.name.partition("/")[0]
    expected = OUTCOMES[folder]
    if placed.entry.outcome is not expected:
        message = f"{folder} 文件夹里的条目应当写 outcome: {expected}，请改过来，或者把文件换个文件夹。"
        yield placed.source.finding(placed.line("outcome"), Rule.MISPLACED, message)
