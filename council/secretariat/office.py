"""The office hours of a process: the listeners that hear the journal, and the work that goes on while it serves."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from council.neighbourhood.journal import listen, silence
from council.neighbourhood.treelog import Sequencer
from council.secretariat import search


@asynccontextmanager
async def open_hours() -> AsyncIterator[None]:
    """Within the block listeners listen and jobs are done."""
    sequencer = Sequencer()
    listen(sequencer.hear)
    listen(search.hear)
    work = [asyncio.create_task(sequencer.run(), name="sequencer"), asyncio.create_task(search.catch_up(), name="search")]
    try:
        yield
    finally:
        silence(sequencer.hear)
        silence(search.hear)
        for task in work:
            task.cancel()
        for task in work:
            with contextlib.suppress(asyncio.CancelledError):
                await task
