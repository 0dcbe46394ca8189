"""W4 Live room: an act of the chair reaches 100, 500, 1,000 and 2,000 open streams, against a bare ASGI loop that sends the same bytes.

Both are measured alike by one listening process: from the moment the act is asked for to the moment the last stream has heard of it. Processor time
and memory are the server's own. Our side takes the act (sign-in, permission, a commit on the disk), renders, and numbers what it sends; the twin
only sends. What the act itself costs weighs most in a small room, so the curve over the sizes is told and the full hall is judged.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import psutil

from bench.ears import GET, act, close, enough_files, opened
from bench.running import ROOT, free_port, program, spent

SIZES, ROUNDS, EVENTS, WARM = (100, 500, 1_000, 2_000), 3, 6, 20
LAST, MEMORY, CPU = 1.5, 1.5, 1.5  # our last listener, our bytes a seat and our processor time a listener, as a share of the twin's
TWIN = "bench.w4_twin"
Found = dict[int, dict[str, float]]


def run() -> Iterator[dict[str, Any]]:
    enough_files()
    with contextlib.ExitStack() as stack:
        hall = Hall(stack)
        rounds = [(asyncio.run(hall.ours()), asyncio.run(hall.twin())) for _ in range(ROUNDS)]
    for what, target, unit in (("last", LAST, "ms"), ("memory", MEMORY, "kb"), ("cpu", CPU, "ms_a_listener")):
        yield told(rounds, what, target, unit)


def told(rounds: list[tuple[Found, Found]], what: str, target: float, unit: str) -> dict[str, Any]:
    curve = {size: round(statistics.median(ours[size][what] / twin[size][what] for ours, twin in rounds), 2) for size in SIZES}
    most = SIZES[-1]
    ours, twin = (round(statistics.median(side[most][what] for side in sides), 3) for sides in zip(*rounds, strict=True))
    return {
        "name": f"W4 {what} of {most}", "ratio": curve[most], "target": target, "ok": curve[most] <= target * 1.25, "rounds": ROUNDS,
        unit: ours, f"twin_{unit}": twin, "curve": " ".join(f"{size}:{ratio}" for size, ratio in curve.items()),
    }  # fmt: skip


class Hall:
    """Our server with an open meeting, and its twin."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        self.environment = {"COUNCIL_DATA": folder, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-m", "bench.w4"], cwd=ROOT, env={**os.environ, **self.environment}, capture_output=True, text=True, check=True
        )
        self.planted = json.loads(done.stdout.splitlines()[-1])

    async def ours(self) -> Found:
        port, tokens, meeting = free_port(), self.planted["tokens"], f"/meetings/{self.planted['meeting']}"
        with program(["-m", "council", "serve", "--port", str(port)], port, self.environment) as (server, _):
            cookies = [f"Cookie: __Host-session={tokens[n % len(tokens)]}\r\n" for n in range(SIZES[-1])]
            heads = [GET.format(path=f"{meeting}/stream?page=wall", port=port, more=cookie).encode() for cookie in cookies]
            return await measured(server, port, heads, lambda: act(port, tokens[0], f"{meeting}/order"))

    async def twin(self) -> Found:
        port = free_port()
        with program(["-m", TWIN, str(port)], port, self.environment) as (server, _):
            heads = [GET.format(path="/stream", port=port, more="").encode()] * SIZES[-1]
            return await measured(server, port, heads, lambda: act(port, "", "/act"))


async def measured(server: psutil.Process, port: int, heads: list[bytes], acting: Callable[[], Awaitable[None]]) -> Found:
    """The hall fills up. At each size: milliseconds to the last listener and processor milliseconds for one of them, from some events, and
    kilobytes a seat. What a first visitor makes a server load is not counted."""
    first = await opened(port, heads[:WARM])
    await acting()
    await asyncio.sleep(0.5)
    close(first)
    await asyncio.sleep(0.5)
    found, ears, before = Found(), first[:0], server.memory_info().rss
    for size in SIZES:
        ears += await opened(port, heads[len(ears) : size])
        await asyncio.sleep(1.5)
        memory = (server.memory_info().rss - before) / size / 1e3
        events = [await event(server, ears, acting) for _ in range(EVENTS)]
        late, cost = zip(*events, strict=True)
        # Processor time is counted in hundredths of a second: the mean of the events tells more than their median.
        found[size] = {"last": statistics.median(late), "cpu": max(statistics.mean(cost), 1e-4), "memory": max(memory, 0.1)}
    close(ears)
    return found


async def event(server: psutil.Process, ears: list[Any], acting: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    """One act: milliseconds until the last has heard of it, processor milliseconds for each."""
    for ear in ears:
        ear.heard.clear()
    begun, used = time.perf_counter(), spent(server)
    await acting()
    await asyncio.wait_for(asyncio.gather(*(ear.heard.wait() for ear in ears)), 30)
    late = (max(ear.at for ear in ears) - begun) * 1e3
    await asyncio.sleep(0.4)
    return late, (spent(server) - used) / len(ears) * 1e3


async def plant() -> dict[str, Any]:
    """An open meeting; the chair's sessions, each for as many streams as one person may open."""
    from council import db
    from council.proceedings import chair
    from council.secretariat.streams import PER_HOLDER
    from tests.client import signed_in
    from tests.records.cast import called
    from tests.world import build

    await db.migrate()
    async with db.connected():
        world = await build()
        cast = await called(world)
        await chair.open(cast.meeting, by=world.secretary)
        tokens = [await signed_in(world.secretary) for _ in range(max(SIZES) // PER_HOLDER + WARM)]
        return {"meeting": cast.meeting.id, "tokens": tokens}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(plant())))
