"""Whether the shared lists agree with each other: centres, places, words. Used by `checks`."""

from collections.abc import Iterable, Iterator

from knowledge.content_files import Content
from knowledge.findings import Finding, Rule
from knowledge.normalise import plain
from knowledge.reader import Path

Spelling = tuple[str, str, Path]
"""How something is called, the one thing it means, and where that stands."""


def list_findings(content: Content) -> Iterator[Finding]:
    """Findings about `centres.yaml`, `places.yaml` and `words.yaml`."""
    yield from _centres(content)
    yield from _shared(content, "centres.yaml", _centre_spellings(content), Rule.SHARED_ALIAS, "两家机构")
    yield from _streets(content)
    yield from _shared(content, "places.yaml", _district_spellings(content), Rule.SHARED_ALIAS, "两个区")
    yield from _shared(content, "places.yaml", _street_spellings(content), Rule.SHARED_ALIAS, "两个街道")
    yield from _words(content)


def _centres(content: Content) -> Iterator[Finding]:
    document, source = content.documents.get("centres.yaml"), content.source("centres.yaml")
    if document is None or not content.centres:
        return
    districts = [district.name for district in content.places.districts]
    ids: set[str] = set()
    for number, raw in enumerate(document.value["centres"]):
        at = ("centres", number)
        if raw["id"] in ids:
            message = f"编号“{raw['id']}”用了两次，请换一个。"
            yield source.finding(document.line((*at, "id")), Rule.REPEATED_ID, message)
        ids.add(raw["id"])
        if raw["district"] not in districts:
            message = f"不认识“{raw['district']}”，只能写：{'、'.join(districts)}。"
            yield source.finding(document.line((*at, "district")), Rule.UNKNOWN_DISTRICT, message)
        for mode in raw.get("modes", ()):
            if f"modes.{mode}" not in content.entries:
                message = f"照护方式“{mode}”没有对应的条目 modes.{mode}，请检查拼写。"
                yield source.finding(document.line((*at, "modes")), Rule.UNKNOWN_MODE, message)
        for code in raw["sources"]:
            if code not in content.sources:
                message = f"来源“{code}”在 sources.yaml 里没有，请检查代号，或者在那里补上这个来源。"
                yield source.finding(document.line((*at, "sources")), Rule.UNKNOWN_SOURCE, message)


def _streets(content: Content) -> Iterator[Finding]:
    document = content.documents.get("places.yaml")
    districts = [district.name for district in content.places.districts]
    for number, street in enumerate(content.places.streets):
        if document and street.district is not None and street.district not in districts:
            message = f"不认识“{street.district}”，只能写：{'、'.join(districts)}；不归这些区的，把 district 一行删掉。"
            line = document.line(("streets", number, "district"))
            yield content.source("places.yaml").finding(line, Rule.UNKNOWN_DISTRICT, message)


def _centre_spellings(content: Content) -> Iterator[Spelling]:
    for number, centre in enumerate(content.centres.values()):
        yield centre.name, centre.name, ("centres", number, "name")
        yield from ((a, centre.name, ("centres", number, "aliases", i)) for i, a in enumerate(centre.aliases))


def _district_spellings(content: Content) -> Iterator[Spelling]:
    for number, district in enumerate(content.places.districts):
        yield district.name, district.name, ("districts", number, "name")
        yield from ((a, district.name, ("districts", number, "aliases", i)) for i, a in enumerate(district.aliases))


def _street_spellings(content: Content) -> Iterator[Spelling]:
    for number, street in enumerate(content.places.streets):
        yield street.name, street.name, ("streets", number, "name")
        yield from ((a, street.name, ("streets", number, "aliases", i)) for i, a in enumerate(street.aliases))


def _shared(content: Content, file: str, spellings: Iterable[Spelling], rule: Rule, whose: str) -> Iterator[Finding]:
    """Spellings that mean two things."""
    document, meanings = content.documents.get(file), dict[str, str]()
    for spelling, meaning, path in spellings:
        first = meanings.setdefault(plain(spelling), meaning)
        if document and first != meaning:
            message = f"“{spelling}”同时是{whose}的叫法（{first}、{meaning}），请只留一处。"
            yield content.source(file).finding(document.line(path), rule, message)


def _words(content: Content) -> Iterator[Finding]:
    document, source = content.documents.get("words.yaml"), content.source("words.yaml")
    if document is None:
        return
    for part, groups in (("concepts", content.words.concepts), ("modes", content.words.modes)):
        concepts: dict[str, str] = {}
        for name, spellings in groups.items():
            for number, word in enumerate(spellings):
                first = concepts.setdefault(plain(word), name)
                if first != name:
                    message = f"“{word}”同时放在 {first} 和 {name} 里，只有后一处起作用，请只留一处。"
                    line = document.line((part, name, number))
                    yield source.warning(line, Rule.SHARED_WORD, message)
    for mode in content.words.modes:
        if f"modes.{mode}" not in content.entries:
            message = f"照护方式“{mode}”没有对应的条目 modes.{mode}，请检查拼写。"
            yield source.finding(document.line(("modes", mode)), Rule.UNKNOWN_MODE, message)
