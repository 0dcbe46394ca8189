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

from bench.running import ROOT, free_port, program

ROUNDS = 7
TARGET = 2.0


def run() -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {"COUNCIL_DATA": folder, "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, "-m", "council", "migrate"], cwd=ROOT, env={**__import__("os").environ, **environment}, check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip
        ours, bare, memory = [], [], []
        for _ in range(ROUNDS):
            port = free_port()
            with program(["-m", "council", "serve", "--port", str(port)], port, environment) as (process, seconds):
                ours.append(seconds)
                memory.append(process.memory_info().rss / 1e6)
            port = free_port()
            with program(["-m", "bench.twin", "start", str(port), f"{folder}/bare.sqlite"], port, environment) as (_, seconds):
                bare.append(seconds)
    ratio = statistics.median(a / b for a, b in zip(ours, bare, strict=True))
    yield {
        "name": "W12 start", "ratio": round(ratio, 2), "target": TARGET, "ok": ratio <= TARGET * 1.25, "rounds": ROUNDS,
        "seconds": round(statistics.median(ours), 2), "twin_seconds": round(statistics.median(bare), 2),
        "idle_mb": round(statistics.median(memory)), "packages": packages(), "disk_mb": disk(),
    }  # fmt: skip


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
