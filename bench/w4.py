"""W4 Live room: an act of the chair reaches 100, 500, 1,000 and 2,000 open streams, against a bare ASGI loop that sends the same bytes.

Both are measured alike by one listening process: from the moment the act is asked for to the moment the last stream has heard of it. Processor time
and memory are the server's own. Our side renders, asks permission and numbers what it sends; the twin only sends.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import psutil

from bench.running import ROOT, free_port, program, spent

SIZES, ROUNDS, EVENTS = (100, 500, 1_000, 2_000), 3, 6
LAST, MEMORY = 1.5, 1.5  # our last listener and our bytes a seat, as a share of the twin's
GET = "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{more}Sec-Fetch-Site: same-origin\r\n\r\n"
TWIN = "bench.w4_twin"


def run() -> Iterator[dict[str, Any]]:
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with contextlib.ExitStack() as stack:
        hall = Hall(stack)
        for size in SIZES:
            rounds = [(asyncio.run(hall.ours(size)), asyncio.run(hall.twin(size))) for _ in range(ROUNDS)]
            yield from told(size, rounds)


def told(size: int, rounds: list[tuple[dict[str, float], dict[str, float]]]) -> Iterator[dict[str, Any]]:
    """Two lines a size: how late the last one hears, what a seat weighs."""
    for what, target, shown in (("last", LAST, "ms"), ("memory", MEMORY, "kb")):
        ratio = round(statistics.median(ours[what] / twin[what] for ours, twin in rounds), 2)
        middle = [round(statistics.median(side[what] for side in sides), 1) for sides in zip(*rounds, strict=True)]
        more = {"cpu_ms_a_client": round(statistics.median(ours["cpu"] for ours, _ in rounds), 4)} if what == "last" else {}
        yield {
            "name": f"W4 {what} of {size}", "ratio": ratio, "target": target, "ok": ratio <= target * 1.25, "rounds": ROUNDS,
            shown: middle[0], f"twin_{shown}": middle[1], **more,
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

    async def ours(self, size: int) -> dict[str, float]:
        port = free_port()
        with program(["-m", "council", "serve", "--port", str(port)], port, self.environment) as (server, _):
            path = f"/meetings/{self.planted['meeting']}/stream?page=wall"
            tokens = self.planted["tokens"]
            heads = [GET.format(path=path, port=port, more=f"Cookie: __Host-session={tokens[n % len(tokens)]}\r\n").encode() for n in range(size)]
            return await measured(server, port, heads, lambda: act(port, tokens[0], f"/meetings/{self.planted['meeting']}/order"))

    async def twin(self, size: int) -> dict[str, float]:
        port = free_port()
        with program(["-m", TWIN, str(port)], port, self.environment) as (server, _):
            heads = [GET.format(path="/stream", port=port, more="").encode() for _ in range(size)]
            return await measured(server, port, heads, lambda: act(port, "", "/act"))


async def measured(server: psutil.Process, port: int, heads: list[bytes], act: Any) -> dict[str, float]:
    """Milliseconds to the last listener, processor milliseconds for one of them, kilobytes of memory a seat; medians of some events."""
    before = server.memory_info().rss
    ears = [Ear() for _ in heads]
    for start in range(0, len(heads), 100):
        await asyncio.gather(*(ear.open(port, head) for ear, head in zip(ears[start : start + 100], heads[start : start + 100], strict=True)))
    await asyncio.sleep(1.5)
    weight = (server.memory_info().rss - before) / len(heads) / 1e3
    late, cost = [], []
    for _ in range(EVENTS):
        for ear in ears:
            ear.heard.clear()
        begun, used = time.perf_counter(), spent(server)
        await act()
        await asyncio.wait_for(asyncio.gather(*(ear.heard.wait() for ear in ears)), 30)
        late.append((max(ear.at for ear in ears) - begun) * 1e3)
        await asyncio.sleep(0.4)
        cost.append((spent(server) - used) / len(ears) * 1e3)
    for ear in ears:
        ear.writer.close()
    return {"last": statistics.median(late), "memory": max(weight, 0.1), "cpu": statistics.median(cost)}


class Ear(asyncio.Protocol):
    """A listener that only notes when it heard something."""

    def __init__(self) -> None:
        self.heard, self.at = asyncio.Event(), 0.0
        self.writer: Any = None

    async def open(self, port: int, head: bytes) -> None:
        self.writer, _ = await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", port)
        self.writer.write(head)
        await asyncio.wait_for(self.heard.wait(), 30)

    def data_received(self, data: bytes) -> None:
        self.at = time.perf_counter()
        self.heard.set()


async def act(port: int, token: str, path: str) -> None:
    """One act of the chair over HTTP."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = b"rules=time"
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: __Host-session={token}\r\nSec-Fetch-Site: same-origin\r\n"
    more = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    writer.write((head + more).encode() + body)
    if (await reader.readline()).split()[1] not in (b"200", b"303"):
        raise RuntimeError(path)
    writer.close()


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
        tokens = [await signed_in(world.secretary) for _ in range(max(SIZES) // PER_HOLDER + 1)]
        return {"meeting": cast.meeting.id, "tokens": tokens}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(plant())))
