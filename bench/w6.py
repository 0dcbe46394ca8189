"""W6 Tally: turnout read, closing and recount of a vote of 10^2, 10^4 and 10^6 papers; opening sealed papers.

Reading and closing must not grow with the papers; a recount is held against a bare count by a covering index of as many rows, the opening of
sealed papers against a bare loop over the same papers in a process of its own, both processes warm. Every count is checked.
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
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import w6_twin
from bench.running import ROOT

SIZES, ROUNDS, PAPERS = (100, 10_000, 1_000_000), 9, 4_000
FLAT, RECOUNT, OPENING = 1.2, 1.5, 1.3
CHOICES = w6_twin.CHOICES


def run() -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "COUNCIL_DATA": folder, "PYTHONPATH": str(ROOT)}
        done = subprocess.run([sys.executable, "-m", "bench.w6", folder], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    for what in ("turnout", "closing"):
        growth = round(statistics.median(big / small for small, big in zip(found[what]["100"], found[what]["1000000"], strict=True)), 2)
        yield {
            "name": f"W6 {what}, 10^2 to 10^6", "ratio": growth, "target": FLAT, "ok": growth <= FLAT * 1.25, "rounds": ROUNDS,
            **{f"ms_at_{size}": round(statistics.median(found[what][str(size)]) * 1e3, 2) for size in SIZES},
        }  # fmt: skip
    yield beside("W6 recount of 10^6", found["recount"], RECOUNT)
    yield beside(f"W6 opening {PAPERS} sealed papers", found["opening"], OPENING)


def beside(name: str, rounds: list[list[float]], target: float) -> dict[str, Any]:
    ratio = round(statistics.median(ours / twin for ours, twin in rounds), 2)
    ours, twin = (round(statistics.median(side) * 1e3, 1) for side in zip(*rounds, strict=True))
    return {"name": name, "ratio": ratio, "target": target, "ok": ratio <= target * 1.25, "rounds": len(rounds), "ms": ours, "twin_ms": twin}


async def inside(folder: str) -> dict[str, Any]:
    from council import db
    from tests.proofs.polling import polling
    from tests.world import build

    await db.migrate()
    async with db.connected():
        world = await build()
        ballots = {size: await polling(world, []) for size in SIZES}
        for size, ballot in ballots.items():
            plant(f"{folder}/council.sqlite", ballot.id, size)
        found: dict[str, Any] = {what: {str(size): [] for size in SIZES} for what in ("turnout", "closing")}
        for _ in range(ROUNDS):
            for size, ballot in ballots.items():
                found["turnout"][str(size)].append(await read(ballot.id, size))
                found["closing"][str(size)].append(await close(ballot.id, size))
        found["recount"] = await recount(ballots[SIZES[-1]].id, Path(folder))
        found["opening"] = await opening(world)
    return found


def plant(file: str, number: int, size: int) -> None:
    """So many votes as the box would have left them, with their counters and turnout."""
    import sqlite3

    with contextlib.closing(sqlite3.connect(file)) as database:
        rows = ((number, f"person:{n}", CHOICES[n % 3], f"{n:08X}") for n in range(size))
        database.executemany(
            "INSERT INTO vote (ballot_id, voter, choice, sealed, channel, witness, cast_at, changes, attempts, receipt) "
            "VALUES (?, ?, ?, '', 'web', '', '2026-11-22 09:00:00+00:00', '[]', '[]', ?)", rows,
        )  # fmt: skip
        counts = [(number, choice, len(range(n, size, 3))) for n, choice in enumerate(CHOICES)]
        database.executemany("INSERT INTO vote_count (ballot_id, choice, votes, area_cm2) VALUES (?, ?, ?, 0)", counts)
        figures = json.dumps({"entitled": size})
        database.execute("UPDATE ballot SET entitled = ?, figures = ? WHERE id = ?", (size, figures, number))
        database.execute('UPDATE ballot SET "cast" = ? WHERE id = ?', (size, number))
        database.commit()


async def read(number: int, size: int) -> float:
    """Seconds for the turnout of an open vote, a hundred looks."""
    from council.proceedings.ballots import Ballot

    begun = time.perf_counter()
    for _ in range(100):
        ballot = await Ballot.numbered(number)
    assert ballot is not None
    assert ballot.cast == size
    return (time.perf_counter() - begun) / 100


async def close(number: int, size: int) -> float:
    """Seconds from the end of its time to its count; it is opened again for the next round."""
    from council.db import sql
    from council.neighbourhood.journal import writing
    from council.proceedings.ballots import Ballot
    from council.proceedings.conduct import close_ballot

    async with writing():
        await sql("UPDATE ballot SET closes_at = opened_at, stage = 'open' WHERE id = ?", number)
    ballot = await Ballot.get(id=number)
    begun = time.perf_counter()
    await close_ballot(ballot, by=None)
    took = time.perf_counter() - begun
    assert sum(ballot.papers.values()) == ballot.cast == size
    return took


async def recount(number: int, folder: Path) -> list[list[float]]:
    """Ours and the twin's seconds, in turn, over as many rows."""
    from council.proceedings import tallying
    from council.proceedings.ballots import Ballot

    ballot, rounds = await Ballot.get(id=number), []
    with contextlib.closing(w6_twin.table(str(folder / "twin.sqlite"), SIZES[-1])) as twin:
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            ours = await tallying.recounted(ballot)
            took = time.perf_counter() - begun
            bare, counted = w6_twin.counted(twin)
            assert ours["counts"] == counted == ballot.papers
            rounds.append([took, bare])
    return rounds


async def opening(world: Any) -> list[list[float]]:
    """Ours: read, shuffled, opened by the worker, counted. The twin opens the same papers in a bare loop."""
    from council.neighbourhood.journal import writing
    from council.proceedings import custodians, unsealing
    from council.proceedings.ballots import Ballot
    from council.workshop import sealedbox
    from council.workshop.workers import workers
    from tests.proofs.polling import polling

    ballot = await Ballot.get(id=(await polling(world, [])).id)
    about = custodians.context(ballot)
    keys = [sealedbox.private_from(secrets.token_hex(16), f"{about} {seat}") for seat in custodians.SEATS]
    public = [sealedbox.public_of(key) for key in keys]
    papers = [sealedbox.seal(CHOICES[n % 3], public, about) for n in range(PAPERS)]
    async with writing():
        await keep(ballot.id, papers)
    given = {"papers": papers, "keys": [key.hex() for key in keys[:2]], "about": f"council box {about}"}
    rounds = []
    with bare(given) as ask:
        for _ in range(4):
            begun = time.perf_counter()
            ours = await unsealing.opened(ballot, {0: keys[0], 1: keys[1]})
            took, twin = time.perf_counter() - begun, ask()
            assert ours == dict(sorted(twin["result"].items()))
            rounds.append([took, twin["wall"]])
    await workers.shutdown()
    return rounds[1:]


async def keep(number: int, papers: list[str]) -> None:
    from council import clock
    from council.proceedings.votes import Vote

    now = clock.now()
    rows = [Vote(ballot_id=number, voter=f"person:{n}", sealed=paper, cast_at=now, receipt=f"{n:08X}") for n, paper in enumerate(papers)]
    await Vote.bulk_create(rows, batch_size=500)


@contextlib.contextmanager
def bare(given: dict[str, Any]) -> Iterator[Any]:
    """The twin in its own process; asking it opens all papers once."""
    process = subprocess.Popen([sys.executable, "-m", "bench.w6_twin"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    told, heard = process.stdin, process.stdout

    def say(line: str) -> None:
        told.write(line + "\n")
        told.flush()

    def ask() -> Any:
        say("again")
        return json.loads(heard.readline())

    say(json.dumps(given))
    try:
        yield ask
    finally:
        told.close()
        process.wait(20)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(inside(sys.argv[1]))))
