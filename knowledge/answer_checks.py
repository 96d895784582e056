"""Whether answers and wording read well whatever is known of the parent. Used by `checks`."""

from collections.abc import Callable, Iterator
from itertools import product

from jinja2 import TemplateError, TemplateSyntaxError

from knowledge import templates, typography
from knowledge.answers import Answers
from knowledge.content_files import Content, Placed
from knowledge.findings import Finding, Rule, Source
from knowledge.reader import Document, Path
from knowledge.schema import Kind
from knowledge.slots import Slots

LONGEST_SENTENCE = 40
LONGEST_ANSWER = 300
AGES = (None, 3, 8, 18, 30, 40)
_SHOWN = {"age_months": "age"}
_SLOT = {"age": "age_months", "age_text": "age_months", "class_name": "age_months"}


def answer_findings(content: Content) -> Iterator[Finding]:
    """Findings about every variant of every answer."""
    desk = Answers(
        {key: placed.entry for key, placed in content.entries.items()},
        content.sources,
        content.centres,
        {"bot.second_hand": "", "bot.source_line": "{{ sources }}", **_good(content.wording)},
    )
    for placed in content.entries.values():
        for name, text in placed.entry.answers().items():
            path: Path = tuple(name.split(".", 1))
            yield from _variant(content, desk, placed, path, text)


def wording_findings(content: Content) -> Iterator[Finding]:
    """Findings about the bot's own wording, and about what is said in danger and of centres."""
    for key, text in content.wording.items():
        area, _, name = key.partition(".")
        file = f"wording/{area}.yaml"
        source, document = content.source(file), content.documents[file]
        broken = compile_fault(source, document, (name,), text, None)
        yield from [broken] if broken else look(source, document, (name,), text, typography.without_templates(text))
    if danger := content.documents.get("danger.yaml"):
        kinds = content.danger.get("kinds")
        for name, kind in kinds.items() if isinstance(kinds, dict) else ():
            said = kind.get("answer") if isinstance(kind, dict) else None
            if isinstance(said, str):
                yield from look(content.source("danger.yaml"), danger, ("kinds", name, "answer"), said, said)
    if centres := content.documents.get("centres.yaml"):
        for number, centre in enumerate(content.centres.values()):
            path = ("centres", number, "about")
            yield from look(content.source("centres.yaml"), centres, path, centre.about, centre.about)


def look(source: Source, document: Document, path: Path, text: str, shown: str) -> Iterator[Finding]:
    """Findings about how `shown` reads, which stands as `text` at `path`."""
    if number := typography.unknown_number(shown):
        message = f"“{number}”像是电话。只能写查证过的公共号码：{'、'.join(sorted(typography.KNOWN_NUMBERS))}，请删掉。"
        yield source.finding(_line(document, path, text, number), Rule.PHONE, message)
    if piece := typography.stuck(shown):
        message = f"“{piece}”里汉字和字母、数字之间要空一格。"
        yield source.warning(_line(document, path, text, piece), Rule.SPACING, message)
    if piece := typography.half_width(shown):
        message = f"“{piece}”里用了半角标点，请改成全角的。"
        yield source.warning(_line(document, path, text, piece), Rule.HALF_WIDTH, message)


def _good(wording: dict[str, str]) -> dict[str, str]:
    """The wording an answer ends with, where it is usable; what is wrong with it is found elsewhere."""
    found = {}
    for key, names in (("bot.second_hand", set()), ("bot.source_line", {"sources"})):
        try:
            if templates.used(wording[key]) <= names:
                found[key] = wording[key]
        except (KeyError, TemplateError):
            continue
    return found


def _variant(content: Content, desk: Answers, placed: Placed, path: Path, text: str) -> Iterator[Finding]:
    broken = compile_fault(placed.source, placed.document, path, text, templates.VARIABLES)
    if broken:
        yield broken
        return
    seen: set[Rule] = set()
    for slots in situations(content, templates.used(text), _districts(content, placed, path)):
        for found in _said(desk, placed, path, text, slots):
            if found.rule not in seen:
                seen.add(found.rule)
                yield found


def _said(desk: Answers, placed: Placed, path: Path, text: str, slots: Slots) -> Iterator[Finding]:
    """Findings about what one parent would read."""
    source, line = placed.source, placed.line(*path)
    case = "、".join(f"{_SHOWN.get(key, key)}={value}" for key, value in slots.known().items())
    when = f"（{case} 时）" if case else ""
    try:
        body = templates.rendered(text, desk.values(slots))
        credit = desk.source_line(placed.entry.sources) if placed.entry.outcome is Kind.ANSWER else ""
    except TemplateError as error:
        yield source.finding(line, Rule.TEMPLATE, f"答案填不出来{when}，请检查大括号里的写法：{error}。")
        return
    if not body:
        yield source.finding(line, Rule.EMPTY_ANSWER, f"答案是空的{when}，请补上这种情况下的话。")
        return
    total = len(f"{body}\n\n{credit}") if credit else len(body)
    if total > LONGEST_ANSWER:
        message = f"答案连来源一共 {total} 字{when}，最多 {LONGEST_ANSWER} 字，请删短或拆成两个条目。"
        yield source.finding(line, Rule.LONG_ANSWER, message)
    first = len(typography.first_sentence(body))
    if first > LONGEST_SENTENCE:
        message = f"第一句 {first} 字{when}，最多 {LONGEST_SENTENCE} 字，请先用短句说答案。"
        yield source.warning(line, Rule.LONG_FIRST_SENTENCE, message)
    yield from look(source, placed.document, path, text, body)


def _districts(content: Content, placed: Placed, path: Path) -> list[object]:
    """The districts whose parents read the variant at `path`."""
    if len(path) > 1:
        return [path[1]]
    return [None, *(d.name for d in content.places.districts if d.name not in placed.entry.answer_by_district)]


def situations(content: Content, used: frozenset[str], districts: list[object]) -> Iterator[Slots]:
    """Every combination of what may be known, for the variables that the template uses."""
    asked = {_SLOT.get(name, name) for name in used}
    known: dict[str, Callable[[], list[object]]] = {
        "age_months": lambda: list(AGES),
        "mode": lambda: [None, *(key[6:] for key in content.entries if key.startswith("modes."))],
        "district": lambda: districts,
        "place": lambda: [None, *sorted((s.name for s in content.places.streets), key=len)[-1:]],
        "centre": lambda: [None, *content.centres],
    }
    unused = {"district": districts[:1]}
    choices = [values() if name in asked else unused.get(name, [None]) for name, values in known.items()]
    for combination in product(*choices):
        yield Slots(**dict(zip(known, combination, strict=True)))  # type: ignore[arg-type]


def compile_fault(
    source: Source, document: Document, path: Path, text: str, names: tuple[str, ...] | None
) -> Finding | None:
    """What keeps a template from compiling; `names` are those it may use, None for any."""
    try:
        templates.compiled(text)
        unknown = sorted(templates.used(text) - set(names)) if names is not None else []
    except TemplateSyntaxError as error:
        line = document.line(path) + (error.lineno if "\n" in text.strip() else 0)
        return source.finding(line, Rule.TEMPLATE, "大括号没有配对或写法不对，请对照别的条目检查 {{ }} 和 {% %}。")
    if not unknown or names is None:
        return None
    message = f"不认识大括号里的“{unknown[0]}”，只能用：{'、'.join(names)}。"
    return source.finding(_line(document, path, text, unknown[0]), Rule.TEMPLATE, message)


def _line(document: Document, path: Path, text: str, piece: str) -> int:
    """The line of the file in which `piece` of the text at `path` stands, as near as can be told."""
    first = document.line(path)
    lines = text.strip("\n").split("\n")
    at = next((number for number, line in enumerate(lines) if piece in line), None)
    return first if at is None or len(lines) == 1 else first + 1 + at
