"""Fills in answers and wording with what is known of a parent and with sources. Used by `library` and `checks`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge import templates
from knowledge.schema import Centre, Entry, Kind, SourceNote
from knowledge.slots import Slots

CLASSES = ((6, 12, "乳儿班"), (12, 24, "托小班"), (24, 36, "托大班"))
"""国卫人口发〔2019〕58 号 第 19 条: months from, months below, name of the class."""

OURSELVES = "TW"
"""The code of this service itself, which is never quoted as a source."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An entry's answer, filled in. `text` ends with the line of sources."""

    entry: str
    text: str
    body: str
    source_line: str
    follow_ons: tuple[str, ...]
    offer_person: bool
    english: str


@dataclass(frozen=True)
class Answers:
    """Writes answers from entries and what they refer to."""

    entries: Mapping[str, Entry]
    sources: Mapping[str, SourceNote]
    centres: Mapping[str, Centre]
    wording: Mapping[str, str]

    def say(self, key: str, /, **values: object) -> str:
        """The wording of `area.key`, filled in; `KeyError` where the content has no such key."""
        return templates.rendered(self.wording[key], values)

    def title(self, key: str) -> str:
        """An entry's title; the bare key for an unknown one."""
        entry = self.entries.get(key)
        return entry.title if entry else key

    def answer(self, key: str, slots: Slots) -> Answer:
        """The answer of entry `key` for what is known of the parent; `KeyError` for an unknown key."""
        entry = self.entries[key]
        text = entry.answer_by_district.get(slots.district or "", entry.answer)
        body = templates.rendered(text, self.values(slots))
        centre = self.centres.get(slots.centre or "")
        codes = centre.sources if centre and "centre.about" in text else entry.sources
        line = self.source_line(codes) if entry.outcome is Kind.ANSWER else ""
        return Answer(
            entry=key,
            text=f"{body}\n\n{line}" if line else body,
            body=body,
            source_line=line,
            follow_ons=tuple(f for f in entry.follow_ons if f in self.entries),
            offer_person=entry.offer_person,
            english=entry.english,
        )

    def source_line(self, codes: Sequence[str]) -> str:
        """The last line of an answer: who said it and when. Empty where only this service itself speaks."""
        notes = [self.sources[code] for code in dict.fromkeys(codes) if code in self.sources and code != OURSELVES]
        if not notes:
            return ""
        mark = self.say("bot.second_hand")
        named = dict.fromkeys(f"{n.name}（{n.date}{mark if n.second_hand else ''}）" for n in notes)
        return self.say("bot.source_line", sources="、".join(named))

    def values(self, slots: Slots) -> dict[str, object]:
        """The variables of an answer's template (`templates.VARIABLES`)."""
        age = slots.age_months
        return {
            "age": age,
            "age_text": None if age is None else age_text(age),
            "class_name": None if age is None else class_name(age),
            "district": slots.district,
            "place": slots.place,
            "mode": self.title(f"modes.{slots.mode}") if slots.mode else None,
            "centre": self.centres.get(slots.centre or ""),
        }


def age_text(months: int) -> str:
    """An age as people say it: 8 个月, 1 岁 6 个月, 2 岁."""
    years, rest = divmod(months, 12)
    parts = (f"{years} 岁" if years else "", f"{rest} 个月" if rest or not years else "")
    return " ".join(part for part in parts if part)


def class_name(months: int) -> str | None:
    """The class a child of this age would be in; None for an age no class is for."""
    return next((name for first, below, name in CLASSES if first <= months < below), None)
