"""What a sentence is made of, seen from several sides: signs, sounds and meanings. Used to train and to match.

A *view* is a bag of features of one kind. Chinese characters and Latin words are tokens alike, so one set of
views serves both languages; a view that finds nothing in a sentence simply does not take part.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from knowledge import pinyin

VIEWS: Mapping[str, float] = {"token": 1.0, "phrase": 1.0, "pair": 0.5, "letters": 0.8, "sound": 0.9, "concept": 0.9}
"""Share of each view in a sentence's vector (see docs/understanding.md for how they were chosen)."""

SOMEWHERE = "某地"
AGE = "an age"
"""The concept of an age said in numbers, whatever the operators call theirs."""
_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:\.\d+)?|[\u3400-\u9fff]")
_YEARS = r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十]+|半)(?=(?:周岁|岁|个半月|个多月|月龄|months?|years?))"
_MONTHS = r"(?:\d+|[二两三四五六七八九十]+|十[一二三四五六七八九])(?=个月)"
_NUMBER = re.compile(f"{_YEARS}|{_MONTHS}")
_ENDINGS = ("'s", "ings", "ing", "ies", "es", "ed", "s")


@dataclass(frozen=True, slots=True)
class Words:
    """The operators' word file, made ready: phrases to skip, and phrases that stand for one concept."""

    filler: tuple[str, ...] = ()
    concepts: Mapping[str, str] = field(default_factory=dict)
    longest: int = 0
    elsewhere: tuple[str, ...] = ()

    @classmethod
    def of(cls, filler: list[str], concepts: Mapping[str, list[str]], elsewhere: Sequence[str] = ()) -> "Words":
        """Words from the file's two parts, and the names of places not served; the longest filler is tried first."""
        table = {phrase: name for name, phrases in concepts.items() for phrase in phrases}
        longest = max(map(len, table), default=0)
        return cls(tuple(sorted(filler, key=len, reverse=True)), table, longest, tuple(elsewhere))

    def somewhere(self, text: str) -> str:
        """`text` with every place not served under one name, so that one of them stands for all."""
        for name in self.elsewhere:
            if name in text:
                text = text.replace(name, SOMEWHERE)
        return text

    def without_filler(self, text: str) -> str:
        """`text` without courtesy and hesitation, unless nothing would remain."""
        rest = text
        for phrase in self.filler:
            if phrase in rest:
                rest = rest.replace(phrase, " ")
        return rest.strip() if len(re.sub(r"\W", "", rest)) >= 2 else text

    def found(self, text: str) -> list[str]:
        """The concepts named in `text`, in order, by longest match."""
        names: list[str] = []
        at = 0
        while at < len(text):
            for size in range(min(self.longest, len(text) - at), 0, -1):
                name = self.concepts.get(text[at : at + size])
                if name is not None and _whole(text, at, at + size):
                    names.append(name)
                    at += size - 1
                    break
            at += 1
        return names


def _whole(text: str, start: int, end: int) -> bool:
    """Whether a Latin phrase is not the middle of a longer word."""
    before, after = text[start - 1 : start], text[end : end + 1]
    latin_start, latin_end = text[start].isascii(), text[end - 1].isascii()
    return not (latin_start and before.isascii() and before.isalpha()) and not (
        latin_end and after.isascii() and after.isalpha()
    )


def stem(word: str) -> str:
    """An English word without its commonest endings."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def tokens(text: str) -> list[str]:
    """Characters, stemmed Latin words and numbers of a plain text; ages count as one number."""
    found = _TOKEN.findall(_NUMBER.sub("0", text))
    return [stem(t) if t.isascii() and t[0].isalpha() else "0" if t[0].isdigit() else t for t in found]


def _grams(items: list[str], sizes: tuple[int, ...]) -> Iterator[str]:
    for size in sizes:
        for at in range(len(items) - size + 1):
            yield " ".join(items[at : at + size])


def _letters(text: str) -> Iterator[str]:
    for word in re.findall(r"[a-z]+", text):
        marked = f"<{word}>"
        for size in (3, 4, 5):
            for at in range(len(marked) - size + 1):
                yield marked[at : at + size]


def syllables(text: str, found: list[str]) -> list[str]:
    """Syllables of the Chinese characters, or of a message typed wholly in pinyin."""
    if any(not t.isascii() for t in found):
        return [s for s in (pinyin.sound(t) for t in found if not t.isascii()) if s]
    return pinyin.typed(re.findall(r"[a-z]+", text)) or []


def views(text: str, words: Words) -> dict[str, set[str]]:
    """The features of a plain text by view. A message typed in pinyin has sounds only."""
    text = words.without_filler(words.somewhere(text))
    found = tokens(text)
    sounds = syllables(text, found)
    if sounds and all(t.isascii() for t in found):
        return {"sound": set(_grams(sounds, (1, 2, 3)))}
    concepts = words.found(text)
    if _NUMBER.search(text):
        concepts.append(AGE)
    marked = ["^", *found, "$"]
    return {
        "token": set(found),
        "phrase": set(_grams(marked, (2, 3))),
        "pair": {f"{a}~{b}" for i, a in enumerate(found) for b in found[i + 2 : i + 4]},
        "letters": set(_letters(text)),
        "sound": set(_grams(sounds, (1, 2, 3))),
        "concept": {
            *concepts,
            *(f"{a}+{b}" for i, a in enumerate(concepts) for b in concepts[i + 1 : i + 3] if a != b),
        },
    }
