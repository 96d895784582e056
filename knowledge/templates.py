"""Answers and wording as templates: sandboxed, and an unknown name is an error. Parents' words are never a template."""

from functools import cache, lru_cache

from jinja2 import StrictUndefined, Template, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

VARIABLES = ("age", "age_text", "class_name", "district", "place", "mode", "centre")
"""What an answer may use; each may be none."""


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=False
    )


@lru_cache(maxsize=2048)
def compiled(text: str) -> Template:
    """The template of `text`; `TemplateError` where its syntax is wrong."""
    return _environment().from_string(text)


def used(text: str) -> frozenset[str]:
    """The names a template asks for; `TemplateError` where its syntax is wrong."""
    return frozenset(meta.find_undeclared_variables(_environment().parse(text)))


def rendered(text: str, values: dict[str, object]) -> str:
    """`text` filled with `values`; `TemplateError` where it does not render."""
    if "{" not in text:  # most wording is plain text, and rendering it would cost as much as understanding does
        return text.strip()
    try:
        return compiled(text).render(values).strip()
    except (TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise TemplateError(str(error)) from error
