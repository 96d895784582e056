"""Checks across a whole content folder that need no matching; `quick` guards every publishing. See also `replay`."""

from collections.abc import Iterator
from datetime import date

from knowledge.answer_checks import answer_findings, wording_findings
from knowledge.canned_checks import canned_findings
from knowledge.content_files import Content
from knowledge.danger_checks import danger_findings, example_findings
from knowledge.desk_checks import calendar_findings, desk_findings
from knowledge.findings import Finding
from knowledge.link_checks import link_findings
from knowledge.list_checks import list_findings
from knowledge.phrasing_checks import phrasing_findings
from knowledge.review_checks import review_findings


def quick(content: Content, today: date | None = None) -> list[Finding]:
    """Findings in file order. Dates of review are looked at only where `today` is given: they never bar publishing."""
    return sorted(_found(content, today))


def _found(content: Content, today: date | None) -> Iterator[Finding]:
    yield from link_findings(content)
    yield from phrasing_findings(content)
    yield from answer_findings(content)
    yield from wording_findings(content)
    yield from list_findings(content)
    yield from danger_findings(content)
    yield from example_findings(content)
    yield from desk_findings(content)
    yield from calendar_findings(content, today)
    yield from canned_findings(content)
    if today is not None:
        yield from review_findings(content, today)
