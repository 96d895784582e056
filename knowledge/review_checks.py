"""Whether an entry's date of review has come, or lies too far ahead for what it says. Used by `checks`."""

import re
from collections.abc import Iterator
from datetime import date

from knowledge.content_files import Content
from knowledge.findings import Finding, Rule

PERISHABLE = re.compile(r"\d\s*元|截至")
"""Amounts and counts as of a day: what changes without notice."""
FURTHEST = 90


def review_findings(content: Content, today: date) -> Iterator[Finding]:
    """Entries to look at again by `today`, and perishable ones whose next look is more than `FURTHEST` days away."""
    for placed in content.entries.values():
        entry, line = placed.entry, placed.line("review_by")
        days = (entry.review_by - today).days
        if entry.retired:
            continue
        if days < 0:
            message = f"复核日期 {entry.review_by} 已过，请核对内容是否还对，再改成下次复核的日期。"
            yield placed.source.warning(line, Rule.OVERDUE, message)
        elif days > FURTHEST and any(map(PERISHABLE.search, entry.answers().values())):
            message = f"答案里有金额或“截至”，复核日期 {entry.review_by} 太远，请改到 {FURTHEST} 天以内。"
            yield placed.source.warning(line, Rule.REVIEW_FAR, message)
