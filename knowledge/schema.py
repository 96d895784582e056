"""What each kind of content file may hold. The reader gives text; these models say what the text means."""

from datetime import date
from enum import StrEnum
from functools import cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*$", max_length=60)]


Minutes = Annotated[int, Field(ge=1, le=10_000)]


class Kind(StrEnum):
    """What an entry's match means: an answer, or one of the outcomes that only a person or a kind refusal can meet."""

    ANSWER = "answer"
    DECLINE = "decline"
    ESCALATE = "escalate"
    REPORT = "report"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Entry(_Strict):
    """One thing a parent may want to know, how parents say it, and what is answered."""

    id: Identifier
    title: Text
    outcome: Kind = Kind.ANSWER
    phrasings: Annotated[list[Text], Field(min_length=1)]
    probes: list[Text] = []
    answer: Text
    answer_by_district: dict[str, Text] = {}
    english: str = ""
    sources: Annotated[list[Text], Field(min_length=1)]
    review_by: date
    follow_ons: Annotated[list[Identifier], Field(max_length=3)] = []
    offer_person: bool = False
    retired: bool = False
    only_elsewhere: bool = False

    def answers(self) -> dict[str, str]:
        """Every variant of the answer by the path of its key."""
        return {"answer": self.answer, **{f"answer_by_district.{d}": text for d, text in self.answer_by_district.items()}}


class DangerExamples(_Strict):
    """`danger_examples.yaml`: emergencies as told, by kind of `danger.yaml`, and what only sounds like one."""

    emergency: dict[Identifier, list[Text]] = {}
    harmless: list[Text] = []


class SourceNote(_Strict):
    """A source as parents see it. `second_hand`: read in a third party's transcript."""

    name: Text
    date: Text
    url: str = ""
    second_hand: bool = False


class SourcesFile(_Strict):
    """`sources.yaml`: code → source."""

    sources: dict[str, SourceNote]


class District(_Strict):
    """A district and what people call it."""

    name: Text
    aliases: list[Text]


class Street(_Strict):
    """A 街道 or 镇 with its communities and villages."""

    name: Text
    district: str | None = None
    aliases: list[Text] = []
    note: str = ""
    communities: list[Text] = []


class PlacesFile(_Strict):
    """`places.yaml`."""

    districts: list[District]
    streets: list[Street]
    elsewhere: list[Text] = []


class Centre(_Strict):
    """A centre, with what was reported of it (`about`) and what is not known (`unknown`)."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
    name: Text
    aliases: list[Text]
    district: Text
    modes: list[Identifier] = []
    about: Text
    sources: list[Text]
    unknown: list[Text] = []


class CentresFile(_Strict):
    """`centres.yaml`."""

    centres: list[Centre]


class WordsFile(_Strict):
    """`words.yaml`: filler to skip, synonyms by concept, words that name a care mode, and words that only begin."""

    filler: list[Text]
    concepts: dict[str, list[Text]]
    modes: dict[Identifier, list[Text]] = {}
    openers: list[Text] = []


class TopicsFile(_Strict):
    """`topics.yaml`: the entries that must exist, since other systems refer to them by id."""

    topics: list[Identifier]


class Desk(_Strict):
    """Who answers what the bot cannot: for which districts and topics, when, how soon, and who steps in.

    `name` is what parents read. A desk for no district and no topic is the common one. `members` and `duty` are names of
    staff accounts. `hours` are windows by kind of day (`knowledge/hours.py`); without hours and `promise_minutes`
    parents are told no time. Promise and lease are working minutes; the other minutes are by the clock: an emergency nobody
    claims is repeated every `nag_minutes` and goes to `duty` after `duty_after_minutes`; a question of no known district
    goes to the common desk after `ask_district_minutes`. `follow_up_days` after an answer the parent is asked once.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=30)]
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=30)] = "托育服务工作人员"
    districts: list[Text] = []
    topics: list[Identifier] = []
    members: list[Text] = []
    hours: dict[str, list[Text]] = {}
    promise_minutes: Minutes | None = None
    lease_minutes: Minutes = 60
    nag_minutes: Minutes = 10
    duty_after_minutes: Minutes = 30
    ask_district_minutes: Minutes = 30
    follow_up_days: Annotated[int, Field(ge=1, le=365)] = 3
    fallback: str | None = None
    duty: list[Text] = []

    @property
    def common(self) -> bool:
        """Whether it takes what belongs to no other desk."""
        return not self.districts and not self.topics


class DesksFile(_Strict):
    """`desks.yaml`."""

    desks: Annotated[list[Desk], Field(min_length=1)]


class SpecialDay(_Strict):
    """A day that differs from the official calendar, and why."""

    date: date
    note: Text


class CalendarFile(_Strict):
    """`calendar.yaml`: the operators' own days over the official ones, and the years they entered completely."""

    holidays: list[SpecialDay] = []
    working_days: list[SpecialDay] = []
    complete: list[Annotated[int, Field(ge=2000, le=2100)]] = []


class Canned(_Strict):
    """A reply that staff send often, with the parent's slots filled in like an answer's."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=40)]
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]
    text: Text


class CannedFile(_Strict):
    """`canned.yaml`."""

    canned: list[Canned]


@cache
def keys() -> frozenset[str]:
    """Every key these models know."""
    return frozenset(name for model in _Strict.__subclasses__() for name in model.model_fields)
