"""The twin of W3: bare Starlette and sqlite3 that take a form, write all votes that wait in one durable transaction with a counter, and answer each.

One vote a voter by a unique key, as ours. No session, no permission, no journal, no language, no policy in the headers.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from datetime import UTC, datetime

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

AT_ONCE = 500
SHAPE = """CREATE TABLE vote (id INTEGER PRIMARY KEY, ballot INT, voter TEXT, choice TEXT, at TEXT, UNIQUE (ballot, voter));
CREATE TABLE tally (ballot INT, choice TEXT, votes INT, PRIMARY KEY (ballot, choice));"""
VOTE = "INSERT INTO vote (ballot, voter, choice, at) VALUES (1, ?, ?, ?) ON CONFLICT DO NOTHING"
COUNT = "INSERT INTO tally VALUES (1, ?, ?) ON CONFLICT (ballot, choice) DO UPDATE SET votes = votes + excluded.votes"
waiting: list[tuple[str, str, asyncio.Future[bool]]] = []
writer: list[asyncio.Task[None]] = []


def commit(database: sqlite3.Connection, slips: list[tuple[str, str, asyncio.Future[bool]]]) -> list[bool]:
    """One transaction; who of them was new."""
    now, taken, counted = datetime.now(UTC).isoformat(), [], dict[str, int]()
    database.execute("BEGIN IMMEDIATE")
    for voter, choice, _ in slips:
        new = database.execute(VOTE, (voter, choice, now)).rowcount == 1
        counted[choice] = counted.get(choice, 0) + new
        taken.append(new)
    database.executemany(COUNT, counted.items())
    database.execute("COMMIT")
    return taken


async def write(database: sqlite3.Connection) -> None:
    while waiting:
        slips = waiting[:AT_ONCE]
        del waiting[:AT_ONCE]
        taken = await asyncio.to_thread(commit, database, slips)
        for (_, _, answer), new in zip(slips, taken, strict=True):
            answer.set_result(new)


def application(file: str) -> Starlette:
    database = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;" + SHAPE)

    async def votes(request: Request) -> Response:
        form = await request.form()
        answer = asyncio.get_running_loop().create_future()
        waiting.append((str(form["voter"]), str(form["choice"]), answer))
        if not writer or writer[-1].done():
            writer[:] = [asyncio.create_task(write(database))]
        await answer
        return RedirectResponse("/ballots/1", 303)

    return Starlette(routes=[Route("/ballots/1/votes", votes, methods=["POST"]), Route("/health", lambda request: PlainTextResponse("ok"))])


if __name__ == "__main__":
    uvicorn.run(application(sys.argv[2]), port=int(sys.argv[1]), access_log=False, log_level="warning")
