"""Whether desks and calendar hold together: routes, fallbacks, hours, own days, years. Used by `checks`."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise, product

from knowledge.content_files import Content
from knowledge.day_book import DayBook
from knowledge.findings import Finding, Rule
from knowledge.hours import DAYS, Window, window
from knowledge.reader import Path
from knowledge.schema import Desk, DesksFile

DESKS, CALENDAR = "desks.yaml", "calendar.yaml"
NOTICE_MONTH = 11
"""From when the days of the next year are usually published, and are missed where they are not known."""
_ASIDE = "请改成 9:00-12:00 这样；跨过半夜的分成两段：22:00-24:00 写在当天，0:00-6:00 写在第二天"


def desk_findings(content: Content) -> Iterator[Finding]:
    """Findings about `desks.yaml`."""
    document = content.documents.get(DESKS)
    if document is None or content.desks_file is None:
        return
    yield from _ids(content, content.desks_file)
    yield from _common(content, content.desks_file)
    routes: dict[tuple[str | None, str | None], str] = {}
    for number, desk in enumerate(content.desks_file.desks):
        yield from _refers(content, number, desk)
        yield from _shared(content, number, desk, routes)
        yield from _hours(content, number, desk)
    yield from _cycles(content, content.desks_file)


def calendar_findings(content: Content, today: date | None) -> Iterator[Finding]:
    """Findings about `calendar.yaml`; whether the years are covered is looked at only where `today` is given."""
    seen: set[date] = set()
    for part in ("holidays", "working_days"):
        for number, special in enumerate(getattr(content.calendar, part)):
            if special.date in seen:
                message = f"{special.date} 写了两次，只能写一次：要么休息，要么上班。"
                yield _at(content, CALENDAR, (part, number), Rule.CALENDAR_CLASH, message)
            seen.add(special.date)
    if today is not None and any(desk.hours for desk in content.desks.values()):
        yield from _years(content, today)


def _years(content: Content, today: date) -> Iterator[Finding]:
    book = DayBook.of(content.calendar)
    file = CALENDAR if CALENDAR in content.documents else DESKS
    for year in (today.year, today.year + 1) if today.month >= NOTICE_MONTH else (today.year,):
        if not book.covers(year):
            message = (
                f"还不知道 {year} 年怎么放假和调休，涉及那一年时只会跟家长说“尽快”。"
                f"安排公布后请升级托问，或者把日子写进 calendar.yaml，再把 {year} 写进 complete。"
            )
            line = content.documents[file].line(("complete",) if file == CALENDAR else ())
            yield content.source(file).warning(line, Rule.YEAR_NOT_COVERED, message)


def _ids(content: Content, file: DesksFile) -> Iterator[Finding]:
    seen: set[str] = set()
    for number, desk in enumerate(file.desks):
        if desk.id in seen:
            yield _desk(content, (number, "id"), Rule.REPEATED_ID, f"编号“{desk.id}”用了两次，请换一个。")
        seen.add(desk.id)


def _common(content: Content, file: DesksFile) -> Iterator[Finding]:
    common = [number for number, desk in enumerate(file.desks) if desk.common]
    if not common:
        message = "缺少总服务台：请加一个不写 districts 和 topics 的服务台，别处不管的都归它。"
        yield _desk(content, (), Rule.COMMON_DESK, message)
    for number in common[1:]:
        message = f"总服务台只能有一个（已经有“{file.desks[common[0]].id}”），请给这一个写上 districts 或 topics。"
        yield _desk(content, (number,), Rule.COMMON_DESK, message)


def _refers(content: Content, number: int, desk: Desk) -> Iterator[Finding]:
    known = [district.name for district in content.places.districts]
    for at, name in enumerate(desk.districts):
        if name not in known and "places.yaml" in content.documents:
            message = f"不认识“{name}”，只能写：{'、'.join(known)}。"
            yield _desk(content, (number, "districts", at), Rule.UNKNOWN_DISTRICT, message)
    for at, topic in enumerate(desk.topics):
        if topic not in content.entries:
            message = f"没有“{topic}”这个条目，请检查编号，或者删掉。"
            yield _desk(content, (number, "topics", at), Rule.UNKNOWN_TOPIC, message)
    if desk.fallback is not None and desk.fallback not in content.desks:
        message = f"没有“{desk.fallback}”这个服务台，请检查编号，或者把 fallback 一行删掉。"
        yield _desk(content, (number, "fallback"), Rule.UNKNOWN_FALLBACK, message)


def _shared(
    content: Content, number: int, desk: Desk, routes: dict[tuple[str | None, str | None], str]
) -> Iterator[Finding]:
    """Questions that two desks are for. The common desk is looked at elsewhere."""
    if desk.common:
        return
    districts: list[str | None] = [*desk.districts] or [None]
    topics: list[str | None] = [*desk.topics] or [None]
    for route in product(districts, topics):
        other = routes.setdefault(route, desk.id)
        if other != desk.id:
            what = "、".join(part for part in route if part)
            message = f"“{what}”已经归服务台“{other}”管，请只留一处。"
            yield _desk(content, (number,), Rule.SHARED_ROUTE, message)


def _hours(content: Content, number: int, desk: Desk) -> Iterator[Finding]:
    found = 0
    for day, texts in desk.hours.items():
        if day not in DAYS:
            message = f"不认识“{day}”，只能写：{'、'.join(DAYS)}。"
            yield _desk(content, (number, "hours", day), Rule.BAD_HOURS, message)
            continue
        windows: list[tuple[Window, str, int]] = []
        for at, text in enumerate(texts):
            if read := window(text):
                windows.append((read, text, at))
            else:
                message = f"“{text}”不是一段时间，{_ASIDE}。"
                yield _desk(content, (number, "hours", day, at), Rule.BAD_HOURS, message)
        found += len(texts)
        for (first, text, _), (second, other, at) in pairwise(sorted(windows)):
            if second.start < first.end:
                message = f"{day}的“{text}”和“{other}”重叠了，请改成不重叠的两段，或者合并。"
                yield _desk(content, (number, "hours", day, at), Rule.OVERLAPPING_HOURS, message)
    if desk.hours and not found:
        message = "hours 里一段时间也没有：请写上工作时间；还没确认的，把 hours 整段删掉。"
        yield _desk(content, (number, "hours"), Rule.BAD_HOURS, message)
    if desk.promise_minutes is not None and not desk.hours:
        message = "设了 promise_minutes，但没有工作时间，没法算：请先写 hours，或者把这一行删掉。"
        yield _desk(content, (number, "promise_minutes"), Rule.BAD_HOURS, message)


def _cycles(content: Content, file: DesksFile) -> Iterator[Finding]:
    """Desks whose fallback leads back to themselves, each circle told once."""
    told: set[str] = set()
    numbers = {desk.id: number for number, desk in enumerate(file.desks)}
    for start in content.desks:
        way = [start]
        while (following := content.desks[way[-1]].fallback) in content.desks and following not in way:
            way.append(str(following))
        if following == start and start not in told:
            told.update(way)
            message = f"fallback 绕了一圈：{' → '.join([*way, start])}，请去掉其中一个。"
            yield _desk(content, (numbers[start], "fallback"), Rule.FALLBACK_CYCLE, message)


def _desk(content: Content, path: Path, rule: Rule, message: str) -> Finding:
    return _at(content, DESKS, ("desks", *path), rule, message)


def _at(content: Content, file: str, path: Path, rule: Rule, message: str) -> Finding:
    return content.source(file).finding(content.documents[file].line(path), rule, message)
