"""W5 Ballot storm: 2,000 phones listen to a meeting while they vote over 64 connections as fast as they can and somebody opens other pages.

The twin takes votes like that of W3 and tells its 2,000 listeners the number, at most ten times a second. Both halls stand open at the same time and
are stormed in turn. Every vote answered is counted in the database afterwards, and the last turnout that the listeners heard must be that number.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import secrets
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench import w3
from bench.ears import GET, Ear, close, enough_files, opened
from bench.running import ROOT, free_port, program, spent

LISTENERS, ROUNDS, EACH = 2_000, 3, 500
SHARE, LAG, PAGE = 0.35, 1.5, 4.0  # our votes a second, our last listener after the last vote, and another page meanwhile, against the twin's
BROADCASTS = 11  # a second: ten, and one that falls in by its edge
TURNOUT = re.compile(r"(\d+)[^<\d]{1,12}2000")


def run() -> Iterator[dict[str, Any]]:
    enough_files()
    with contextlib.ExitStack() as stack:
        rounds, exact = asyncio.run(stormed(Ours(stack), Twin(stack)))
    share, lag, page, cpu = (
        round(statistics.median(ours[what] / twin[what] for ours, twin in rounds), 2) for what in ("rate", "lag", "page", "cpu")
    )
    ours, twin = ({what: statistics.median(side[what] for side in sides) for what in sides[0]} for sides in zip(*rounds, strict=True))
    heard = max(each["broadcasts"] for each, _ in rounds)
    yield {
        "name": f"W5 votes, {LISTENERS} listen", "ratio": share, "target": SHARE, "at_least": True,
        "ok": share >= SHARE / 1.25 and exact, "rounds": ROUNDS,
        "cpu_share": round(1 / cpu, 2), "cpu_ms": round(ours["cpu"] * 1e3, 2), "votes_a_second": round(ours["rate"]),
        "twin_votes_a_second": round(twin["rate"]), "p99_ms": round(ours["p99"]),
        "twin_p99_ms": round(twin["p99"]), "exactly_once": exact,
    }  # fmt: skip
    yield {
        "name": "W5 last turnout reaches all", "ratio": lag, "target": LAG, "ok": lag <= LAG * 1.25 and heard <= BROADCASTS, "rounds": ROUNDS,
        "ms": round(ours["lag"]), "twin_ms": round(twin["lag"]), "broadcasts_a_second": round(heard, 1),
    }  # fmt: skip
    yield {
        "name": "W5 another page meanwhile", "ratio": page, "target": PAGE, "ok": page <= PAGE * 1.25, "rounds": ROUNDS,
        "ms": round(ours["page"], 1), "twin_ms": round(twin["page"], 1),
    }  # fmt: skip


class Ours:
    """Our server with a meeting of 2,000 confirmed seats and an open vote; whoever listens also votes."""

    page = "/matters"

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self.folder = stack.enter_context(tempfile.TemporaryDirectory())
        environment = {"COUNCIL_DATA": self.folder, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-m", "bench.w5"], cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=True
        )
        planted = json.loads(done.stdout.splitlines()[-1])
        self.tokens, self.port, self.next = planted["tokens"], free_port(), 0
        self.server, _ = stack.enter_context(program(["-m", "council", "serve", "--port", str(self.port)], self.port, environment))
        cookies = [f"Cookie: __Host-session={token}\r\n" for token in self.tokens]
        self.heads = [GET.format(path=f"/meetings/{planted['meeting']}/stream", port=self.port, more=cookie).encode() for cookie in cookies]
        self.votes = [
            w3.request(w3.HEAD.format(ballot=planted["ballot"], port=self.port, more=cookie), f"choice={w3.CHOICES[n % 3]}")
            for n, cookie in enumerate(cookies)
        ]

    def taken(self) -> int:
        with contextlib.closing(sqlite3.connect(f"{self.folder}/council.sqlite")) as found:
            return int(found.execute("SELECT COUNT(*) FROM vote").fetchone()[0])


class Twin:
    """The bare program, its file on the same disk."""

    page = "/health"

    def __init__(self, stack: contextlib.ExitStack) -> None:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        self.port, self.next = free_port(), 0
        command = ["-m", "bench.w5_twin", str(self.port), str(Path(folder) / "twin.sqlite")]
        self.server, _ = stack.enter_context(program(command, self.port, {"PYTHONPATH": str(ROOT)}))
        self.heads = [GET.format(path="/stream", port=self.port, more="").encode()] * LISTENERS
        head = w3.HEAD.format(ballot=1, port=self.port, more="")
        self.votes = [w3.request(head, f"voter=person:{n}&choice={w3.CHOICES[n % 3]}") for n in range(LISTENERS)]


async def stormed(ours: Ours, twin: Twin) -> tuple[list[tuple[dict[str, float], dict[str, float]]], bool]:
    """Rounds of ours and the twin's, and whether every vote answered was counted once and told."""
    said: list[bytes] = []
    hall, other = await opened(ours.port, ours.heads), await opened(twin.port, twin.heads)
    for ear in (hall[0], other[0]):
        ear.tell = said.append
    rounds = []
    for _ in range(ROUNDS + 1):
        rounds.append((await storm(ours, hall, said), await storm(twin, other, [])))
        told = TURNOUT.findall(b"".join(said).decode(errors="ignore"))
        exact = ours.taken() == ours.next and bool(told) and int(told[-1]) == ours.next
        if not exact:
            break
    close([*hall, *other])
    return rounds[1:], exact


async def storm(side: Ours | Twin, ears: list[Ear], said: list[bytes]) -> dict[str, float]:
    """Votes a second, the slowest hundredth, how long the last listener waits for the last turnout, and what another page takes meanwhile."""
    mine = side.votes[side.next : side.next + EACH]
    side.next += EACH
    said.clear()
    looked: list[float] = []
    looking = asyncio.create_task(look(side.port, side.page, looked))
    begun, used = time.perf_counter(), spent(side.server)
    took = await voted(side.port, mine)
    ended = time.perf_counter()
    looking.cancel()
    await asyncio.sleep(1.0)
    last = max(ear.at for ear in ears)
    return {
        "rate": EACH / (ended - begun), "cpu": (spent(side.server) - used) / EACH, "p99": sorted(took)[len(took) * 99 // 100] * 1e3,
        "lag": (last - ended) * 1e3, "page": statistics.median(looked) * 1e3, "broadcasts": len(said) / (last - begun),
    }  # fmt: skip


async def voted(port: int, requests: list[bytes]) -> list[float]:
    took: list[float] = []
    await asyncio.gather(*(w3.one(port, requests[n :: w3.CONNECTIONS], took) for n in range(w3.CONNECTIONS)))
    return took


async def look(port: int, path: str, looked: list[float]) -> None:
    """Somebody opens a page every now and then."""
    while True:
        await asyncio.sleep(0.05)
        begun = time.perf_counter()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(GET.format(path=path, port=port, more="Connection: close\r\n").encode())
        await reader.read()
        writer.close()
        looked.append(time.perf_counter() - begun)


async def plant() -> dict[str, Any]:
    """2,000 confirmed seats in an open meeting, an open vote, and a browser for each seat."""
    from council import clock, db
    from council.neighbourhood.credentials import Session
    from council.neighbourhood.journal import writing
    from council.routes.sessions import digest
    from tests.room import room
    from tests.world import build

    await db.migrate()
    tokens = [secrets.token_urlsafe(24) for _ in range(LISTENERS)]
    async with db.connected():
        world, now = await build(), clock.now()
        async with writing():
            hall = await room(world, LISTENERS, LISTENERS)
        ballot = await hall.ballot()
        rows = [
            Session(digest=digest(token), made_at=now, seen_at=now, ends_at=now + timedelta(days=1), carries=[[kind, number]])
            for token, who in zip(tokens, hall.members, strict=True) for kind, number in who.carries
        ]  # fmt: skip
        async with writing():
            await Session.bulk_create(rows, batch_size=500)
    return {"meeting": hall.meeting.id, "ballot": ballot.id, "tokens": tokens}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(plant())))
