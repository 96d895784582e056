"""Sounds: characters and typed pinyin as the same tolerant syllables, so that homophones meet. Used by `features`."""

import re
import unicodedata
from functools import cache, lru_cache

from pypinyin.pinyin_dict import pinyin_dict

_INITIAL = re.compile(r"^(zh|ch|sh)")
_FINAL = re.compile(r"(?<=[aei])ng$")
LONGEST_SYLLABLE = 6


def _bare(reading: str) -> str:
    """A reading without its tone: `tuō` → `tuo`, `lǜ` → `lv`."""
    letters = unicodedata.normalize(
        "NFD", reading.replace("ü", "v").replace("ǘ", "v").replace("ǚ", "v").replace("ǜ", "v")
    )
    return "".join(c for c in letters if unicodedata.category(c) != "Mn")


def tolerant(syllable: str) -> str:
    """What speakers of northern dialects and hurried typists do not tell apart: zh/z, ch/c, sh/s, -ng/-n."""
    return _FINAL.sub("n", _INITIAL.sub(lambda found: found.group()[0], syllable))


@cache
def _syllables() -> frozenset[str]:
    common = (r for code, r in pinyin_dict.items() if 0x4E00 <= code <= 0x9FFF)
    return frozenset(s for r in common for s in (_bare(one) for one in r.split(",")) if s.isascii() and s.isalpha())


@lru_cache(maxsize=8192)
def sound(char: str) -> str:
    """The tolerant syllable of one character's most common reading; empty where it has none."""
    reading = pinyin_dict.get(ord(char), "")
    return tolerant(_bare(reading.split(",")[0]))


@lru_cache(maxsize=4096)
def split(letters: str) -> tuple[str, ...] | None:
    """Typed letters cut into pinyin syllables with as few pieces as possible, or None where they are no pinyin."""
    best: list[tuple[str, ...] | None] = [()] + [None] * len(letters)
    known = _syllables()
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - LONGEST_SYLLABLE), end):
            before = best[start]
            piece = letters[start:end]
            if before is not None and piece in known and (best[end] is None or len(before) + 1 < len(best[end] or ())):
                best[end] = (*before, piece)
    found = best[len(letters)]
    return tuple(map(tolerant, found)) if found else None


def typed(words: list[str]) -> list[str] | None:
    """The syllables of a message typed in pinyin; None where any word cannot be read so, or it is too short to tell."""
    pieces: list[str] = []
    for word in words:
        cut = split(word) if len(word) <= 40 else None
        if cut is None:
            return None
        pieces.extend(cut)
    return pieces if len(pieces) >= 3 and len(pieces) >= len(words) else None
