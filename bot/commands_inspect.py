"""Commands that look: `python -m bot eval FILE` and `python -m bot cases`."""

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from bot import case_list, evaluate
from bot.decide import Decider
from bot.house import built
from bot.running import complain, go, settings
from bot.voice import Say
from knowledge.shelf import Shelf


def evaluate_file(
    file: Annotated[Path, typer.Argument(help="JSON Lines: id, text, context, expect, kind.")],
    jobs: Annotated[int, typer.Option(help="Kept for callers; the items share one event loop.")] = 1,
) -> None:
    """Measure the bot on a labelled file: results to standard output, a table to standard error."""
    chosen = settings()
    try:
        items = evaluate.read_items(file.read_text(encoding="utf-8").splitlines())
    except (OSError, ValueError) as error:
        raise typer.Exit(complain(f"{file}: {error}")) from error

    async def measuring() -> None:
        shelf = Shelf(chosen.knowledge_dir, chosen.state_dir / "cache")
        say: Say = shelf.library.say
        results = await evaluate.evaluate(items, Decider(lambda: shelf.library, timedelta(0)), say)
        for result in results:
            print(json.dumps(result, ensure_ascii=False))
        print(evaluate.summary(items, results), file=sys.stderr)

    go(measuring())


def list_cases(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
    limit: Annotated[int, typer.Option(help="At most so many.")] = 50,
) -> None:
    """List what waits for a person, the most urgent first."""

    async def listing() -> None:
        async with built(settings()) as house:
            found = await case_list.waiting(house.writer.engine, limit)
            print(case_list.as_json(found) if as_json else case_list.as_text(found, house.say))

    go(listing())
