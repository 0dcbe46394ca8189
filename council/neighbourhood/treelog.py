"""The tamper-evident log over the journal: one sequencer gives each committed entry its place in an RFC 6962 tree.

Writers never wait for each other: an entry's place is given after its commit, and what is committed but not yet placed is placed at start-up.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import sql, sql_many
from council.neighbourhood.journal import Entry, writing
from council.workshop import treelog
from council.workshop.treelog import Frontier

BATCH = 500
PAUSE = 0.25  # seconds
log = logging.getLogger(__name__)
_turn = asyncio.Lock()


class LogHead(Model):
    """The log as it ended on a day: the last row is the present head, the earlier ones are what was published on their days."""

    id = fields.IntField(primary_key=True)
    day = fields.DateField(unique=True)
    size = fields.BigIntField()
    peaks: list[str] = fields.JSONField(default=list)
    root = fields.CharField(64)

    class Meta:
        table = "log_head"

    def frontier(self) -> Frontier:
        return Frontier(self.size, tuple(bytes.fromhex(peak) for peak in self.peaks))


async def head() -> tuple[int, str]:
    """Size and root of the journal as it stands, for papers and files that vouch for it; 0 and "" before the first entry has its place."""
    newest = await LogHead.all().order_by("-id").first()
    return (newest.size, newest.root) if newest else (0, "")


async def root_at(size: int) -> str:
    """The root the journal had with so many entries; "" where it never had as many. From the published head before it, leaf by leaf."""
    newest, _ = await head()
    if not 0 < size <= newest:
        return ""
    before = await LogHead.filter(size__lte=size).order_by("-size").first()
    end = before.frontier() if before else Frontier()
    for row in await sql("SELECT leaf FROM entry WHERE position >= ? AND position < ? ORDER BY position", end.size, size):
        end = end.append(bytes.fromhex(row["leaf"]))
    return end.root().hex()


async def place_entries() -> int:
    """Give every committed entry without a place its position; how many there were."""
    async with _turn:
        placed = 0
        while await Entry.exists(position=None) and (some := await place_some()):
            placed += some
        return placed


async def place_some() -> int:
    """At most BATCH of them. Of several processes one places at a time, and looks for what waits only when it is its turn."""
    async with writing():
        await sql("INSERT INTO counter (name, value) VALUES ('journal', 0) ON CONFLICT (name) DO UPDATE SET value = counter.value")
        rows = await sql("SELECT * FROM entry WHERE position IS NULL ORDER BY id LIMIT ?", BATCH)
        entries = [Entry._init_from_db(**row | {"at": clock.moment(row["at"])}) for row in rows]
        head = await LogHead.all().order_by("-day").first()
        end = head.frontier() if head else Frontier()
        places = []
        for entry in entries:
            leaf = treelog.leaf(entry.canonical())
            places.append((end.size, leaf.hex(), entry.id))
            end = end.append(leaf)
        if places:
            await sql_many("UPDATE entry SET position = ?, leaf = ? WHERE id = ?", places)
            await _save(head, end)
        return len(places)


async def _save(head: LogHead | None, end: Frontier) -> None:
    today = clock.today()
    now: dict[str, Any] = {"size": end.size, "peaks": [peak.hex() for peak in end.peaks], "root": end.root().hex()}
    if head is not None and head.day == today:
        await LogHead.filter(id=head.id).update(**now)
    else:
        await LogHead.create(day=today, **now)


@dataclass(frozen=True)
class Audit:
    """What a check of the whole log found: its size, its root, and the id of the first entry that was changed (None: none was).

    `bad_day`: the day whose published head the log does not reach, or that ends before the log does. `unprinted`: sizes at which the
    log has another root than a paper says.
    """

    size: int
    root: str
    first_bad: int | None = None
    bad_day: str = ""
    unprinted: tuple[int, ...] = ()

    @property
    def sound(self) -> bool:
        return self.first_bad is None and not self.bad_day and not self.unprinted


NONE_PRINTED: Mapping[int, str] = {}


async def audit(printed: Mapping[int, str] = NONE_PRINTED) -> Audit:
    """Recompute every leaf and every published head from the entries themselves.

    `printed`: roots by size as they stand on minutes and posters. Whoever holds all files can write the whole log anew; paper cannot be.
    """
    heads = defaultdict(list)
    for row in await sql("SELECT day, size, peaks, root FROM log_head ORDER BY id"):
        heads[row["size"]].append(row)
    end, left = Frontier(), dict(printed)
    async for row in _placed():
        leaf = _leaf(row)
        if leaf is None or row["position"] != end.size or row["leaf"] != leaf.hex():
            return Audit(end.size, end.root().hex(), first_bad=row["id"])
        end = end.append(leaf)
        wrong = next((head for head in heads.pop(end.size, ()) if not _is_head(head, end)), None)
        if wrong is not None:
            return Audit(end.size, end.root().hex(), first_bad=row["id"], bad_day=str(wrong["day"]))
        if end.size in left and left[end.size] == end.root().hex():
            del left[end.size]
    missing = next((str(head["day"]) for some in heads.values() for head in some), "")
    return Audit(end.size, end.root().hex(), bad_day=missing or await _beyond(end), unprinted=tuple(left))


def _leaf(row: dict[str, Any]) -> bytes | None:
    """The leaf of an entry as it stands in the file; None where it cannot even be read."""
    try:
        kept = {name: json.loads(row[name]) if isinstance(row[name], str) else row[name] for name in ("numbers", "digests")}
        return treelog.leaf(Entry._init_from_db(**row | kept | {"at": clock.moment(row["at"])}).canonical())
    except (ValueError, TypeError, AttributeError):
        return None


def _is_head(head: dict[str, Any], end: Frontier) -> bool:
    """Does a published head say how the log ended there: its root, and the peaks from which it grew on?"""
    peaks = head["peaks"] if isinstance(head["peaks"], str) else json.dumps(head["peaks"])
    return bool(head["root"] == end.root().hex()) and peaks.replace(" ", "") == json.dumps([peak.hex() for peak in end.peaks]).replace(" ", "")


async def _beyond(end: Frontier) -> str:
    """The day of the newest head where the log goes on behind it: entries and head are written together, so it never does by itself."""
    rows = await sql("SELECT day, size FROM log_head ORDER BY id DESC LIMIT 1")
    size, day = (rows[0]["size"], str(rows[0]["day"])) if rows else (0, "—")
    return day if end.size > size else ""


async def _placed() -> AsyncIterator[dict[str, Any]]:
    """Every placed entry in the order of the log, a thousand at a time; two in one place are two."""
    rows = await sql("SELECT * FROM entry WHERE position IS NOT NULL ORDER BY position, id LIMIT 1000")
    while rows:
        for row in rows:
            yield row
        last = rows[-1]["position"], rows[-1]["id"]
        rows = await sql("SELECT * FROM entry WHERE (position, id) > (?, ?) ORDER BY position, id LIMIT 1000", *last)


async def unplaced() -> int:
    rows = await sql("SELECT COUNT(*) AS n FROM entry WHERE position IS NULL")
    return int(rows[0]["n"])


class Sequencer:
    """Places entries soon after their commit; one in a process."""

    def __init__(self) -> None:
        self._wake = asyncio.Event()

    def hear(self, entry: Entry) -> None:
        self._wake.set()

    async def run(self) -> None:
        while True:
            try:
                await place_entries()
            except Exception:
                # The disk may be full, the database gone for a moment: what waits is placed once it is back.
                log.exception("entries could not be placed")
                await asyncio.sleep(1)
                continue
            await self._wake.wait()
            self._wake.clear()
            # A short pause gathers what a busy evening writes into one transaction.
            await asyncio.sleep(PAUSE)
