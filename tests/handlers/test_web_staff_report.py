"""The console's page of numbers: who sees which, what is drawn, and the file."""

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.figures import Row
from bot.report_charts import HEIGHT, over_time, shares
from db.engine import open_engine
from tests.doors.console import Console, console


@pytest.fixture
async def engine(sqlite_url: str) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(sqlite_url)
    yield engine
    await engine.dispose()


@pytest.fixture
async def made(engine: AsyncEngine) -> AsyncIterator[Console]:
    async with console(engine) as opened:
        await opened.hire("anna", "north")
        await opened.hire("nobody")
        await opened.hire("olga", role="operator")
        yield opened


async def test_operators_see_all_and_staff_their_desk(made: Console) -> None:
    await made.house.asked("北 <b>问题</b>")
    await made.house.asked("南?", parent="2")
    async with made.desk("olga") as olga:
        page = await olga.see("/staff/numbers")
        assert "<th scope=\"row\">转给工作人员</th><td>2</td>" in page
        assert "&lt;b&gt;" in page
        assert "<b>问题" not in page
        assert page.count("<rect") > 5
    async with made.desk("anna") as anna:
        for query in ("", "?desk=south", "?desk=", "?desk=moon"):
            page = await anna.see(f"/staff/numbers{query}")
            assert "<th scope=\"row\">转给工作人员</th><td>1</td>" in page
            assert 'value="south"' not in page
    async with made.desk("nobody") as nobody:
        assert "<th scope=\"row\">转给工作人员</th><td>0</td>" in await nobody.see("/staff/numbers")
    async with made.desk() as stranger:
        for path in ("/staff/numbers", "/staff/numbers.csv"):
            assert (await stranger.client.get(path)).status_code in (303, 401, 403)


@pytest.mark.parametrize(
    "query",
    ["from=x", "from=2026-03-05&to=2026-03-01", "from=0001-01-01&to=0001-01-02", "to=9999-12-31", "from=1999-01-01"],
)
async def test_days_that_cannot_be(made: Console, query: str) -> None:
    async with made.desk("olga") as olga:
        assert "开始日期要在结束日期之前" in await olga.see(f"/staff/numbers?{query}")
        assert (await olga.client.get(f"/staff/numbers.csv?{query}")).status_code == 200


async def test_an_empty_period_and_its_file(made: Console) -> None:
    async with made.desk("olga") as olga:
        page = await olga.see("/staff/numbers?from=2026-01-01&to=2026-12-31")
        assert "暂无" in page
        answer = await olga.client.get("/staff/numbers.csv?from=2026-01-01&to=2026-12-31")
        assert answer.headers["content-type"].startswith("text/csv")
        assert answer.content.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(("days", "most"), [(1, 1), (30, 30), (45, 45), (90, 14), (366, 13), (1096, 38)])
def test_a_chart_stays_within_its_frame(days: int, most: int) -> None:
    rows = [Row((date(2024, 1, 1) + timedelta(days=n)).isoformat(), n, n, 1, 0, 2) for n in range(days)]
    chart = over_time(rows)
    assert len({bar.x for bar in chart.bars}) <= most
    assert len(chart.days) <= 8
    for bar in chart.bars:
        assert bar.x >= chart.left
        assert bar.x + bar.width <= chart.width + 0.01
        assert bar.y >= 0
        assert bar.y + bar.height <= HEIGHT


def test_charts_of_nothing() -> None:
    assert over_time([]).bars == ()
    assert over_time([Row("2026-01-01")]).bars == ()
    assert shares([]) == ()
    assert shares([0, 0]) == (0.0, 0.0)
    assert shares([1, 2]) == (50.0, 100.0)
    assert re.fullmatch(r"\d+", str(over_time([Row("2026-01-01")]).top))
