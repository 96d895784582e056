"""One spelling for one meaning: width, case, script, emoji and filler. Called for every message and every phrasing."""

import re
import unicodedata
from functools import cache

import opencc

LONGEST = 2000
"""Characters of a message that are read; what lies beyond is kept but not matched."""

_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u00ad]")
_ORDINARY = re.compile(r"[\u4e00-\u9fffa-z0-9，。！？、；：,.!?;: ]*")
"""Texts of such characters alone hold nothing to leave out."""
_REPEATED = re.compile(r"(.)\1{2,}")
_SPACE = re.compile(r"\s+")
_CLAUSE_END = re.compile(r"[。！？!?；;\n，,、:：~～…]+|\.(?=\s|$)")
_SENTENCE_END = re.compile(r"[。！？!?；;\n…]+|\.(?=\s|$)")


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _keep(char: str) -> str:
    """The character itself, a space for marks and pictures, nothing for controls and lone surrogates."""
    category = unicodedata.category(char)
    if category in ("So", "Sk", "Cn", "Co") or char in "\ufe0f\u20e3":
        return " "
    return "" if category in ("Cc", "Cf", "Cs", "Mn") and char != "\t" else char


def plain(text: str) -> str:
    """`text` in NFKC, lower case, simplified characters, without emoji, controls or long repetitions.

    Punctuation stays, so that clauses can still be told apart. At most `LONGEST` characters are read.
    """
    text = unicodedata.normalize("NFKC", text[:LONGEST].replace("\n", "。")).lower()
    if not _ORDINARY.fullmatch(text):
        text = "".join(map(_keep, _INVISIBLE.sub("", text)))
    text = unicodedata.normalize("NFKC", text)  # lower case and what was left out may have parted letters from marks
    text = _SPACE.sub(" ", _REPEATED.sub(r"\1", _converter().convert(text)))
    return text.strip()[:LONGEST].rstrip()


def clauses(text: str) -> list[str]:
    """The clauses of a plain text, split at every mark of punctuation, empty ones left out."""
    return [part.strip() for part in _CLAUSE_END.split(text) if part.strip()]


def sentences(text: str) -> list[str]:
    """The sentences of a plain text, split at full stops, question and exclamation marks, semicolons."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]
