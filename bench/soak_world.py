"""Parents and staff on the tests' fake Telegram, as a process of its own. Started and steered by `bench.soak`.

GET /soak/status and /soak/transcript tell what happened here; POST /soak/calm ends the faults.
"""

import argparse
import asyncio
import json
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bench.load import TEXTS
from tests.fakes.bot_api import BotApi, Fault, Kind
from tests.fakes.bot_api_groups import Group, Member
from tests.fakes.bot_api_methods import Methods
from tests.fakes.bot_api_people import Person, Seen
from tests.fakes.bot_api_updates import Hook, Updates

QUESTIONS = ("我不服审批结果，要申诉", "园里说好退费现在不认账", "请帮我查一下我家的育儿补贴审核到哪了")
TICK = 0.2
STUBBORN = 15.0
"""Seconds after which staff who saw no sign of their claim tap again."""
CLAIMED = "已认领"


@dataclass(frozen=True)
class Plan:
    """The size of a soak. `seconds`: over which the messages are spread; `topics`: how many groups are forums."""

    parents: int = 1_000
    messages: int = 5_000
    cases: int = 300
    staff: int = 10
    groups: int = 10
    topics: int = 2
    seconds: float = 180.0
    seed: int = 7
    flood: float = 0.002
    broken: float = 0.01
    dropped: float = 0.005
    reset: float = 0.005

    @property
    def chats(self) -> list[int]:
        """The groups' ids."""
        return [-1_001 - n for n in range(self.groups)]

    def district(self, group: int) -> str:
        """The district whose questions go to a group."""
        return f"{'甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳'[group]}州新区"

    def members(self, group: int) -> list[int]:
        """The Telegram ids of up to three of the staff."""
        return sorted({501 + (group + n) % self.staff for n in range(3)})


@dataclass
class Chance(Fault):
    """A fault that hits any call with a probability."""

    share: float = 0.0
    dice: random.Random = field(default_factory=random.Random)
    hits: int = 0

    def meets(self, method: str, parameters: dict[str, Any]) -> bool:
        hit = self.dice.random() < self.share
        self.hits += hit
        return hit


class SteadyUpdates(Updates):
    """Setting the same webhook again, as a restarted bot does, keeps what waits in its order."""

    def set_hook(self, hook: Hook) -> None:
        if hook.url and hook.url == self.hook.url:
            self.hook = hook
        else:
            super().set_hook(hook)


@dataclass
class Watched(Methods):
    """Notes when what reached a group, and what taps were answered with."""

    group_calls: list[tuple[float, str, str]] = field(default_factory=list)
    toasts: list[tuple[str, str]] = field(default_factory=list)

    async def call(self, name: str, given: dict[str, Any]) -> Any:
        result = await super().call(name, given)
        chat = str(given.get("chat_id", ""))
        if chat.startswith("-"):
            self.group_calls.append((time.monotonic(), chat, name))
        if name == "answerCallbackQuery":
            self.toasts.append((given["callback_query_id"], given.get("text", "")))
        return result


@dataclass
class Matter:
    """A case as staff see it. `since`: when its stage began; `winner`: who was told that the claim is theirs."""

    number: str
    group: int
    card: Seen
    stage: str = "new"
    at: float = 0.0
    seen: int = 0
    winner: Member | None = None
    answers: list[str] = field(default_factory=list)


class World:
    """Everybody who is not the bot."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.dice = random.Random(plan.seed)
        self.methods = Watched(updates=SteadyUpdates(give_up=2.0))
        self.api = BotApi(methods=self.methods, record=False)
        self.api.faults = [
            Chance(Kind.FLOOD, amount=1, share=plan.flood, dice=self.dice),
            Chance(Kind.STATUS, amount=502, share=plan.broken / 2, dice=self.dice),
            Chance(Kind.GARBAGE, share=plan.broken / 2, dice=self.dice),
            Chance(Kind.DROP, share=plan.dropped, dice=self.dice),
            Chance(Kind.RESET_AFTER, share=plan.reset, dice=self.dice),
        ]
        self.struck = list(self.api.faults)
        self.groups = [self.methods.group(chat, forum=n < plan.topics) for n, chat in enumerate(plan.chats)]
        self.parents: list[Person] = [self.methods.person(10_001 + n) for n in range(plan.parents)]
        self.said: list[dict[str, Any]] = []
        self.matters: dict[str, Matter] = {}
        self.taps: dict[str, tuple[str, Member]] = {}
        self.wins: list[tuple[str, int]] = []
        self.reactions: Counter[str] = Counter()
        self._read = Counter[int]()
        self._toasted = 0
        self._asked_all = False

    def app(self) -> web.Application:
        app = self.api.app()
        app.router.add_get("/soak/{what}", self._tell)
        app.router.add_post("/soak/calm", self._calm)
        return app

    async def live(self) -> None:
        """Wait for the bot, then talk."""
        while not self.methods.updates.hook.url:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        await asyncio.gather(self._ask(), self._work())

    async def _ask(self) -> None:
        plan, dice = self.plan, self.dice
        who = [n % plan.parents for n in range(plan.cases)]
        talks = [(parent, QUESTIONS[n % len(QUESTIONS)], n % plan.groups) for n, parent in enumerate(who)]
        for _ in range(plan.messages - plan.cases):
            talks.append((dice.randrange(plan.parents), dice.choice(TEXTS), -1))
        moments = sorted((dice.uniform(0, plan.seconds), n) for n in range(len(talks)))
        begun = time.monotonic()
        for moment, n in moments:
            await asyncio.sleep(max(0.0, begun + moment - time.monotonic()))
            parent, text, group = talks[n]
            words = text if group < 0 else f"我在{plan.district(group)}，{text}"
            update = self.methods.updates.next_id()
            self.methods.updates._next = update  # the number that the message is about to get
            seen = self.parents[parent].say(words)
            self.said.append({"update": update, "chat": self.parents[parent].id, "message": seen.id, "group": group})
        self._asked_all = True

    async def _work(self) -> None:
        while True:
            for n, group in enumerate(self.groups):
                self._look(n, group)
            for parent in self.parents[: self.plan.cases]:
                self._react(parent)
            self._hear_toasts()
            now = time.monotonic()
            for matter in self.matters.values():
                self._handle(matter, now)
            await asyncio.sleep(TICK)

    def _fresh(self, chat: Person) -> list[Seen]:
        new = chat.screen[self._read[chat.id] :]
        self._read[chat.id] += len(new)
        return [seen for seen in new if not seen.mine]

    def _look(self, n: int, group: Group) -> None:
        for seen in self._fresh(group):
            number = next((data[8:] for _, data in seen.buttons if data.startswith("c:claim:")), None)
            if number is None:
                continue
            known = self.matters.get(number)
            later = time.monotonic() + self.dice.uniform(0.1, 2)
            if known is None:
                self.matters[number] = Matter(number, n, seen, at=later, seen=seen.id)
            elif known.stage == "answered":
                known.stage, known.at, known.winner = "new", later, None

    def _react(self, parent: Person) -> None:
        for seen in self._fresh(parent):
            solved = next((data for _, data in seen.buttons if data.startswith("case.solved:")), None)
            dice = self.dice.random()
            if solved is not None and dice < 0.15:
                pick = "case.solved" if dice < 0.1 else "case.unsolved"
                self.reactions[pick] += 1
                parent.tap_data(solved.replace("case.solved", pick), seen.message)

    def _hear_toasts(self) -> None:
        for query, text in self.methods.toasts[self._toasted :]:
            if text == CLAIMED and query in self.taps:
                number, member = self.taps[query]
                self.wins.append((number, member.id))
                self.matters[number].winner = member
        self._toasted = len(self.methods.toasts)

    def _handle(self, matter: Matter, now: float) -> None:
        group = self.groups[matter.group]
        members = [group.member(number, f"Staff{number}") for number in self.plan.members(matter.group)]
        if (matter.stage == "new" and now >= matter.at) or (matter.stage == "claiming" and now > matter.at + STUBBORN):
            for member in self.dice.sample(members, min(len(members), self.dice.choice((1, 2, 2, 3)))):
                self.taps[member.forge(f"c:claim:{matter.number}", matter.card)] = (matter.number, member)
            matter.stage, matter.at = "claiming", now
        elif matter.stage == "claiming":
            shown = next((member for member in members if f"Staff{member.id}" in matter.card.text), None)
            matter.winner = matter.winner or shown
            if matter.winner is not None:
                matter.stage, matter.at = "writing", now + self.dice.uniform(0.3, 2)
        elif matter.stage == "answered":
            # What a parent adds to an answered case opens it again: only the card shows that.
            if any(data.startswith("c:claim:") for _, data in matter.card.buttons):
                if now > matter.at + STUBBORN:
                    matter.stage, matter.at, matter.winner = "new", now, None
            else:
                matter.at = now - STUBBORN
        elif matter.stage == "writing" and now >= matter.at and matter.winner is not None:
            words = f"答复{len(matter.answers) + 1}：{matter.number}请带身份证明到窗口办理"
            thread = matter.card.message.get("message_thread_id")
            matter.winner.say(words, thread, None if thread else matter.card)
            matter.answers.append(words)
            matter.stage, matter.at = "answered", now

    async def _tell(self, request: web.Request) -> web.Response:
        updates = self.methods.updates
        stages = Counter(matter.stage for matter in self.matters.values())
        status = {"asked_all": self._asked_all, "asked": len(self.said), "lanes": len(updates._workers), **stages}
        if request.match_info["what"] == "status":
            return web.json_response(status)
        return web.json_response({
            "said": self.said,
            "group_calls": self.methods.group_calls,
            "screens": {p.id: [(s.id, s.text) for s in p.heard] for p in self.methods.people.values()},
            "answers": {m.number: m.answers for m in self.matters.values()},
            "wins": self.wins,
            "taps": len(self.taps),
            "reactions": self.reactions,
            "faults": {f"{f.kind}{f.amount or ''}": f.hits for f in self.struck if isinstance(f, Chance)},
            "redelivered": sum(not 200 <= d.status < 300 for d in updates.deliveries),
        })  # fmt: skip

    async def _calm(self, _: web.Request) -> web.Response:
        self.api.faults.clear()
        return web.json_response({})


async def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("plan", help="JSON")
    world = World(Plan(**json.loads(words.parse_args().plan)))
    runner = web.AppRunner(world.app(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)  # noqa: T201
    await world.live()


if __name__ == "__main__":
    asyncio.run(main())
