"""The operators' commands: `python -m knowledge check | ask "问题"`."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from knowledge import checks, preview, replay
from knowledge.content_files import gather
from knowledge.findings import ContentError, Finding, Weight
from knowledge.library import Library, load

CONTENT = Path(__file__).resolve().parent / "content"
CACHE = Path("var/cache")
ENTRIES_SHOWN = 10

cli = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help="托问的内容：检查、试问。"
)
Folder = Annotated[Path, typer.Argument(envvar="TUOWEN_KNOWLEDGE_DIR", help="内容所在的文件夹。")]
FolderOption = Annotated[Path, typer.Option("--dir", envvar="TUOWEN_KNOWLEDGE_DIR", help="内容所在的文件夹。")]
CacheOption = Annotated[Path, typer.Option("--cache", help="放缓存的文件夹，可以随时删掉。")]


@cli.command()
def check(
    folder: Folder = CONTENT,
    everything: Annotated[bool, typer.Option("--all", help="列出每一句会被抢走的问法，不只列明显的。")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，给别的程序看。")] = False,
    cache: CacheOption = CACHE,
) -> None:
    """检查内容；没有错误时，再把每一句问法和试问放到整个库里重放。有错误时退出码为 1。"""
    content = gather(folder)
    found = sorted(content.findings + checks.quick(content, datetime.now(ZoneInfo("Asia/Shanghai")).date()))
    report = None
    if not any(finding.weight is Weight.ERROR for finding in found):
        report = replay.replay(Library(content, cache))
        found = sorted(found + replay.findings(content, report, everything=everything))
    if as_json:
        typer.echo(json.dumps(_as_json(found, report, everything), ensure_ascii=False, indent=1))
    else:
        for line in _as_text(found, report, everything):
            typer.echo(line)
    raise typer.Exit(0 if report else 1)


@cli.command()
def ask(
    question: Annotated[str, typer.Argument(help="家长会怎么问。")],
    after: Annotated[list[str] | None, typer.Option("--after", help="前面说过的话，可以写几次。")] = None,
    folder: FolderOption = CONTENT,
    cache: CacheOption = CACHE,
) -> None:
    """试问一句：看它被怎样理解，家长会看到什么。"""
    try:
        library = load(folder, cache)
    except ContentError as error:
        for finding in error.findings:
            typer.echo(finding.labelled, err=True)
        typer.echo("内容有错误，改好才能试问。", err=True)
        raise typer.Exit(1) from error
    for line in preview.explained(library, preview.asked(library, question, after or [])):
        typer.echo(line)


def _as_text(found: list[Finding], report: replay.Replay | None, everything: bool) -> Iterator[str]:
    yield from (finding.labelled for finding in found)
    errors = sum(finding.weight is Weight.ERROR for finding in found)
    if report is not None:
        yield from _summary(report, everything)
    yield f"错误 {errors} 处，提醒 {len(found) - errors} 处。" + ("有错误的内容不会发布，请先改好。" if errors else "")


def _summary(report: replay.Replay, everything: bool) -> Iterator[str]:
    clear = sum(theft.clear for theft in report.thefts)
    yield (
        f"重放：问法 {report.phrasings} 句，去掉自己以后有 {report.stolen('phrasings')} 句更像别的条目；"
        f"试问 {report.probes} 句，有 {report.stolen('probes')} 句。差距明显（{replay.CLEAR} 分以上）的 {clear} 句"
        + ("。" if everything else "列在上面，全部请加 --all。")
    )
    robbed = list(report.by_entry().items())
    for entry, thefts in robbed if everything else robbed[:ENTRIES_SHOWN]:
        worst = thefts[0]
        yield f"  {entry}：{len(thefts)} 句；最明显“{worst.text}”→ {worst.thief}，{worst.own_score:.2f} 比 {worst.score:.2f}"


def _as_json(found: list[Finding], report: replay.Replay | None, everything: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {"findings": [asdict(finding) for finding in found], "replay": None}
    if report is not None:
        thefts = [theft for theft in report.thefts if everything or theft.clear]
        shown["replay"] = {
            "phrasings": report.phrasings,
            "stolen_phrasings": report.stolen("phrasings"),
            "probes": report.probes,
            "stolen_probes": report.stolen("probes"),
            "thefts": [asdict(theft) for theft in thefts],
        }
    return shown


if __name__ == "__main__":
    cli()
