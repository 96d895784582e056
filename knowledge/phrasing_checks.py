"""Whether entries have enough ways of asking, and no two the same. Used by `checks`."""

import re
from collections import defaultdict
from collections.abc import Iterator

from knowledge.content_files import Content, Placed
from knowledge.findings import Finding, Rule
from knowledge.normalise import plain

FEWEST = 20
_MARKS = re.compile(r"[\W_]+")


def key(text: str) -> str:
    """What is left of a phrasing when spelling, marks and spaces are put aside; equal keys ask the same."""
    return _MARKS.sub("", plain(text))


def phrasing_findings(content: Content) -> Iterator[Finding]:
    """Findings about phrasings and probes of live entries."""
    live = [placed for placed in content.entries.values() if not placed.entry.retired]
    owners: dict[str, list[tuple[Placed, int]]] = defaultdict(list)
    for placed in live:
        yield from _counted(content, placed)
        for number, text in enumerate(placed.entry.phrasings):
            if spelled := key(text):
                owners[spelled].append((placed, number))
            else:
                message = f"“{text}”里没有能匹配的字，请换一句家长会说的话，或者删掉。"
                yield placed.source.finding(placed.line("phrasings", number), Rule.EMPTY_PHRASING, message)
    for places in owners.values():
        yield from _repeated(places)
    for placed in live:
        yield from _probes(placed, owners)


def _counted(content: Content, placed: Placed) -> Iterator[Finding]:
    count = len(placed.entry.phrasings)
    if placed.entry.id in content.topics and count < FEWEST:
        message = f"只有 {count} 种问法，请补到 {FEWEST} 种以上，问法越不一样越好。"
        yield placed.source.warning(placed.line("phrasings"), Rule.FEW_PHRASINGS, message)


def _repeated(places: list[tuple[Placed, int]]) -> Iterator[Finding]:
    first, first_number = places[0]
    there = f"{first.source.name}:{first.line('phrasings', first_number)}"
    for placed, number in places[1:]:
        text, line = placed.entry.phrasings[number], placed.line("phrasings", number)
        if placed is first:
            message = f"“{text}”和第 {first.line('phrasings', first_number)} 行是同一句，请删掉一处。"
            yield placed.source.finding(line, Rule.REPEATED_PHRASING, message)
        else:
            message = f"“{text}”在 {there} 里也有，一句话只能归一个条目，请删掉一处。"
            yield placed.source.finding(line, Rule.SHARED_PHRASING, message)


def _probes(placed: Placed, owners: dict[str, list[tuple[Placed, int]]]) -> Iterator[Finding]:
    for number, text in enumerate(placed.entry.probes):
        for other, there in owners.get(key(text), [])[:1]:
            where = f"{other.source.name}:{other.line('phrasings', there)}"
            message = f"试问“{text}”已经写在问法里（{where}），试不出什么，请换一句。"
            yield placed.source.warning(placed.line("probes", number), Rule.PROBE_NOT_HELD_OUT, message)
