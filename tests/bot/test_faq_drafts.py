"""An answer's way into the library: made, stripped, checked, and only moved when an operator agrees."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.faq_drafts import Draft, DraftRefusal, FaqDrafts
from db.engine import open_engine
from knowledge.library import load
from tests.fakes.office import CaseHouse, case_house

BASE = Path(__file__).parent.parent / "knowledge" / "base"
TAKEN = BASE / "faq" / "modes" / "full_day.yaml"


def published(root: Path) -> list[Path]:
    return list(root.rglob("case_*"))


@pytest.fixture
async def engine(sqlite_url: str) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(sqlite_url)
    yield engine
    await engine.dispose()


@pytest.fixture
async def house(engine: AsyncEngine) -> AsyncIterator[CaseHouse]:
    async with case_house(engine) as made:
        await made.hire("anna", "north")
        await made.hire("olga", role="operator")
        yield made


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "content"
    shutil.copytree(BASE, folder)
    return folder


@pytest.fixture
async def drafts(house: CaseHouse, root: Path, tmp_path: Path) -> AsyncIterator[FaqDrafts]:
    made = FaqDrafts(house.writer, root, tmp_path / "drafts", clock=house.clock)
    yield made
    await made.aclose()


async def checked(drafts: FaqDrafts, key: int) -> Draft:
    async with asyncio.timeout(60):
        while True:
            draft = await drafts.draft(key)
            assert draft is not None
            if draft.examined is not None:
                return draft
            await asyncio.sleep(0.05)


async def test_from_answer_to_entry(house: CaseHouse, drafts: FaqDrafts, root: Path) -> None:
    number = await house.asked("北 我叫王小明，电话13000000000，园里让不让带安抚玩具")
    anna, olga = house.people["anna"], house.people["olga"]
    key = await drafts.make(number, "我叫王小明，电话13000000000，园里让不让带安抚玩具", "可以带一件。{{ 7*7 }}", anna)
    draft = await checked(drafts, key)
    assert "王小明" not in str(draft.values)
    assert "13000000000" not in str(draft.values)
    assert draft.values["phrasings"] == ["园里让不让带安抚玩具"]
    assert draft.examined is not None
    assert draft.examined.errors == ()
    assert published(root) == [], "nothing goes live by itself"
    assert await drafts.accept(key, olga) is None
    entry = load(root).entries[f"drafts.case_{number}"]
    assert entry.answer == "可以带一件。{ { 7*7 } }"
    assert await drafts.accept(key, olga) is DraftRefusal.SETTLED
    assert await drafts.listed() == []
    assert [d.id for d in await drafts.listed("accepted")] == [key]
    audited = [row.what for row in await house.rows("SELECT what FROM audit ORDER BY id")]
    assert audited == ["draft.make", "draft.accepted"]


async def test_collisions_are_shown(house: CaseHouse, drafts: FaqDrafts, root: Path) -> None:
    taken = yaml.safe_load(TAKEN.read_text("utf-8"))
    number = await house.asked("北")
    key = await drafts.make(number, taken["phrasings"][0], "另一个答案。", house.people["anna"])
    draft = await checked(drafts, key)
    assert draft.examined is not None
    found = draft.examined
    assert taken["id"] in {near.entry for near in found.near}
    assert found.errors or found.collisions or found.warnings
    if found.errors:
        assert await drafts.accept(key, house.people["olga"]) is DraftRefusal.ERRORS
        assert published(root) == []


async def test_changed_words_are_checked_again(house: CaseHouse, drafts: FaqDrafts) -> None:
    number = await house.asked("北")
    olga = house.people["olga"]
    key = await drafts.make(number, "园里让不让带安抚玩具", "可以。", house.people["anna"])
    assert await drafts.accept(key, olga) is DraftRefusal.UNCHECKED
    await checked(drafts, key)
    assert await drafts.change(key, {"sources": ["NO-SUCH"]}, olga) is None
    draft = await checked(drafts, key)
    assert draft.examined is not None
    assert "NO-SUCH" in draft.examined.errors[0]
    assert await drafts.accept(key, olga) is DraftRefusal.ERRORS
    assert await drafts.reject(key, olga) is None
    assert await drafts.change(key, {"sources": ["TW"]}, olga) is DraftRefusal.SETTLED


async def test_a_second_answer_of_a_case_makes_a_second_draft(house: CaseHouse, drafts: FaqDrafts) -> None:
    number = await house.asked("北")
    anna = house.people["anna"]
    keys = [await drafts.make(number, "带不带被子", answer, anna) for answer in ("带。", "不带。")]
    first, second = [await checked(drafts, key) for key in keys]
    assert first.path != second.path
    assert first.values["answer"] == "带。"


async def test_what_is_there_is_not_overwritten(house: CaseHouse, drafts: FaqDrafts, root: Path) -> None:
    number = await house.asked("北")
    key = await drafts.make(number, "带不带被子", "带。", house.people["anna"])
    draft = await checked(drafts, key)
    target = root / "faq" / "drafts" / draft.path.name
    target.parent.mkdir(parents=True)
    target.write_text("operators' own", "utf-8")
    assert await drafts.accept(key, house.people["olga"]) is DraftRefusal.EXISTS
    assert target.read_text("utf-8") == "operators' own"
