"""What the bot would make of a question, and why, in plain Chinese for operators. Used by `python -m knowledge ask`."""

from collections.abc import Iterator, Sequence

from knowledge.answers import age_text
from knowledge.library import Library
from knowledge.ranking import Ranked
from knowledge.schema import Kind
from knowledge.slots import Slots
from knowledge.understanding import Memory, Understanding, Verdict, understand

OUTCOMES = {
    Verdict.DANGER: "紧急：先请家长拨打急救或报警电话，记为最高优先级",
    Verdict.REPORT: "举报：记下来，转给工作人员",
    Verdict.ESCALATE: "转给工作人员",
    Verdict.DECLINE: "不在范围内：客气说明能帮什么",
    Verdict.ANSWER: "直接回答",
    Verdict.NEAR: "拿不准：反问家长",
    Verdict.NOTHING: "没有像的：转给工作人员",
}
RULES = {
    "clearly nearest": "有一个条目明显最像",
    "too close to call": "分数不够高，或者几个条目太接近",
    "nothing near": "没有条目够像",
    "several questions": "一句里问了几件事",
    "follow-up names only a detail": "接着上一句，只换了个细节",
    "danger: like an example": "和一句紧急的例句很像",
    "names only who or when": "只说了是谁、什么时候，还没说事",
    "no words": "没有能读的文字",
}
_SLOTS = {"age_months": "年龄", "mode": "照护方式", "district": "区", "place": "地方", "centre": "机构"}


def asked(library: Library, text: str, before: Sequence[str] = ()) -> Understanding:
    """The reading of `text` after the parent's sentences `before`, oldest first."""
    memory = Memory()
    for earlier in before:
        reading = understand(library, earlier, memory)
        topic = reading.main if reading.verdict is Verdict.ANSWER else memory.topic
        memory = Memory(topic, reading.text, reading.slots.known())
    return understand(library, text, memory)


def explained(library: Library, reading: Understanding) -> Iterator[str]:
    """The reading line by line, ending with what the parent would read."""
    yield f"读作：{reading.text}"
    yield f"听出：{_slots(library, reading.named)}"
    remembered = Slots.of({k: v for k, v in reading.slots.known().items() if k not in reading.named.known()})
    if remembered.known():
        yield f"记得：{_slots(library, remembered)}"
    yield from _matches(library, reading.candidates)
    yield f"结果：{OUTCOMES[reading.verdict]}（{RULES.get(reading.rule, reading.rule)}）"
    yield from _outcome(library, reading)


def _slots(library: Library, slots: Slots) -> str:
    known = slots.known()
    if slots.age_months is not None:
        known["age_months"] = age_text(slots.age_months)
    if slots.mode:
        known["mode"] = library.title(f"modes.{slots.mode}")
    if slots.centre and slots.centre in library.centres:
        known["centre"] = library.centres[slots.centre].name
    return "、".join(f"{_SLOTS[key]} {value}" for key, value in known.items()) or "（没有说到年龄、方式、地方）"


def _matches(library: Library, candidates: Sequence[Ranked]) -> Iterator[str]:
    for name, found in zip(("最像", "其次", "第三"), candidates, strict=False):
        yield (
            f"{name}：{library.title(found.entry)}（{found.entry}）{found.score:.2f} 分"
            f" = 词句 {found.linear:.2f} + 字面（像 {found.likeness:.0%}），靠的是“{found.phrasing}”"
        )
    if len(candidates) > 1:
        yield f"差距：{candidates[0].score - candidates[1].score:.2f}"


def _outcome(library: Library, reading: Understanding) -> Iterator[str]:
    if reading.alarm is not None:
        kind = library.danger.kinds[reading.alarm.kind]
        yield f"紧急：{kind.title}，规则 {reading.alarm.rule}，听到“{'”“'.join(reading.alarm.evidence)}”"
        yield from ("家长看到：", kind.answer)
        return
    if reading.near:
        yield "给家长选："
        yield from (f"  {number}. {library.title(key)}（{key}）" for number, key in enumerate(reading.near, 1))
        return
    if not reading.answers:
        return
    yield "家长看到："
    for key in reading.answers:
        answer = library.answer(key, reading.slots)
        yield from (f"【{library.title(key)}】", answer.text)
        if library.kind(key) is Kind.ANSWER and answer.follow_ons:
            yield f"可以接着点：{'、'.join(map(library.title, answer.follow_ons))}"
