"""How sense and doors get the words people read: by key, from the content files. Implemented by the library."""

from typing import Protocol


class Say(Protocol):
    """`say("telegram.voice_kept", name=…)` gives the text of key `voice_kept` in `wording/telegram.yaml`."""

    def __call__(self, key: str, /, **values: object) -> str: ...
