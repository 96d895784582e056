"""How text that parents read must look: spaces, marks, numbers to ring. Used by the checks."""

import re
import unicodedata

HAN = r"\u3400-\u9fff"
KNOWN_NUMBERS = frozenset({"110", "119", "120", "12345", "12356", "12338", "12385"})
"""The only numbers that may be given to parents: emergency and public service lines."""

_STUCK = re.compile(rf"[{HAN}][A-Za-z0-9]+|[A-Za-z0-9]+[{HAN}]")
_HALF = re.compile(rf"[{HAN}][,;:!?.][{HAN}]|[{HAN}]\s?\(|\)[{HAN}]|[{HAN}][,;:!?](?=\s|$)")
_PARTED = re.compile(rf"(?<=[{HAN}，。]) (?=[{HAN}])|(?<=[，。]) ")
_TEMPLATE = re.compile(r"\{[{%#].*?[}%#]\}", re.DOTALL)
_SENTENCE_END = re.compile(r"[。！？\n]")
_COUNTED = r"(?!\d|\.\d|\s*[\-/—–年月日号元人名家个位间张平㎡岁天小分时次万%])"
_SHAPED = re.compile(r"(?<!\d)(?:1[3-9]\d(?:[ -]?\d{4}){2}|0\d{2,3}[- ]?\d{7,8}|[48]00[- ]?\d{3,4}[- ]?\d{3,4})(?!\d)")
_RUNG = re.compile(rf"(?:拨打?|致电|打|电话|热线|手机号?|客服)(?:号码)?[:是为]?\s*(\d[\d -]{{1,14}}\d){_COUNTED}")
_SERVICE = re.compile(rf"(?<![\d.\-/〔])(?:1[012]\d|12\d{{3}}|9[56]\d{{3,4}}|100\d{{2}}){_COUNTED}")


def without_templates(text: str) -> str:
    """`text` without the parts that a template fills in."""
    return _TEMPLATE.sub("", text)


def stuck(text: str) -> str | None:
    """The first place where 汉字 and Latin letters or digits touch without a space."""
    found = _STUCK.search(text)
    return found.group() if found else None


def half_width(text: str) -> str | None:
    """The first half-width mark among 汉字."""
    found = _HALF.search(text)
    return found.group() if found else None


def closed_up(text: str) -> str:
    """`text` without the spaces that a filled-in template leaves between 汉字."""
    return _PARTED.sub("", text)


def first_sentence(text: str) -> str:
    """All before the first full stop, question or exclamation mark, or line break."""
    return _SENTENCE_END.split(text.strip(), maxsplit=1)[0]


def unknown_number(text: str) -> str | None:
    """The first number that reads as one to ring and is none of `KNOWN_NUMBERS`; dates and amounts are none."""
    text = unicodedata.normalize("NFKC", text)
    for pattern, group in ((_SHAPED, 0), (_RUNG, 1), (_SERVICE, 0)):
        for found in pattern.finditer(text):
            number = found.group(group).strip()
            if any(part not in KNOWN_NUMBERS for part in number.split()) and number not in KNOWN_NUMBERS:
                return number
    return None
