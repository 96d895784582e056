"""Short messages that change one detail of the question before."""

import pytest

from knowledge.follow_up import continued
from knowledge.library import Library
from knowledge.normalise import plain


def goes_on(library: Library, text: str, topic: str | None) -> str | None:
    read = plain(text)
    return continued(library, read, library.names.read(read, text), topic)


@pytest.mark.parametrize(
    ("text", "topic", "then"),
    [
        ("那半日的呢", "modes.full_day", "modes.half_day"),
        ("那半日托呢？", "enrol.age", "modes.half_day"),
        ("半日托呢", "fees.price", "fees.price"),
        ("太白湖的呢", "centres.by_district", "centres.by_district"),
        ("那任城区呢？", "centres.nearby", "centres.nearby"),
        ("两岁的呢", "fees.price", "fees.price"),
        ("要是两岁半呢", "enrol.age", "enrol.age"),
        ("托大班呢", "fees.price", "fees.price"),
    ],
)
def test_a_detail_goes_on(library: Library, text: str, topic: str, then: str) -> None:
    assert goes_on(library, text, topic) == then


@pytest.mark.parametrize("text", ["那半日的呢", "太白湖的呢"])
@pytest.mark.parametrize("topic", [None, "no.such.topic"])
def test_nothing_goes_on_without_a_topic(library: Library, text: str, topic: str | None) -> None:
    assert goes_on(library, text, topic) is None


@pytest.mark.parametrize("text", ["呢", "", "然后呢", "那补贴呢", "那疫苗呢", "多少钱", "托班一个月收费多少钱呢", "老师呢", "半日托"])
def test_a_question_of_its_own_does_not_go_on(library: Library, text: str) -> None:
    assert goes_on(library, text, "fees.price") is None


def test_every_mode_has_its_topic(library: Library) -> None:
    for mode in set(library.names.modes.values.values()):
        assert f"modes.{mode}" in library.live
