"""Deadlines: while a process serves it looks at the calendar, at its start, after midnight and every few minutes."""

from __future__ import annotations

import asyncio
import logging

from council import clock
from council.partnership import sittings, terms

log = logging.getLogger(__name__)

LOOKS = 300.0  # seconds


async def run() -> None:
    """Look for as long as this process serves; started by the office hours. A fault stops no later look."""
    while True:
        try:
            await terms.keep()
            await sittings.tidy(clock.now())
        except Exception:
            log.exception("looking at the calendar of agreements failed")
        await asyncio.sleep(LOOKS)
