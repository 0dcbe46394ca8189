"""Who holds every file of a secret vote makes nothing of them: no voter is linked to a choice better than by guessing.

The attacker knows who voted when, and has the database with its write-ahead log (here SQLite; in `linkers_postgres` PostgreSQL with its
system columns xmin and ctid and its data files), the backup of the evening before, the database of the day after, what the server wrote, and how
long each answer was that went over the line.
The votes go over HTTP against the process that `bin/serve` starts. The control is the usual schema, who has voted in one table and anonymous
papers in another: the same attack links everybody.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import signal
import sqlite3
import subprocess
import uuid
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import asyncpg
import httpx2

from council import backups, clock
from council.proceedings import custodians, unsealing
from council.proceedings.ballots import Ballot
from council.proceedings.conduct import close_ballot, declare_ballot, open_ballot
from council.proceedings.questions import Way, draw_outside
from council.settings import settings
from council.workshop import pdf
from tests.proofs.ground import FILE, connected, folder, plant, server_folder
from tests.proofs.kills import HONEST, Polls, Voter, sessions
from tests.proofs.polling import people

QUICK, FULL = 90, 480  # voters
SITES = ("东门", "西门", "南门", "北门", "中心花园")
PAPERS = ("4>1>5>2>3", "2>5>3>1", "3>4>1")  # a third each, each of its own length; found nowhere by chance
# The same papers as they are filled in: which place each of the five has.
FILLED = {paper: {f"mark.{option}": str(place) for place, option in enumerate(paper.split(">"), start=1)} for paper in PAPERS}
# Hundreds of ways are tried each time: at three deviations one of them would often come out by chance alone.
DEVIATIONS = 6
Row = dict[str, Any]


@dataclass
class Loot:
    """What the attacker holds: the rows of every table as they were on an evening, and all files."""

    tables: dict[str, list[Row]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    def hits(self) -> list[str]:
        """Where a paper can be read."""
        return sorted({f"{name}: {paper}" for name, body in self.files.items() for paper in PAPERS if paper.encode() in body})


def of_sqlite(file: Path) -> dict[str, list[Row]]:
    with closing(sqlite3.connect(file)) as found:
        found.row_factory = sqlite3.Row
        made = found.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE TABLE%'").fetchall()
        asked = {row["name"]: "*" if "WITHOUT ROWID" in row["sql"] else 'rowid AS "~rowid", *' for row in made}
        return {name: [dict(row) for row in found.execute(f'SELECT {what} FROM "{name}"')] for name, what in asked.items()}


async def of_postgres(address: str) -> dict[str, list[Row]]:
    """With the system columns: the transaction that wrote the row, and its place in the file."""
    connection = await asyncpg.connect(address)
    try:
        names = [row[0] for row in await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        asked = 'SELECT xmin::text::bigint AS "~xmin", ctid::text AS "~ctid", * FROM "{}"'
        return {name: [dict(row) for row in await connection.fetch(asked.format(name))] for name in names}
    finally:
        await connection.close()


def bytes_of(*places: Path) -> dict[str, bytes]:
    """Every file below these places that can be read."""
    found = {}
    for place in places:
        for path in sorted(place.rglob("*") if place.is_dir() else [place]):
            if path.is_file():
                found[str(path)] = path.read_bytes()
    return found


async def prove(n: int, seed: int) -> list[str]:
    with folder() as here:
        await plant(here)
        return await linked(Polls(here, 0, [], random.Random(seed), HONEST), n)


async def linked(polls: Polls, n: int) -> list[str]:
    truth: dict[str, str] = {}
    loots = await robbed(polls, n, truth)
    return links(loots, truth)


async def robbed(polls: Polls, n: int, truth: dict[str, str]) -> list[Loot]:
    """A secret vote from its opening to its result, and what was stolen while it was open, that evening, and on the day after."""
    ours = replace(settings(), database=polls.database or settings().database)
    async with connected(ours.database) as world:
        them = await people(world, n)
        ballot, codes = await sealed(world)
        choices = [PAPERS[k % 3] for k in range(n)]
        polls.dice.shuffle(choices)
        polls.ballot, polls.voters = ballot.id, [Voter(one.id, secrets.token_urlsafe(16), said) for one, said in zip(them, choices, strict=True)]
        await sessions(polls.voters)
    wire = await voted(polls, truth)
    backup = polls.folder / "evening.tar"
    backups.make(ours, backup, at=clock.now())
    evening = await taken(polls, ours.database)
    evening.tables["wire"] = wire
    with backups.opened(backup, ours) as (unpacked, _):
        evening.files |= bytes_of(unpacked)
        if ours.sqlite:
            evening.tables |= {f"backup of {name}": rows for name, rows in of_sqlite(unpacked / backups.SQLITE).items()}
        else:
            said = subprocess.run(["pg_restore", "--file=-", unpacked / backups.POSTGRES], capture_output=True, check=True)
            evening.files["backup"] = said.stdout
    backup.unlink()
    async with connected(ours.database) as world:
        await Ballot.filter(id=ballot.id).update(closes_at=clock.now())
        ballot = await Ballot.get(id=ballot.id)
        await close_ballot(ballot, by=None)
        await unsealing.unseal(ballot, codes[:2], by=world.secretary)
        await declare_ballot(ballot, by=world.secretary)
        assert ballot.counts == {paper: list(truth.values()).count(paper) for paper in sorted(PAPERS)}
    await pdf.shutdown()
    return [evening, await taken(polls, ours.database)]


async def sealed(world: Any) -> tuple[Ballot, list[str]]:
    """A secret vote with its three codes, open."""
    way = Way(method="ranked", secrecy="sealed", electorate="persons")
    ballot = await draw_outside(world.grid, "设在哪里", by=world.secretary, options=SITES, way=way)
    named = {"chair": world.secretary, "scrutineer": world.resident, "street": world.street_secretary}
    await custodians.appoint(ballot, named, by=world.secretary)
    codes = [await custodians.make_code(ballot, by=person) for person in named.values()]
    await open_ballot(ballot, by=world.secretary, closes_at=clock.now() + timedelta(days=1))
    return ballot, codes


async def voted(polls: Polls, truth: dict[str, str]) -> list[Row]:
    """One after the other, over HTTP, looking once more before each; every tenth changes the vote afterwards. How long the answers were."""
    process, wire = polls.start(), list[Row]()
    try:
        await polls.ready(process)
        async with httpx2.AsyncClient(timeout=60) as client:
            for k, voter in enumerate(polls.voters):
                looked = await press(client, polls, voter, "confirmation", FILLED[voter.choice], 200)
                cast = await press(client, polls, voter, "votes", {"choice": voter.choice})
                wire.append({"voter": f"person:{voter.number}", "page": length(looked, f"居民{k}"), "answer": length(cast)})
            for voter in polls.voters[::10]:
                voter.choice = PAPERS[(PAPERS.index(voter.choice) + 1) % 3]
                await press(client, polls, voter, "changes", {"choice": voter.choice, "after": "0"})
        truth |= {f"person:{voter.number}": voter.choice for voter in polls.voters}
        return wire
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


async def press(client: httpx2.AsyncClient, polls: Polls, voter: Voter, what: str, said: dict[str, str], status: int = 303) -> httpx2.Response:
    answer = await client.post(f"{polls.address}/ballots/{polls.ballot}/{what}", data=said, **polls.signed(voter))
    assert answer.status_code == status, (answer.status_code, answer.text[-500:])
    return answer


def length(answer: httpx2.Response, name: str = "") -> int:
    """Bytes of an answer, head and body, but for the name of whoever asked."""
    body = len(answer.text.replace(name, "").encode()) if name else len(answer.content)
    return body + sum(len(header) + len(value) for header, value in answer.headers.raw if header != b"content-length")


async def taken(polls: Polls, database: str) -> Loot:
    """Everything there is at this moment. The server's own files are read before anybody asks the database."""
    if not polls.database:
        files = bytes_of(*polls.folder.glob(FILE + "*"), polls.log)
        return Loot(journalled(of_sqlite(polls.folder / FILE)), files)
    connection = await asyncpg.connect(database)
    await connection.execute("CHECKPOINT")
    await connection.close()
    return Loot(journalled(await of_postgres(database)), bytes_of(polls.log, server_folder() / "pg_wal", server_folder() / "base"))


def journalled(tables: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """The journal says in its numbers who voted: a column of its own for the attack."""
    rows = [row for row in tables["entry"] if row["act"] == "ballot.voted"]
    return tables | {"entry": [row | {"~voter": json.loads(row["numbers"])["voter"]} for row in rows]}


def links(loots: list[Loot], truth: dict[str, str]) -> list[str]:
    """What the attacker can do better than guessing. Of the day after only the counts are known, and these hold no row."""
    evening, after = loots
    wrong = [f"can be read while it is open in {hit}" for hit in evening.hits()]
    chance, most = bound(truth)
    for when, loot in (("evening", evening), ("day after", after)):
        for name, linked in [*paired(loot.tables, truth), *cut(loot, truth)]:
            if linked > most:
                wrong.append(f"{when}: {name} links {linked} of {len(truth)}, {chance:.0f} by chance")
    return wrong


def bound(truth: dict[str, str]) -> tuple[float, float]:
    """How many a guess hits, and how many it hits only once in a thousand million tries."""
    n = len(truth)
    share = sum((list(truth.values()).count(paper) / n) ** 2 for paper in PAPERS)
    return n * share, n * share + DEVIATIONS * (n * share * (1 - share)) ** 0.5


def paired(tables: dict[str, list[Row]], truth: dict[str, str]) -> Iterator[tuple[str, int]]:
    """Tables that name voters held against tables that hold papers: row by row in every order, and by what is equal or next to equal."""
    naming = list(columns(tables, truth))
    for table, said in columns(tables, PAPERS):
        papers = [row for row in tables[table] if row[said] in PAPERS]
        for other, named in naming:
            voters = [row for row in tables[other] if row[named] in truth]
            yield from ordered(other, voters, named, table, papers, said, truth)
            yield from equal(other, voters, named, table, papers, said, truth)


def columns(tables: dict[str, list[Row]], values: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Columns in which at least every second voter, or as many papers, can be read."""
    wanted = set(values)
    for table, rows in tables.items():
        for name in rows[0] if rows else ():
            if sum(isinstance(row[name], str) and row[name] in wanted for row in rows) >= 30:
                yield table, name


def ordered(*about: Any) -> Iterator[tuple[str, int]]:
    other, voters, named, table, papers, said, truth = about
    for one in voters[0]:
        for two in papers[0]:
            pairs = zip(sorted(voters, key=lambda row: key(row[one])), sorted(papers, key=lambda row: key(row[two])), strict=False)
            yield f"{other}.{one} beside {table}.{two}", sum(truth[voter[named]] == paper[said] for voter, paper in pairs)


def equal(*about: Any) -> Iterator[tuple[str, int]]:
    other, voters, named, table, papers, said, truth = about
    for one in voters[0]:
        for two in papers[0]:
            for step in (0, 1):
                beside = {row[two]: row[said] for row in papers if isinstance(row[two], int | str)}
                found = [(row[named], beside.get(row[one] + step if isinstance(row[one], int) else row[one])) for row in voters
                         if isinstance(row[one], int | str)]  # fmt: skip
                yield f"{other}.{one} = {table}.{two} - {step}", sum(truth[voter] == paper for voter, paper in found)


def key(value: Any) -> tuple[int, Any]:
    """Numbers as numbers, places in a file ("(3,12)") by page and line, all else as text."""
    if isinstance(value, int | float):
        return 0, value
    text = str(value)
    if text.startswith("(") and text.endswith(")") and "," in text:
        return 1, tuple(int(part) for part in text[1:-1].split(",") if part.isdigit())
    return 2, text


def cut(loot: Loot, truth: dict[str, str]) -> Iterator[tuple[str, int]]:
    """Only the counts are known: the voters in the order of anything that stands beside them, cut into such parts, in every order of these."""
    counts = {paper: list(truth.values()).count(paper) for paper in PAPERS}
    for table, named in columns(loot.tables, truth):
        rows = {row[named]: row for row in loot.tables[table] if row[named] in truth}
        for name, order in sights(rows, loot.files):
            for parts in permutations(PAPERS):
                said = [paper for paper in parts for _ in range(counts[paper])]
                yield f"{table}.{name} in parts", sum(truth[voter] == paper for voter, paper in zip(order, said, strict=False))


def sights(rows: dict[str, Row], files: dict[str, bytes]) -> Iterator[tuple[str, list[str]]]:
    """Orders of the voters: by every column, by the insides and the length of what is sealed, and by where it lies in each file."""
    first = next(iter(rows.values()))
    for name in first:
        yield name, sorted(rows, key=lambda voter: key(rows[voter][name]))
    if "sealed" not in first or not all(row["sealed"] for row in rows.values()):
        return
    for start in range(0, 600, 60):
        yield f"sealed[{start}:]", sorted(rows, key=lambda voter: rows[voter]["sealed"][start : start + 60])
    yield "length of sealed", sorted(rows, key=lambda voter: len(rows[voter]["sealed"]))
    for path, body in files.items():
        places = {voter: body.find(row["sealed"][:60].encode()) for voter, row in rows.items()}
        if max(places.values()) >= 0:
            yield f"place in {Path(path).name}", sorted(rows, key=lambda voter: places[voter])


TABLES = ("CREATE TABLE naive_participation (voter TEXT)", "CREATE TABLE naive_paper (code TEXT, choice TEXT)")


def everybody(seed: int) -> dict[str, str]:
    """Voter -> paper, in the order in which they vote."""
    return {f"person:{k}": PAPERS[k % 3] for k in random.Random(seed).sample(range(QUICK), QUICK)}


def whole(tables: dict[str, list[Row]], truth: dict[str, str]) -> list[str]:
    """Whether the attack links everybody."""
    most = max(number for _, number in paired(tables, truth))
    return [f"{most} of {len(truth)}"] if most == len(truth) else []


def told_by_length(truth: dict[str, str]) -> bool:
    """Would a page that is a byte longer for another paper give everybody away?"""
    wire = [{"voter": voter, "page": 5000 + PAPERS.index(paper)} for voter, paper in truth.items()]
    return max(number for _, number in cut(Loot({"wire": wire}), truth)) == len(truth)


async def control(seed: int) -> list[str]:
    """The usual two tables, random keys, no times, one transaction for each vote: everybody is linked by the order in the file; and by a page
    that is a byte longer for another paper."""
    truth = everybody(seed)
    with folder() as here, closing(sqlite3.connect(here / FILE)) as naive:
        for statement in TABLES:
            naive.execute(statement)
        for voter, choice in truth.items():
            naive.execute("INSERT INTO naive_participation VALUES (?)", (voter,))
            naive.execute("INSERT INTO naive_paper VALUES (?, ?)", (uuid.uuid4().hex, choice))
            naive.commit()
        return whole(of_sqlite(here / FILE), truth) if told_by_length(truth) else []
