"""The operators' commands."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from knowledge.__main__ import cli

SHIPPED = Path(__file__).parent.parent.parent / "knowledge" / "content"


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Result]:
    def run(*arguments: object, environment: dict[str, str] | None = None) -> Result:
        words = [*map(str, arguments), "--cache", str(tmp_path / "cache")]
        return CliRunner().invoke(cli, words, env=environment, catch_exceptions=False)

    return run


def test_check_of_good_content(run: Callable[..., Result], folder: Path) -> None:
    result = run("check", folder)
    assert result.exit_code == 0
    assert "重放：问法 42 句" in result.output
    assert result.output.endswith("错误 0 处，提醒 0 处。\n")


def test_check_lists_clear_thefts_or_all(run: Callable[..., Result], folder: Path) -> None:
    lines = run("check", folder).output.splitlines()
    everything = run("check", folder, "--all").output.splitlines()
    assert len(everything) > len(lines)
    assert any("抢走" in line for line in everything)


def test_check_of_broken_content(run: Callable[..., Result], overlay: Callable[[str], Path]) -> None:
    result = run("check", overlay("wide-colon"))
    assert result.exit_code == 1
    assert "错误 outside/broken.yaml:2: “title”后面是全角冒号" in result.output
    assert result.output.endswith("错误 1 处，提醒 0 处。有错误的内容不会发布，请先改好。\n")


def test_check_of_warnings_only(run: Callable[..., Result], overlay: Callable[[str], Path]) -> None:
    result = run("check", overlay("few-phrasings"))
    assert result.exit_code == 0
    assert "提醒 faq/modes/half_day.yaml:3: 只有 19 种问法" in result.output


def test_check_of_no_folder(run: Callable[..., Result], tmp_path: Path) -> None:
    result = run("check", tmp_path / "nowhere")
    assert result.exit_code == 1
    assert "文件打不开" in result.output


def test_check_as_json(run: Callable[..., Result], folder: Path, overlay: Callable[[str], Path]) -> None:
    good = json.loads(run("check", folder, "--json", "--all").output)
    assert good["replay"]["phrasings"] == 42
    assert len(good["replay"]["thefts"]) == good["replay"]["stolen_phrasings"] + good["replay"]["stolen_probes"]
    bad = json.loads(run("check", overlay("wide-colon"), "--json").output)
    assert bad["replay"] is None
    assert [(f["file"], f["line"], f["rule"], f["weight"]) for f in bad["findings"]] == [
        ("outside/broken.yaml", 2, "wide-colon", "error")
    ]


def test_the_environment_names_the_folder(run: Callable[..., Result], folder: Path) -> None:
    result = run("ask", "半日托是上午还是下午", environment={"TUOWEN_KNOWLEDGE_DIR": str(folder)})
    assert "最像：半日托（modes.half_day）" in result.output


def test_ask_of_broken_content(run: Callable[..., Result], overlay: Callable[[str], Path]) -> None:
    result = run("ask", "半日托", "--dir", overlay("wide-colon"))
    assert result.exit_code == 1
    assert "内容有错误，改好才能试问。" in result.output


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        (
            "孩子一岁半，半日托是上午还是下午",
            ["年龄 1 岁 6 个月", "照护方式 半日托", "直接回答", "半日托就是只送半天。"],
        ),
        ("孩子噎住了", ["结果：紧急", "规则 breathing.choking", "请马上拨打 120"]),
        ("明天下雨吗", ["不在范围内", "天气我不知道。"]),
        ("？？？", ["没有能读的文字"]),
    ],
)
def test_ask(run: Callable[..., Result], folder: Path, question: str, shown: list[str]) -> None:
    result = run("ask", question, "--dir", folder)
    assert result.exit_code == 0
    for text in shown:
        assert text in result.output


def test_ask_after_something_said(run: Callable[..., Result], folder: Path) -> None:
    result = run("ask", "那全日的呢", "--dir", folder, "--after", "孩子一岁半，半日托是上午还是下午")
    assert "记得：" in result.output
    assert "1 岁 6 个月" in result.output
