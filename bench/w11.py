"""W11 Schedule: what clashes with a meeting, among 1,198 and among 78,000 others; 2,303 invitations against a bare executemany."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bench.running import ROOT

SIZES, PEOPLE, CHECKS = (1_198, 78_000), 2_303, 60
FLAT, STATEMENTS, TIMES = 1.5, 10, 8.0


def run() -> Iterator[dict[str, Any]]:
    """Each size in a process and a database of its own."""
    found = [measured(size) for size in SIZES]
    growth = round(found[1]["check"] / found[0]["check"], 2)
    yield {
        "name": "W11 conflict check growth", "ratio": growth, "target": FLAT, "ok": growth <= FLAT * 1.25, "rounds": CHECKS,
        "ms": round(found[1]["check"] * 1e3, 3), "bare_select_ms": round(found[1]["check_twin"] * 1e3, 3),
    }  # fmt: skip
    ratio = round(found[0]["invite"] / found[0]["invite_twin"], 2)
    counted = found[0]["statements"]
    yield {
        "name": f"W11 {PEOPLE} invitations", "ratio": ratio, "target": TIMES, "ok": counted <= STATEMENTS and ratio <= TIMES * 1.25, "rounds": 1,
        "seconds": round(found[0]["invite"], 3), "twin_seconds": round(found[0]["invite_twin"], 3), "statements": counted,
    }  # fmt: skip


def measured(size: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "COUNCIL_DATA": folder, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-m", "bench.w11", str(size), folder], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        return dict(json.loads(done.stdout.splitlines()[-1]))


async def inside(size: int, folder: str) -> dict[str, float]:
    from council import clock, db
    from council.neighbourhood.journal import writing
    from council.proceedings import clashes
    from council.proceedings.meetings import Meeting
    from tests.records.cast import drafted
    from tests.world import build

    await db.migrate()
    async with db.connected():
        world = await build()
        mine = await drafted(world)
        start = clock.now()
        made = [
            Meeting(
                kind="grid_meeting", title="网格邻里会", place_id=world.grid.id, path=world.grid.path, chair_id=1 + n % 12, stage="called",
                starts_at=start + timedelta(minutes=5 * n), venue=f"{n % 40}室",
            )
            for n in range(size)
        ]  # fmt: skip
        async with writing():
            await Meeting.bulk_create(made, batch_size=500)
        check = [await timed(clashes.clashes(mine)) for _ in range(CHECKS)]
        with contextlib.closing(sqlite3.connect(f"{folder}/council.sqlite")) as bare:
            twin = [bare_check(bare, mine.starts_at) for _ in range(CHECKS)]
        return {"check": statistics.median(check), "check_twin": statistics.median(twin), **await invited(world, mine, folder)}


async def timed(work: Any) -> float:
    begun = time.perf_counter()
    await work
    return time.perf_counter() - begun


def bare_check(bare: sqlite3.Connection, at: Any) -> float:
    begun = time.perf_counter()
    near = [(at + timedelta(hours=hours)).isoformat(" ") for hours in (-2, 2)]
    bare.execute("SELECT id, title FROM meeting WHERE stage = 'called' AND starts_at > ? AND starts_at < ? LIMIT 5", near).fetchall()
    return time.perf_counter() - begun


async def invited(world: Any, meeting: Any, folder: str) -> dict[str, float]:
    """All invitations of one large meeting, and how many statements they took."""
    from tortoise import connections

    from council.proceedings.invitations import Guest, invite

    counted: list[str] = []
    raw = connections.get("default")._connection
    await raw.set_trace_callback(counted.append)
    begun = time.perf_counter()
    await invite(meeting, "resident_representative", [Guest(f"代表{n}") for n in range(PEOPLE)], by=world.secretary)
    took = time.perf_counter() - begun
    twin = bare_invited(folder)
    # The rows of one statement are traced one by one, and so are the triggers behind each. A PRAGMA sets how long to wait, it asks nothing.
    asked = [one[:30] for one in counted if not one.startswith(("BEGIN", "COMMIT", "--", "PRAGMA"))]
    return {"invite": took, "invite_twin": twin, "statements": sum(1 for _ in itertools.groupby(asked))}


def bare_invited(folder: str) -> float:
    """The same rows into the same table with the same indexes in a file of its own, its checks by trigger left out."""
    with contextlib.closing(sqlite3.connect(f"{folder}/council.sqlite")) as ours:
        about = "SELECT sql FROM sqlite_master WHERE tbl_name = 'invitation' AND type != 'trigger' AND sql IS NOT NULL"
        shape = [row[0] for row in ours.execute(about)]
        columns = [row[1] for row in ours.execute("PRAGMA table_info(invitation)")][1:]
        names = ", ".join(f'"{name}"' for name in columns)
        rows = ours.execute(f"SELECT {names} FROM invitation").fetchall()[-PEOPLE:]
    with contextlib.closing(sqlite3.connect(f"{folder}/twin.sqlite")) as bare:
        bare.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;" + ";".join(shape))
        start = time.perf_counter()
        bare.executemany(f"INSERT INTO invitation ({names}) VALUES ({', '.join('?' * len(columns))})", rows)
        bare.commit()
        return time.perf_counter() - start


if __name__ == "__main__":
    print(json.dumps(asyncio.run(inside(int(sys.argv[1]), sys.argv[2]))))
