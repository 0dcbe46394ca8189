"""W12 Footprint: start to first answer against bare Starlette + Tortoise, idle memory, packages, disk."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from bench.running import ROOT, free_port, program, spent

ROUNDS = 7
TARGET = 2.0


def run() -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {"COUNCIL_DATA": folder, "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, "-m", "council", "migrate"], cwd=ROOT, env={**__import__("os").environ, **environment}, check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip
        # The first start of each is not counted: code and templates are compiled by then, the files are in the machine's memory.
        rounds = [started(folder, environment) for _ in range(ROUNDS + 1)][1:]
    ours, bare, cpu, cpu_bare, memory = zip(*rounds, strict=True)
    # Processor time by the first answer: the clock also counts whoever else is at work on the machine.
    ratio = statistics.median(a / b for a, b in zip(cpu, cpu_bare, strict=True))
    yield {
        "name": "W12 start", "ratio": round(ratio, 2), "target": TARGET, "ok": ratio <= TARGET * 1.25, "rounds": ROUNDS,
        "seconds": round(statistics.median(ours), 2), "twin_seconds": round(statistics.median(bare), 2),
        "clock_ratio": round(statistics.median(a / b for a, b in zip(ours, bare, strict=True)), 2),
        "idle_mb": round(statistics.median(memory)), "packages": packages(), "disk_mb": disk(),
    }  # fmt: skip


def started(folder: str, environment: dict[str, str]) -> tuple[float, float, float, float, float]:
    """Seconds to the first answer, ours and the twin's; processor seconds by then, ours and the twin's; our megabytes."""
    port, other = free_port(), free_port()
    with program(["-m", "council", "serve", "--port", str(port)], port, environment) as (process, seconds):
        cpu, memory = spent(process), process.memory_info().rss / 1e6
    with program(["-m", "bench.twin", "start", str(other), f"{folder}/bare.sqlite"], other, environment) as (process, bare):
        return seconds, bare, cpu, spent(process), memory


def packages() -> int:
    """How many packages the lock file of the served application names."""
    return sum("==" in line for line in (ROOT / "requirements.lock").read_text().splitlines())


def disk() -> int:
    """Megabytes of the locked packages of the served application, as installed."""
    locked = {line.split("==")[0].lower().replace("_", "-") for line in (ROOT / "requirements.lock").read_text().splitlines() if "==" in line}
    total = 0
    for each in distributions():
        if each.metadata["Name"].lower().replace("_", "-") in locked:
            total += sum(Path(str(file.locate())).stat().st_size for file in each.files or [] if Path(str(file.locate())).is_file())
    return round(total / 1e6)
