"""W1 Matter list: 20 rows for a signed-in resident at 10^2 and 10^5 matters, all middleware on, against the bare 20-row page."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psutil

from bench.running import ROOT, cost, free_port, program

ROUNDS = 5
REQUESTS = 120
TARGET = 3.0
FLAT = 1.2


SIZES = (100, 100_000)


def run() -> Iterator[dict[str, Any]]:
    with contextlib.ExitStack() as stack:
        servers = {size: started(stack, size) for size in SIZES}
        rounds = [{size: measured(servers[size]) for size in SIZES} for _ in range(ROUNDS)]
    for size in SIZES:
        ratio = round(statistics.median(ours / twin for ours, twin in (each[size] for each in rounds)), 2)
        yield {
            "name": f"W1 list at {size}", "ratio": ratio, "target": TARGET, "ok": ratio <= TARGET * 1.25, "rounds": ROUNDS,
            "ms": round(statistics.median(each[size][0] for each in rounds) * 1e3, 2),
            "twin_ms": round(statistics.median(each[size][1] for each in rounds) * 1e3, 2),
        }  # fmt: skip
    growth = round(statistics.median(each[SIZES[1]][0] / each[SIZES[0]][0] for each in rounds), 2)
    yield {"name": "W1 growth 10^2 to 10^5", "ratio": growth, "target": FLAT, "ok": growth <= FLAT * 1.25, "rounds": ROUNDS}


@dataclass
class Pair:
    """Our server and its twin over the same database."""

    ours: psutil.Process
    port: int
    twin: psutil.Process
    other: int
    headers: dict[str, str]


def started(stack: contextlib.ExitStack, size: int) -> Pair:
    """Both servers over `size` matters, warmed."""
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    environment = {"COUNCIL_DATA": folder, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "bench.w1", str(size)]
    planted = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=True)
    port, other = free_port(), free_port()
    ours, _ = stack.enter_context(program(["-m", "council", "serve", "--port", str(port)], port, environment))
    twin, _ = stack.enter_context(program(["-m", "bench.twin", "rows", str(other), f"{folder}/council.sqlite"], other, environment))
    pair = Pair(ours, port, twin, other, {"Cookie": f"__Host-session={json.loads(planted.stdout.splitlines()[-1])}"})
    cost(ours, port, "/matters", 40, pair.headers)
    cost(twin, other, "/matters", 40)
    return pair


def measured(pair: Pair) -> tuple[float, float]:
    """Processor seconds a page: ours, the twin's."""
    return cost(pair.ours, pair.port, "/matters", REQUESTS, pair.headers), cost(pair.twin, pair.other, "/matters", REQUESTS * 4)


async def named() -> list[dict[str, Any]]:
    from council.db import sql

    return await sql("SELECT id, title FROM matter")


async def plant(size: int) -> str:
    """A community with `size` public matters; the session of one resident."""
    from council import clock, db
    from council.neighbourhood.journal import writing
    from council.proceedings.matters import Matter
    from council.secretariat.search import SearchEntry, grams
    from tests.client import signed_in
    from tests.world import build

    await db.migrate()
    async with db.connected():
        world = await build()
        words = ["停车位不够", "楼道灯不亮", "垃圾投放点移位", "绿化补种", "健身器材坏了", "屋面漏水"]
        made = [
            Matter(
                code_digest=str(n), title=f"{words[n % 6]}（{n}）", text=words[n % 6] * 8, place_id=world.grid.id, path=world.grid.path,
                affair="COLLABORATIVE" if n % 5 else "OFFICIAL", stage="confirmed", public=True, reported_at=clock.now(), spot="3号楼北侧",
            )
            for n in range(size)
        ]  # fmt: skip
        async with writing():
            await Matter.bulk_create(made, batch_size=2000)
            # As they would be found by searching: else the server writes that down while it is measured.
            found = [SearchEntry(subject="Matter", subject_id=m["id"], path=world.grid.path, grams=grams(m["title"])) for m in await named()]
            await SearchEntry.bulk_create(found, batch_size=2000)
        return await signed_in(world.resident)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(plant(int(sys.argv[1])))))
