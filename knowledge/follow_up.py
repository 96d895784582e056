"""Short messages that only change a detail of the question before: 「那半日的呢」「太白湖的呢」. Used by `understanding`."""

import re

from knowledge.library import Library
from knowledge.slots import Slots

_FRAME = re.compile(
    r"^(?:那么|那|要是|如果|假如|换成|还有)?(?P<core>.{1,8}?)(?:的话|的|这边|那边)*"
    r"(?:呢|咧|嘞|怎么样|咋样|多少|呀)+[?!。，]*$"
)
_LOOSE = re.compile(r"[的班这那儿个边里]")


def continued(library: Library, plain: str, named: Slots, topic: str | None) -> str | None:
    """The topic such a message goes on with, or None where it asks something of its own.

    A care mode after a talk about care modes leads to that mode's topic; any other detail keeps the topic.
    """
    frame = _FRAME.match(plain)
    if topic is None or topic not in library.entries or frame is None:
        return None
    if not _only_details(library, frame.group("core"), named):
        return None
    if named.mode and topic.startswith(("modes.", "enrol.", "service.")):
        return f"modes.{named.mode}"
    return topic


def _only_details(library: Library, core: str, named: Slots) -> bool:
    """Whether nothing is left of `core` but the spelling of a slot."""
    names = library.names
    lists = (names.centres.values, names.districts.values, names.places.values, names.modes.values, library.classes)
    bare = _LOOSE.sub("", core)
    return any(bare == _LOOSE.sub("", spelling) for spellings in lists for spelling in spellings) or (
        named.age_months is not None and bool(re.fullmatch(r"[\d一二两三四五六七八九十半零个周岁月大]+", core))
    )
