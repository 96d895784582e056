"""The numbers the district asks for, as plain values summed up from rows. Pure; read by `bot/report.py`.

A period is whole days of this place. Cases count where they were opened: what became of them later is theirs still.
A share of nothing is None, never 0 or 100 %.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from statistics import fmean, median
from typing import Any

from bot.calendar import HERE
from bot.case import SETTLED
from bot.decision import Outcome, Priority
from db.types import AnyRow
from knowledge.normalise import plain

TOP = 10
CENTURY = (2000, 2100)
OTHER = ""
"""The key of what has no topic, or no known district."""
HANDED_OVER = frozenset({Outcome.EMERGENCY, Outcome.REPORT, Outcome.ESCALATE, "service.human"})
NO_QUESTION = ("service.", "case.", "refused.", "staff.")
UNREAD = frozenset({"no words", "same meaning as before"})
_DIGITS = re.compile(r"\d[\d\s-]{5,}\d[xX]?")

Worked = Callable[[str | None, datetime, datetime], timedelta]
"""The working time of a desk between two moments."""


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both included."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        """Midnight here before the first day."""
        return datetime.combine(self.first, time(0), HERE)

    @property
    def end(self) -> datetime:
        """Midnight here after the last day: no longer part of it."""
        return datetime.combine(self.last + timedelta(days=1), time(0), HERE)

    def sound(self, longest: int) -> bool:
        """Whether it goes forward, for at most so many days, in this century."""
        length = (self.last - self.first).days + 1
        return 1 <= length <= longest and CENTURY[0] <= self.first.year and self.last.year < CENTURY[1]

    @property
    def days(self) -> tuple[date, ...]:
        """Each day."""
        return tuple(self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int = 0
    whole: int = 0

    @property
    def ratio(self) -> float | None:
        """None for a share of nothing."""
        return self.part / self.whole if self.whole else None


@dataclass(slots=True, eq=False)
class Row:
    """Counts of one topic, district or day. `questions`: each message once, however many topics it has."""

    key: str
    questions: int = 0
    answered: int = 0
    asked_back: int = 0
    outside: int = 0
    handed_over: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything about a period.

    `echo`: cases with an answer among those whose parent did not take the question back unanswered. `kept`: promises kept
    among those of which a parent was told a time and that are decided. `minutes`: median working time to the first answer.
    """

    period: Period
    desk: str | None
    total: Row
    topics: tuple[Row, ...]
    districts: tuple[Row, ...]
    days: tuple[Row, ...]
    priorities: dict[str, int]
    echo: Share
    open: int
    kept: Share
    minutes: float | None
    reopened: Share
    marks: dict[int, int]
    mark: float | None
    unanswered: tuple[tuple[str, int], ...] = field(default=())

    def plain(self) -> dict[str, Any]:
        """As JSON knows it, with the shares worked out."""
        data = asdict(self)
        data["period"] = {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        for name in ("echo", "kept", "reopened"):
            data[name]["ratio"] = getattr(self, name).ratio
        data["marks"] = {str(value): number for value, number in self.marks.items()}
        return data


def figures(
    period: Period,
    messages: Iterable[AnyRow],
    cases: Sequence[AnyRow],
    now: datetime,
    worked: Worked,
    *,
    desk: str | None = None,
    districts: Sequence[str] = (),
) -> Figures:
    """The sum of rows of `db.report_rows`. `districts` are listed even where nothing happened."""
    sums = _Sums(period, districts)
    for message in messages:
        sums.message(message)
    for case in cases:
        sums.case(case)
    answered = [case for case in cases if case.first_answered_at is not None]
    owed = [case for case in cases if case.first_answered_at is not None or case.state not in SETTLED]
    promises = [kept for case in cases if (kept := _kept(case, now)) is not None]
    marks = Counter(case.rating for case in cases if case.rating is not None)
    minutes = [
        worked(case.desk, case.created_at, case.first_answered_at) / timedelta(minutes=1) for case in answered
    ]
    return Figures(
        period=period,
        desk=desk,
        total=sums.total,
        topics=_most_first(sums.topics),
        districts=tuple(sums.districts.values()),
        days=tuple(sums.days.values()),
        priorities={priority.name.lower(): sums.priorities[priority] for priority in reversed(Priority)},
        echo=Share(len(answered), len(owed)),
        open=sum(case.state not in SETTLED for case in cases),
        kept=Share(sum(promises), len(promises)),
        minutes=median(minutes) if minutes else None,
        reopened=Share(sum(case.reopened > 0 for case in cases), len(answered)),
        marks={value: marks[value] for value in range(1, 6)},
        mark=fmean(marks.elements()) if marks else None,
        unanswered=sums.unanswered(),
    )


class _Sums:
    """What is counted while the rows go by."""

    def __init__(self, period: Period, districts: Sequence[str]) -> None:
        self.total = Row("")
        self.topics: dict[str, Row] = {}
        self.districts = {name: Row(name) for name in districts}
        self.days = {day.isoformat(): Row(day.isoformat()) for day in period.days}
        self.priorities: Counter[int] = Counter()
        self._seen: set[int] = set()
        self._words: dict[str, Counter[str]] = {}

    def message(self, row: AnyRow) -> None:
        """Count a question the bot dealt with itself."""
        kind = _kind(row)
        if kind is None:
            return
        self._seen.add(row.id)
        topics = (row.topics or [row.outcome]) if kind == "answered" else [OTHER]  # erased talks keep the outcome alone
        for line in (*self._common(row.district, row.received_at), *self._of_topics(topics)):
            line.questions += 1
            setattr(line, kind, getattr(line, kind) + 1)
        if kind == "asked_back":
            self._unclear(row.text)

    def case(self, row: AnyRow) -> None:
        """Count what was handed over: a question of its own, unless the rest of its message was answered."""
        fresh = row.incoming_id not in self._seen
        topics = self._of_topics(row.topics or [OTHER])
        for line in (*self._common(row.district, row.created_at), *topics):
            line.questions += fresh or line in topics
            line.handed_over += 1
        self.priorities[row.priority] += 1
        if not row.topics:
            self._unclear(row.words)

    def unanswered(self) -> tuple[tuple[str, int], ...]:
        """What was most often asked without a clear answer, in its most frequent wording."""
        ranked = sorted(self._words.values(), key=lambda words: (-words.total(), words.most_common(1)[0][0]))
        return tuple((words.most_common(1)[0][0], words.total()) for words in ranked[:TOP])

    def _common(self, district: str | None, at: datetime) -> tuple[Row, ...]:
        day = self.days[at.astimezone(HERE).date().isoformat()]
        return self.total, day, self.districts.setdefault(district or OTHER, Row(district or OTHER))

    def _of_topics(self, topics: Iterable[str]) -> tuple[Row, ...]:
        return tuple(self.topics.setdefault(topic, Row(topic)) for topic in dict.fromkeys(topics))

    def _unclear(self, text: str) -> None:
        shown = _DIGITS.sub("…", " ".join(text.split()))[:60]
        if key := plain(shown):
            self._words.setdefault(key, Counter())[shown] += 1


def _kind(row: AnyRow) -> str | None:
    """Which count a message belongs to; None for what is no question, or is counted by its case."""
    if row.rule in UNREAD or row.outcome in HANDED_OVER:
        return None
    if row.outcome == Outcome.CLARIFY:
        return "asked_back" if row.pick is None else None
    if row.outcome == Outcome.DECLINE:
        return "outside"
    topic = "." in row.outcome and not row.outcome.startswith(NO_QUESTION)
    return "answered" if topic else None


def _kept(case: AnyRow, now: datetime) -> bool | None:
    """Whether the promise was kept; None where no time was told, or it is not decided yet."""
    if not case.told or case.promised_at is None:
        return None
    if case.late:
        return False
    if case.first_answered_at is None and case.state in SETTLED:
        return None  # taken back in time
    if not case.reopened and (case.first_answered_at or now) > case.promised_at:
        return False
    return True if case.first_answered_at is not None else None


def _most_first(rows: dict[str, Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows.values(), key=lambda row: (row.key == OTHER, -row.questions, row.key)))
