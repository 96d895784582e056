"""The parents' page in a real browser: what a parent does, and what must never happen."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect
from sqlalchemy import select

from bot.messages import Address, Reply
from db.tables import Conversation, table
from tests.doors.browser import Site, browser, site
from tests.doors.letters import write_letter

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUESTION = "娃一岁半了能送托班不"
conversation = table(Conversation)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with browser() as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served() -> AsyncIterator[Site]:
    async with site() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def page(chromium: Browser, served: Site) -> AsyncIterator[Page]:
    async with served.page(chromium) as opened:
        await begin(opened, served)
        yield opened
    assert served.faults == []
    assert served.hosts == {served.url.split("/")[2]}


async def begin(page: Page, served: Site) -> None:
    await page.goto(served.url)
    await expect(page.locator(".line.bot")).to_have_count(1)


async def ask(page: Page, text: str = QUESTION) -> None:
    await page.get_by_label("写下您的问题").fill(text)
    await page.get_by_role("button", name="发送", exact=True).click()


async def latest_address(served: Site) -> Address:
    async with served.bot.writer.engine.connect() as connection:
        query = select(conversation.c.address).order_by(conversation.c.id.desc()).limit(1)
        return Address("web", (await connection.execute(query)).scalar_one())


async def no_sideways(page: Page) -> bool:
    wide: bool = await page.evaluate(
        "[document.documentElement, document.body, ...document.querySelectorAll('main, footer, header')]"
        ".some((one) => one.scrollWidth > one.clientWidth)"
    )
    return not wide


async def test_a_question_is_answered_with_its_source_in_small_type(page: Page) -> None:
    await ask(page)
    answer = page.locator(".line.bot").last
    await expect(answer).to_contain_text("一岁半可以送")
    await expect(answer.locator(".source")).to_contain_text("来源：国家卫生健康委")
    await expect(page.locator(".line.parent")).to_have_text([f"您 {await time_of(page)}{QUESTION}"])
    await expect(page.get_by_label("写下您的问题")).to_be_focused()


async def time_of(page: Page) -> str:
    return await page.locator(".line.parent time").inner_text()


async def test_a_chip_is_said_and_answered(page: Page) -> None:
    await page.get_by_role("button", name="几个月能送托").click()
    await expect(page.locator(".line.parent .bubble")).to_have_text(["几个月能送托"])
    await expect(page.locator(".line.bot").last).to_contain_text("托小班")
    await page.get_by_role("button", name="找工作人员").first.click()
    await expect(page.locator(".line.bot").last).to_contain_text("已经转给工作人员")


async def test_reload_keeps_the_talk(page: Page) -> None:
    await ask(page)
    await expect(page.locator(".line.bot")).to_have_count(2)
    before = await page.locator("#log .bubble").all_inner_texts()
    await page.reload()
    await expect(page.locator(".line.bot")).to_have_count(2)
    assert await page.locator("#log .bubble").all_inner_texts() == before


async def test_a_letter_of_staff_appears_by_itself(page: Page, served: Site) -> None:
    await write_letter(served.bot.writer, await latest_address(served), Reply("您好，材料带户口本就行。"))
    staff = page.locator(".line.staff")
    await expect(staff.locator(".bubble")).to_have_text("您好，材料带户口本就行。")
    await expect(staff).to_contain_text("工作人员")


async def test_a_held_reply_appears_by_itself(page: Page) -> None:
    await ask(page, "等等")
    await expect(page.locator(".line.bot").last).to_contain_text("您说的是：等等")
    await expect(page.locator("#typing")).to_be_hidden()


async def test_where_streams_fail_the_page_polls(chromium: Browser, served: Site) -> None:
    async with served.page(chromium) as page:
        await page.route("**/api/stream*", lambda route: route.abort())
        await begin(page, served)
        await write_letter(served.bot.writer, await latest_address(served), Reply("晚一点的回复"))
        await expect(page.locator(".line.staff")).to_contain_text("晚一点的回复", timeout=12_000)


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
async def test_nothing_scrolls_sideways(chromium: Browser, served: Site, width: int) -> None:
    async with served.page(chromium, width=width) as page:
        await begin(page, served)
        for text in ("x" * 300, QUESTION, "附近有吗", "孩子抽了"):
            await ask(page, text)
            await expect(page.locator("#typing")).to_be_hidden()
        assert await no_sideways(page)
        await page.get_by_role("button", name="大字").click()
        assert await no_sideways(page)


async def test_large_type_is_remembered(page: Page) -> None:
    size = "getComputedStyle(document.querySelector('.bubble')).fontSize"
    plain = await page.evaluate(size)
    large = page.get_by_role("button", name="大字")
    await expect(large).to_have_attribute("aria-pressed", "false")
    await large.click()
    await page.reload()
    await expect(large).to_have_attribute("aria-pressed", "true")
    await expect(page.locator(".line.bot")).to_have_count(1)
    assert float((await page.evaluate(size))[:-2]) >= 1.25 * float(plain[:-2])


async def test_danger_is_loud_and_can_be_called(page: Page) -> None:
    await ask(page, "孩子抽了")
    alert = page.locator(".line.alert")
    await expect(alert).to_be_visible()
    await expect(alert.get_by_role("link", name="拨打 120")).to_have_attribute("href", "tel:120")
    hrefs = await page.locator("a[href^='tel:']").evaluate_all("all => all.map((one) => one.getAttribute('href'))")
    assert set(hrefs) == {"tel:120", "tel:110"}


async def test_only_known_numbers_are_links(page: Page) -> None:
    await ask(page, "打 12345 或 12356，不是 123456、812345、120 元、95588")
    links = page.locator(".line.bot").last.locator("a")
    await expect(links).to_have_text(["12345", "12356"])


@pytest.mark.parametrize(
    "text",
    [
        "<img src=x onerror=alert(1)>",
        "<script>document.title='x'</script>",
        "javascript:alert(1)",
        "</p><h1>x",
        "&lt;b&gt;",
    ],
)
async def test_what_is_typed_stays_text(page: Page, text: str) -> None:
    await ask(page, text)
    await expect(page.locator(".line.parent .bubble")).to_have_text([text])
    await expect(page.locator(".line.bot").last).to_contain_text(f"您说的是：{text}")
    assert await page.locator("#log img, #log script, #log h1, #log b").count() == 0
    await page.reload()
    await expect(page.locator(".line.parent .bubble")).to_have_text([text])
    assert await page.title() == "托问 · 0–3 岁托育咨询"


async def test_what_is_said_without_network_is_kept_and_sent_once(page: Page) -> None:
    await page.context.set_offline(True)
    await ask(page)
    await expect(page.locator("#notice")).to_contain_text("您的话还在这里")
    await expect(page.locator(".line.parent.unsent")).to_have_count(1)
    await page.context.set_offline(False)
    await expect(page.locator(".line.bot").last).to_contain_text("一岁半可以送")
    await expect(page.locator(".line.parent.unsent")).to_have_count(0)
    await expect(page.locator("#notice")).to_be_empty()


async def test_a_server_in_trouble_is_asked_again_on_demand(page: Page) -> None:
    trouble: dict[str, Any] = {"status": 503, "body": '{"message": "出了点问题。"}', "headers": {"Retry-After": "600"}}
    await page.route("**/api/messages", lambda route: route.fulfill(**trouble))
    await ask(page)
    await expect(page.locator("#notice")).to_contain_text("出了点问题。")
    await expect(page.locator(".line.parent .state")).to_have_text("还没发出")
    await page.unroute_all(behavior="wait")
    await page.get_by_role("button", name="现在重发").click()
    await expect(page.locator(".line.bot").last).to_contain_text("一岁半可以送")
    await expect(page.locator("#notice")).to_be_empty()


async def test_an_answer_lost_on_its_way_comes_with_the_second_try(page: Page) -> None:
    sent: list[str] = []

    async def lose(route: Route) -> None:
        sent.append(route.request.post_data or "")
        if len(sent) == 1:
            await route.fetch()
            await route.abort()
        else:
            await route.continue_()

    await page.route("**/api/messages", lose)
    await ask(page)
    await expect(page.locator(".line.bot").last).to_contain_text("一岁半可以送")
    await expect(page.locator(".line.parent.unsent")).to_have_count(0)
    assert sent[0] == sent[1]
    await page.unroute_all(behavior="wait")
    await page.reload()
    await expect(page.locator(".line.parent")).to_have_count(1)
    await expect(page.locator(".line.bot")).to_have_count(2)


async def test_unsent_words_outlive_a_reload(page: Page) -> None:
    await page.route("**/api/messages", lambda route: route.abort())
    await ask(page)
    await expect(page.locator(".line.parent.unsent")).to_have_count(1)
    await page.unroute_all(behavior="wait")
    await page.reload()
    await expect(page.locator(".line.bot").last).to_contain_text("一岁半可以送")
    await expect(page.locator(".line.parent")).to_have_count(1)


async def test_a_refused_text_returns_to_the_composer(page: Page) -> None:
    answer = '{"error": "too_long", "message": "太长了。"}'
    await page.route(
        "**/api/messages", lambda route: route.fulfill(status=400, body=answer, content_type="application/json")
    )
    await ask(page)
    await expect(page.locator("#notice")).to_contain_text("太长了。")
    await expect(page.get_by_label("写下您的问题")).to_have_value(QUESTION)
    await expect(page.locator(".line.parent")).to_have_count(0)


async def test_empty_words_are_not_sent(page: Page) -> None:
    await ask(page, "   ")
    await expect(page.locator("#notice")).to_contain_text("没有看到文字")
    await expect(page.locator(".line.parent")).to_have_count(0)


async def test_the_link_of_a_qr_code_asks_its_topic_once(chromium: Browser, served: Site) -> None:
    async with served.page(chromium) as page:
        await page.goto(f"{served.url}?topic=enrol.age")
        await expect(page.locator(".line.bot")).to_contain_text("一岁半可以送")
        assert page.url == served.url
        await page.reload()
        await expect(page.locator(".line.bot")).to_have_count(1)


async def test_a_position_is_shared_only_when_asked(chromium: Browser, served: Site) -> None:
    place = {"latitude": 35.4, "longitude": 116.6}
    async with served.page(chromium, geolocation=place, permissions=["geolocation"]) as page:
        await begin(page, served)
        await expect(page.get_by_role("button", name="共享位置")).to_have_count(0)
        await ask(page, "附近有吗")
        await expect(page.locator(".small")).to_contain_text("不保存")
        await page.get_by_role("button", name="共享位置").click()
        await expect(page.locator(".line.bot").last).to_contain_text("离您最近")
        await expect(page.locator(".line.parent .bubble").last).to_have_text("我的位置")


async def test_a_refused_position_is_explained(page: Page) -> None:
    await ask(page, "附近有吗")
    await page.get_by_role("button", name="共享位置").click()
    await expect(page.locator("#notice")).to_contain_text("直接写街道或小区名")


async def test_enter_sends_but_not_while_composing(page: Page) -> None:
    words = page.get_by_label("写下您的问题")
    await words.fill("第一行")
    await words.press("Shift+Enter")
    await words.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "keyCode": 229})
    await expect(page.locator(".line.parent")).to_have_count(0)
    await words.press_sequentially("第二行")
    await words.press("Enter")
    await expect(page.locator(".line.parent .bubble")).to_have_text("第一行\n第二行")
    await expect(words).to_have_value("")


async def test_two_pages_of_one_talk_both_hear(page: Page, served: Site) -> None:
    second = await page.context.new_page()
    await second.goto(served.url)
    await expect(second.locator(".line.bot")).to_have_count(1)
    await asyncio.sleep(0.2)
    await ask(page)
    await expect(second.locator(".line.bot").last).to_contain_text("一岁半可以送")
