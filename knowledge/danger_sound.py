"""Reads text by sound, so that typed pinyin and homophone typos meet the same words; used by `danger` only.

A syllable (without tone) is one character of a private alphabet, so a text by sound is again a text and the same
search works on it.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import lazy_pinyin

from knowledge.danger_words import Word

_FIRST_CODE = 0xE000
_MOSTLY = 0.85
_FEWEST_SYLLABLES = 4
_LONGEST_SYLLABLE = 6
_FOLDED = {"zhao": "zhe", "zhuo": "zhe", "nü": "nv", "lü": "lv", "lue": "lve", "nue": "nve"}
_LATIN = re.compile(r"[a-zü]+")


@dataclass(frozen=True, slots=True)
class Sounds:
    """A text by sound; character i of it stands at `starts[i]` to `ends[i]` in the text as written."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


@lru_cache(maxsize=1)
def _alphabet() -> dict[str, str]:
    """Each toneless syllable of the common characters with its private character."""
    common = (bytes((high, low)) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    chars = (code.decode("gb2312", errors="ignore") for code in common)
    heard = {_fold(lazy_pinyin(char)[0]) for char in chars if char}
    syllables = sorted(syllable for syllable in heard if set(syllable) & set("aeiouv"))
    codes = {syllable: chr(_FIRST_CODE + index) for index, syllable in enumerate(syllables)}
    return codes | {other: codes[same] for other, same in _FOLDED.items() if same in codes}


def _fold(syllable: str) -> str:
    return _FOLDED.get(syllable, syllable)


@lru_cache(maxsize=16384)
def _sound(char: str) -> str:
    """The private character for a Chinese character; anything else stands for itself."""
    return _alphabet().get(lazy_pinyin(char)[0], char) if "一" <= char <= "鿿" else char


def written(text: str) -> Sounds:
    """The sound of Chinese text, character by character."""
    size = len(text)
    return Sounds("".join(map(_sound, text)), tuple(range(size)), tuple(range(1, size + 1)))


def word_by_sound(word: Word) -> Word:
    """The same word in the private alphabet; the gaps stay."""
    return Word(tuple(tuple("".join(map(_sound, text)) for text in piece) for piece in word.pieces), word.gaps)


def typed(text: str) -> Sounds | None:
    """The sound of text typed as pinyin; None unless nearly all of it is Latin letters that parse as syllables."""
    letters = sum(len(token[0]) for token in _LATIN.finditer(text))
    visible = sum(1 for char in text if char.isalnum())
    if not letters or letters < _MOSTLY * visible:
        return None
    marks = _marks(text)
    parsed = [end - start for char, start, end in marks if ord(char) >= _FIRST_CODE]
    if len(parsed) < _FEWEST_SYLLABLES or sum(parsed) < _MOSTLY * letters:
        return None
    return Sounds("".join(m[0] for m in marks), tuple(m[1] for m in marks), tuple(m[2] for m in marks))


def _marks(text: str) -> list[tuple[str, int, int]]:
    """Syllables, and everything else but single blanks, with where they stand."""
    marks: list[tuple[str, int, int]] = []
    position = 0
    for token in _LATIN.finditer(text):
        marks += [(text[i], i, i + 1) for i in range(position, token.start()) if not text[i].isspace()]
        marks += _syllables(token[0], token.start())
        position = token.end()
    return marks + [(text[i], i, i + 1) for i in range(position, len(text)) if not text[i].isspace()]


def _syllables(token: str, offset: int) -> list[tuple[str, int, int]]:
    """The token as the fewest syllables that fill it; letter by letter if none do."""
    alphabet, size = _alphabet(), len(token)
    best: list[tuple[int, int] | None] = [None] * size + [(0, size)]
    for start in range(size - 1, -1, -1):
        ends = range(start + 1, min(size, start + _LONGEST_SYLLABLE) + 1)
        fitting = [(rest[0] + 1, end) for end in ends if (rest := best[end]) and token[start:end] in alphabet]
        best[start] = min(fitting, key=lambda choice: (choice[0], -choice[1]), default=None)
    if best[0] is None:
        return [(char, offset + i, offset + i + 1) for i, char in enumerate(token)]
    return _follow(token, offset, [choice[1] if choice else size for choice in best])


def _follow(token: str, offset: int, ends: list[int]) -> list[tuple[str, int, int]]:
    """The syllables met when walking from each start to its end."""
    met, start = [], 0
    while start < len(token):
        met.append((_alphabet()[token[start : ends[start]]], offset + start, offset + ends[start]))
        start = ends[start]
    return met
