"""What an act makes people read: the parent's letter, and what a desk's groups are shown. Pure; called by `bot/casework.py`."""

from collections.abc import Iterator

from bot.act import Act
from bot.case import Do, State, Who
from bot.judge import Standing, urgent
from bot.messages import AboutCase, CaseMail, Choice, Reply
from bot.office import Office
from bot.voice import Say

RATINGS = range(1, 6)


def to_parent(case: Standing, act: Act, office: Office, say: Say) -> Reply | None:
    """The letter to the parent; staff stay nameless, the office speaks."""
    values = {"office": office.desk(case.desk).name, "number": case.number, "text": act.text.strip()}
    match act.do:
        case Do.ANSWER:
            return Reply(
                say("case.answer", **values), solved(case, say), attachments=act.attachments, quotes=act.quotes
            )
        case Do.CORRECT if act.by.who is Who.STAFF:
            return Reply(say("case.correction", **values), attachments=act.attachments, corrects=act.quotes)
        case Do.CLOSE if act.by.who is Who.STAFF:
            return Reply(say("case.closed", **values), ratings(case, say), attachments=act.attachments)
        case Do.MISS if case.told:
            return Reply(say("case.promise_missed", **values))
    return None


def solved(case: Standing, say: Say) -> tuple[Choice, ...]:
    """The question whether an answer helped."""
    if case.state is not State.ANSWERED:
        return ()
    return (
        Choice(f"case.solved:{case.number}", say("case.solved_label")),
        Choice(f"case.unsolved:{case.number}", say("case.unsolved_label")),
    )


def ratings(case: Standing, say: Say) -> tuple[Choice, ...]:
    """The question how satisfied the parent is."""
    return tuple(Choice(f"case.rate:{case.number}:{n}", say("case.rate_label", value=n)) for n in RATINGS)


def to_staff(case: Standing, act: Act, event_id: int, say: Say) -> Iterator[Reply]:
    """What the case's groups are shown, in order. The card is always brought up to date, by whoever sends it."""
    if case.desk is None:
        return
    yield Reply("", alert=urgent(case), case=AboutCase(CaseMail.CARD, case.number))
    if (line := _line(case, act, event_id, say)) is not None:
        yield line
    if text := _notice(case, act, say):
        loud = urgent(case) or act.do is Do.HURRY
        yield Reply(text, actions(case, say), alert=loud, case=AboutCase(CaseMail.NOTICE, case.number))


def _line(case: Standing, act: Act, event_id: int, say: Say) -> Reply | None:
    """Words that belong into the talk: the parent's, and what colleagues wrote elsewhere than in the group."""
    about = AboutCase(CaseMail.LINE, case.number, event_id)
    if act.do is Do.ADD or (act.do is Do.OPEN and act.attachments):
        text = "" if act.do is Do.OPEN else act.text
        return Reply(text, attachments=act.attachments, quotes=act.quotes, case=about)
    if act.do is Do.CORRECT and act.by.who is Who.PARENT:
        text = say("case.parent_corrected", text=act.text)
        return Reply(text, attachments=act.attachments, corrects=act.quotes, quotes=act.quotes, case=about)
    if act.do in (Do.ANSWER, Do.CORRECT, Do.NOTE) and act.by.via != "telegram":
        text = say(f"case.elsewhere_{act.do}", text=act.text.strip())
        return Reply(text, attachments=act.attachments, quotes=act.quotes, case=about)
    return None


TOLD = frozenset({Do.REMIND, Do.MISS, Do.LAPSE, Do.RELEASE, Do.TRANSFER, Do.REOPEN, Do.CONFIRM, Do.WITHDRAW, Do.LOST})


def _notice(case: Standing, act: Act, say: Say) -> str:
    """Something staff must not overlook."""
    told = act.do in TOLD or (act.do in (Do.HURRY, Do.CLOSE, Do.RATE) and act.by.who is Who.PARENT)
    if not told:
        return ""
    values = {"number": case.number, "holder": case.holder, "reason": act.reason, "text": act.text.strip()}
    return say(f"case.notice_{act.do}", value=act.value, **values)


def actions(case: Standing, say: Say) -> tuple[Choice, ...]:
    """What staff may tap on a notice."""
    if case.state in (State.NEW, State.TRANSFERRED, State.REOPENED):
        return (Choice(f"c:claim:{case.number}", say("case.claim_label")),)
    return ()


def call_for_duty(case: Standing, office: Office, say: Say) -> Reply:
    """What somebody on duty is sent in private."""
    text = say(
        "case.duty",
        number=case.number,
        desk=office.desk(case.desk).id,
        priority=say(f"bot.priority_{case.priority.name.lower()}"),
    )
    return Reply(text, actions(case, say), alert=True)
