"""The disk is full while people vote: whoever is told that the vote was taken has it stored, whoever is told that it was not has none.

Against the process that `bin/serve` starts: a limit is set on how large its files may grow, and, where that is allowed, its data lie in a file system
of a few megabytes that is filled up. Then there is room again, and everything goes on in the same process: every vote is taken on the next try, and
the journal is placed in the log to its end.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2

from tests.proofs.ground import FILE, MEMORY, folder
from tests.proofs.kills import HONEST, Polls, Voter, kept, prepare

QUICK, FULL = 150, 3_000  # votes asked for, by either way of being full
ROOM = 40_000  # bytes that are left when it begins
AT_ONCE = 8
# The fault: the box takes a vote that could not be written for one that was.
CARELESS = f"""
from council import clock
from council.proceedings import ballotbox
real = ballotbox._take
async def take(slips):
    try:
        return await real(slips)
    except Exception:
        return [ballotbox.Answer("taken", "x", clock.now(), "web") for _ in slips]
ballotbox._take = take
{HONEST}"""


class Limit:
    """The files of the server may not grow beyond a size: the system refuses the write with EFBIG."""

    memory = MEMORY

    def __init__(self, here: Path, server: int) -> None:
        self.here, self.server = here, server

    def fill(self) -> None:
        log = (self.here / f"{FILE}-wal").stat().st_size
        resource.prlimit(self.server, resource.RLIMIT_FSIZE, (log + ROOM, resource.RLIM_INFINITY))

    def free(self) -> None:
        resource.prlimit(self.server, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


class Small:
    """The data lie in a small file system, and something else fills it: ENOSPC."""

    def __init__(self, here: Path, server: int) -> None:
        self.ballast = here / "ballast"
        self.here = here

    def fill(self) -> None:
        room = os.statvfs(self.here)
        with contextlib.suppress(OSError):  # the server writes meanwhile: full it is in any case
            self.ballast.write_bytes(bytes(max(0, room.f_bavail * room.f_frsize - ROOM)))

    def free(self) -> None:
        self.ballast.unlink()


@contextlib.contextmanager
def small(here: Path) -> Iterator[bool]:
    """A file system of its own over the folder, if we may: only root may, and not everywhere."""
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "council-proof", str(here)], capture_output=True, check=False)
    try:
        yield done.returncode == 0
    finally:
        if done.returncode == 0:
            subprocess.run(["umount", "--lazy", str(here)], check=True)


async def prove(n: int, seed: int) -> list[str]:
    with folder() as here:
        wrong = await filled(Limit, here, n, seed, HONEST)
    with folder() as here, small(here) as ours:
        if not ours:
            print("fulldisks: no file system may be mounted here, only the limit was tried", file=sys.stderr)
            return wrong
        return wrong + await filled(Small, here, n, seed, HONEST)


async def filled(way: type[Limit | Small], here: Path, n: int, seed: int, code: str) -> list[str]:
    """What is wrong after a third was taken with room, a third pressed without, and everybody who was refused with room again."""
    polls = await prepare(here, n, seed, code)
    process = polls.start()
    try:
        await polls.ready(process)
        disk, third = way(here, process.pid), len(polls.voters) // 3
        refused = await press(polls, polls.voters[: 2 * third], lambda: polls.acked == third and disk.fill())
        wrong = unequal(polls, "while the disk was full") + ([] if refused else ["nothing was refused: the disk was not full"])
        disk.free()
        again = await press(polls, [one for one in polls.voters if not one.acked])
        wrong += unequal(polls, "afterwards") + [f"{again} were refused although there was room again"] * bool(again)
        print(f"fulldisks: {way.__name__}: {polls.acked} told taken, {refused} refused", file=sys.stderr)
        return polls.wrong + wrong + await unplaced(here)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


async def press(polls: Polls, voters: list[Voter], after: Callable[[], object] = bool) -> int:
    """Each votes once; how many were told that it was not recorded. `after` is called after each."""
    gate, refused = asyncio.Semaphore(AT_ONCE), 0

    async def one(voter: Voter) -> None:
        nonlocal refused
        async with gate:
            answer = await client.post(f"{polls.address}/ballots/{polls.ballot}/votes", data={"choice": voter.choice}, **polls.signed(voter))
        voter.acked = answer.status_code == 303
        refused += answer.status_code == 503
        after()
        if answer.status_code not in (303, 503):
            polls.wrong.append(f"person {voter.number}: {answer.status_code}")

    async with httpx2.AsyncClient(timeout=60) as client:
        await asyncio.gather(*(one(each) for each in voters))
    return refused


def unequal(polls: Polls, when: str) -> list[str]:
    """Acknowledged and stored must be the same votes, in a file that is whole."""
    rows = kept(polls.folder)
    with contextlib.closing(sqlite3.connect(polls.folder / FILE)) as database:
        whole = database.execute("PRAGMA integrity_check").fetchone()[0]
    wrong = [] if whole == "ok" else [f"{when}: {whole}"]
    for one in polls.voters:
        stored = [choice for choice, _ in rows.get(one.number, [])]
        if stored != [one.choice] * one.acked:
            wrong.append(f"{when}: person {one.number}: told {'taken' if one.acked else 'not recorded'}, stored {stored}")
    return wrong


async def unplaced(here: Path) -> list[str]:
    """The journal finds its way into the log by itself once there is room: nothing that works in the background has died of it."""
    for _ in range(300):
        with contextlib.closing(sqlite3.connect(here / FILE)) as database:
            (left,) = database.execute("SELECT COUNT(*) FROM entry WHERE position IS NULL").fetchone()
        if not left:
            return []
        await asyncio.sleep(0.1)
    return [f"{left} entries of the journal wait for their place in the log"]


async def control(seed: int) -> list[str]:
    """A box that does not look whether the commit succeeded tells people that votes were taken which are nowhere."""
    with folder() as here:
        return [one for one in await filled(Limit, here, 60, seed, CARELESS) if "told taken, stored []" in one]
