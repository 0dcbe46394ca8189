"""The clock of the ballots: those whose time has run out are closed within a second, whoever is in the room."""

from __future__ import annotations

import asyncio
import logging

from council import clock
from council.neighbourhood.journal import Entry
from council.proceedings.ballots import Ballot
from council.proceedings.conduct import close_ballot
from council.refusals import Conflict

LONGEST = 20.0  # seconds without a look: another process may have opened a ballot that we have not heard of
log = logging.getLogger(__name__)


async def close_due() -> int:
    """Close every ballot whose time has run out; how many there were. A paper vote waits for its two counts."""
    closed = 0
    for ballot in await Ballot.filter(stage="open", closes_at__lte=clock.now(), paper=False):
        try:
            await close_ballot(ballot, by=None)
            closed += 1
        except Conflict:
            log.info("ballot %s was closed by somebody else", ballot.id)
    return closed


async def until_next() -> float:
    """Seconds until the next closing time, at most LONGEST."""
    coming = await Ballot.filter(stage="open", closes_at__gt=clock.now(), paper=False).order_by("closes_at").first()
    left = (coming.closes_at - clock.now()).total_seconds() if coming and coming.closes_at else LONGEST
    return max(0.05, min(left, LONGEST))


class Timekeeper:
    """Listens for openings and sleeps until the next closing."""

    def __init__(self) -> None:
        self.opened = asyncio.Event()

    def hear(self, entry: Entry) -> None:
        if entry.act == "ballot.opened":
            self.opened.set()

    async def run(self) -> None:
        while True:
            try:
                await close_due()
                left = await until_next()
            except Exception:
                log.exception("the clock of the ballots stumbled")
                left = 1.0
            await self._sleep(left)

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self.opened.wait()
        except TimeoutError:
            return
        self.opened.clear()
