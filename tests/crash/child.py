"""A bot process that can be killed: messages come as JSON lines on stdin, acknowledgements leave on stdout.

What it delivers is appended to a journal, flushed to disk: the line is the channel's OK. With a point and a number it
kills itself when it passes that point for that number's time. Started by the tests beside it.
"""

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
from dataclasses import dataclass

import structlog

from bot.outbox import Parcel
from bot.writer import Probe
from db.engine import open_engine
from tests.fakes.backbone import Backbone, Remembering, backbone, message


@dataclass
class Journal(Remembering):
    """A carrier whose deliveries outlive the process."""

    path: str = ""

    async def carry(self, parcel: Parcel) -> str:
        line = json.dumps({"id": parcel.id, "chat": parcel.address.id, "text": parcel.reply.text}) + "\n"
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, line.encode())
        os.fsync(handle)
        os.close(handle)
        await asyncio.sleep(0.002)
        return str(parcel.id)


def killer(point: str, passing: int) -> Probe:
    """A probe that kills the process when it passes the point for the given time (0: never)."""
    passed = 0

    def probe(here: str) -> None:
        nonlocal passed
        if here == point:
            passed += 1
            if passed == passing:
                os.kill(os.getpid(), signal.SIGKILL)

    return probe


async def serve(bot: Backbone) -> None:
    """Acknowledge each message when it is committed, until stdin ends."""
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    async with asyncio.TaskGroup() as tasks:
        while line := await lines.readline():
            tasks.create_task(take(bot, json.loads(line)))


async def take(bot: Backbone, update: dict[str, str]) -> None:
    said = message(update["text"], chat=update["chat"], message_id=update["id"])
    receipt = await bot.intake.receive(said)
    sys.stdout.write(json.dumps({"id": update["id"], "fresh": receipt.fresh}) + "\n")
    sys.stdout.flush()


async def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("url")
    options.add_argument("journal")
    options.add_argument("--point", default="")
    options.add_argument("--passing", type=int, default=0)
    chosen = options.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    engine = open_engine(chosen.url)
    probe = killer(chosen.point, chosen.passing)
    async with backbone(engine, carrier=Journal(path=chosen.journal), probe=probe, lease=2.0, poll=0.3) as bot:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await serve(bot)
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main())
