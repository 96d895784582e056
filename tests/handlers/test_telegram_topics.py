"""Groups in which something goes wrong: each trouble told by Telegram's own words, mended or shown; nothing is lost."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError

from db.engine import open_engine
from handlers import telegram_topics
from handlers.telegram_errors import Trouble, trouble
from tests.doors.staff import StaffRoom, staff_room
from tests.fakes.bot_api import Kind
from tests.fakes.bot_api_people import State


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[StaffRoom]:
    engine = open_engine(database_url)
    async with staff_room(engine) as room:
        yield room
    await engine.dispose()


async def test_a_new_case_makes_one_topic_and_one_card(room: StaffRoom) -> None:
    await room.ask()
    assert [request.method for request in room.api.requests if request.parameters.get("chat_id") == "-1001"] == [
        "createForumTopic", "sendMessage",
    ]  # fmt: skip


@pytest.mark.parametrize("words", ["message thread not found", "TOPIC_DELETED", "TOPIC_ID_INVALID"])
async def test_a_deleted_topic_is_made_anew(room: StaffRoom, words: str) -> None:
    number, thread = await room.claimed()
    room.anna.say("周一来", thread)
    await room.settled()
    room.group.gone_words = words
    room.group.forget_topic(thread)
    await room.ask_again(number, "还要带什么")
    new = await room.thread(number)
    assert new != thread
    shown = [seen.text for seen in room.group.in_topic(new)]
    assert number in shown[0]
    assert "周一来" in shown[1]
    assert sum("还要带什么" in text for text in shown[1:]) >= 1
    assert not await room.rows("SELECT id FROM outgoing WHERE state = 'undeliverable'")
    room.anna.say("带户口本", new)
    await room.settled()
    assert "带户口本" in room.parent.heard[-1].text


async def test_a_topic_deleted_while_the_case_closes_is_left_alone(room: StaffRoom) -> None:
    number, thread = await room.claimed()
    room.anna.say("周一来", thread)
    await room.settled()
    room.group.forget_topic(thread)
    room.anna.forge(f"c:close:{number}", room.group.show({"id": 1, "is_bot": False, "first_name": "x"}, text="x"))
    await room.settled()
    assert await room.state(number) == "closed"
    assert not room.group.topics


async def test_a_closed_topic_is_opened(room: StaffRoom) -> None:
    number, thread = await room.claimed()
    room.group.topics[thread].closed = True
    await room.ask_again(number, "还有一件事")
    assert not room.group.topics[thread].closed
    assert "还有一件事" in room.group.in_topic(thread)[-1].text


async def test_a_closed_case_that_is_opened_again_opens_its_topic(room: StaffRoom) -> None:
    number, thread = await room.claimed()
    room.anna.say("周一来", thread)
    await room.settled()
    room.anna.tap(f"c:close:{number}")
    await room.settled()
    assert room.group.topics[thread].closed
    await room.reopened(number, "没解决")
    assert not room.group.topics[thread].closed
    assert "没解决" in "".join(seen.text for seen in room.group.in_topic(thread))


async def test_a_deleted_card_is_sent_anew(room: StaffRoom) -> None:
    number, thread = await room.claimed()
    old = await room.card(number)
    room.group.screen.remove(old)
    room.anna.say("周一来", thread)
    await room.settled()
    assert (await room.card(number)).id != old.id


@pytest.mark.parametrize("told", [False, True], ids=["by_error", "by_message"])
async def test_a_group_with_a_new_id(room: StaffRoom, told: bool) -> None:
    number, _ = await room.claimed()
    new = room.api.methods.group(-1009)
    if told:
        room.group.migrate(new)
        await room.settled()
    else:
        room.group.moved_to = new.id
    await room.ask_again(number, "还在吗")
    there = await room.thread(number, "-1009")
    assert "还在吗" in "".join(seen.text for seen in new.in_topic(there))
    new.member(501, "Anna").say("在的", there)
    await room.settled()
    assert "在的" in room.parent.heard[-1].text
    another = await room.ask("北区第二个问题")
    assert await room.thread(another, "-1009")
    assert not await room.rows("SELECT id FROM outgoing WHERE state = 'undeliverable'")


@pytest.mark.parametrize("state", [State.KICKED, State.NOT_A_MEMBER, State.NO_RIGHTS, State.GONE])
async def test_a_group_that_shuts_the_bot_out(room: StaffRoom, state: State) -> None:
    number, thread = await room.claimed()
    boss = room.api.person(500)
    common = room.api.methods.group(-1003)
    await room.bind("common", common.id)
    room.group.state = state
    await room.ask_again(number, "还在吗")
    assert await room.audited("gone") == 1
    assert "/bind north" in boss.heard[-1].text
    assert "还在吗" in "".join(seen.text for seen in common.said)
    room.group.state = State.OPEN
    room.boss.say("/bind north")
    await room.settled()
    await room.ask_again(number, "谢谢")
    shown = "".join(seen.text for seen in room.group.in_topic(thread))
    assert "还在吗" in shown
    assert "谢谢" in shown


async def test_the_bot_is_told_that_it_was_put_out(room: StaffRoom) -> None:
    room.group.block()
    await room.settled()
    assert await room.audited("gone") == 1
    assert not await room.rows("SELECT id FROM binding")


@pytest.mark.parametrize("forum", [True, False])
async def test_a_group_without_topics_is_served_plainly(room: StaffRoom, forum: bool) -> None:
    room.group.forum, room.group.may_manage = forum, False
    number = await room.ask()
    card = await room.card(number)
    assert "message_thread_id" not in card.message
    assert sum("管理话题" in seen.text for seen in room.group.said) == 1
    room.anna.tap("认领")
    room.anna.say("周一来", to=card)
    await room.settled()
    assert "周一来" in room.parent.heard[-1].text
    room.group.forum = room.group.may_manage = True
    room.boss.say("/bind north")
    await room.settled()
    second = await room.ask("北区第二个问题")
    assert await room.thread(second)


async def test_a_parent_who_blocked_the_bot(room: StaffRoom) -> None:
    number, thread = await room.claimed()
    room.parent.state = State.BLOCKED
    room.anna.say("周一来", thread)
    await room.settled()
    await asyncio.sleep(0.2)
    await room.settled()
    assert "没有送达" in room.group.in_topic(thread)[-1].text
    assert "未送达" in (await room.card(number)).text


async def test_trouble_in_between_loses_nothing(room: StaffRoom) -> None:
    room.api.fault(Kind.STATUS, "sendMessage", 500, chat="-1001")
    room.api.fault(Kind.RESET_AFTER, "editMessageText", chat="-1001")
    number, thread = await room.claimed()
    room.anna.say("周一来", thread)
    await room.settled()
    assert len(room.group.topics) == 1
    assert "周一来" in room.parent.heard[-1].text
    assert "已答复" in (await room.card(number)).text


async def test_topics_are_made_slowly(room: StaffRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram_topics, "TOPICS_A_MINUTE", 3)
    for n in range(5):
        room.parent.say(f"北{n}")
    await room.api.updates.idle()
    await asyncio.sleep(2)
    assert len(room.group.topics) == 3
    waiting = await room.rows("SELECT reason FROM outgoing WHERE state IN ('pending', 'sending') AND attempts > 0")
    assert [row.reason for row in waiting] == ["topics are made slowly"]


@pytest.mark.parametrize(
    ("error", "found"),
    [
        (BadRequest("Message is not modified: specified new message content"), Trouble.UNCHANGED),
        (BadRequest("TOPIC_NOT_MODIFIED"), Trouble.UNCHANGED),
        (BadRequest("Message thread not found"), Trouble.TOPIC_GONE),
        (BadRequest("TOPIC_DELETED"), Trouble.TOPIC_GONE),
        (BadRequest("Topic_id_invalid"), Trouble.TOPIC_GONE),
        (BadRequest("TOPIC_CLOSED"), Trouble.TOPIC_CLOSED),
        (BadRequest("The chat is not a forum"), Trouble.NO_TOPICS),
        (BadRequest("CHANNEL_FORUM_MISSING"), Trouble.NO_TOPICS),
        (BadRequest("Not enough rights to create a topic"), Trouble.NO_TOPICS),
        (BadRequest("CHAT_ADMIN_REQUIRED"), Trouble.NO_TOPICS),
        (BadRequest("Message to edit not found"), Trouble.CARD_GONE),
        (BadRequest("MESSAGE_ID_INVALID"), Trouble.CARD_GONE),
        (BadRequest("Message can't be edited"), Trouble.CARD_GONE),
        (Forbidden("Forbidden: bot was kicked from the supergroup chat"), Trouble.SHUT_OUT),
        (Forbidden("Forbidden: bot is not a member of the supergroup chat"), Trouble.SHUT_OUT),
        (Forbidden("Forbidden: the group chat was deleted"), Trouble.SHUT_OUT),
        (BadRequest("Chat not found"), Trouble.SHUT_OUT),
        (BadRequest("Not enough rights to send text messages to the chat"), Trouble.SHUT_OUT),
        (BadRequest("Have no rights to send a message"), Trouble.SHUT_OUT),
        (BadRequest("CHAT_WRITE_FORBIDDEN"), Trouble.SHUT_OUT),
        (BadRequest("Need administrator rights in the channel chat"), Trouble.SHUT_OUT),
        (BadRequest("CHAT_RESTRICTED"), Trouble.SHUT_OUT),
        (BadRequest("something new"), Trouble.OTHER),
        (NetworkError("message thread not found"), Trouble.OTHER),
    ],
)
def test_troubles_in_all_spellings(error: TelegramError, found: Trouble) -> None:
    assert trouble(error) is found
