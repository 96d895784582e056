"""The one tree of errors. A class's docstring is its default message; details are attributes.

TuowenError
├── SettingsError          a setting is wrong or missing
├── NeverOpens             a desk's hours leave no time at all (`after`)
└── DeliveryError          a message did not reach its channel
    ├── RetryLater         the channel asks to wait (`after` seconds) or did not answer
    └── Undeliverable      it never will: blocked, gone, refused (`reason`)
"""

from datetime import datetime
from typing import Any


class TuowenError(Exception):
    """Something went wrong in Tuowen."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__doc__)


class SettingsError(TuowenError):
    """A setting is wrong or missing."""


class NeverOpens(TuowenError):
    """The desk's hours leave no working time in the year ahead."""

    def __init__(self, after: datetime) -> None:
        super().__init__()
        self.after = after


class DeliveryError(TuowenError):
    """A message did not reach its channel."""


class RetryLater(DeliveryError):
    """The channel asks to wait before the next try."""

    def __init__(self, after: float, message: str | None = None, *, whole_channel: bool = False) -> None:
        """`after` in seconds; `whole_channel`: nothing may be sent on this channel until then, not only to this chat."""
        super().__init__(message)
        self.after = after
        self.whole_channel = whole_channel


class Undeliverable(DeliveryError):
    """The message can never be delivered."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def leaves(group: BaseExceptionGroup[Any]) -> list[BaseException]:
    """The errors in a group, however deep."""
    return [
        leaf
        for error in group.exceptions
        for leaf in (leaves(error) if isinstance(error, BaseExceptionGroup) else [error])
    ]


def first_line(error: Exception) -> str:
    """What an error says, without the details that follow."""
    return str(error).splitlines()[0] if str(error) else type(error).__name__
