"""Desks, own days and canned replies of a published library."""

from pathlib import Path

import pytest

from knowledge.library import Library, load
from knowledge.slots import Slots


def test_a_folder_without_desks_has_the_common_one(folder: Path) -> None:
    library = load(folder)
    assert list(library.desks) == ["common"]
    assert library.common_desk.name == "托育服务工作人员"
    assert library.canned == {}


def test_the_shipped_desks_promise_no_time(library: Library) -> None:
    assert library.common_desk.id == "common"
    for desk in library.desks.values():
        assert (desk.hours, desk.promise_minutes, desk.members, desk.duty) == ({}, None, [], [])


@pytest.mark.parametrize("slots", [Slots(), Slots(age_months=18, district="任城区", centre="renxing")])
def test_shipped_canned_replies_fill_in(library: Library, slots: Slots) -> None:
    assert library.canned
    assert all(library.canned_text(key, slots) for key in library.canned)


def test_a_canned_reply_says_what_the_parent_said(library: Library) -> None:
    assert "1 岁 6 个月" in library.canned_text("ask_age", Slots(age_months=18))
    assert "（任城区）" in library.canned_text("received", Slots(district="任城区"))
    assert "（" not in library.canned_text("received", Slots())


def test_own_days_reach_the_library(folder: Path) -> None:
    (folder / "calendar.yaml").write_text("complete: [2060]\n", "utf-8")
    assert load(folder).days.covers(2060)
