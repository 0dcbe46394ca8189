"""Somebody who holds the database changes one thing in it: `council verify` finds every such change.

A byte of any entry of the journal, of a vote or of a result; a row taken out, put in or doubled; two that change places; the end cut off, the log
grown on differently from there, and its roots made to fit. What was made to fit everywhere is found by the root on a printed page.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from tortoise.exceptions import IntegrityError

from council import clock
from council.db import sql
from council.neighbourhood import treelog
from council.neighbourhood.journal import Entry, writing
from council.proceedings import ballotbox, custodians, scrutiny
from council.proceedings.ballots import Ballot
from council.proceedings.conduct import close_ballot, open_ballot
from council.proceedings.questions import Way, draw_outside
from council.proceedings.resolutions import declare
from council.workshop.treelog import Frontier, leaf
from tests.proofs.ground import fresh
from tests.proofs.polling import people

QUICK, FULL = 150, 10_000  # changes
VOTERS = 12
Row = dict[str, Any]
# What the journal and its log answer for, table by table.
COLUMNS = {
    "entry": "id at act subject subject_id by_id place_id stage meeting_id sequence numbers digests position leaf".split(),
    "log_head": "size peaks root".split(),
    "vote": "ballot_id voter choice sealed receipt".split(),
    "vote_count": "ballot_id choice votes".split(),
    "ballot": "id question options stage entitled cast figures".split(),
    "entitlement": "ballot_id area_cm2".split(),
}  # fmt: skip


class Undone(Exception):
    """What was tried is taken back."""


async def prove(n: int, seed: int) -> list[str]:
    async with fresh() as world:
        printed = await held(world)
        return await missed(n, random.Random(seed), printed)


async def held(world: Any) -> dict[int, str]:
    """A vote by name, declared, and a secret one that is open; the journal over three days. What stands on paper of it."""
    them = await people(world, VOTERS)
    named = await draw_outside(world.grid, "是否同意装充电桩", by=world.secretary, way=Way(electorate="persons"))
    secret = await draw_outside(world.grid, "设在哪里", by=world.secretary, options=("东门", "西门"), way=Way(electorate="persons", secrecy="sealed"))
    await _aged(2)
    seats = dict(zip(custodians.SEATS, (world.secretary, world.resident, world.street_secretary), strict=True))
    await custodians.appoint(secret, seats, by=world.secretary)
    for person in seats.values():
        await custodians.make_code(secret, by=person)
    for ballot in (named, secret):
        await open_ballot(ballot, by=world.secretary, closes_at=clock.now() + timedelta(days=1))
    for n, one in enumerate(them):
        await ballotbox.cast(named, ("yes", "yes", "no", "abstain")[n % 4], by=one)
        await ballotbox.cast(secret, str(n % 2 + 1), by=one)
    await ballotbox.change(named, "no", by=them[0], after=0)
    await _aged(1)
    await Ballot.filter(id=named.id).update(closes_at=clock.now())
    named = await Ballot.get(id=named.id)
    await close_ballot(named, by=None)
    await declare(named, by=world.secretary)
    await treelog.place_entries()
    async with writing():
        for row in await sql("SELECT name FROM sqlite_master WHERE type = 'trigger'"):  # whoever holds the file drops these first
            await sql(f'DROP TRIGGER "{row["name"]}"')
    size, root = await treelog.head()
    return {size: root}


async def _aged(days: int) -> None:
    """What is in the journal so far was placed so many days ago."""
    await treelog.place_entries()
    async with writing():
        await sql("UPDATE log_head SET day = ? WHERE id = (SELECT MAX(id) FROM log_head)", clock.today() - timedelta(days=days))


async def missed(n: int, dice: random.Random, printed: dict[int, str]) -> list[str]:
    """Changes that nothing was found of, in words."""
    assert (await treelog.audit(printed)).sound
    assert not await scrutiny.faults()
    wrong, tried = [], 0
    while tried < n:
        said = ""
        try:
            async with writing():
                said = await dice.choice(CHANGES)(dice)
                if said and (await treelog.audit(printed)).sound and not await scrutiny.faults():
                    wrong.append(said)
                raise Undone
        except Undone:
            tried += bool(said)
        except IntegrityError:  # SQLite itself takes no such value
            continue
    return wrong


async def rows(table: str) -> list[Row]:
    return await sql(f'SELECT rowid AS "~rowid", * FROM "{table}" ORDER BY rowid')


async def put(table: str, row: Row, **values: Any) -> None:
    names = ", ".join(f'"{name}" = ?' for name in values)
    await sql(f'UPDATE "{table}" SET {names} WHERE rowid = ?', *values.values(), row["~rowid"])


async def a_byte(dice: random.Random) -> str:
    """One byte of one column becomes another. "" where that says the same as before."""
    table = dice.choice(list(COLUMNS))
    row, name = dice.choice(await rows(table)), dice.choice(COLUMNS[table])
    before = row[name]
    text = "" if before is None else str(before)
    at = dice.randrange(len(text) + 1)
    after: Any = text[:at] + dice.choice("0123456789abcXYZ {}\"',:-的") + text[at + 1 :]
    if isinstance(before, int) or before is None:
        after = int(after) if after.strip().lstrip("-").isdigit() else after
    if same(before, after):
        return ""
    taken = await sql(f'SELECT 1 FROM "{table}" WHERE "{name}" = ?', after) if name in ("id", "position") else []
    if taken or (table == "vote" and name == "voter" and after in {one["voter"] for one in await rows("vote")}):
        return ""
    await sql("PRAGMA defer_foreign_keys = ON")
    await put(table, row, **{name: after})
    return f"{table} {row['~rowid']}: {name} {before!r} became {after!r}"


def same(before: Any, after: Any) -> bool:
    """Does it say the same: equal, an equal number, the same JSON or the same moment written otherwise?"""
    if before == after or str(before) == str(after):
        return True
    for read in (json.loads, clock.moment, float):
        try:
            if read(before) == read(after):
                return True
        except (ValueError, TypeError):
            continue
    return False


async def a_row_out(dice: random.Random) -> str:
    table = dice.choice(("entry", "vote", "log_head", "entitlement"))
    found = await rows(table)
    row = found[-1] if table == "log_head" else dice.choice(found)
    await sql(f'DELETE FROM "{table}" WHERE rowid = ?', row["~rowid"])
    return f"{table} {row['~rowid']} was taken out"


async def a_row_in(dice: random.Random) -> str:
    """An entry doubled at the end with its proper place and leaf; a vote that nobody cast, and its counter."""
    if dice.random() < 0.5:
        row = dice.choice(await rows("entry"))
        size, _ = await treelog.head()
        made = Entry._init_from_db(**{name: value for name, value in row.items() if name != "~rowid"} | read(row) | {"id": 10**6})
        names = [name for name in row if name not in ("~rowid", "id", "position", "leaf")]
        await sql(
            f"INSERT INTO entry (id, position, leaf, {', '.join(names)}) VALUES (?, ?, ?, {', '.join('?' * len(names))})",
            10**6, size, leaf(made.canonical()).hex(), *(row[name] for name in names),
        )  # fmt: skip
        return f"entry {row['id']} was put in once more at the end"
    row = dice.choice(await rows("vote"))
    names = [name for name in row if name not in ("~rowid", "id", "voter")]
    columns, holes = ", ".join(names), ", ".join("?" * len(names))
    await sql(f"INSERT INTO vote (voter, {columns}) VALUES (?, {holes})", "person:9999", *(row[name] for name in names))
    await sql("UPDATE vote_count SET votes = votes + 1 WHERE ballot_id = ? AND choice = ?", row["ballot_id"], row["choice"])
    await sql('UPDATE ballot SET "cast" = "cast" + 1 WHERE id = ?', row["ballot_id"])
    return f"vote {row['id']} was put in once more"


def read(row: Row) -> Row:
    return {"numbers": json.loads(row["numbers"]), "digests": json.loads(row["digests"]), "at": clock.moment(row["at"])}


async def another_order(dice: random.Random) -> str:
    """Two entries change places, or what they say; two votes change what they say, so that every count stays."""
    table, names = dice.choice((("entry", ("position", "leaf")), ("entry", ("numbers", "digests")), ("vote", ("choice", "sealed"))))
    one, two = dice.sample(await rows(table), 2)
    if all(one[name] == two[name] for name in names) or (table == "vote" and one["ballot_id"] != two["ballot_id"]):
        return ""
    if names[0] == "position":
        await put(table, one, position=-1)
    await put(table, two, **{name: one[name] for name in names})
    await put(table, one, **{name: two[name] for name in names})
    return f"{table} {one['~rowid']} and {two['~rowid']} changed places by {names}"


async def the_tail(dice: random.Random) -> str:
    """The end is cut off: the entries alone, with the heads behind them, or with heads made to fit what is left."""
    found = await rows("entry")
    keep, how = dice.randrange(len(found)), dice.choice(("entries", "heads", "fitting", "grown"))
    await sql("DELETE FROM entry WHERE position >= ?", keep)
    if how != "entries":
        await sql("DELETE FROM log_head WHERE size > ?", keep)
    if how in ("fitting", "grown"):
        await fitting([*found[:keep], *(found[keep + 1 :] if how == "grown" else ())])
    return f"{len(found) - keep} entries were cut off ({how})"


async def fitting(kept: list[Row]) -> None:
    """The whole log anew over these entries, with places, leaves and head as they should be."""
    await sql("DELETE FROM entry")
    await sql("DELETE FROM log_head")
    end, names = Frontier(), [name for name in kept[0] if name not in ("~rowid", "position", "leaf")] if kept else []
    for row in kept:
        hashed = leaf(Entry._init_from_db(**{name: row[name] for name in names} | read(row)).canonical())
        await sql(
            f"INSERT INTO entry (position, leaf, {', '.join(names)}) VALUES (?, ?, {', '.join('?' * len(names))})",
            end.size, hashed.hex(), *(row[name] for name in names),
        )  # fmt: skip
        end = end.append(hashed)
    if end.size:
        peaks = json.dumps([peak.hex() for peak in end.peaks])
        await sql("INSERT INTO log_head (day, size, peaks, root) VALUES (?, ?, ?, ?)", clock.today(), end.size, peaks, end.root().hex())


Change = Callable[[random.Random], Awaitable[str]]
CHANGES: list[Change] = [a_byte, a_byte, a_byte, a_row_out, a_row_in, another_order, the_tail]


async def control(seed: int) -> list[str]:
    """A check that believes the leaves that stand beside the entries, and the counters that stand beside the votes, misses most of it."""
    real, known = treelog._leaf, scrutiny.strange_votes

    async def nothing(ballot: Ballot) -> Any:
        return
        yield

    treelog._leaf = lambda row: bytes.fromhex(row["leaf"]) if re.fullmatch("[0-9a-f]{64}", str(row["leaf"])) else None
    scrutiny.strange_votes = nothing
    try:
        async with fresh() as world:
            return await missed(30, random.Random(seed), await held(world))
    finally:
        treelog._leaf, scrutiny.strange_votes = real, known
