"""The power goes while people vote: of every file it may leave, each is whole and holds every vote that was acknowledged.

The application runs over a disk that remembers (`disk`); from what it wrote, files are made as a cut at a random moment may leave them: what was
synced, and any part of what was not, some of it torn. SQLite opens each of them and says whether it is whole; the votes are held against what the
voters had been told by then. A killed process proves none of this: what it wrote lives on in the memory of the machine.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from council import db
from council.neighbourhood.people import Person
from council.proceedings import ballotbox
from council.proceedings.ballots import Ballot
from council.sqlite import ImmediateSqliteClient
from tests.proofs.disk import Disk, images, whole
from tests.proofs.ground import FILE, connected, folder, plant, settled
from tests.proofs.polling import people, polling

QUICK, FULL = 1_000, 10_000  # power cuts
VOTERS = 120  # each votes, and every second one votes otherwise afterwards
CHOICES = ("yes", "no", "abstain")


async def prove(n: int, seed: int) -> list[str]:
    with folder() as here:
        before, log = await voted(here, VOTERS if n <= QUICK else 3 * VOTERS, seed)
        return [fault for _, faults in cuts(here, before, log, n, seed) for fault in faults]


async def voted(here: Path, voters: int, seed: int, **given: object) -> tuple[dict[str, bytes], list[tuple]]:
    """The files before the vote, and all that happened to them during it, between what voters asked and what they were told.

    The log is taken into the file ten times as often as usual, so that many cuts fall into that.
    """
    await plant(here)
    async with connected() as world:
        ballot = await polling(world, await people(world, voters))
    settled(here / FILE)
    before, dice = {FILE: (here / FILE).read_bytes()}, random.Random(seed)
    with pragmas(wal_autocheckpoint=100, **given), Disk().below() as disk:
        for part in range(2):  # and once in between everything is closed and opened again
            async with db.connected():
                them = await Person.filter(name__startswith="居民").order_by("id")
                await vote(disk, await Ballot.get(id=ballot.id), them[part::2], dice)
    return before, disk.log


async def vote(disk: Disk, ballot: Ballot, them: list[Person], dice: random.Random) -> None:
    """A few at a time, as they come."""
    while them:
        few, them = them[: (size := dice.randint(1, 4))], them[size:]
        await asyncio.gather(*(one_vote(disk, ballot, one, dice.choice(CHOICES), None) for one in few))
        await asyncio.gather(*(one_vote(disk, ballot, one, dice.choice(CHOICES), 0) for one in few[::2]))


async def one_vote(disk: Disk, ballot: Ballot, who: Person, choice: str, after: int | None) -> None:
    disk.mark("asked", f"person:{who.id}", choice)
    cast = ballotbox.cast(ballot, choice, by=who) if after is None else ballotbox.change(ballot, choice, by=who, after=after)
    await cast
    disk.mark("told", f"person:{who.id}", choice)


def cuts(here: Path, before: dict[str, bytes], log: list[tuple], n: int, seed: int) -> Iterator[tuple[str, list[str]]]:
    """For each cut: "" or why the file is not whole, and all that is wrong with it."""
    place, said = here / "cut", [(number, act) for number, act in enumerate(log) if act[0] in ("asked", "told")]
    place.mkdir()
    for moment, files in images(before, log, n, seed):
        for old in place.iterdir():
            old.unlink(missing_ok=True)  # what lies beside a file of SQLite goes when it is closed
        for name, body in files.items():
            (place / name).write_bytes(body)
        broken = whole(place / FILE)
        faults = [broken] if broken else lost(place / FILE, [act for number, act in said if number < moment])
        yield broken, [f"cut {moment}: {one}" for one in faults]


def lost(file: Path, said: list[tuple]) -> list[str]:
    """Votes that were acknowledged and are not there as they were; a turnout or a journal that does not fit the votes."""
    with closing(sqlite3.connect(file)) as found:
        rows = found.execute("SELECT voter, choice FROM vote").fetchall()
        (turnout,) = found.execute('SELECT "cast" FROM ballot').fetchone()
        (noted,) = found.execute("SELECT COUNT(*) FROM entry WHERE act = 'ballot.voted'").fetchone()
    kept, wrong = dict(rows), []
    for voter, may in possible(said).items():
        if kept.get(voter) not in may:
            wrong.append(f"{voter}: kept {kept.get(voter)}, possible {may}")
    if not len(rows) == len(kept) == turnout == noted:
        wrong.append(f"{len(rows)} votes of {len(kept)} voters, turnout {turnout}, {noted} in the journal")
    return wrong


def possible(said: list[tuple]) -> dict[str, list[str | None]]:
    """What each voter may find: what they were told last, or what they asked for since."""
    found: dict[str, list[str | None]] = {}
    for act in said:
        if act[0] == "asked":
            found.setdefault(act[1], [None]).append(act[2])
        else:
            found[act[1]] = [act[2]]
    return found


@contextmanager
def pragmas(**given: object) -> Iterator[None]:
    """Every connection opened within the block has these besides, or instead of, its own."""
    usual = ImmediateSqliteClient.__init__

    def opened(self: ImmediateSqliteClient, file_path: str, **kwargs: object) -> None:
        usual(self, file_path, **kwargs | given)

    ImmediateSqliteClient.__init__ = opened  # type: ignore[method-assign]
    try:
        yield
    finally:
        ImmediateSqliteClient.__init__ = usual  # type: ignore[method-assign]


async def control(seed: int) -> list[str]:
    """With `synchronous=NORMAL` acknowledged votes are lost, with `OFF` files are broken: both must be seen."""
    found = []
    for synchronous in ("NORMAL", "OFF"):
        with folder() as here:
            before, log = await voted(here, VOTERS // 2, seed, synchronous=synchronous)
            found.append([(broken, faults) for broken, faults in cuts(here, before, log, 60, seed) if faults])
    seen = any(not broken for broken, _ in found[0]) and any(broken for broken, _ in found[1])
    return [fault for each in found for _, faults in each for fault in faults] if seen else []
