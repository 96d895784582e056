"""The shape of `content/danger.yaml`: what operators may write, and what is wrong if not; used by `danger`."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from knowledge.danger_words import Word, read_words

LONGEST_ANSWER = 160
_STUCK = re.compile(r"[一-鿿][0-9A-Za-z]|[0-9A-Za-z][一-鿿]")
_HALF_WIDTH = re.compile(r"[,;:!?()]")


def _read_block(block: object) -> object:
    return read_words(block) if isinstance(block, str) else block


def _check_answer(text: str) -> str:
    """An answer is short, begins with the number to ring, and keeps to Chinese typography."""
    if len(text) > LONGEST_ANSWER:
        raise ValueError(f"longer than {LONGEST_ANSWER} characters")
    if not re.match(r"请马上拨打 1\d\d\b", text) or "听从接线员指导" not in text:
        raise ValueError("must begin with 请马上拨打 and a number, and say 听从接线员指导")
    if stuck := _STUCK.search(text):
        raise ValueError(f"needs a space inside {stuck[0]!r}")
    if half := _HALF_WIDTH.search(text):
        raise ValueError(f"has half-width {half[0]!r}")
    return text


Answer = Annotated[str, BeforeValidator(lambda text: text.strip() if isinstance(text, str) else text),
                   AfterValidator(_check_answer)]  # fmt: skip
Words = Annotated[tuple[Word, ...], BeforeValidator(_read_block), Field(min_length=1)]
Number = Annotated[str, Field(pattern=r"^(110|119|120|12338|12345|12356)$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)
    note: str = ""


class WordList(_Part):
    """Words that mean one thing; `examples` are sentences that must stay quiet (for `figures` and shields)."""

    words: Words
    examples: tuple[str, ...] = ()


class Shield(WordList):
    """Words that say: not happening now. They stand on `side` of the danger word, at most `reach` away, in `scope`.

    A shield gives way to a word of the lists in `yields_to` before the danger in the danger's own clause.
    """

    side: Literal["before", "after", "around"]
    reach: int = Field(ge=0, le=10_000)
    scope: Literal["clause", "sentence", "message"] = "clause"
    yields_to: tuple[str, ...] = ("now",)


class Kind(_Part):
    """A kind of emergency: whom to ring, in order, and what the parent is told."""

    title: str = Field(min_length=1)
    call: tuple[Number, ...] = Field(min_length=1)
    answer: Answer

    @model_validator(mode="after")
    def _rings_first(self) -> Self:
        if not self.answer.startswith(f"请马上拨打 {self.call[0]}"):
            raise ValueError(f"answer must begin with 请马上拨打 {self.call[0]}")
        return self


class Rule(_Part):
    """An alarm: a word of any `danger` list, near a word of each group in `near`, and no shield over the danger."""

    id: str = Field(pattern=r"^[a-z_]+(\.[a-z_]+)+$")
    kind: str
    danger: tuple[str, ...] = Field(min_length=1)
    near: tuple[tuple[str, ...], ...] = ()
    within: int = Field(default=24, ge=0, le=200)
    unless: tuple[str, ...] = ()
    examples: tuple[str, ...] = Field(min_length=1)


class DangerFile(_Part):
    """The whole file. Rules are tried in their order; the first that alarms decides."""

    now: WordList
    figures: WordList
    lists: dict[str, WordList] = Field(min_length=1)
    shields: dict[str, Shield]
    usual_shields: tuple[str, ...]
    kinds: dict[str, Kind] = Field(min_length=1)
    rules: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_known(self) -> Self:
        wrong = [*self._unknown_names(), *self._repeated_ids()]
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    def shields_of(self, rule: Rule) -> tuple[str, ...]:
        """The shields a rule names; `usual` stands for all the usual ones, `-name` takes one away."""
        named = [n for name in rule.unless for n in (self.usual_shields if name == "usual" else (name,))]
        return tuple(dict.fromkeys(name for name in named if name[0] != "-" and f"-{name}" not in named))

    def _unknown_names(self) -> Iterator[str]:
        known = self.lists.keys() | {"now"}
        yield from (f"usual_shields: no shield {name!r}" for name in self.usual_shields if name not in self.shields)
        for name, shield in self.shields.items():
            yield from (f"shields.{name}.yields_to: no list {one!r}" for one in shield.yields_to if one not in known)
        for number, rule in enumerate(self.rules):
            if rule.kind not in self.kinds:
                yield f"rules.{number}.kind: no kind {rule.kind!r}"
            named = [*rule.danger, *(name for group in rule.near for name in group)]
            yield from (f"rules.{number}: no list {name!r}" for name in named if name not in known)
            without = [name.removeprefix("-") for name in rule.unless if name != "usual"]
            yield from (f"rules.{number}.unless: no shield {name!r}" for name in without if name not in self.shields)

    def _repeated_ids(self) -> Iterator[str]:
        ids = [rule.id for rule in self.rules]
        yield from (f"rules.{number}.id: {id!r} again" for number, id in enumerate(ids) if id in ids[:number])


def read_file(mapping: Mapping[str, Any]) -> DangerFile:
    """The file as a model; raises ValueError naming the path of each wrong field."""
    try:
        return DangerFile.model_validate(mapping)
    except ValidationError as error:
        raise ValueError("; ".join(_describe(dict(item)) for item in error.errors())) from error


def _describe(item: Mapping[str, Any]) -> str:
    path = ".".join(map(str, item["loc"]))
    return f"{path}: {item['msg']}" if path else str(item["msg"]).removeprefix("Value error, ")
