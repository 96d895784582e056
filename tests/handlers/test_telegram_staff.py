"""A case on its way through a group of staff: topic, card, claim, answer, notes, edits, files, strangers."""

import json
from collections.abc import AsyncIterator

import pytest

from db.engine import open_engine
from tests.doors.assembly import library
from tests.doors.staff import StaffRoom, staff_room


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[StaffRoom]:
    engine = open_engine(database_url)
    async with staff_room(engine) as room:
        yield room
    await engine.dispose()


async def test_from_the_question_to_the_answer(room: StaffRoom) -> None:
    number = await room.ask("北区还有名额吗")
    thread = await room.thread(number)
    assert room.group.topics[thread].name == f"{number} · 北 · 北区还有名额吗"
    [card] = room.group.in_topic(thread)
    assert "北区还有名额吗" in card.text
    assert f"c:claim:{number}" in [data for _, data in card.buttons]
    room.anna.tap("认领")
    await room.settled()
    assert await room.state(number) == "claimed"
    assert "Anna" in (await room.card(number)).text
    room.anna.say("有的，请周一来。", thread)
    await room.settled()
    assert await room.state(number) == "answered"
    assert "有的，请周一来。" in room.parent.heard[-1].text
    assert "Anna" not in room.parent.heard[-1].text
    assert [do for do, _ in await room.history(number)] == ["open", "claim", "answer"]


async def test_nothing_in_the_group_tells_who_the_parent_is(room: StaffRoom) -> None:
    number, thread = await room.claimed()
    room.anna.say("好", thread)
    await room.settled()
    shown = " ".join([*(topic.name for topic in room.group.topics.values()), *(seen.text for seen in room.group.said)])
    assert "1001" not in shown
    assert "Parent" not in shown
    assert number in shown


@pytest.mark.parametrize("mark", ["//", "／／", "#备注", "＃备注"])
async def test_notes_stay_inside(room: StaffRoom, mark: str) -> None:
    number, thread = await room.claimed()
    heard = len(room.parent.heard)
    room.anna.say(f"{mark} 问过园长了", thread)
    await room.settled()
    assert len(room.parent.heard) == heard
    assert (await room.history(number))[-1] == ("note", "问过园长了")


async def test_an_edited_answer_is_a_correction(room: StaffRoom) -> None:
    number, thread = await room.claimed()
    said = room.anna.say("周一来", thread)
    await room.settled()
    room.anna.edit(said, "周二来")
    await room.settled()
    assert "周二来" in room.parent.heard[-1].text
    assert room.parent.heard[-1].message["reply_to_message"]["message_id"] == room.parent.heard[-2].id
    room.anna.edit(said, "周二来")  # Telegram also tells of edits that change no words
    await room.settled()
    room.anna.edit(said, "周三来")
    await room.settled()
    assert [text for do, text in await room.history(number) if do in ("answer", "correct")] == [
        "周一来",
        "周二来",
        "周三来",
    ]


async def test_what_was_sent_cannot_become_a_note(room: StaffRoom) -> None:
    number, thread = await room.claimed()
    said = room.anna.say("周一来", thread)
    await room.settled()
    heard = len(room.parent.heard)
    room.anna.edit(said, "// 周一来")
    await room.settled()
    assert len(room.parent.heard) == heard
    assert "收不回来" in room.group.in_topic(thread)[-1].text
    assert [do for do, _ in await room.history(number)] == ["open", "claim", "answer"]


async def test_an_edited_note_stays_a_note(room: StaffRoom) -> None:
    number, thread = await room.claimed()
    said = room.anna.say("// 甲", thread)
    await room.settled()
    room.anna.edit(said, "// 乙")
    await room.settled()
    assert [text for do, text in await room.history(number) if do == "note"] == ["甲", "乙"]


async def test_files_reach_the_parent(room: StaffRoom) -> None:
    _, thread = await room.claimed()
    room.anna.voice(thread)
    room.anna.document("表.pdf", thread)
    room.anna.send(thread, audio={"file_id": "audio-1", "file_unique_id": "u", "duration": 1, "file_name": "a.mp3"})
    await room.settled()
    kinds = [kind for seen in room.parent.heard for kind in ("voice", "document", "audio") if kind in seen.message]
    assert kinds == ["voice", "document", "audio"]


async def test_an_album_is_kept_together(room: StaffRoom) -> None:
    number, thread = await room.claimed()
    room.anna.album(3, "教室照片", thread)
    await room.settled()
    assert room.api.called("sendMediaGroup") == []
    room.clock.ahead += room.clock.ahead.resolution * 2_000_000
    await room.clockwork.tick()
    await room.settled()
    [sent] = room.api.called("sendMediaGroup")
    assert [each["media"] for each in json.loads(sent["media"])] == ["photo-800"] * 3
    assert sum(do == "answer" for do, _ in await room.history(number)) == 1
    assert any("教室照片" in seen.text for seen in room.parent.heard)


async def test_a_reply_quotes_on_the_other_side(room: StaffRoom) -> None:
    _, thread = await room.claimed()
    room.anna.say("周一来", thread)
    await room.settled()
    first = room.parent.heard[-1]
    room.anna.say("周一上午更好", thread, to=room.group.find(room.group.screen[-1].id))
    mine = next(seen for seen in room.group.screen if seen.text == "周一来")
    room.anna.say("带上材料", thread, to=mine)
    await room.settled()
    assert room.parent.heard[-1].message["reply_to_message"]["message_id"] == first.id


async def test_what_cannot_be_sent_is_said(room: StaffRoom) -> None:
    number, thread = await room.claimed()
    room.anna.send(thread, contact={"phone_number": "0", "first_name": "X"})
    await room.settled()
    assert "没有发给家长" in room.group.in_topic(thread)[-1].text
    assert [do for do, _ in await room.history(number)] == ["open", "claim"]


async def test_chatter_outside_of_topics_is_left_alone(room: StaffRoom) -> None:
    await room.claimed()
    before = len(await room.rows("SELECT id FROM incoming"))
    room.anna.say("中午吃什么")
    await room.settled()
    assert len(await room.rows("SELECT id FROM incoming")) == before


async def test_a_redelivered_message_is_sent_once(room: StaffRoom) -> None:
    _, thread = await room.claimed()
    heard = len(room.parent.heard)
    said = room.anna.say("好", thread)
    await room.settled()
    room.api.updates.push({"update_id": room.api.updates._next - 1, "message": said.message})
    await room.settled()
    assert len(room.parent.heard) == heard + 1


async def test_somebody_else_holds_it(room: StaffRoom) -> None:
    number, thread = await room.claimed()
    await room.hire("bert", "502", "north")
    bert = room.group.member(502, "Bert")
    query = bert.forge(f"c:claim:{number}")
    await room.settled()
    bert.say("我来答", thread)
    await room.settled()
    [toast] = [call for call in room.api.called("answerCallbackQuery") if call["callback_query_id"] == query]
    assert "Anna" in toast["text"]
    assert "没有发给家长" in room.group.in_topic(thread)[-1].text
    assert [do for do, _ in await room.history(number)] == ["open", "claim"]


async def test_a_stranger_is_refused_and_noted(room: StaffRoom) -> None:
    number, thread = await room.claimed()
    heard = len(room.parent.heard)
    stranger = room.group.member(666, "X")
    stranger.say("加我微信", thread)
    stranger.say("在吗", thread)
    query = stranger.forge(f"c:close:{number}")
    await room.settled()
    assert len(room.parent.heard) == heard
    assert await room.audited("stranger") == 3
    assert sum("还不是这个服务台" in seen.text for seen in room.group.said) == 1
    [toast] = [call for call in room.api.called("answerCallbackQuery") if call["callback_query_id"] == query]
    assert "不能操作" in toast["text"]
    assert await room.state(number) == "claimed"


async def test_a_parent_cannot_forge_a_staff_button(room: StaffRoom) -> None:
    number = await room.ask()
    room.parent.tap_data(f"c:claim:{number}", None)
    await room.settled()
    assert await room.state(number) == "new"
    assert await room.audited("stranger") == 1


async def test_staff_of_another_desk_are_refused(room: StaffRoom) -> None:
    number = await room.ask()
    await room.hire("carl", "503", "south")
    room.group.member(503, "Carl").forge(f"c:claim:{number}")
    room.anna.forge("c:claim:00000000")
    room.anna.forge("c:nonsense:1")
    await room.settled()
    assert await room.state(number) == "new"
    refused = [row.detail for row in await room.rows("SELECT detail FROM audit WHERE what = 'claim'")]
    assert len(refused) == 2


async def test_drafts_and_canned_replies(room: StaffRoom) -> None:
    library()  # read before anybody waits for it
    number, thread = await room.claimed()
    room.anna.tap(f"c:draft:{number}")
    await room.settled()
    assert "没有合适的草稿" in str(room.api.called("answerCallbackQuery"))
    room.anna.say("/canned", thread)
    await room.settled()
    room.anna.tap(f"k:fill:{number}:received")
    await room.settled()
    draft = room.group.in_topic(thread)[-1]
    assert draft.text.startswith("草稿")
    heard = len(room.parent.heard)
    room.anna.tap("就这样发", draft)
    await room.settled()
    assert len(room.parent.heard) == heard + 1
    assert "我们正在核实" in room.parent.heard[-1].text
    assert "草稿" not in room.parent.heard[-1].text


async def test_moving_a_case_to_another_desk(room: StaffRoom) -> None:
    number, thread = await room.claimed()
    room.anna.say("// 应该归南区", thread)
    south = room.api.methods.group(-1002)
    await room.bind("south", south.id)
    room.anna.tap(f"c:move:{number}")
    await room.settled()
    room.anna.tap(f"c:move:{number}:south")
    await room.settled()
    there = await room.thread(number, "-1002")
    words = [seen.text for seen in south.in_topic(there)]
    assert "北区还有名额吗" in words[0]
    assert any("应该归南区" in text for text in words)
    assert room.group.topics[thread].closed
    assert "已转到" in (await room.card(number)).text
    assert (await room.card(number)).buttons == []


async def test_closing_closes_the_topic(room: StaffRoom) -> None:
    number, thread = await room.claimed()
    room.anna.say("好", thread)
    await room.settled()
    room.anna.tap(f"c:close:{number}")
    await room.settled()
    assert await room.state(number) == "closed"
    assert room.group.topics[thread].closed


async def test_commands(room: StaffRoom) -> None:
    number, _ = await room.claimed()
    for command in ("/me", "/cases", "/break 45", "/back", "/help"):
        room.anna.say(command)
        await room.settled()
    me, cases, away, back, _ = [seen.text for seen in room.group.said][-5:]
    assert "north" in me
    assert number in cases
    assert "45" in away
    assert number in away
    assert "回来" in back
    [row] = await room.rows("SELECT away_until FROM staff WHERE login = 'anna'")
    assert row.away_until is None


async def test_joining_needs_an_administrator(room: StaffRoom) -> None:
    new = room.group.member(600, "Dora")
    new.say("/join")
    await room.settled()
    assert "Dora" in room.group.said[-1].text
    room.anna.tap("同意")
    await room.settled()
    assert await room.rows("SELECT id FROM member WHERE state = 'asked'")
    room.boss.tap("同意")
    await room.settled()
    assert "Dora" in room.group.said[-1].text
    number = await room.ask()
    new.tap(f"c:claim:{number}")
    await room.settled()
    assert await room.state(number) == "claimed"
    assert await room.audited("accepted") == 1


async def test_binding_needs_an_administrator(room: StaffRoom) -> None:
    other = room.api.methods.group(-1005, forum=False)
    other.member(501, "Anna").say("/bind south")
    other.member(666, "X").say("/bind south")
    await room.settled()
    assert not await room.rows("SELECT id FROM binding WHERE desk = 'south'")
    other.member(500, "Boss").say("/bind nowhere")
    other.member(500, "Boss").say("/bind@fake_bot south")
    await room.settled()
    [bound] = await room.rows("SELECT chat, mode FROM binding WHERE desk = 'south'")
    assert (bound.chat, bound.mode) == ("-1005", "plain")
    assert await room.audited("bind") == 1


async def test_binding_shows_what_is_open(room: StaffRoom) -> None:
    number = await room.ask("南区几点开门")
    assert not room.group.topics
    south = room.api.methods.group(-1002)
    south.member(500, "Boss").say("/bind south")
    await room.settled()
    assert number in south.topics[await room.thread(number, "-1002")].name


async def test_parent_adds_words_and_files(room: StaffRoom) -> None:
    from bot.act import Act, Actor
    from bot.case import Do, Who
    from bot.messages import Attachment, Medium

    number, thread = await room.claimed()
    photo = Attachment(Medium.PHOTO, "photo-800", origin="telegram")
    await room.casework.do(Act(Do.ADD, number, Actor(Who.PARENT, via="telegram"), "娃两岁", attachments=(photo,)))
    await room.settled()
    last = room.group.in_topic(thread)[-1]
    assert "photo" in last.message
    assert "娃两岁" in last.text


async def test_plain_group(database_url: str) -> None:
    engine = open_engine(database_url)
    async with staff_room(engine, mode="plain") as room:
        number = await room.ask()
        card = await room.card(number)
        assert "message_thread_id" not in card.message
        room.anna.tap("认领")
        room.anna.say("周一来")
        await room.settled()
        assert "周一来" not in room.parent.heard[-1].text
        mine = room.anna.say("周二来", to=card)
        await room.settled()
        assert "周二来" in room.parent.heard[-1].text
        room.anna.say("带材料", to=mine)
        await room.settled()
        assert "带材料" in room.parent.heard[-1].text
    await engine.dispose()
