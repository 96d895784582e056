"""Templates are sandboxed and strict."""

import pytest
from jinja2 import TemplateError

from knowledge import templates


@pytest.mark.parametrize(
    "text",
    [
        "{{ nobody }}",
        "{{ age.real }}" + "{{ nobody.x }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ age + 'x' }}",
        "{{ 1 / 0 }}",
        "{{ range(10 ** 9) }}",
        "{% for x in age %}{% endfor %}",
        "{{ values.append(1) }}",
    ],
)
def test_what_may_not_be_rendered(text: str) -> None:
    with pytest.raises(TemplateError):
        templates.rendered(text, {"age": 3, "values": [1]})


def test_parents_words_are_no_template() -> None:
    assert templates.rendered("{{ place }}", {"place": "{{ 7 * 7 }}<b>"}) == "{{ 7 * 7 }}<b>"


def test_used() -> None:
    assert templates.used("{% if age %}{{ place }}{% endif %}{% set x = 1 %}{{ x }}") == {"age", "place"}
