"""A drill for the day the machine is lost: `council backup` while people vote, `council restore` into an empty place, as an operator types them.

Whatever was acknowledged before a backup began is in it, with the same receipt, nothing twice; the command itself finds journal, votes, counts and a
signed agreement as they were recorded; and the restored copy serves: who voted sees the receipt, who had not votes. Seconds are told. With --quick
without agreement and serving.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx2

from council.workshop import pdf
from tests.proofs import ROOT
from tests.proofs.ground import FILE, connected, folder
from tests.proofs.kills import AT_ONCE, HONEST, RECEIPT, Polls, Voter, faults, kept, prepare
from tests.proofs.parties import _signed

QUICK, FULL = 80, 3_000  # votes
BACKUPS = {QUICK: 1, FULL: 6}
Take = Callable[[Path, Path], Awaitable[None]]


async def prove(n: int, seed: int) -> list[str]:
    with folder() as here:
        polls = await prepare(here, n, seed, HONEST)
        if n > QUICK:
            async with connected() as world:
                await _signed(world, 2, random.Random(seed))
            await pdf.shutdown()
        wrong = []
        for target, told in await drilled(polls, n, BACKUPS[n], by_command):
            wrong += await restored(polls, target, told)
            target.unlink()
        return polls.wrong + wrong


async def drilled(polls: Polls, n: int, copies: int, take: Take) -> list[tuple[Path, dict[Voter, list[str]]]]:
    """All vote; in between so many copies are taken. Each with who had been told by then that the vote was taken."""
    process, gate, made = polls.start(), asyncio.Semaphore(AT_ONCE), list[tuple[Path, dict[Voter, list[str]]]]()
    moments = [(k + 1) * n // (copies + 1) for k in range(copies)]

    async def press(voter: Voter) -> None:
        async with gate:
            await polls.vote(client, voter, voter.choice)

    async def copy(moment: int, name: str) -> None:
        while polls.acked < moment:
            await asyncio.sleep(0.01)
        told = {one: list(one.receipts) for one in polls.voters if one.acked}
        target = polls.folder.with_name(f"{polls.folder.name}-{name}")
        await take(polls.folder, target)
        made.append((target, told))

    try:
        await polls.ready(process)
        async with httpx2.AsyncClient(timeout=60) as client:
            await asyncio.gather(*(press(one) for one in polls.voters[:n]), *(copy(m, f"{k}.tar") for k, m in enumerate(moments)))
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
    return made


async def command(data: Path, *words: str) -> tuple[int, str]:
    """One of our commands over a data folder: what it left with, and what it said."""
    env = os.environ | {"COUNCIL_DATA": str(data), "PYTHONPATH": str(ROOT)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HONEST, *words, cwd=ROOT, env=env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def by_command(data: Path, target: Path) -> None:
    code, said = await command(data, "backup", "--to", str(target))
    assert code == 0, said


async def restored(polls: Polls, target: Path, told: dict[Voter, list[str]]) -> list[str]:
    """What is wrong with a backup that is put in an empty place, and with what is served from there."""
    place = target.with_suffix("")
    place.mkdir()
    try:
        begun = time.perf_counter()
        code, said = await command(place, "restore", str(target))
        print(f"drills: {len(told)} acknowledged before, restored and verified in {time.perf_counter() - begun:.1f} s", file=sys.stderr)
        if code:
            return [f"restore left with {code}: {said[-500:]}"]
        if len(polls.voters) < FULL:
            return missing(place, told)
        return missing(place, told) + await served(Polls(place, polls.ballot, polls.voters, polls.dice, HONEST), told)
    finally:
        shutil.rmtree(place)
        place.with_suffix(".log").unlink(missing_ok=True)


def missing(place: Path, told: dict[Voter, list[str]]) -> list[str]:
    """Votes acknowledged before that are not there, there twice or otherwise, or under another receipt."""
    then = [Voter(one.number, one.token, one.choice, acked=True, receipts=receipts) for one, receipts in told.items()]
    return faults(Polls(place, 0, then, random.Random(), ""), kept(place))


async def served(polls: Polls, told: dict[Voter, list[str]]) -> list[str]:
    """From the restored copy: a receipt told before is shown again, and somebody who had not voted votes."""
    there, process = kept(polls.folder), polls.start()
    before = next(one for one in told if one.curious and told[one])
    after = next(one for one in polls.voters if one.number not in there)
    try:
        await polls.ready(process)
        async with httpx2.AsyncClient(timeout=60) as client:
            page = await client.get(f"{polls.address}/ballots/{polls.ballot}", **polls.signed(before))
            await polls.vote(client, after, after.choice)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
    wrong = [] if RECEIPT.findall(page.text) == told[before][:1] else [f"person {before.number} was told {told[before]}, is shown another receipt"]
    return wrong + polls.wrong + ([] if kept(polls.folder).get(after.number) else ["a vote on the restored copy is not kept"])


async def by_copying(data: Path, target: Path) -> None:
    """The fault: only the file of the database, not what is still in its log."""
    target.mkdir()
    shutil.copy(data / FILE, target / FILE)
    with contextlib.closing(sqlite3.connect(target / FILE)) as copy:
        copy.execute("PRAGMA journal_mode = DELETE")


async def control(seed: int) -> list[str]:
    """A copy of the database's file alone has lost what was acknowledged."""
    with folder() as here:
        polls = await prepare(here, 20, seed, HONEST)
        [(target, told)] = await drilled(polls, 20, 1, by_copying)
        try:
            return missing(target, told)
        finally:
            shutil.rmtree(target)
