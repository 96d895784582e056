"""The wording files as a `Say`, without the library. Used by tests of doors."""

from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined

WORDING = Path(__file__).resolve().parents[2] / "knowledge" / "content" / "wording"


class WordingFiles:
    """`say("telegram.command_help")` gives the text in `wording/telegram.yaml`; `asked` remembers the keys."""

    def __init__(self) -> None:
        self.asked: set[str] = set()
        self._texts: dict[str, dict[str, Any]] = {}
        self._jinja = Environment(undefined=StrictUndefined)

    def __call__(self, key: str, /, **values: object) -> str:
        area, name = key.split(".", 1)
        self.asked.add(key)
        if area not in self._texts:
            self._texts[area] = yaml.safe_load((WORDING / f"{area}.yaml").read_text("utf-8"))
        return self._jinja.from_string(str(self._texts[area][name])).render(**values)

    def keys(self, area: str) -> set[str]:
        """Every key of an area."""
        return set(yaml.safe_load((WORDING / f"{area}.yaml").read_text("utf-8")))
