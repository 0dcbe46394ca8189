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
from council.secretariat import (
    deadlines,
    doubts,
    draws,
    errands,
    hearings,
    jobs,
    lending,
    maps,
    matching,
    partners,
    relay,
    search,
    streams,
    summons,
    tidings,
    votes,
)
from council.secretariat import demo_agreement as _demo_agreement  # noqa: F401 - its job is marked there


@asynccontextmanager
async def open_hours() -> AsyncIterator[None]:
    """Within the block listeners listen and jobs are done."""
    sequencer, timekeeper = Sequencer(), Timekeeper()
    hearing = (
        sequencer.hear, timekeeper.hear, search.hear, streams.hub.hear, summons.hear, tidings.hear, partners.hear, hearings.hear, maps.hear,
        lending.hear, matching.hear, errands.hear, draws.hear, votes.hear,
    )  # fmt: skip
    working = (
        sequencer.run(), timekeeper.run(), search.catch_up(), deadlines.run(), hearings.run(), jobs.run(), reporting.tidy(), streams.hub.run(),
        relay.whisper(streams.hub), doubts.sweep(streams.hub), doubts.ask(streams.hub),
    )  # fmt: skip
    for listener in hearing:
        listen(listener)
    tasks = [asyncio.create_task(work) for work in working]
    try:
        yield
    finally:
        for listener in hearing:
            silence(listener)
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
