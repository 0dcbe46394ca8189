"""W10 Coming in: a hall enters by personal links (the page with one's name, then the click), officers by password; other pages meanwhile.

By link against a bare twin that shows a page, then writes a session and a seat in one durable commit; by password against the bare hash. The page
that is opened during the hashing is compared with the same page of the same server while a bare program hashes beside it: both share the two cores
alike, so what is left is whether hashing stands in the way of pages inside our process.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from bench import w3
from bench.ears import GET
from bench.running import ROOT, free_port, program, spent
from bench.w10_twin import token

ROUNDS, EACH, CONNECTIONS, SIGN_INS = 3, 300, 64, 4
LINK, HASH, PAGE = 3.0, 1.1, 1.5
HEAD = "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nSec-Fetch-Site: same-origin\r\n"
LOGIN, PASSWORD = "zhoumin", "a password of three words"


def run() -> Iterator[dict[str, Any]]:
    with contextlib.ExitStack() as stack:
        ours, twin = Ours(stack), Twin(stack)
        rounds = [(asyncio.run(come_in(ours)), asyncio.run(come_in(twin))) for _ in range(ROUNDS + 1)][1:]
        yield by_link(rounds)
        signed = [(asyncio.run(sign_in(ours)), bare_hashes()) for _ in range(ROUNDS)]
        yield by_password(signed)
        pages = [(asyncio.run(looked(ours, signing(ours))), asyncio.run(looked(ours, hashing))) for _ in range(ROUNDS)]
        yield meanwhile(pages)


def by_link(rounds: list[tuple[dict[str, float], dict[str, float]]]) -> dict[str, Any]:
    ratio = round(statistics.median(ours["cpu"] / twin["cpu"] for ours, twin in rounds), 2)
    middle = [{what: statistics.median(side[what] for side in sides) for what in sides[0]} for sides in zip(*rounds, strict=True)]
    return {
        "name": "W10 by link", "ratio": ratio, "target": LINK, "ok": ratio <= LINK * 1.25, "rounds": ROUNDS,
        "cpu_ms": round(middle[0]["cpu"] * 1e3, 2), "twin_cpu_ms": round(middle[1]["cpu"] * 1e3, 2),
        "seconds_for_2000": round(middle[0]["wall"] * 2_000, 1), "twin_seconds": round(middle[1]["wall"] * 2_000, 1),
    }  # fmt: skip


def by_password(rounds: list[tuple[float, float]]) -> dict[str, Any]:
    ratio = round(statistics.median(ours / bare for ours, bare in rounds), 2)
    return {
        "name": "W10 by password", "ratio": ratio, "target": HASH, "ok": ratio <= HASH * 1.25, "rounds": ROUNDS,
        "cpu_ms": round(statistics.median(ours for ours, _ in rounds) * 1e3),
        "bare_cpu_ms": round(statistics.median(bare for _, bare in rounds) * 1e3),
    }  # fmt: skip


def meanwhile(pages: list[tuple[float, float]]) -> dict[str, Any]:
    ratio = round(statistics.median(ours / beside for ours, beside in pages), 2)
    return {
        "name": "W10 another page meanwhile", "ratio": ratio, "target": PAGE, "ok": ratio <= PAGE * 1.25, "rounds": ROUNDS,
        "ms": round(statistics.median(ours for ours, _ in pages) * 1e3, 1), "beside_ms": round(statistics.median(b for _, b in pages) * 1e3, 1),
    }  # fmt: skip


class Ours:
    """Our server with an open meeting, a personal link for everybody who will come, and an officer with a password."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        environment = {"COUNCIL_DATA": folder, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-m", "bench.w10"], cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=True
        )
        self.links, self.port = json.loads(done.stdout.splitlines()[-1]), free_port()
        self.server, _ = stack.enter_context(program(["-m", "council", "serve", "--port", str(self.port)], self.port, environment))


class Twin:
    """The bare program, its file on the same disk."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        folder, n = stack.enter_context(tempfile.TemporaryDirectory()), EACH * (ROUNDS + 1)
        self.links, self.port = [token(k) for k in range(n)], free_port()
        command = ["-m", "bench.w10_twin", str(self.port), str(Path(folder) / "twin.sqlite"), str(n)]
        self.server, _ = stack.enter_context(program(command, self.port, {"PYTHONPATH": str(ROOT)}))


async def come_in(side: Ours | Twin) -> dict[str, float]:
    """Processor and wall seconds for one of the two requests of somebody who comes in."""
    mine, side.links = side.links[:EACH], side.links[EACH:]
    used, begun = spent(side.server), time.perf_counter()
    await asyncio.gather(*(one(side.port, mine[n::CONNECTIONS]) for n in range(CONNECTIONS)))
    wall = time.perf_counter() - begun
    await asyncio.sleep(0.3)
    return {"cpu": (spent(side.server) - used) / EACH / 2, "wall": wall / EACH}


async def one(port: int, links: list[str]) -> None:
    """Opens each link and clicks."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for link in links:
        writer.write(GET.format(path=f"/i/{link}", port=port, more="").encode())
        await _answer(reader, b"200")
        writer.write(w3.request(HEAD.format(path=f"/i/{link}/seat", port=port), "where=room"))
        await _answer(reader, b"303")
    writer.close()


async def _answer(reader: asyncio.StreamReader, wanted: bytes) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    if head.split()[1] != wanted:
        raise RuntimeError(head[:300])
    length = next((line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), b":0")
    await reader.readexactly(int(length.partition(b":")[2]))


async def sign_in(ours: Ours, times: int = SIGN_INS) -> float:
    """Processor seconds of one sign-in by password, the whole request."""
    used = spent(ours.server)
    reader, writer = await asyncio.open_connection("127.0.0.1", ours.port)
    for _ in range(times):
        writer.write(w3.request(HEAD.format(path="/sign-in", port=ours.port), f"login={LOGIN}&password={PASSWORD.replace(' ', '+')}"))
        await _answer(reader, b"303")
    writer.close()
    return (spent(ours.server) - used) / times


def bare_hashes(times: int = SIGN_INS) -> float:
    done = subprocess.run([sys.executable, "-m", "bench.w10_twin", "hashes", str(times)], cwd=ROOT, capture_output=True, text=True, check=True)
    return float(done.stdout)


def signing(ours: Ours) -> Callable[[], Awaitable[Any]]:
    return lambda: asyncio.gather(sign_in(ours), sign_in(ours))


async def hashing() -> None:
    """Two at a time, as the server does it, but in programs of their own."""
    await asyncio.gather(*(asyncio.to_thread(bare_hashes) for _ in range(2)))


async def looked(ours: Ours, busy: Callable[[], Awaitable[Any]]) -> float:
    """Seconds that the list of meetings takes, the middle of many, while something else is going on."""
    took: list[float] = []
    going = asyncio.ensure_future(busy())
    reader, writer = await asyncio.open_connection("127.0.0.1", ours.port)
    while not going.done():
        begun = time.perf_counter()
        writer.write(GET.format(path="/meetings", port=ours.port, more="").encode())
        await _answer(reader, b"200")
        took.append(time.perf_counter() - begun)
        await asyncio.sleep(0.02)
    writer.close()
    await going
    return statistics.median(took)


async def plant() -> list[str]:
    """An open meeting with a personal link for everybody, and a secretary who has a password."""
    from council import db
    from council.neighbourhood.journal import writing
    from council.neighbourhood.passwords import set_password
    from council.proceedings.invitations import Invitation, link_digest
    from tests.room import room
    from tests.world import build

    await db.migrate()
    links = [secrets.token_urlsafe(24) for _ in range(EACH * (ROUNDS + 1))]
    async with db.connected():
        world = await build()
        hall = await room(world, 23, 12)
        made = [Invitation(meeting_id=hall.meeting.id, label=f"代表{n}", link_digest=link_digest(link)) for n, link in enumerate(links)]
        async with writing():
            await Invitation.bulk_create(made, batch_size=300)
        await set_password(world.secretary, LOGIN, PASSWORD)
    return links


if __name__ == "__main__":
    print(json.dumps(asyncio.run(plant())))
