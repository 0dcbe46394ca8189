"""W1 Matter list: 20 rows for a signed-in resident at 10^2 and 10^5 matters, all middleware on, against the bare 20-row page."""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

from bench.running import ROOT, cost, free_port, program

ROUNDS = 5
REQUESTS = 120
TARGET = 3.0
FLAT = 1.2


def run() -> Iterator[dict[str, Any]]:
    ratios, ours = {}, {}
    for size in (100, 100_000):
        with tempfile.TemporaryDirectory() as folder:
            environment = {**os.environ, "COUNCIL_DATA": folder, "PYTHONPATH": str(ROOT)}
            command = [sys.executable, "-m", "bench.w1", str(size)]
            planted = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
            token = json.loads(planted.stdout.splitlines()[-1])
            ratios[size], ours[size], twin = compare(folder, token)
            yield {
                "name": f"W1 list at {size}", "ratio": ratios[size], "target": TARGET, "ok": ratios[size] <= TARGET * 1.25, "rounds": ROUNDS,
                "ms": round(ours[size] * 1e3, 2), "twin_ms": round(twin * 1e3, 2),
            }  # fmt: skip
    growth = round(ours[100_000] / ours[100], 2)
    yield {"name": "W1 growth 10^2 to 10^5", "ratio": growth, "target": FLAT, "ok": growth <= FLAT * 1.25, "rounds": ROUNDS}


def compare(folder: str, token: str) -> tuple[float, float, float]:
    """The median ratio, our processor seconds a page, the twin's: interleaved."""
    port, other = free_port(), free_port()
    environment = {"COUNCIL_DATA": folder, "PYTHONPATH": str(ROOT)}
    headers = {"Cookie": f"__Host-session={token}"}
    with (
        program(["-m", "council", "serve", "--port", str(port)], port, environment) as (ours, _),
        program(["-m", "bench.twin", "rows", str(other), f"{folder}/council.sqlite"], other, environment) as (twin, _),
    ):
        cost(ours, port, "/matters", 30, headers)
        cost(twin, other, "/matters", 30)
        pairs = [(cost(ours, port, "/matters", REQUESTS, headers), cost(twin, other, "/matters", REQUESTS * 4)) for _ in range(ROUNDS)]
    return (
        round(statistics.median(a / b for a, b in pairs), 2),
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
    )


async def plant(size: int) -> str:
    """A community with `size` public matters; the session of one resident."""
    from council import clock, db
    from council.neighbourhood.journal import writing
    from council.proceedings.matters import Matter
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
        return await signed_in(world.resident)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(plant(int(sys.argv[1])))))
