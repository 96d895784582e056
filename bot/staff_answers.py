"""What staff read in return for an act of theirs, and how it is noted. Pure; used by `bot/staff_intake.py`."""

from typing import Final

from bot.act import Act, Refused, Result
from bot.case import Do
from bot.messages import AboutCase, CaseMail, Reply
from bot.staff_talk import Command, Meaning, Scene
from bot.voice import Say

TAPPED: Final = frozenset({Do.CLAIM, Do.RELEASE, Do.CLOSE, Do.HURRY, Do.TRANSFER, Do.ANSWER, Do.REOPEN})


def outcome(meaning: Meaning) -> str:
    """One word for the record."""
    if isinstance(meaning, Act):
        return f"staff.{meaning.do}"
    return f"staff.{meaning.order if isinstance(meaning, Command) else meaning}"


def outcome_of(act: Act, result: Result | None, scene: Scene, say: Say) -> tuple[str, list[Reply]]:
    """A toast for whoever tapped, and what is said where words did not go out."""
    if isinstance(result, Refused):
        why = say(f"case.refused_{result.reason}", holder=result.holder, number=act.number)
        return why, [] if scene.tapped else [in_topic(scene, act, say("staff.not_sent", why=why))]
    if result is not None and scene.tapped and act.do in TAPPED:
        return say(f"staff.done_{act.do}"), []
    return "", []


def in_topic(scene: Scene, meaning: Meaning, text: str) -> Reply:
    """Words for where the case is talked about, if there is such a place."""
    number = scene.number or (meaning.number if isinstance(meaning, Act) else None)
    if number is None or scene.desk is None:
        return Reply(text)
    return Reply(text, case=AboutCase(CaseMail.NOTICE, number))
