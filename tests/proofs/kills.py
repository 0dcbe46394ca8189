"""The server is killed while people vote: what was acknowledged is there afterwards, once and unchanged; asking again gives the same receipt.

Votes go over HTTP against the process that `council serve` starts, which is killed (SIGKILL) at a random moment and started again.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import httpx2

ROOT = Path(__file__).resolve().parents[2]
QUICK, FULL = 500, 10_000  # acknowledged votes
EACH = 25  # votes between two kills: 20 kills for 500, 200 and more for 10,000
AT_ONCE = 8
CHOICES = ("yes", "no", "abstain")
HONEST = "from council.cli import main; main()"
# The fault: the box tells first and writes a moment later.
HASTY = """
import asyncio
from council import clock
from council.proceedings import ballotbox
real = ballotbox._drop
async def later(slip):
    await asyncio.sleep(0.3)
    await real(slip)
async def told_first(slip):
    asyncio.get_running_loop().create_task(later(slip))
    return ballotbox.Answer("taken", "x", clock.now(), "web")
ballotbox._drop = told_first
""" + HONEST


async def prepare(folder: Path, n: int) -> tuple[int, list[str]]:
    """A vote of n adults in a database of its own: its number, and a session for each of them."""
    os.environ["COUNCIL_DATA"] = str(folder)
    from council import clock, db
    from council.neighbourhood.credentials import Session
    from council.neighbourhood.journal import writing
    from council.routes.sessions import digest
    from council.settings import settings
    from tests.proofs.polling import people, polling
    from tests.world import build

    settings.cache_clear()
    await db.migrate()
    tokens = [secrets.token_urlsafe(16) for _ in range(n)]
    async with db.connected():
        world = await build()
        them = await people(world, n)
        ballot, now = await polling(world, them), clock.now()
        rows = [
            Session(digest=digest(token), person_id=one.id, made_at=now, seen_at=now, ends_at=now + timedelta(days=1), carries=[])
            for token, one in zip(tokens, them, strict=True)
        ]
        async with writing():
            await Session.bulk_create(rows, batch_size=100)
    return ballot.id, tokens


def start(folder: Path, code: str) -> tuple[subprocess.Popen[bytes], str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {"COUNCIL_DATA": str(folder), "PYTHONPATH": str(ROOT)}
    with (folder / "serve.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", code, "serve", "--port", str(port)], cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True
        )
    return process, f"http://127.0.0.1:{port}"


async def ready(address: str) -> None:
    async with httpx2.AsyncClient() as client:
        for _ in range(600):
            with contextlib.suppress(httpx2.HTTPError):
                await client.get(f"{address}/health", timeout=2)
                return
            await asyncio.sleep(0.1)
    raise RuntimeError("the server does not answer")


async def vote(client, address: str, ballot: int, token: str, choice: str) -> bool:
    """Whether the vote was acknowledged: taken, or found to be taken already."""
    try:
        answer = await client.post(
            f"{address}/ballots/{ballot}/votes", data={"choice": choice}, headers={"sec-fetch-site": "same-origin"}, timeout=20,
            cookies={"__Host-session": token},
        )  # fmt: skip
    except httpx2.HTTPError:
        return False
    return answer.status_code == 303


async def round_of(folder: Path, ballot: int, waiting: list[tuple[int, str, str]], acked: dict[int, str], dice: random.Random, code: str) -> None:
    """Serve, take votes, and be killed in the middle of them."""
    process, address = start(folder, code)
    try:
        await ready(address)
        gate, enough = asyncio.Semaphore(AT_ONCE), dice.randint(EACH // 2, EACH)
        before = len(acked)

        async def one(number: int, token: str, choice: str) -> None:
            async with gate:
                if len(acked) - before < enough and process.poll() is None and await vote(client, address, ballot, token, choice):
                    acked[number] = choice
                elif process.poll() is None and len(acked) - before >= enough:
                    os.killpg(process.pid, signal.SIGKILL)

        async with httpx2.AsyncClient() as client:
            await asyncio.gather(*(one(*each) for each in waiting[: EACH * 2]))
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def kept(folder: Path) -> dict[int, list[str]]:
    with contextlib.closing(sqlite3.connect(folder / "council.sqlite")) as database:
        found: dict[int, list[str]] = {}
        for voter, choice in database.execute("SELECT voter, choice FROM vote"):
            found.setdefault(int(voter.partition(":")[2]), []).append(choice)
        return found


async def prove(n: int, seed: int, code: str = HONEST) -> list[str]:
    dice, folder = random.Random(seed), Path(tempfile.mkdtemp(prefix="council-kills-"))
    try:
        ballot, tokens = await prepare(folder, n)
        with contextlib.closing(sqlite3.connect(folder / "council.sqlite")) as database:
            numbers = [row[0] for row in database.execute("SELECT person_id FROM entitlement ORDER BY id")]
        papers = [(number, token, dice.choice(CHOICES)) for number, token in zip(numbers, tokens, strict=True)]
        acked: dict[int, str] = {}
        kills = 0
        while len(acked) < n:
            await round_of(folder, ballot, [one for one in papers if one[0] not in acked], acked, dice, code)
            kills += 1
        print(f"kills: {kills} kills, {len(acked)} acknowledged", file=sys.stderr)
        return faults(acked, kept(folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def faults(acked: dict[int, str], rows: dict[int, list[str]]) -> list[str]:
    """Votes lost, doubled or changed."""
    wrong = [f"person {number}: acknowledged {choice}, kept {rows.get(number)}" for number, choice in acked.items() if rows.get(number) != [choice]]
    return wrong + [f"person {number} stands {len(found)} times" for number, found in rows.items() if len(found) > 1]


async def control(seed: int) -> list[str]:
    """A box that tells first and writes a moment later loses votes it has acknowledged."""
    return await prove(EACH * 2, seed, HASTY)
