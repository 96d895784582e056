"""Whether everybody can use the parents' page: names, sizes, contrast, keyboard, announcements."""

from collections.abc import AsyncIterator
from typing import Any, Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.doors.browser import Site, browser, site
from tests.doors.contrast import CONTRAST

pytestmark = pytest.mark.asyncio(loop_scope="module")

SMALL = """() => [...document.querySelectorAll("button, textarea, .calls a")]
  .filter((one) => one.getClientRects().length)
  .map((one) => [one.textContent || one.id, one.getBoundingClientRect()])
  .filter(([, box]) => box.width < 43.9 || box.height < 43.9)
  .map(([name, box]) => `${name} ${box.width}x${box.height}`)"""
LANDMARKS = """
- link "跳到输入框"
- banner:
  - heading "托问" [level=1]
  - paragraph: 0–3 岁托育咨询
  - button "大字"
- main "对话":
  - paragraph
  - paragraph
  - button "隐私说明"
  - log "对话"
- contentinfo:
  - navigation "常用":
    - button "我的咨询"
    - button "找工作人员"
    - button "帮助"
  - textbox "写下您的问题"
  - button "发送"
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with browser() as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served() -> AsyncIterator[Site]:
    async with site() as opened:
        yield opened


async def talk(page: Page, served: Site) -> None:
    await page.goto(served.url)
    await expect(page.locator(".line.bot")).to_have_count(1)
    for number, text in enumerate(("娃一岁半了能送托班不", "附近有吗", "孩子抽了"), 2):
        await page.get_by_label("写下您的问题").fill(text)
        await page.get_by_role("button", name="发送", exact=True).click()
        await expect(page.locator(".line.bot")).to_have_count(number)
    await page.get_by_role("button", name="发送", exact=True).click()
    await expect(page.locator("#notice")).not_to_be_empty()
    await page.wait_for_timeout(300)


async def test_landmarks_and_names(chromium: Browser, served: Site) -> None:
    async with served.page(chromium) as page:
        await page.goto(served.url)
        await expect(page.locator(".line.bot")).to_have_count(1)
        await expect(page.locator("body")).to_match_aria_snapshot(LANDMARKS)
        await expect(page.get_by_role("list", name="可以点选").get_by_role("button")).to_have_count(3)
        assert await page.locator("html").get_attribute("lang") == "zh-CN"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_contrast_is_enough(chromium: Browser, served: Site, scheme: Literal["light", "dark"]) -> None:
    async with served.page(chromium, color_scheme=scheme) as page:
        await talk(page, served)
        assert await page.evaluate(CONTRAST) == []
        await page.get_by_role("button", name="大字").click()
        assert await page.evaluate(CONTRAST) == []


async def test_everything_to_press_is_large_enough(chromium: Browser, served: Site) -> None:
    async with served.page(chromium, width=320) as page:
        await talk(page, served)
        assert await page.evaluate(SMALL) == []


async def test_answers_are_announced_and_the_past_is_not(chromium: Browser, served: Site) -> None:
    async with served.page(chromium) as page:
        await page.add_init_script(
            "addEventListener('DOMContentLoaded', () => new MutationObserver((all) => all.forEach((one) => {"
            " const log = document.getElementById('log');"
            " (window.live = window.live || []).push(log.getAttribute('aria-live')); }))"
            ".observe(document.getElementById('log'), { childList: true }))"
        )
        await page.goto(served.url)
        await expect(page.locator(".line.bot")).to_have_count(1)
        assert await page.evaluate("window.live") == ["polite"]
        await page.reload()
        await expect(page.locator(".line.bot")).to_have_count(1)
        assert await page.evaluate("window.live") == ["off"]
        await expect(page.locator("#log")).to_have_attribute("aria-live", "polite")


async def test_the_keyboard_reaches_everything_in_order(chromium: Browser, served: Site) -> None:
    async with served.page(chromium, width=1280) as page:
        await page.goto(served.url)
        await expect(page.locator(".line.bot")).to_have_count(1)
        reached: list[Any] = []
        for _ in range(12):
            await page.keyboard.press("Tab")
            reached.append(
                await page.evaluate("(document.activeElement.id || document.activeElement.textContent).trim()")
            )
        assert reached == [
            *("跳到输入框", "large", "talk", "隐私说明", "几个月能送托", "一个月多少钱", "有什么补贴"),
            *("我的咨询", "找工作人员", "帮助", "words-in", "send"),
        ]
        await page.locator(".skip").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("写下您的问题")).to_be_focused()


async def test_nothing_moves_for_those_who_asked_so(chromium: Browser, served: Site) -> None:
    async with served.page(chromium, reduced_motion="reduce") as page:
        await talk(page, served)
        moving = "document.getAnimations().filter((one) => one.playState === 'running').length"
        assert await page.evaluate(moving) == 0


async def test_without_scripts_the_page_says_what_to_do(chromium: Browser, served: Site) -> None:
    async with served.page(chromium, java_script_enabled=False) as page:
        await page.goto(served.url)
        await expect(page.locator(".noscript")).to_contain_text("JavaScript")
