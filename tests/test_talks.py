"""Runs every talk in `tests/talks` through every door."""

import asyncio
import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Annotated, Any, Self

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tests.doors.assembly import BURST_SECONDS, DOORS
from tests.doors.driver import Driver, Heard

PAUSE = BURST_SECONDS * 1.2  # a parent reads before going on; without it two turns would count as one burst
FOLDER = Path(__file__).parent / "talks"
NUMBER = re.compile(r"(?<!\d)\d{8}(?!\d)")
"""A case number as parents read it; in a talk `NUMBER` stands for the last one that was told."""
Word = Annotated[str, Field(min_length=1)]


class Strict(BaseModel):
    """Refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Turn(Strict):
    """One thing said or picked, and what must come back."""

    say: str | None = None
    pick: str | None = None
    replies: int = Field(default=1, ge=0)
    first_line: tuple[Word, ...] = ()
    has: tuple[Word, ...] = ()
    lacks: tuple[Word, ...] = ()
    offers: tuple[Word, ...] = ()
    choices: tuple[Word, ...] | None = None

    def about(self, number: str) -> Self:
        """This turn with the case's number where it says so."""
        return self.model_validate_json(self.model_dump_json().replace("NUMBER", number))

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.say is None) == (self.pick is None):
            raise ValueError("a turn has either say or pick")
        return self


class Talk(Strict):
    """A talk from its first word on."""

    title: str = Field(min_length=1)
    turns: list[Turn] = Field(min_length=1)


class TextLoader(yaml.SafeLoader):
    """Reads every value as text; a key that stands twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        if len(keys) != len(set(keys)):
            raise yaml.constructor.ConstructorError(None, None, f"repeated key among {keys}", node.start_mark)
        return super().construct_mapping(node, deep)


TextLoader.yaml_implicit_resolvers = {}


def read_talks(text: str) -> list[Talk]:
    """The talks of one file; raises `ValueError` or `yaml.YAMLError` with the place of a mistake."""
    read = yaml.load(text, TextLoader)
    if not isinstance(read, list) or not read:
        raise ValueError("a file of talks is a list")
    talks = [Talk.model_validate(talk) for talk in read]
    if len({talk.title for talk in talks}) != len(talks):
        raise ValueError("two talks have the same title")
    return talks


def _cases() -> list[Any]:
    return [
        pytest.param(door, talk, id=f"{path.stem}-{talk.title}-{name}")
        for path in sorted(FOLDER.glob("*.yaml"))
        for talk in read_talks(path.read_text("utf-8"))
        for name, door in DOORS.items()
    ]


@pytest.mark.parametrize(("door", "talk"), _cases())
async def test_talk(door: Callable[[], AbstractAsyncContextManager[Driver]], talk: Talk) -> None:
    async with door() as driver:
        told = ""
        for number, turn in enumerate(talk.turns, 1):
            await asyncio.sleep(PAUSE)
            turn = turn.about(told)
            heard = await (driver.say(turn.say) if turn.say is not None else driver.pick(str(turn.pick)))
            told = next((found[0] for reply in heard if (found := NUMBER.search(reply.text))), told)
            faults = compare(turn, heard)
            assert not faults, f"turn {number} ({turn.say or turn.pick}): {'; '.join(faults)}\n{_shown(heard)}"


def compare(turn: Turn, heard: list[Heard]) -> list[str]:
    """What differs between what had to come back and what did."""
    text = "\n".join(reply.text for reply in heard)
    first = heard[0].text.split("\n", 1)[0] if heard else ""
    offered = [choice.id for reply in heard for choice in reply.choices]
    faults = [] if len(heard) == turn.replies else [f"{len(heard)} replies instead of {turn.replies}"]
    faults += [f"first line without {word!r}" for word in turn.first_line if word not in first]
    faults += [f"no {word!r}" for word in turn.has if word not in text]
    faults += [f"has {word!r}" for word in turn.lacks if word in text]
    faults += [f"{choice} not offered" for choice in turn.offers if choice not in offered]
    if turn.choices is not None and list(turn.choices) != offered:
        faults.append(f"offers {offered} instead of {list(turn.choices)}")
    return faults


def _shown(heard: list[Heard]) -> str:
    return "\n".join(f"> {reply.text}\n  {[choice.id for choice in reply.choices]}" for reply in heard)


WRONG = {
    "not a list": "title: x",
    "unknown key": "- title: x\n  turns:\n    - say: y\n      reply: 1",
    "say and pick": "- title: x\n  turns:\n    - say: y\n      pick: z",
    "neither": "- title: x\n  turns:\n    - has: [y]",
    "no turns": "- title: x\n  turns: []",
    "repeated key": "- title: x\n  turns:\n    - say: y\n      say: z",
    "same title": "- {title: x, turns: [{say: y}]}\n- {title: x, turns: [{say: y}]}",
    "word for a list": "- title: x\n  turns:\n    - say: y\n      has: z",
    "empty word": "- title: x\n  turns:\n    - say: y\n      has: ['']",
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_talk_is_refused(text: str) -> None:
    with pytest.raises((ValueError, ValidationError, yaml.YAMLError)):
        read_talks(text)


def test_values_are_text() -> None:
    [talk] = read_talks("- title: 12\n  turns:\n    - say: 8:30\n      has: [120, yes, 2025-01-01]\n      replies: 2")
    assert talk.turns[0].say == "8:30"
    assert talk.turns[0].has == ("120", "yes", "2025-01-01")
    assert talk.turns[0].replies == 2


def test_a_difference_is_named() -> None:
    turn = Turn(say="x", first_line=("a",), has=("b",), lacks=("c",), offers=("d",), choices=("e",))
    faults = compare(turn, [Heard("c"), Heard("c")])
    assert len(faults) == 6
    assert compare(Turn(say="x", replies=0), []) == []
