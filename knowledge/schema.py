"""What each kind of content file may hold. The reader gives text; these models say what the text means."""

from datetime import date
from enum import StrEnum
from functools import cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*$", max_length=60)]


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


@cache
def keys() -> frozenset[str]:
    """Every key these models know."""
    return frozenset(name for model in _Strict.__subclasses__() for name in model.model_fields)
