"""A vote is on the disk before its answer goes out: between the request and the first byte of the answer its writes are synced, every time.

Once with the application over a disk that remembers (`disk`), where the answer is marked as it leaves the application; and once with the process that
`bin/serve` starts, watched by `strace` where that is allowed (not with --quick): no answer leaves its socket before `fdatasync` has returned.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from council import db
from tests.proofs.disk import Disk
from tests.proofs.ground import FILE, folder
from tests.proofs.kills import HASTY, HONEST, Polls, Voter, prepare
from tests.proofs.powercuts import pragmas

QUICK, FULL = 20, 1_000  # votes, by either way of looking
LOG = f"{FILE}-wal"
CALLS = "recvfrom,read,sendto,write,writev,sendmsg,pwrite64,fdatasync,fsync"
_watching = [False]
LINE = re.compile(r"^(?:\[pid +)?(?P<thread>\d+)\]? +(?P<call>.*)$")


async def prove(n: int, seed: int) -> list[str]:
    with folder() as here:
        polls = await prepare(here, n, seed, HONEST)
        wrong = early((await pressed(polls, n)).log)
    _watching[:] = [n > QUICK and watchable()]
    if n > QUICK and not _watching[0]:
        print("orders: no strace here, or it may watch nothing: only the application was looked at", file=sys.stderr)
    if not _watching[0]:
        return wrong
    with folder() as here:
        return wrong + watched(await traced(await prepare(here, n, seed, HONEST), n), n)


async def pressed(polls: Polls, n: int) -> Disk:
    """So many votes, one after the other, over the disk that remembers: "asked" and "told" stand between its writes."""
    with Disk().below() as disk:
        async with db.connected():
            await press_all(polls, n, disk)
    return disk


async def press_all(polls: Polls, n: int, disk: Disk) -> None:
    from council.app import application
    from council.routes.pages import Site

    await Site.read()
    ours = application()

    async def marking(scope: Any, receive: Any, send: Any) -> None:
        async def told(message: Any) -> None:
            if message["type"] == "http.response.start":
                disk.mark("told", message["status"])
            await send(message)

        disk.mark("asked")
        await ours(scope, receive, told)

    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=marking), base_url="http://127.0.0.1") as client:
        for voter in polls.voters[:n]:
            await client.post(f"/ballots/{polls.ballot}/votes", data={"choice": voter.choice}, **signed(polls, voter))


def signed(polls: Polls, voter: Voter) -> dict[str, Any]:
    return polls.signed(voter)


def early(log: list[tuple[Any, ...]]) -> list[str]:
    """Answers that went out before what was written for them was synced, or for which nothing was."""
    wrong, number, written, synced = [], 0, 0, 0
    for act in log:
        if act[0] == "asked":
            number, written, synced = number + 1, 0, 0
        elif act[:2] == ("write", LOG):
            written += 1
        elif act[:2] == ("sync", LOG):
            synced = written
        elif act[0] == "told" and (act[1] != 303 or not written or synced < written):
            wrong.append(f"vote {number}: answered {act[1]} with {written} writes, {synced} of them synced")
    return wrong


def watchable() -> bool:
    """Is there a strace that may watch another process?"""
    found = shutil.which("strace")
    return found is not None and subprocess.run([found, "-f", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode == 0


async def traced(polls: Polls, n: int) -> list[str]:
    """What the server asked of the system while so many voted, one after the other."""
    seen = polls.folder.with_suffix(".calls")
    with under_strace(seen):
        process = polls.start()
    try:
        await polls.ready(process)
        async with httpx2.AsyncClient(timeout=60) as client:
            for voter in polls.voters[:n]:
                await client.post(f"{polls.address}/ballots/{polls.ballot}/votes", data={"choice": voter.choice}, **signed(polls, voter))
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
    found = seen.read_text(errors="replace").splitlines()
    seen.unlink()
    return found


@contextmanager
def under_strace(seen: Path) -> Iterator[None]:
    """A process started within the block is watched."""
    real = subprocess.Popen

    def watched(command: list[str], **more: Any) -> subprocess.Popen[bytes]:
        return real(["strace", "-f", "-y", "-s", "24", "-e", f"trace={CALLS}", "-o", str(seen), *command], **more)

    subprocess.Popen = watched  # type: ignore[misc, assignment]
    try:
        yield
    finally:
        subprocess.Popen = real  # type: ignore[misc]


def watched(calls: list[str], n: int) -> list[str]:
    """Answers that left before a sync of the log had returned that came after a write to it. A call that waits is told in two lines."""
    wrong, told, begun = [], 0, dict[str, str]()
    written = synced = False
    for line in calls:
        found = LINE.match(line)
        if found is None:
            continue
        thread, call = found["thread"], found["call"]
        if call.endswith("<unfinished ...>"):
            begun[thread] = call
            # What is sent is on its way when the call begins; what is synced is so when it has returned.
            if "fdatasync(" in call or "fsync(" in call:
                continue
        elif "resumed>" in call:
            call = begun.pop(thread, "") + call
            if "sync(" not in call:
                continue
        if '"POST /ballots/' in call:
            written = synced = False
        elif call.startswith("pwrite64(") and LOG in call:
            written, synced = True, False
        elif "sync(" in call and LOG in call:
            synced = written
        elif '"HTTP/1.1 303' in call:
            told += 1
            if not synced:
                wrong.append(f"answer {told} left before its vote was synced")
    return wrong + ([] if told == n else [f"{told} answers of {n} were seen"])


async def control(seed: int) -> list[str]:
    """Without syncing at every commit (`synchronous=NORMAL`), and with a box that tells first: both must be seen."""
    with folder() as here, pragmas(synchronous="NORMAL"):
        found = early((await pressed(await prepare(here, 10, seed, HONEST), 10)).log)
    if not found or not _watching[0]:
        return found
    with folder() as here:
        hasty = watched(await traced(await prepare(here, 10, seed, HASTY), 10), 10)
    return found + hasty if hasty else []
