"""The console in a real browser: what staff do there, live, on a phone and a desk, and whether everybody can use it."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.act import Actor
from bot.case import Do, Who
from db.engine import open_engine, scratch_url
from db.schema import upgrade_engine
from tests.doors.assembly import library
from tests.doors.browser import browser
from tests.doors.console import PASSWORD, Console, console, served
from tests.doors.looks import CONTRAST, NAMELESS, SIDEWAYS, SMALL, STRUCTURE

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Site:
    """The served console. `faults`: what went wrong in any page; `hosts`: every host a page asked for something."""

    url: str
    made: Console
    faults: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    anna: Actor = field(default_factory=lambda: Actor(Who.STAFF))

    @contextlib.asynccontextmanager
    async def page(
        self, opened: Browser, login: str = "anna", *, width: int = 360, **options: Any
    ) -> AsyncIterator[Page]:
        """A colleague's browser, signed in."""
        context = await opened.new_context(viewport={"width": width, "height": 760}, locale="zh-CN", **options)
        context.set_default_timeout(8000)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("request", lambda request: self.hosts.add(request.url.split("/")[2]))
        await page.goto(f"{self.url}/staff")
        if login:
            await page.get_by_label("登录名").fill(login)
            await page.get_by_label("密码").fill(PASSWORD)
            await page.get_by_role("button", name="登录", exact=True).click()
            await expect(page.get_by_role("heading", name="待办", level=1)).to_be_visible()
        try:
            yield page
        finally:
            await context.close()
        assert self.faults == []
        assert self.hosts == {self.url.split("/")[2]}

    def _note(self, kind: str, text: str) -> None:
        if kind == "error" and "Failed to load resource" not in text:
            self.faults.append(text)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with browser() as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site() -> AsyncIterator[Site]:
    library()  # takes seconds, in which no page would be served
    with scratch_url() as url:
        engine = open_engine(url)
        await upgrade_engine(engine)
        async with console(engine) as made, served(made) as address:
            for login in ("anna", "bo"):
                await made.hire(login, "north", "south", "common")
            await made.hire("olga", role="admin")
            yield Site(address, made, anna=Actor(Who.STAFF, made.house.people["anna"], "web"))
        await engine.dispose()


async def asked(site: Site, words: str = "北 能送吗") -> str:
    site.made.house.clock.forward(seconds=1)
    return await site.made.house.asked(words, parent=f"p{site.made.house.clock().timestamp()}")


async def test_from_sign_in_to_closed(chromium: Browser, site: Site) -> None:
    number = await asked(site, "北 周末开门吗")
    async with site.page(chromium) as page:
        await page.get_by_role("link", name="北 周末开门吗").click()
        await page.get_by_role("button", name="认领", exact=True).click()
        await expect(page.get_by_role("status").first).to_contain_text("认领好了")
        await page.get_by_label("写给家长的话").fill("周末开半天。")
        await page.get_by_role("button", name="发送答复").click()
        await expect(page.locator(".line.staff .bubble")).to_have_text(["周末开半天。"])
        await page.get_by_text("办结", exact=True).first.click()
        await page.locator("button", has_text="办结").click()
        await expect(page.locator(".case-head .tag").first).to_have_text("已办结")
    assert await site.made.house.history(number) == ["open", "claim", "answer", "close"]


async def test_the_queue_is_live(chromium: Browser, site: Site) -> None:
    async with site.page(chromium) as page:
        await page.evaluate("window.same = true")
        number = await asked(site, "北! 刚刚发生的急事")
        await expect(page.get_by_role("link", name="北! 刚刚发生的急事")).to_be_visible()
        await expect(page.locator(".case h2").first).to_have_text("北! 刚刚发生的急事")
        await site.made.house.done(Do.CLAIM, number, site.anna)
        await expect(page.locator(".case", has_text="刚刚发生")).to_contain_text("Anna 认领")
        assert await page.evaluate("window.same"), "without a reload"
        await site.made.house.done(Do.ANSWER, number, site.anna, "好")


async def test_two_at_one_case(chromium: Browser, site: Site) -> None:
    number = await asked(site, "北 两个人看的")
    async with site.page(chromium) as anna, site.page(chromium, "bo", width=1280) as bo:
        await anna.goto(f"{site.url}/staff/cases/{number}")
        await bo.goto(f"{site.url}/staff/cases/{number}")
        await expect(bo.locator("#others")).to_contain_text("Anna 也打开着")
        await expect(anna.locator("#others")).to_contain_text("Bo 也打开着")
        await bo.get_by_label("写给家长的话").fill("我正写着")
        await anna.get_by_role("button", name="认领", exact=True).click()
        await expect(bo.locator("#live-head")).to_contain_text("Anna 认领")
        await expect(bo.locator("#fresh")).to_be_visible()
        await expect(bo.get_by_label("写给家长的话")).to_have_value("我正写着")
        await bo.get_by_role("button", name="发送答复").click()
        await expect(bo.get_by_role("alert").first).to_contain_text("Anna")
        await expect(bo.get_by_label("写给家长的话")).to_have_value("我正写着")


async def test_a_suggestion_is_taken_and_changed(chromium: Browser, site: Site) -> None:
    old, number = await asked(site, "北 入托要带什么材料呢"), await asked(site, "北 入托要带什么材料")
    await site.made.house.done(Do.ANSWER, old, site.anna, "带接种证和体检结果。")
    async with site.page(chromium) as page:
        await page.goto(f"{site.url}/staff/cases/{number}")
        past = page.locator(".draft.past").first
        await expect(past).to_contain_text("带接种证和体检结果。")
        await expect(page.locator(".draft").first).to_contain_text("入托要带的材料")
        await past.locator("summary").click()
        await past.get_by_role("link", name="用这条答复").click()
        answer = page.get_by_label("写给家长的话")
        await expect(answer).to_have_value("带接种证和体检结果。")
        await expect(answer).to_be_focused()
        assert "use=" not in page.url


async def test_without_scripts_everything_still_works(chromium: Browser, site: Site) -> None:
    number = await asked(site, "北 没有脚本")
    async with site.page(chromium, java_script_enabled=False) as page:
        await page.goto(f"{site.url}/staff/cases/{number}?use=canned-received#reply")
        assert "收到" in await page.get_by_label("写给家长的话").input_value()
        await page.get_by_role("button", name="发送答复").click()
        await expect(page.get_by_role("status").first).to_contain_text("答复已发出")


@pytest.mark.parametrize("text", ["<img src=x onerror=alert(1)>", "</textarea><script>document.title='x'</script>"])
async def test_what_people_write_stays_text(chromium: Browser, site: Site, text: str) -> None:
    number = await asked(site, f"北{text}")
    await site.made.house.done(Do.NOTE, number, site.anna, text)
    async with site.page(chromium) as page:
        await page.goto(f"{site.url}/staff/cases/{number}")
        await expect(page.locator(".note .bubble")).to_have_text(text)
        assert await page.locator("#main img, #main script").count() == 0
        assert await page.title() == f"编号 {number} · 托问工作台"


async def test_signed_out_meanwhile(chromium: Browser, site: Site) -> None:
    number = await asked(site, "北 过期")
    async with site.page(chromium) as page:
        await page.goto(f"{site.url}/staff/cases/{number}")
        await page.get_by_label("写给家长的话").fill("还没发出")
        await page.context.clear_cookies()
        await expect(page.locator("#live-lost")).to_contain_text("登录已经过期")
        await expect(page.get_by_label("写给家长的话")).to_have_value("还没发出")


async def walk(page: Page, site: Site, number: str) -> AsyncIterator[str]:
    """Every page, with all that can be unfolded."""
    draft = await site.made.drafts.make(number, "带不带被子", "带。", site.made.house.people["anna"])
    for path in ("", f"/cases/{number}", "/drafts", f"/drafts/{draft}", "/audit", "/cases/1"):
        await page.goto(f"{site.url}/staff{path}")
        await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        yield path
    await site.made.drafts.aclose()


async def full_case(site: Site) -> str:
    """A case with something of everything."""
    number = await asked(site, "北! " + "很长的问题" * 30 + "x" * 120)
    for do, text in ((Do.HURRY, ""), (Do.NOTE, "备注"), (Do.CLAIM, ""), (Do.ANSWER, "答复" * 100)):
        await site.made.house.done(do, number, site.anna, text)
    return number


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_everybody_can_use_every_page(chromium: Browser, site: Site, scheme: Literal["light", "dark"]) -> None:
    """Contrast, names, sizes to press, structure, no scrolling sideways: each page, folded open."""
    number = await full_case(site)
    async with site.page(chromium, "olga", width=360, color_scheme=scheme) as page:
        async for path in walk(page, site, number):
            for check in (CONTRAST, NAMELESS, SMALL, STRUCTURE):
                assert await page.evaluate(check) == [], path
            for width in (320, 360, 1280):
                await page.set_viewport_size({"width": width, "height": 760})
                assert await page.evaluate(SIDEWAYS) == [], (path, width)
    async with site.page(chromium, "", color_scheme=scheme) as page:
        for check in (CONTRAST, NAMELESS, SMALL, STRUCTURE, SIDEWAYS):
            assert await page.evaluate(check) == []


async def test_the_keyboard_alone_is_enough(chromium: Browser, site: Site) -> None:
    number = await asked(site, "北 只用键盘")
    async with site.page(chromium, width=1280) as page:
        await page.goto(f"{site.url}/staff/cases/{number}")
        await page.keyboard.press("Tab")
        await expect(page.locator(".skip")).to_be_focused()
        reached = []
        for _ in range(30):
            await page.keyboard.press("Tab")
            reached.append(
                await page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")
            )
        assert [
            name for name in ("认领", "加急", "answer", "发送答复", "写备注", "转区", "办结") if name not in reached
        ] == []
        assert reached.index("认领") < reached.index("answer") < reached.index("发送答复")
