"""Which timers a case needs in which state. Pure; called by `bot/casework.py` after every act, handled by `bot/alarms.py`."""

from datetime import datetime, timedelta
from enum import StrEnum

from bot.case import QUEUED, WAITING, State
from bot.judge import Standing, urgent
from bot.office import Office


class Alarm(StrEnum):
    """Kinds of timers. `HALF`, `DUE`, `LATE`: of the promise; `NAG`, `DUTY`: an urgent case nobody claims; `DIGEST`: of a desk;

    `ALBUM`: pictures that staff send together.
    """

    HALF = "half"
    DUE = "due"
    LATE = "late"
    NAG = "nag"
    DUTY = "duty"
    LEASE = "lease"
    ASK_DISTRICT = "ask_district"
    FOLLOW_UP = "follow_up"
    DIGEST = "digest"
    ALBUM = "album"


OF_PROMISE = frozenset({Alarm.HALF, Alarm.DUE, Alarm.LATE})


def wanted(case: Standing) -> frozenset[Alarm]:
    """The timers that make sense in the case's state."""
    alarms: set[Alarm] = set()
    if case.state in WAITING:
        alarms |= OF_PROMISE
    if case.state in QUEUED and case.desk is None:
        alarms |= {Alarm.ASK_DISTRICT}
    elif case.state in QUEUED and urgent(case):
        alarms |= {Alarm.NAG, Alarm.DUTY}
    if case.state is State.CLAIMED:
        alarms |= {Alarm.LEASE}
    if case.state is State.ANSWERED and not case.visited:
        alarms |= {Alarm.FOLLOW_UP}
    return frozenset(alarms)


def planned(before: Standing | None, now_standing: Standing) -> tuple[frozenset[Alarm], frozenset[Alarm]]:
    """What to cancel and what to plan when a case goes from one standing to the next; what stays keeps its time."""
    had = wanted(before) if before is not None else frozenset()
    wants = wanted(now_standing)
    again = frozenset[Alarm]()
    if before is not None and before.waiting_since != now_standing.waiting_since:
        again = wants & OF_PROMISE  # the parent's clock began anew
    return (had - wants) | again, (wants - had) | again


def due(alarm: Alarm, case: Standing, now: datetime, office: Office) -> datetime:
    """When a timer that is planned at `now` goes off."""
    desk = office.desk(case.desk)
    promised = case.promised_at or now
    match alarm:
        case Alarm.HALF:
            return office.half(case.desk, case.waiting_since, promised)
        case Alarm.DUE:
            return promised
        case Alarm.LATE:
            return office.after(case.desk, max(promised, now), timedelta(minutes=desk.lease_minutes))
        case Alarm.NAG:
            return now + timedelta(minutes=desk.nag_minutes)
        case Alarm.DUTY:
            return now + timedelta(minutes=desk.duty_after_minutes)
        case Alarm.LEASE:
            return office.lease(case.desk, now, case.priority)
        case Alarm.ASK_DISTRICT:
            return now + timedelta(minutes=desk.ask_district_minutes) if case.asked_district else now
        case Alarm.FOLLOW_UP:
            return office.visit(case.desk, now)
        case Alarm.DIGEST | Alarm.ALBUM:
            raise ValueError("not planned for the state of a case")
