"""Where a proof takes place: a fresh, migrated database in memory where the machine offers that, with the cast of tests/world.py."""

from __future__ import annotations

import atexit
import os
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
FILE = "council.sqlite"
_cast: list[Any] = []


@contextmanager
def folder(memory: str | None = MEMORY) -> Iterator[Path]:
    """A data folder that is thrown away; the settings follow it."""
    found = Path(tempfile.mkdtemp(prefix="council-proof-", dir=memory))
    _here(found)
    try:
        yield found
    finally:
        shutil.rmtree(found, ignore_errors=True)
        found.with_suffix(".log").unlink(missing_ok=True)


def _here(found: Path) -> None:
    from council.settings import settings

    os.environ["COUNCIL_DATA"] = str(found)
    os.environ.pop("DATABASE_URL", None)
    settings.cache_clear()


@cache
def _template() -> Path:
    """Where this process keeps the database that its proofs copy."""
    kept = Path(tempfile.mkdtemp(prefix="council-proof-", dir=MEMORY))
    atexit.register(shutil.rmtree, kept, ignore_errors=True)
    return kept / FILE


async def plant(here: Path) -> None:
    """The cast in a migrated database; the first is made, the others are copied from it."""
    from council import db
    from tests.world import build

    if not _cast:
        await db.migrate()
        async with db.connected():
            _cast.append(await build())
        settled(here / FILE)
        shutil.copy(here / FILE, _template())
    shutil.copy(_template(), here / FILE)


def settled(file: Path) -> None:
    """All that is in the log beside a file of SQLite goes into the file."""
    with closing(sqlite3.connect(file)) as found:
        found.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@asynccontextmanager
async def connected() -> AsyncIterator[Any]:
    """The cast, read from the database of the moment."""
    from council import db
    from tests.world import again

    async with db.connected():
        yield await again(_cast[0])


@asynccontextmanager
async def fresh() -> AsyncIterator[Any]:
    """The cast, in a database that is thrown away."""
    with folder() as here:
        await plant(here)
        async with connected() as world:
            yield world
