"""Danger detection: every invented message, every exclusion, any text at all, and files that are wrong."""

import copy
import json
import re
import sys
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.danger import Alarm, DangerRules
from knowledge.danger_clauses import cut, cut_before
from knowledge.danger_sound import typed
from knowledge.danger_words import Lexicon, Span, read_word, read_words

ROOT = Path(__file__).parents[2]
CONTENT = ROOT / "knowledge" / "content" / "danger.yaml"
DATA = ROOT / "tests" / "data"


@cache
def content() -> Any:
    return yaml.load(CONTENT.read_text(encoding="utf-8"), yaml.BaseLoader)


@cache
def rules() -> DangerRules:
    return DangerRules.from_mapping(content())


def messages(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


MESSAGES = messages("danger.jsonl") + messages("danger_holdouts.jsonl")


def normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def scan(text: str) -> Alarm | None:
    return rules().scan(normal(text))


def test_the_data_is_balanced() -> None:
    first = messages("danger.jsonl")
    assert len(first) == 240
    assert sum(row["expect"] == "emergency" for row in first) == 120
    assert {row["kind"] for row in first if row["expect"] == "emergency"} <= rules().kinds.keys()


@pytest.mark.parametrize("row", MESSAGES, ids=lambda row: row["text"][:24])
def test_message(row: dict[str, str]) -> None:
    alarm = scan(row["text"])
    assert (alarm is not None) == (row["expect"] == "emergency"), alarm


def test_full_width_punctuation_changes_nothing() -> None:
    wrong = [row["text"] for row in MESSAGES if bool(rules().scan(row["text"].lower())) != bool(scan(row["text"]))]
    assert wrong == []


def test_the_kind_is_nearly_always_the_one_meant() -> None:
    alarms = [
        (row["kind"], alarm.kind) for row in MESSAGES if row["expect"] == "emergency" and (alarm := scan(row["text"]))
    ]
    assert sum(meant == heard for meant, heard in alarms) >= 0.95 * len(alarms)


def test_the_content_keeps_its_own_examples() -> None:
    assert list(rules().wrong_examples()) == []


def only_shield(kept: str | None) -> DangerRules:
    """The rules with no shield but one."""
    bare = copy.deepcopy(content())
    for name, shield in bare["shields"].items():
        shield["words"] = shield["words"] if name == kept else "此处不会出现的词"
    return DangerRules.from_mapping(bare)


@pytest.fixture(scope="module")
def unshielded() -> DangerRules:
    return only_shield(None)


@pytest.mark.parametrize("name", sorted(content()["shields"]))
def test_each_shield_alone_keeps_its_examples_quiet(name: str, unshielded: DangerRules) -> None:
    examples = [normal(text) for text in content()["shields"][name]["examples"]]
    alone = only_shield(name)
    assert [text for text in examples if unshielded.scan(text) is None] == []
    assert [text for text in examples if alone.scan(text)] == []


@pytest.mark.parametrize(
    ("quiet", "loud"),
    [
        ("要是孩子噎住了咋办", "孩子噎住了咋办"),
        ("万一孩子抽了", "孩子抽了"),
        ("会不会烫着他", "烫着他了"),
        ("去年抽过一次现在能上托班吗", "去年抽过一次现在又抽了"),
        ("上周孩子叫不醒，后来好了", "孩子叫不醒"),
        ("听说有个孩子掉河里了", "孩子掉河里了"),
        ("孩子被烫了保险赔吗", "孩子现在被烫了保险赔吗"),
        ("想死我家宝了", "我想死了"),
        ("孩子的水杯不见了", "孩子不见了"),
        ("老师打我孩子，都拍照了", "老师正在打我孩子"),
        ("没噎着", "是不是噎着了"),
        ("防烫伤", "小心烫伤没用，刚才孩子烫伤了"),
    ],
)
def test_what_takes_a_danger_back_and_what_does_not(quiet: str, loud: str) -> None:
    assert scan(quiet) is None
    assert scan(loud) is not None


def test_evidence_is_the_text_as_written() -> None:
    assert scan("娃吃葡萄卡着了") == Alarm("breathing", "breathing.stuck", ("卡着", "葡萄"))
    assert scan("hai zi chuan bu shang qi le") == Alarm("breathing", "breathing.breath", ("chuan bu shang qi",))


@pytest.mark.parametrize("text", ["", " ", "。！？", "孩子", "he can do it", "abc 123", "\ud83d\ude00", "(((", "[x|"])
def test_nothing_to_hear(text: str) -> None:
    assert rules().scan(text) is None


def test_homophones_count_only_when_long() -> None:
    assert scan("孩子喘不上汽") is not None
    assert scan("孩子躺着呢") is None


PIECES = st.sampled_from(
    [row["text"] for row in MESSAGES] + ["如果", "现在", "孩子", "血", "fa", "shao", " ", "，", "xian", "\n"]
)


@settings(deadline=None, max_examples=150)
@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=6).map("".join)))
def test_any_text_is_heard_without_error(text: str) -> None:
    alarm = rules().scan(text)
    assert alarm is None or (alarm.kind in rules().kinds and all(piece in text for piece in alarm.evidence))
    assert rules().scan(text) == alarm


def steps(text: str) -> int:
    """How many lines of Python a scan runs: a clock that does not depend on the machine."""
    count = 0

    def tick(_frame: object, event: str, _argument: object) -> Callable[..., Any]:
        nonlocal count
        count += event == "line"
        return tick

    before = sys.gettrace()
    sys.settrace(tick)
    try:
        rules().scan(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    "unit",
    [
        "如果孩子噎住了",
        "叫他半天",
        "去年孩子从床上摔了",
        "hai zi ka ",
        "xianxian",
        "啊",
        "a",
        "，",
        "吃了好几个孩子血",
        "掉了坐了正",
    ],
)
def test_time_grows_with_the_text_and_not_faster(unit: str) -> None:
    once, tenfold = steps(unit * 100), steps(unit * 1000)
    assert tenfold < 14 * once + 1000


def edited(path: str, value: object) -> dict[str, Any]:
    """The content with one field, named as in the findings, replaced (or removed, for None)."""
    changed = copy.deepcopy(content())
    *way, last = path.split(".")
    node: Any = changed
    for step in way:
        node = node[int(step)] if isinstance(node, list) else node[step]
    key: Any = int(last) if isinstance(node, list) else last
    if value is None:
        del node[key]
    else:
        node[key] = value
    return dict(changed)


GOOD = "请马上拨打 120，听从接线员指导。"


@pytest.mark.parametrize(
    ("path", "value", "finding"),
    [
        ("rules", None, "rules: Field required"),
        ("rules.0.id", "Water", "rules.0.id"),
        ("rules.1.id", "drowning.water", "rules.1.id: 'drowning.water' again"),
        ("rules.0.kind", "flood", "rules.0.kind: no kind 'flood'"),
        ("rules.0.danger", ["flood"], "rules.0: no list 'flood'"),
        ("rules.0.near", [["flood"]], "rules.0: no list 'flood'"),
        ("rules.0.unless", ["flood"], "rules.0.unless: no shield 'flood'"),
        ("rules.0.within", "far", "rules.0.within"),
        ("rules.0.examples", [], "rules.0.examples"),
        ("rules.0.colour", "red", "rules.0.colour"),
        ("usual_shields", ["flood"], "usual_shields: no shield 'flood'"),
        ("shields.past.side", "left", "shields.past.side"),
        ("shields.past.reach", "-1", "shields.past.reach"),
        ("shields.past.yields_to", ["flood"], "shields.past.yields_to: no list 'flood'"),
        ("lists.child.words", "", "lists.child.words"),
        ("lists.child.words", "(孩", "lists.child.words"),
        ("lists.child.words", "孩…", "lists.child.words"),
        ("lists.child.words", "(孩…子|娃)", "lists.child.words"),
        ("lists.child.words", "(|孩)", "lists.child.words"),
        ("lists.child.words", "孩" * 49, "lists.child.words"),
        ("lists.child.words", "(0|1|2|3|4|5|6|7|8|9)" * 4, "lists.child.words"),
        ("lists.child.words", ["孩子"], "lists.child.words"),
        ("kinds.fire.call", ["911"], "kinds.fire.call.0"),
        ("kinds.fire.call", ["110"], "kinds.fire: Value error, answer must begin with 请马上拨打 110"),
        ("kinds.fire.answer", GOOD, "kinds.fire: Value error, answer must begin with 请马上拨打 119"),
        ("kinds.seizure.answer", "请拨打 120", "kinds.seizure.answer"),
        ("kinds.seizure.answer", GOOD + "好" * 160, "kinds.seizure.answer"),
        ("kinds.seizure.answer", GOOD + "等10分钟", "kinds.seizure.answer"),
        ("kinds.seizure.answer", GOOD + "快,快", "kinds.seizure.answer"),
        ("kinds.seizure.answer", ["120"], "kinds.seizure.answer"),
    ],
)
def test_a_wrong_file_is_refused_with_the_field(path: str, value: object, finding: str) -> None:
    with pytest.raises(ValueError, match=re.escape(finding)):
        DangerRules.from_mapping(edited(path, value))


def test_examples_that_fail_are_named() -> None:
    lazy = DangerRules.from_mapping(edited("rules.0.examples", ["今天天气好"]))
    assert list(lazy.wrong_examples()) == ["rules drowning.water: '今天天气好' raises nothing"]
    loud = DangerRules.from_mapping(edited("shields.past.examples", ["孩子掉河里了"]))
    assert list(loud.wrong_examples()) == ["past: '孩子掉河里了' raises drowning.water"]


@pytest.mark.parametrize("kind", sorted(content()["kinds"]))
def test_each_answer_names_the_numbers_and_treats_nothing(kind: str) -> None:
    answer = rules().kinds[kind].answer
    assert "已提醒工作人员" in answer
    assert all(number in answer for number in rules().kinds[kind].call)
    assert not any(word in answer for word in ("催吐", "按压", "拍背", "冲洗", "24 小时", "吗", "？"))


def test_words_with_options_and_gaps() -> None:
    assert read_word("(叫|喊)[他]…不醒").pieces == (("叫他", "叫", "喊他", "喊"), ("不醒",))
    assert [word.gaps for word in read_words("甲…乙、甲……乙\n甲")] == [(6,), (14,), ()]


def test_a_lexicon_finds_masks_gaps_and_whole_latin_words() -> None:
    lists = {"bad": read_words("抽、叫…不醒、fire"), "mask": read_words("抽空")}
    lexicon = Lexicon(lists, "mask")
    assert lexicon.find("抽空，又抽", (0,) * 5)["bad"] == [Span(4, 5)]
    assert lexicon.find("叫他不醒", (0,) * 4) == {"bad": [Span(0, 4)]}
    assert lexicon.find("叫，不醒", (0, 0, 1, 1)) == {}
    assert lexicon.find("fired fire", (0,) * 10) == {"bad": [Span(6, 10)]}


def test_clauses() -> None:
    assert cut("甲，乙 丙。a b").clauses == (0, 0, 1, 1, 2, 2, 3, 3, 3)
    assert cut("甲，乙。丙").sentences == (0, 0, 0, 0, 1)
    assert cut_before(cut("甲乙丙"), [1]).clauses == (0, 1, 1)


def test_typed_pinyin() -> None:
    heard = typed("haizi ka zhu le!")
    assert heard is not None
    assert (len(heard.text), heard.starts, heard.ends[-1]) == (6, (0, 3, 6, 9, 13, 15), 16)
    assert typed("my child is fine today") is None
    assert typed("孩子卡住了") is None
