"""The office hours of a process: the listeners that hear the journal, and the work that goes on while it serves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def open_hours() -> AsyncIterator[None]:
    """Within the block listeners listen and jobs are done."""
    yield
