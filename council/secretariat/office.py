"""The office hours of a process: the listeners that hear the journal, and the work that goes on while it serves."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from council.neighbourhood.journal import listen, silence
from council.neighbourhood.treelog import Sequencer
from council.proceedings import reporting
from council.proceedings.timekeeping import Timekeeper
from council.secretariat import jobs, partners, search, streams, summons


@asynccontextmanager
async def open_hours() -> AsyncIterator[None]:
    """Within the block listeners listen and jobs are done."""
    sequencer, timekeeper = Sequencer(), Timekeeper()
    listen(sequencer.hear)
    listen(timekeeper.hear)
    listen(search.hear)
    listen(streams.hub.hear)
    listen(summons.hear)
    listen(partners.hear)
    work = [asyncio.create_task(sequencer.run(), name="sequencer"), asyncio.create_task(search.catch_up(), name="search")]
    work.append(asyncio.create_task(timekeeper.run(), name="timekeeper"))
    work.append(asyncio.create_task(jobs.run(), name="jobs"))
    work.append(asyncio.create_task(reporting.tidy(), name="tidy"))
    work.append(asyncio.create_task(streams.hub.run(), name="rooms"))
    try:
        yield
    finally:
        silence(sequencer.hear)
        silence(timekeeper.hear)
        silence(search.hear)
        silence(streams.hub.hear)
        silence(summons.hear)
        silence(partners.hear)
        for task in work:
            task.cancel()
        for task in work:
            with contextlib.suppress(asyncio.CancelledError):
                await task
