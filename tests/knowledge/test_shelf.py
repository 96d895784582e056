"""The library that answers now: follows good files, outlives bad ones."""

import asyncio
import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from knowledge import last_good, shelf
from knowledge.findings import ContentError
from knowledge.library import Library
from knowledge.shelf import Shelf
from knowledge.slots import Slots

ENTRY = Path("outside") / "weather.yaml"


def edit(folder: Path, old: str, new: str, file: Path = ENTRY) -> None:
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), "utf-8")


def write(file: Path, text: str) -> None:
    file.write_text(text, "utf-8")


def says(library: Library) -> str:
    return library.answer("outside.weather", Slots()).body


def test_nothing_changed_nothing_done(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Shelf(folder)
    monkeypatch.setattr(shelf, "load", pytest.fail)
    assert not held.refresh()


def test_a_good_change_is_published(folder: Path) -> None:
    held = Shelf(folder)
    before = held.library
    edit(folder, "天气我不知道。", "天气我真不知道。")
    assert held.refresh()
    assert says(held.library).startswith("天气我真不知道。")
    assert says(before).startswith("天气我不知道。")


def test_a_touched_file_is_no_change(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Shelf(folder)
    (folder / ENTRY).touch()
    monkeypatch.setattr(shelf, "load", pytest.fail)
    assert not held.refresh()


def test_broken_files_leave_the_last_good_library(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    held = Shelf(folder)
    good = held.library
    edit(folder, "title: 天气", "title：天气")
    with caplog.at_level(logging.INFO, "knowledge.shelf"):
        assert not held.refresh()
        assert not held.refresh()
    assert held.library is good
    assert [str(finding) for finding in held.findings] == [
        "outside/weather.yaml:2: “title”后面是全角冒号“：”，请改成半角冒号加一个空格“: ”。"
    ]
    assert len(caplog.records) == 1
    edit(folder, "title：天气", "title: 天气怎样")
    assert held.refresh()
    assert (held.library.title("outside.weather"), held.findings) == ("天气怎样", ())


def test_a_change_taken_back_clears_the_findings(folder: Path) -> None:
    held = Shelf(folder)
    good = held.library
    edit(folder, "title: 天气", "title：天气")
    held.refresh()
    edit(folder, "title：天气", "title: 天气")
    assert not held.refresh()
    assert (held.library, held.findings) == (good, ())


def test_a_missing_folder_leaves_the_last_good_library(folder: Path) -> None:
    held = Shelf(folder)
    good = held.library
    moved = folder.rename(folder.with_name("away"))
    assert not held.refresh()
    assert held.library is good
    assert held.findings
    moved.rename(folder)
    assert not held.refresh()
    assert held.findings == ()


def swap_while(monkeypatch: pytest.MonkeyPatch, name: str, swap: Callable[[], None]) -> None:
    """Let `swap` happen once, while the shelf does `name`."""
    real: Callable[..., object] = getattr(shelf, name)
    done: list[bool] = []

    def with_swap(*arguments: object) -> object:
        try:
            return real(*arguments)
        finally:
            if not done:
                done.append(True)
                swap()

    monkeypatch.setattr(shelf, name, with_swap)


def test_a_file_changed_while_it_is_loaded_waits_for_the_next_look(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Shelf(folder)
    good = held.library
    edit(folder, "天气我不知道。", "天气我真不知道。")
    swap_while(monkeypatch, "load", lambda: edit(folder, "天气我真不知道。", "天气我实在不知道。"))
    assert not held.refresh()
    assert held.library is good
    assert held.refresh()
    assert says(held.library).startswith("天气我实在不知道。")


def test_a_half_written_file_is_not_judged(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    held = Shelf(folder)
    text = (folder / ENTRY).read_text("utf-8").replace("title: 天气", "title: 天气怎样")
    (folder / ENTRY).write_text(text[:40], "utf-8")
    swap_while(monkeypatch, "load", lambda: write(folder / ENTRY, text))
    assert not held.refresh()
    assert (held.findings, caplog.records) == ((), [])
    assert held.refresh()
    assert held.library.title("outside.weather") == "天气怎样"


def test_broken_files_at_the_start(folder: Path, overlay: Callable[[str], Path]) -> None:
    with pytest.raises(ContentError, match="全角冒号"):
        Shelf(overlay("wide-colon"))


def test_broken_files_at_a_restart(folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    cache = tmp_path / "cache"
    version = Shelf(folder, cache).library.version
    edit(folder, "title: 天气", "title：天气")
    held = Shelf(folder, cache)
    assert (held.library.version, held.restored) == (version, True)
    assert "全角冒号" in str(held.findings[0])
    assert "not published" in caplog.text
    edit(folder, "title：天气", "title: 天气怎样")
    assert held.refresh()
    assert not held.restored


def test_the_copy_follows_what_is_published(folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    held = Shelf(folder, cache)
    edit(folder, "title: 天气", "title: 天气怎样")
    assert held.refresh()
    shutil.rmtree(folder)
    again = Shelf(folder, cache)
    assert again.library.title("outside.weather") == "天气怎样"
    assert len([path for path in (cache / "last-good").iterdir() if path.is_dir()]) == 1


@pytest.mark.parametrize("harm", ["changed", "removed", "unnamed", "nonsense"])
def test_a_damaged_copy_is_not_used(folder: Path, tmp_path: Path, harm: str) -> None:
    cache = tmp_path / "cache"
    Shelf(folder, cache)
    copy = last_good.current(cache / "last-good")
    assert copy is not None
    if harm == "changed":
        edit(copy, "天气我不知道。", "明天下雨。")
    elif harm == "removed":
        shutil.rmtree(copy)
    else:
        (cache / "last-good" / "current").write_text("" if harm == "unnamed" else "\0../..", "utf-8")
    edit(folder, "title: 天气", "title：天气")
    with pytest.raises(ContentError):
        Shelf(folder, cache)


def test_a_cache_that_cannot_be_written_costs_only_the_copy(folder: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder", "utf-8")
    assert Shelf(folder, blocked / "cache").library.live


def test_readers_always_hold_a_whole_library(folder: Path) -> None:
    """Several threads refresh and read while the file goes back and forth."""
    held = Shelf(folder)
    seen: set[str] = set()
    wrong: list[str] = []

    def read() -> None:
        for _ in range(300):
            library = held.library
            seen.add(library.version)
            if library.title("outside.weather") not in ("天气", "天气怎样"):
                wrong.append(library.title("outside.weather"))

    readers = [Thread(target=read) for _ in range(4)]
    refreshers = [Thread(target=held.refresh) for _ in range(4)]
    edit(folder, "title: 天气", "title: 天气怎样")
    for thread in readers + refreshers:
        thread.start()
    for thread in readers + refreshers:
        thread.join()
    assert wrong == []
    assert held.library.title("outside.weather") == "天气怎样"
    assert len(seen) <= 2


async def until(true: Callable[[], bool]) -> None:
    for _ in range(1000):
        if true():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it did not happen within ten seconds")


async def test_watch_picks_changes_up_until_it_is_stopped(folder: Path) -> None:
    held, stop = Shelf(folder), asyncio.Event()
    watching = asyncio.create_task(held.watch(stop, every=0.01))
    edit(folder, "title: 天气", "title: 天气怎样")
    await until(lambda: held.library.title("outside.weather") == "天气怎样")
    stop.set()
    await asyncio.wait_for(watching, 5)


async def test_watch_outlives_an_error_nobody_thought_of(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    held, stop = Shelf(folder), asyncio.Event()

    def fails(*_: object) -> Library:
        raise RuntimeError("nobody thought of this")

    with monkeypatch.context() as patched:
        patched.setattr(shelf, "load", fails)
        edit(folder, "title: 天气", "title: 天气怎样")
        watching = asyncio.create_task(held.watch(stop, every=0.01))
        await until(lambda: "nobody thought of this" in caplog.text)
        await asyncio.sleep(0.05)
    assert len(caplog.records) == 1
    edit(folder, "天气怎样", "什么天气")
    await until(lambda: held.library.title("outside.weather") == "什么天气")
    stop.set()
    await asyncio.wait_for(watching, 5)
