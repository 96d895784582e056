"""The table of settings in the documentation says what the code says."""

from pathlib import Path

from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from bot.settings import CONTENT, Settings

PAGE = Path("docs/settings.md")


def rows() -> list[str]:
    """The table's rows as the code has them."""
    made = []
    for name, setting in Settings.model_fields.items():
        default = setting.default
        assert default is not PydanticUndefined
        assert not isinstance(default, SecretStr)
        shown = "knowledge/content" if default == CONTENT else "unset" if default is None else str(default)
        made.append(f"| `TUOWEN_{name.upper()}` | `{shown}` | {setting.description} |")
    return made


def test_the_table_is_the_code() -> None:
    table = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `TUOWEN_")]
    assert table == rows()


def test_the_environment_example_names_only_settings() -> None:
    named = {
        line.lstrip("# ").partition("=")[0]
        for line in Path(".env.example").read_text(encoding="utf-8").splitlines()
        if "=" in line
    }
    assert named <= {f"TUOWEN_{name.upper()}" for name in Settings.model_fields}
