"""What a message names: the child's age, a care mode, a district, a place, a centre. Used by `understanding`."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar

from knowledge.numerals import ENGLISH_NUMBER, NUMBER, value

_VAGUE = r"(?!多|左右|上下|来岁|以[上下后前内]|之前|之后|前|后|的时候|那年|到\s*\d|到[一二三四五六]|[-~至])"
_YEARS = re.compile(
    rf"(?<![\d.\-~到至快])(?<!差不多)({NUMBER})\s*(?:周岁|岁)(?:零|又|加)?"
    rf"(?:(半)|({NUMBER})\s*个?月(?!前|后)|({NUMBER})(?![\d个岁年点宝胎孩]))?{_VAGUE}"
)
_MONTHS = re.compile(
    rf"(?<![\d.\-~到至第岁])({NUMBER})\s*(?:个(?P<half>半)?月|月龄)(?P<after>大|的?[小宝娃孩妮婴]|了)?"
)
_MONTHS_SHORT = re.compile(r"([俩两三四五六七八九十]+|\d+)月(?:大|的[小宝娃孩妮婴])")
_FIRST_BIRTHDAY = re.compile(r"(?:刚|才|快?满|过了?)(?:刚满)?周岁(?!前|后)")
_OLD = re.compile(rf"(?<![\d.])({ENGLISH_NUMBER})\s*[- ]?\s*(months?|years?|yrs?|m|mo|y)(?:[- ]?old|\b)")
_NOT_AGE = re.compile(
    r"^(?:一次|没|前|后|里|内|以|之|多|左右|的?(?:学费|托费|费|钱|工资|时间|试|课)|一|能|要|得|多少|给|收|交)"
)
_CHILD = re.compile(r"孩|娃|宝|妮|婴|孙|闺女|女儿|儿子|小子|他|她|老[大二三]|月龄|才|刚满|满")
_TIME_UNIT = re.compile(r"产假|放假|休完|试用|上班|工作|交了|一共|住院|恢复|前的|押金|存|管|搬|租|结婚|怀孕|怀")

ROAD = re.compile(
    r"([\u4e00-\u9fff]{2,5}?(?:大道|路|大街|街道|小区|花园|广场|公园|社区|商场|家园|新村|嘉园|华府|公馆|佳苑|苑))(?!上班|边上的人)"
)
_LEAD = re.compile(
    r"^(?:我?们?家?就?住在?|俺家?在?|家?住在?|在|是在|那个|靠近|靠|离|到|去|从|就|搬到|位于|咱|我|俺|这边|附近|哪|的|有|和|跟)+"
)
_ENGLISH_PLACE = re.compile(r"\b(?:near|around|close to|next to|by|at)\s+((?:the\s+)?[A-Z][\w'-]*(?:\s+[A-Z][\w'-]*)*)")


V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Slots:
    """What was named, each None where it was not. `mode` is a topic id without `modes.`; `centre` a centre's id."""

    age_months: int | None = None
    mode: str | None = None
    district: str | None = None
    place: str | None = None
    centre: str | None = None

    @classmethod
    def of(cls, known: Mapping[str, Any]) -> Self:
        """The inverse of `known`; names that only another version has are left out."""
        return cls(**{name: known[name] for name in cls.__slots__ if name in known})

    def known(self) -> dict[str, str | int]:
        """Only what was named."""
        return {name: found for name in self.__slots__ if (found := getattr(self, name)) is not None}


@dataclass(frozen=True)
class Names:
    """Names that operators keep: spelling → canonical value, longest spelling first."""

    centres: "Spellings[str]"
    districts: "Spellings[str]"
    places: "Spellings[tuple[str, str | None]]"
    modes: "Spellings[str]"

    def read(self, text: str, original: str) -> Slots:
        """The slots of a plain text; `original` keeps capitals for English names of places."""
        place, where = self._place(text, original)
        district = self.districts.longest_in(text) or where
        return Slots(age_months(text), self.modes.longest_in(text), district, place, self.centres.longest_in(text))

    def _place(self, text: str, original: str) -> tuple[str | None, str | None]:
        for spelling, (name, district) in self.places.all_in(text):
            after = text.partition(spelling)[2]
            if not after.startswith(("路", "大道")):
                return (name if name in text else spelling), district
        found = ROAD.search(text)
        if found:
            name = _LEAD.sub("", found.group(1))
            if len(name) >= 3:
                return name, None
        english = _ENGLISH_PLACE.search(original)
        return (english.group(1), None) if english else (None, None)


@dataclass(frozen=True)
class Spellings(Generic[V]):
    """Spellings and what they stand for, found in a text by length, the longest first."""

    values: Mapping[str, V]
    lengths: tuple[int, ...]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, V]]) -> "Spellings[V]":
        """From pairs of spelling and value; of equal spellings the first counts."""
        values: dict[str, V] = {}
        for spelling, meaning in pairs:
            values.setdefault(spelling, meaning)
        return cls(values, tuple(sorted({len(s) for s in values}, reverse=True)))

    def all_in(self, text: str) -> Iterator[tuple[str, V]]:
        """Every spelling in `text` with its value, the longest first, so that 托幼一体实验园 comes before 托幼一体."""
        for length in self.lengths:
            for start in range(len(text) - length + 1):
                piece = text[start : start + length]
                if piece in self.values:
                    yield piece, self.values[piece]

    def longest_in(self, text: str) -> V | None:
        """The value of the longest spelling in `text`."""
        return next((meaning for _, meaning in self.all_in(text)), None)


def age_months(text: str) -> int | None:
    """The child's present age in months; None where it is not said or only vaguely (一岁多, 3 岁以下)."""
    for read in (_in_years, _in_months, _in_months_short, _in_english):
        found = read(text)
        if found is not None and 0 <= found <= 216:
            return found
    return None


def _in_years(text: str) -> int | None:
    for found in _YEARS.finditer(text):
        years = value(found.group(1))
        if years is None or (found.group(1) == "半" and text[found.end() : found.end() + 1] == "的"):
            continue
        extra = 6.0 if found.group(2) else value(found.group(3) or found.group(4) or "零")
        return round(years * 12 + (extra or 0))
    return None


def _in_months(text: str) -> int | None:
    for found in _MONTHS.finditer(text):
        months = value(found.group(1))
        clause = re.split(r"[，。！？,!?；]", text[: found.start()])[-1]
        rest = text[found.end() :]
        if months is None or months < 1 or _TIME_UNIT.search(clause):
            continue
        aged = found.group("after") or "月龄" in found.group()
        if not aged and (_NOT_AGE.match(rest) or not (_CHILD.search(clause) or _CHILD.match(rest))):
            continue
        if months == 1 and found.group("after") in (None, "了"):
            continue
        return int(months + (0.5 if found.group("half") else 0))
    return None


def _in_months_short(text: str) -> int | None:
    """俩月的娃, 两月大; and 刚满周岁, a year without its number."""
    found = _MONTHS_SHORT.search(text)
    if found:
        number = value(found.group(1))
        return None if number is None else int(number)
    return 12 if _FIRST_BIRTHDAY.search(text) else None


def _in_english(text: str) -> int | None:
    found = _OLD.search(text)
    number = value(found.group(1)) if found else None
    if found is None or number is None or (found.group(1) == "a"):
        return None
    return round(number * (12 if found.group(2).startswith("y") else 1))
