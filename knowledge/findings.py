"""What is wrong with a content file, in plain Chinese for the people who keep it: `file:line: 哪里不对，怎么改`."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Weight(StrEnum):
    """An error keeps the content from being published; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing to mend. `file` is relative to the content folder; `rule` is the stable name of the check."""

    file: str
    line: int
    rule: str
    message: str
    weight: Weight = Weight.ERROR

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


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

    def finding(self, line: int, rule: str, message: str, weight: Weight = Weight.ERROR) -> Finding:
        """A finding in this file."""
        return Finding(self.name, line, rule, message, weight)
