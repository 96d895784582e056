"""A case as staff see it in a group: title of its topic, card, buttons, history. Pure; used by the staff's carrier."""

import re
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

from bot.cards import TOLD
from bot.case import QUEUED, SETTLED, WAITING, State, Who
from bot.casebook import Candidate, CaseFile, EventLine
from bot.messages import Choice
from bot.voice import Say
from handlers.telegram_text import LONGEST, units

HERE: Final = ZoneInfo("Asia/Shanghai")
LONGEST_TITLE: Final = 128
TITLE_WORDS: Final = 24
CARD_WORDS: Final = 1500
GAP: Final = re.compile(r"\n\s*\n")
HISTORY: Final = LONGEST - 200


def title(file: CaseFile, say: Say) -> str:
    """The name of a case's topic: a number and words, never who the parent is."""
    line = file.line
    words = " ".join(line.words.split())[:TITLE_WORDS]
    urgency = say(f"bot.priority_{line.priority.name.lower()}") if line.priority else ""
    return _fit(say("staff.topic", number=line.number, district=line.district or "", urgency=urgency, words=words))


def card(file: CaseFile, say: Say, *, here: bool) -> str:
    """The card's text. `here`: the case belongs to this group."""
    line = file.line
    values = {
        "number": line.number,
        "state": say(f"case.state_{line.state}"),
        "urgency": say(f"bot.priority_{line.priority.name.lower()}") if line.priority else "",
        "holder": line.holder,
        "desk": line.desk or "",
        "district": line.district or "",
        "evidence": file.evidence,
        "words": line.words[:CARD_WORDS],
        "opened": line.opened_at.astimezone(HERE).strftime("%m-%d %H:%M"),
        "due": line.promised_at.astimezone(HERE).strftime("%m-%d %H:%M") if line.promised_at else "",
        "late": line.late,
        "waiting": line.state in WAITING,
        "left": spoken(line.left, say),
        "overdue": line.left < timedelta(0),
        "candidates": [_candidate(found, say) for found in file.candidates[:3]],
        "given": [text[:200] for text in file.given][:2],
        "slots": [f"{say(f'staff.slot_{name}')} {value}" for name, value in file.slots.items()],
        "similar": [{"number": s.number, "words": s.words[:40]} for s in file.similar][:2],
        "undelivered": [event.text[:40] for event in file.undelivered],
        "here": here,
        "rating": line.rating,
    }
    return _fit(say("staff.card", **values), LONGEST)


def digest(text: str, choices: tuple[Choice, ...]) -> str:
    """What tells two cards apart."""
    return sha256("\n".join((text, *(choice.id for choice in choices))).encode()).hexdigest()


def buttons(file: CaseFile, say: Say, *, here: bool) -> tuple[Choice, ...]:
    """What staff may do next."""
    state, number = file.line.state, file.line.number
    if not here or state in SETTLED:
        return ()
    verbs = [
        *(["claim"] if state in QUEUED else []),
        "draft",
        *(["release"] if state is State.CLAIMED else []),
        "move",
        "close",
        *([] if state is State.ANSWERED else ["hurry"]),
    ]
    return tuple(Choice(f"c:{verb}:{number}", say(f"staff.button_{verb}")) for verb in verbs)


def history(file: CaseFile, say: Say) -> str:
    """What was said so far, the newest kept where it is too long; empty where the card says it all."""
    lines = list(_told(file, say))
    kept: list[str] = []
    room = HISTORY
    for line in reversed(lines):
        room -= units(line) + 1
        if room < 0:
            break
        kept.insert(0, line)
    if not kept:
        return ""
    return _fit(say("staff.history", number=file.line.number, lines=kept, cut=len(kept) < len(lines)), LONGEST)


def last_told(file: CaseFile) -> int:
    """The newest event that the history tells of."""
    return max((event.id for event in file.events if event.do in TOLD), default=0)


def spoken(amount: timedelta, say: Say) -> str:
    """A length of working time."""
    minutes = int(abs(amount).total_seconds() // 60)
    return say("staff.span", hours=minutes // 60, minutes=minutes % 60)


def _candidate(found: Candidate, say: Say) -> dict[str, object]:
    why = say(f"case.why_{found.why_not}") if found.why_not else ""
    return {"title": found.title, "score": round(found.score * 100), "like": found.phrasing, "why": why}


def _told(file: CaseFile, say: Say) -> Iterator[str]:
    for event in file.events:
        if event.do in TOLD:
            yield say(
                "staff.history_line",
                at=event.at.astimezone(HERE).strftime("%m-%d %H:%M"),
                who=_who(event, say),
                what=say(f"staff.told_{event.do}"),
                text=event.text,
                files=len(event.attachments),
            )


def _who(event: EventLine, say: Say) -> str:
    return event.name if event.who is Who.STAFF else say(f"staff.who_{event.who}")


def _fit(text: str, most: int = LONGEST_TITLE) -> str:
    text = GAP.sub("\n\n", text.strip())
    while units(text) > most:
        text = f"{text[: len(text) - (units(text) - most) - 1]}…"
    return text
