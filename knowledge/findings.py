"""What is wrong with a content file, in plain Chinese for the people who keep it: `file:line: 哪里不对，怎么改`."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Weight(StrEnum):
    """An error keeps the content from being published; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


class Rule(StrEnum):
    """The stable name of every check. Each has a broken example of its own in `tests/knowledge/broken`."""

    UNREADABLE = "unreadable"
    ENCODING = "encoding"
    TOO_LARGE = "too-large"
    CONTROL = "control"
    TAB = "tab"
    WIDE_COLON = "wide-colon"
    COLON_SPACE = "colon-space"
    ANCHOR = "anchor"
    TOO_DEEP = "too-deep"
    SYNTAX = "syntax"
    EMPTY = "empty"
    KEY = "key"
    REPEATED_KEY = "repeated-key"

    SHAPE = "shape"
    MISSING_KEY = "missing-key"
    UNKNOWN_KEY = "unknown-key"
    NOT_TEXT = "not-text"
    EMPTY_TEXT = "empty-text"
    BAD_ID = "bad-id"
    TOO_LONG = "too-long"
    NOT_LIST = "not-list"
    NOT_MAPPING = "not-mapping"
    TOO_FEW = "too-few"
    TOO_MANY = "too-many"
    NOT_BOOL = "not-bool"
    NOT_CHOICE = "not-choice"
    NOT_DATE = "not-date"
    NOT_NUMBER = "not-number"
    REPEATED_ID = "repeated-id"
    IGNORED_FILE = "ignored-file"

    MISSING_TOPIC = "missing-topic"
    UNKNOWN_SOURCE = "unknown-source"
    OVERDUE = "overdue"
    REVIEW_FAR = "review-far"
    UNKNOWN_FOLLOW_ON = "unknown-follow-on"
    OWN_FOLLOW_ON = "own-follow-on"
    UNKNOWN_DISTRICT = "unknown-district"
    MISPLACED = "misplaced"
    FEW_PHRASINGS = "few-phrasings"
    EMPTY_PHRASING = "empty-phrasing"
    REPEATED_PHRASING = "repeated-phrasing"
    SHARED_PHRASING = "shared-phrasing"
    PROBE_NOT_HELD_OUT = "probe-not-held-out"
    TEMPLATE = "template"
    EMPTY_ANSWER = "empty-answer"
    LONG_ANSWER = "long-answer"
    LONG_FIRST_SENTENCE = "long-first-sentence"
    SPACING = "spacing"
    HALF_WIDTH = "half-width"
    PHONE = "phone"
    UNKNOWN_MODE = "unknown-mode"
    SHARED_ALIAS = "shared-alias"
    SHARED_WORD = "shared-word"
    DANGER = "danger"
    DANGER_EXAMPLE = "danger-example"
    UNKNOWN_TOPIC = "unknown-topic"
    UNKNOWN_FALLBACK = "unknown-fallback"
    FALLBACK_CYCLE = "fallback-cycle"
    COMMON_DESK = "common-desk"
    SHARED_ROUTE = "shared-route"
    BAD_HOURS = "bad-hours"
    OVERLAPPING_HOURS = "overlapping-hours"
    CALENDAR_CLASH = "calendar-clash"
    YEAR_NOT_COVERED = "year-not-covered"

    STOLEN_PHRASING = "stolen-phrasing"
    STOLEN_PROBE = "stolen-probe"


_LABELS = {Weight.ERROR: "错误", Weight.WARNING: "提醒"}


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing to mend. `file` is relative to the content folder."""

    file: str
    line: int
    rule: Rule
    message: str
    weight: Weight = Weight.ERROR

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"

    @property
    def labelled(self) -> str:
        """The finding with its weight in front, as operators see it."""
        return f"{_LABELS[self.weight]} {self}"


class ContentError(Exception):
    """The content cannot be published."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Source:
    """Where in the content folder something stands; makes findings about it."""

    root: Path
    file: Path

    @property
    def name(self) -> str:
        """The path shown to operators."""
        return self.file.relative_to(self.root).as_posix()

    def finding(self, line: int, rule: Rule, message: str, weight: Weight = Weight.ERROR) -> Finding:
        """A finding in this file."""
        return Finding(self.name, line, rule, message, weight)

    def warning(self, line: int, rule: Rule, message: str) -> Finding:
        """A finding that does not keep the content from being published."""
        return Finding(self.name, line, rule, message, Weight.WARNING)
