"""The console over HTTP: who gets in, what they see and do, and what is refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db import staff_rows
from db.engine import open_engine
from tests.doors.console import CSRF, Console, console, process


@pytest.fixture
async def engine(sqlite_url: str) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(sqlite_url)
    yield engine
    await engine.dispose()


@pytest.fixture
async def made(engine: AsyncEngine) -> AsyncIterator[Console]:
    async with console(engine) as opened:
        await opened.hire("anna", "north")
        await opened.hire("bo", "north")
        await opened.hire("cy", "south")
        await opened.hire("olga", role="operator")
        yield opened


async def test_from_the_queue_to_the_end(made: Console) -> None:
    number = await made.house.asked("北区 能送吗")
    async with made.desk("anna") as anna:
        assert f"/staff/cases/{number}" in await anna.see()
        page = await anna.see(f"/staff/cases/{number}")
        assert "北区 能送吗" in page
        assert (await anna.do(number, "claim")).headers["location"].endswith("?done=claim")
        assert "Anna 认领" in await anna.see()
        assert (await anna.do(number, "answer", text="可以送。")).status_code == 303
        assert "可以送。" in (await made.house.letters())[-1]
        page = await anna.see(f"/staff/cases/{number}?done=answer")
        assert "答复已发出" in page
        assert "可以送。" in page
        assert (await anna.do(number, "close")).status_code == 303
        assert number in await anna.see("/staff?show=settled")
        assert number not in await anna.see("/staff")
    assert await made.house.history(number) == ["open", "claim", "answer", "close"]
    audited = [row.what for row in await made.house.rows("SELECT what FROM audit ORDER BY id")]
    assert audited == ["sign_in", "claim", "answer", "close"]


async def test_who_is_behind_a_case_is_not_shown(made: Console) -> None:
    number = await made.house.asked("北", parent="secret-address-77")
    async with made.desk("anna") as anna:
        assert "secret-address-77" not in await anna.see(f"/staff/cases/{number}") + await anna.see()


async def test_signing_in(made: Console) -> None:
    async with made.desk() as stranger:
        answer = await stranger.client.get("/staff/cases/123?use=x")
        assert answer.headers["location"] == "/staff/sign-in?next=%2Fstaff%2Fcases%2F123%3Fuse%3Dx"
        assert (await stranger.enter("anna", "wrong")).status_code == 401
        assert (await stranger.enter("nobody")).status_code == 401
        answer = await stranger.enter("anna")
        cookie = answer.headers["set-cookie"]
        assert answer.status_code == 303
        assert "HttpOnly" in cookie
        assert "samesite=lax" in cookie.lower()
        assert "Path=/staff" in cookie
        page = await stranger.see()
        assert "退出" in page
        csrf = CSRF.search(page)
        assert csrf is not None
        kept = dict(stranger.client.cookies)
        assert (await stranger.client.post("/staff/sign-out", data={"csrf": csrf[1]})).status_code == 303
        stranger.client.cookies.update(kept)
        answer = await stranger.client.get("/staff")
        assert answer.status_code == 303, "a session that was left is over, wherever its cookie was kept"


@pytest.mark.parametrize(
    "place", ["//evil.test", "https://evil.test", "/staff\\evil", "/staff/../x", "/", "javascript:1"]
)
async def test_signing_in_leads_only_into_the_console(made: Console, place: str) -> None:
    async with made.browser() as client:
        form = {"login": "anna", "password": "of the tests 1", "next": place}
        answer = await client.post("/staff/sign-in", data=form)
        assert answer.headers["location"] == "/staff"


async def test_tries_are_bounded(made: Console) -> None:
    async with made.desk() as thief:
        many = await asyncio.gather(*(thief.enter("anna", f"guess {n}") for n in range(12)))
        assert sorted(answer.status_code for answer in many) == [401] * 5 + [429] * 7
        assert (await thief.enter("anna")).status_code == 429, "also with the right password"
        assert (await thief.enter("bo")).status_code == 303, "others are not locked out"
        made.house.clock.forward(minutes=16)
        assert (await thief.enter("anna")).status_code == 303


async def test_sessions_end(made: Console) -> None:
    async with made.desk("anna") as anna:
        for _ in range(5):
            made.house.clock.forward(minutes=110)
            await anna.see()
        made.house.clock.forward(minutes=121)
        assert (await anna.client.get("/staff")).status_code == 303, "left alone"
    async with made.desk("anna") as anna:
        for _ in range(7):
            made.house.clock.forward(minutes=100)
            await anna.see()
        made.house.clock.forward(minutes=30)
        assert (await anna.client.get("/staff")).status_code == 303, "after twelve hours at the latest"
    async with made.desk("anna") as anna:
        for _ in range(130):
            made.house.clock.forward(minutes=1)
            await anna.client.get("/staff/pulse", headers={"X-Live": "1"})
        assert (await anna.client.get("/staff")).status_code == 303, "a page that refreshes itself is nobody at work"


async def test_an_account_switched_off_is_out_at_once(made: Console) -> None:
    async with made.desk("anna") as anna:
        async with made.house.engine.begin() as connection:
            await staff_rows.change(made.house.people["anna"], {"active": False}, connection=connection)
        assert (await anna.client.get("/staff")).status_code == 303
        assert (await anna.enter("anna")).status_code == 401


async def test_a_link_signs_in_once(made: Console) -> None:
    await made.hire("tess", "north", telegram="777")
    async with made.desk() as stranger:
        for login in ("anna", "nobody", "tess"):
            answer = await stranger.client.post("/staff/sign-in/link", data={"login": login})
            assert "登录链接已经发过去" in answer.text, "the same to everybody"
        ((place, reply),) = made.sent
        assert (place.channel, place.id) == ("telegram", "777")
        path = reply.text.split("tuowen.test")[1].split()[0]
        assert (await stranger.client.get(path)).status_code == 200, "a preview does not use it up"
        answers = await asyncio.gather(*(stranger.client.post(path) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [303, 401, 401, 401]
        await stranger.client.post("/staff/sign-in/link", data={"login": "tess"})
        late = made.sent[-1][1].text.split("tuowen.test")[1].split()[0]
        made.house.clock.forward(minutes=11)
        assert (await stranger.client.post(late)).status_code == 401


async def test_forms_of_others_are_refused(made: Console) -> None:
    number = await made.house.asked("北")
    async with made.desk("anna") as anna, made.desk("bo") as bo:
        theirs = CSRF.search(await bo.see())
        assert theirs is not None
        for form in ({}, {"csrf": ""}, {"csrf": theirs[1]}):
            answer = await anna.client.post(f"/staff/cases/{number}/claim", data=form)
            assert answer.status_code == 403
        page = await anna.see(f"/staff/cases/{number}")
        csrf = CSRF.search(page)
        assert csrf is not None
        for headers in ({"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site"}):
            answer = await anna.client.post(f"/staff/cases/{number}/claim", data={"csrf": csrf[1]}, headers=headers)
            assert answer.status_code == 403
    assert await made.house.history(number) == ["open"]


async def test_only_ones_own_desks(made: Console) -> None:
    number = await made.house.asked("北")
    async with made.desk("cy") as cy, made.desk("olga") as olga:
        assert number not in await cy.see()
        assert (await cy.client.get(f"/staff/cases/{number}")).status_code == 403
        assert (await cy.client.get("/staff/cases/99999999")).status_code == 404
        page = await cy.see()
        csrf = CSRF.search(page)
        assert csrf is not None
        answer = await cy.client.post(f"/staff/cases/{number}/claim", data={"csrf": csrf[1]})
        assert answer.status_code == 403
        assert number in await olga.see()
        assert (await cy.client.get("/staff/drafts")).status_code == 403
        assert (await olga.client.get("/staff/audit")).status_code == 403
    refused = await made.house.rows("SELECT detail FROM audit WHERE what = 'claim'")
    assert len(refused) == 1
    assert "not_member" in str(refused[0].detail)


async def test_words_are_not_lost_when_refused(made: Console) -> None:
    number = await made.house.asked("北")
    async with made.desk("anna") as anna, made.desk("bo") as bo:
        page = await anna.see(f"/staff/cases/{number}")
        assert (await bo.do(number, "claim")).status_code == 303
        answer = await anna.press(page, number, "answer", text="我写了很久的答复")
        assert answer.status_code == 409
        assert "我写了很久的答复</textarea>" in answer.text
        assert "Bo" in answer.text
        assert (await bo.do(number, "answer", text="x" * 4001)).status_code == 400
        page = await bo.see(f"/staff/cases/{number}")
        assert (await bo.press(page, number, "answer", text="一次")).status_code == 303
        assert (await bo.press(page, number, "answer", text="一次")).status_code == 409, "a second press of one button"
    assert await made.house.history(number) == ["open", "claim", "answer"]


async def test_colleagues_see_each_other_at_a_case(made: Console) -> None:
    number = await made.house.asked("北")
    async with made.desk("anna") as anna, made.desk("bo") as bo:
        assert "也打开着" not in (await anna.see(f"/staff/cases/{number}")).replace('data-others-text="%n 也打开着', "")
        assert "Anna 也打开着这一件" in await bo.see(f"/staff/cases/{number}")
        pulse = await anna.client.get(f"/staff/cases/{number}/pulse")
        assert pulse.json()["others"] == ["Bo"]
        made.house.clock.forward(seconds=30)
        pulse = await anna.client.get(f"/staff/cases/{number}/pulse")
        assert pulse.json()["others"] == []


async def test_everything_else_that_is_done_to_a_case(made: Console) -> None:
    number = await made.house.asked("北")
    async with made.desk("anna") as anna, made.desk("cy") as cy:
        for do, form in (
            ("hurry", {}), ("claim", {}), ("release", {}), ("claim", {}), ("note", {"text": "只给同事"}),
            ("answer", {"text": "错的"}),
        ):  # fmt: skip
            assert (await anna.do(number, do, **form)).status_code == 303, do
        (event,) = await made.house.rows("SELECT id FROM case_event WHERE do = 'answer'")
        assert (await anna.do(number, "correct", text="对的", quotes=str(event.id))).status_code == 303
        assert (await anna.do(number, "close")).status_code == 303
        assert (await anna.do(number, "reopen")).status_code == 303
        assert (await anna.do(number, "transfer", desk="nowhere")).status_code == 409
        assert (await anna.do(number, "transfer", desk="south", text="那边的")).status_code == 303
        assert "只给同事" in await cy.see(f"/staff/cases/{number}"), "with its whole history"
        assert (await anna.client.get(f"/staff/cases/{number}?done=transfer")).status_code == 403
        assert (await cy.do(number, "answer", text="")).status_code == 400
        assert (await cy.do(number, "nonsense")).status_code == 404
    letters = await made.house.letters()
    assert not any("只给同事" in letter for letter in letters)


async def test_the_first_claim_wins(database_url: str) -> None:
    """Eight colleagues, in four processes, press 认领 at once, again and again."""
    async with AsyncExitStack() as stack:
        houses = [await stack.enter_async_context(process(database_url)) for _ in range(4)]
        people = []
        for n in range(8):
            await houses[0].hire(f"staff{n}", "north")
            people.append(await stack.enter_async_context(houses[n % 4].desk(f"staff{n}")))
        for n in range(5):
            number = await houses[0].house.asked("北", parent=f"p{n}")
            pages = await asyncio.gather(*(one.see(f"/staff/cases/{number}") for one in people))
            answers = await asyncio.gather(
                *(one.press(page, number, "claim") for one, page in zip(people, pages, strict=True))
            )
            assert sorted(answer.status_code for answer in answers) == [303] + [409] * 7
            assert (await houses[1].house.history(number)).count("claim") == 1
        number = await houses[0].house.asked("北", parent="q")
        pages = await asyncio.gather(*(one.see(f"/staff/cases/{number}") for one in people))
        answers = await asyncio.gather(
            *(one.press(page, number, "answer", text="答") for one, page in zip(people, pages, strict=True))
        )
        assert sorted(answer.status_code for answer in answers) == [303] + [409] * 7
        assert len(await houses[1].house.letters("q")) == 2, "the receipt and one answer"
