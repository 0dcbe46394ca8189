"""The tamper-evident log over the journal: one sequencer gives each committed entry its place in an RFC 6962 tree.

Writers never wait for each other: an entry's place is given after its commit, and what is committed but not yet placed is placed at start-up.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
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
    """What a check of the whole log found: its size, its root, and the id of the first entry that was changed (None: none was)."""

    size: int
    root: str
    first_bad: int | None = None
    bad_day: str = ""

    @property
    def sound(self) -> bool:
        return self.first_bad is None and not self.bad_day


async def audit() -> Audit:
    """Recompute every leaf and every published head from the entries themselves."""
    heads = {head.size: head for head in await LogHead.all().order_by("size")}
    end = Frontier()
    async for entry in _placed():
        leaf = treelog.leaf(entry.canonical())
        if entry.position != end.size or entry.leaf != leaf.hex():
            return Audit(end.size, end.root().hex(), first_bad=entry.id)
        end = end.append(leaf)
        head = heads.pop(end.size, None)
        if head is not None and head.root != end.root().hex():
            return Audit(end.size, end.root().hex(), first_bad=entry.id, bad_day=head.day.isoformat())
    missing = next((h for h in heads.values() if h.size), None)
    return Audit(end.size, end.root().hex(), bad_day=missing.day.isoformat() if missing else "")


async def _placed() -> AsyncIterator[Entry]:
    """Every placed entry in the order of the log, a thousand at a time."""
    start = 0
    while rows := await Entry.filter(position__gte=start, position__lt=start + 1000).order_by("position"):
        for row in rows:
            yield row
        start += 1000


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
