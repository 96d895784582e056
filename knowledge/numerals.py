"""Numbers as parents say them: 一岁半, 十八个月, 1.5岁, 22 months old. Used by `slots`."""

import re

_DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "俩": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_ENGLISH_WORDS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen twenty"""
_ENGLISH = {word: number for number, word in enumerate(_ENGLISH_WORDS.split())}
NUMBER = r"(?:\d+(?:\.\d+)?|[零〇一二两俩三四五六七八九十]+|半)"
ENGLISH_NUMBER = r"(?:\d+(?:\.\d+)?|" + "|".join(_ENGLISH) + r"|a)"


def value(text: str) -> float | None:
    """The number that `text` spells (below 100 for Chinese numerals), 0.5 for 半, None where it is none."""
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    if text == "半":
        return 0.5
    if text == "a":
        return 1.0
    if text in _ENGLISH:
        return float(_ENGLISH[text])
    tens, ten, ones = text.rpartition("十")
    if any(c not in _DIGITS for c in tens + ones) or len(tens) > 1 or (ten and len(ones) > 1) or not text:
        return None
    if not ten:
        return float(int("".join(str(_DIGITS[c]) for c in ones)))
    return float((_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0))
