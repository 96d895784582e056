"""The processes that are measured, and what the system tells about them."""

import asyncio
import contextlib
import os
import shutil
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.load import SECRET, Load

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Figures:
    """One line of the table."""

    name: str
    delay_ms: int
    rate: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    peak_mb: float
    lost: int


@asynccontextmanager
async def process(*arguments: str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A Python process that ends with the block."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield child
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.terminate()
        try:
            await asyncio.wait_for(child.wait(), 15)
        except TimeoutError:
            child.kill()
            await child.wait()


async def measure(
    name: str, delay_ms: int, seconds: float, port: int, arguments: list[str], environment: Mapping[str, str]
) -> Figures:
    """Start a bot beside a fake Bot API on `port`, warm it up, load it."""
    async with process("-m", "bench.fake_api", str(port), str(delay_ms / 1000)) as api:
        assert api.stdout is not None
        await api.stdout.readline()
        async with process(*arguments, **environment) as bot:
            webhook = (await asyncio.wait_for(api.stdout.readline(), 60)).decode().strip()
            load = Load(webhook)
            hearing = asyncio.create_task(_hear(api.stdout, load))
            draining = asyncio.create_task(_drain(bot))
            await asyncio.sleep(1)
            _, number = await load.run(2)
            load.seconds.clear()
            cpu = _cpu_seconds(bot.pid)
            took, _ = await load.run(seconds, number)
            figures = _figures(name, delay_ms, load, took, _cpu_seconds(bot.pid) - cpu, _peak_mb(bot.pid))
            hearing.cancel()
            draining.cancel()
    return figures


def _figures(name: str, delay_ms: int, load: Load, took: float, cpu: float, peak_mb: float) -> Figures:
    times = sorted(load.seconds)
    count = len(times)
    middle, high = times[count // 2] * 1000, times[int(count * 0.99)] * 1000
    return Figures(
        name, delay_ms, count / took, middle, high, cpu / count * 1000, peak_mb, load.refused + load.unanswered
    )


async def _hear(lines: asyncio.StreamReader, load: Load) -> None:
    while line := await lines.readline():
        load.answered(line.decode().strip())


async def _drain(bot: asyncio.subprocess.Process) -> None:
    assert bot.stdout is not None
    while await bot.stdout.read(65536):
        pass


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _peak_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def product(folder: Path, database_url: str, api_port: int, port: int) -> tuple[list[str], dict[str, str]]:
    """How the real product is started."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    environment = {
        "TUOWEN_TELEGRAM_TOKEN": "1:bench",
        "TUOWEN_TELEGRAM_API_URL": f"http://127.0.0.1:{api_port}",
        "TUOWEN_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "TUOWEN_WEBHOOK_SECRET": SECRET,
        "TUOWEN_BIND": f"127.0.0.1:{port}",
        "TUOWEN_DATABASE_URL": database_url,
        "TUOWEN_STATE_DIR": str(folder),
        "TUOWEN_TELEGRAM_RATE": "100000",
        "TUOWEN_BURST_SECONDS": "0",
        "TUOWEN_LOG_LEVEL": "ERROR",
    }
    return ["-m", "bot", "run"], environment
