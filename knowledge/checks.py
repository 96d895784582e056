"""Checks across a whole content folder. `quick` guards publishing; `thorough` also replays every phrasing and probe."""

from knowledge.content_files import Content
from knowledge.findings import Finding


def quick(content: Content) -> list[Finding]:
    """Findings that need no matching."""
    return []
