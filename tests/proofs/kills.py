"""The server is killed while people vote: what was acknowledged is there afterwards, once and unchanged; asking again gives the same receipt.

Votes go over HTTP against the process that `bin/serve` starts, which is killed (SIGKILL) in the middle of them and started again. Whoever got no
answer presses again after the next start; every fifth voter reads the receipt, presses once more after the kill, for something else, and reads it
again. What the machine itself may lose is proved in `powercuts`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import re
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx2

from tests.proofs import ROOT
from tests.proofs.ground import FILE, connected, folder, plant
from tests.proofs.polling import people, polling

QUICK, FULL = 500, 10_000  # acknowledged votes
KILLS = {QUICK: 20, FULL: 200}
AT_ONCE = 8
SPARE = 40  # voters beyond those, so that somebody is always voting when the kill comes
CHOICES = ("yes", "no", "abstain")
RECEIPT = re.compile(r'<strong class="code">([^<]+)</strong>')
HONEST = "from council.cli import main; main()"
# The fault: the box tells first and writes a moment later.
HASTY = f"""
import asyncio
from council import clock
from council.proceedings import ballotbox
real = ballotbox.BOX.drop
async def later(slip):
    await asyncio.sleep(0.3)
    await real(slip)
async def told_first(slip):
    asyncio.get_running_loop().create_task(later(slip))
    return ballotbox.Answer("taken", "x", clock.now(), "web")
ballotbox.BOX.drop = told_first
{HONEST}"""


@dataclass(eq=False)
class Voter:
    number: int
    token: str
    choice: str
    acked: bool = False
    receipts: list[str] = field(default_factory=list)

    @property
    def curious(self) -> bool:
        return self.number % 5 == 0


@dataclass
class Polls:
    """The vote, its voters, and the server of the moment."""

    folder: Path
    ballot: int
    voters: list[Voter]
    dice: random.Random
    code: str
    database: str = ""
    address: str = ""
    kills: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def log(self) -> Path:
        """Beside the data: where these are full, it can still be read."""
        return self.folder.with_suffix(".log")

    @property
    def acked(self) -> int:
        return sum(one.acked for one in self.voters)

    def start(self) -> subprocess.Popen[bytes]:
        """What `bin/serve` runs, in a session of its own."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        env = os.environ | {"COUNCIL_DATA": str(self.folder), "PYTHONPATH": str(ROOT), "DATABASE_URL": self.database}
        env.pop("PYTHONDONTWRITEBYTECODE", None)  # as in bin/serve
        command = [sys.executable, "-c", self.code, "start", "--port", str(port)]
        with self.log.open("ab") as log:
            return subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True)

    async def ready(self, process: subprocess.Popen[bytes]) -> None:
        host, _, port = self.address.removeprefix("http://").partition(":")
        while process.poll() is None:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection(host, int(port))
                writer.close()
                return
            await asyncio.sleep(0.02)
        raise RuntimeError(self.log.read_text()[-2000:])

    async def vote(self, client: httpx2.AsyncClient, voter: Voter, choice: str) -> None:
        """Press; it is acknowledged when it is taken, or found to be taken already."""
        answer = await client.post(f"{self.address}/ballots/{self.ballot}/votes", data={"choice": choice}, **self.signed(voter))
        if answer.status_code != 303:
            self.wrong.append(f"person {voter.number}: {answer.status_code}")
        voter.acked = True
        if voter.curious:
            page = await client.get(f"{self.address}/ballots/{self.ballot}", **self.signed(voter))
            voter.receipts += RECEIPT.findall(page.text)

    def signed(self, voter: Voter) -> dict[str, dict[str, str]]:
        return {"headers": {"sec-fetch-site": "same-origin", "cookie": f"__Host-session={voter.token}"}}

    async def once(self, enough: int) -> None:
        """Serve, take so many votes and a few more, and be killed in the middle of them."""
        process = self.start()
        before, gate = self.acked, asyncio.Semaphore(AT_ONCE)

        async def press(voter: Voter, choice: str) -> None:
            async with gate:
                with contextlib.suppress(httpx2.HTTPError):
                    if process.poll() is None:
                        await self.vote(client, voter, choice)
                if self.acked - before >= enough and process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)

        try:
            await self.ready(process)
            again = [one for one in self.voters if one.acked and len(one.receipts) == 1]
            waiting = [one for one in self.voters if not one.acked][: enough + SPARE]
            async with httpx2.AsyncClient(timeout=60) as client:
                await asyncio.gather(*(press(one, self.dice.choice(CHOICES)) for one in again), *(press(one, one.choice) for one in waiting))
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            self.kills += 1


async def prepare(here: Path, n: int, seed: int, code: str) -> Polls:
    """A vote of n adults and some more in a database of its own, with a session for each of them."""
    await plant(here)
    dice = random.Random(seed)
    async with connected() as world:
        them = await people(world, n + SPARE)
        ballot = await polling(world, them)
        voters = [Voter(one.id, secrets.token_urlsafe(16), dice.choice(CHOICES)) for one in them]
        await sessions(voters)
    return Polls(here, ballot.id, voters, dice, code)


async def sessions(voters: list[Voter]) -> None:
    """All of them are signed in."""
    from council import clock
    from council.neighbourhood.credentials import Session
    from council.neighbourhood.journal import writing
    from council.routes.sessions import digest

    now = clock.now()
    rows = [
        Session(digest=digest(one.token), person_id=one.number, made_at=now, seen_at=now, ends_at=now + timedelta(days=1), carries=[])
        for one in voters
    ]
    async with writing():
        await Session.bulk_create(rows, batch_size=100)


async def prove(n: int, seed: int) -> list[str]:
    return await polled(n, KILLS[n], seed, HONEST)


async def polled(n: int, kills: int, seed: int, code: str) -> list[str]:
    with folder() as here:
        polls = await prepare(here, n, seed, code)
        while polls.acked < n or polls.kills < kills:
            share = max(n - polls.acked, 1) / max(kills - polls.kills, 1)
            await polls.once(max(1, round(share * polls.dice.uniform(0.5, 1.3))))
        again = sum(len(one.receipts) > 1 for one in polls.voters)
        print(f"kills: {polls.kills} kills, {polls.acked} acknowledged, {again} receipts compared across a kill", file=sys.stderr)
        return polls.wrong + faults(polls, kept(here))


def kept(here: Path) -> dict[int, list[tuple[str, str]]]:
    """Person -> choice and receipt of every vote that stands for them."""
    found: dict[int, list[tuple[str, str]]] = {}
    with contextlib.closing(sqlite3.connect(here / FILE)) as database:
        for voter, choice, receipt in database.execute("SELECT voter, choice, receipt FROM vote"):
            found.setdefault(int(voter.partition(":")[2]), []).append((choice, receipt))
    return found


def faults(polls: Polls, rows: dict[int, list[tuple[str, str]]]) -> list[str]:
    """Votes lost, doubled or changed; receipts that are not the same before and after."""
    wrong = [f"person {number} stands {len(found)} times" for number, found in rows.items() if len(found) > 1]
    for one in polls.voters:
        found = rows.get(one.number, [])
        if one.acked and [choice for choice, _ in found] != [one.choice]:
            wrong.append(f"person {one.number}: acknowledged {one.choice}, kept {found}")
        if {told.replace(" ", "") for told in one.receipts} - {receipt for _, receipt in found}:
            wrong.append(f"person {one.number}: told {one.receipts}, kept {found}")
    return wrong


async def control(seed: int) -> list[str]:
    """A box that tells first and writes a moment later loses votes it has acknowledged."""
    return await polled(20, 1, seed, HASTY)
