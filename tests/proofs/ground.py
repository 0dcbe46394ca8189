"""Where a proof takes place: a fresh, migrated database in memory where the machine offers that, with the cast of tests/world.py."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any


@asynccontextmanager
async def fresh() -> AsyncIterator[Any]:
    """The cast, in a database that is thrown away."""
    folder = Path(tempfile.mkdtemp(prefix="council-proof-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None))
    os.environ["COUNCIL_DATA"] = str(folder)
    from council import db
    from council.settings import settings
    from tests.world import build

    settings.cache_clear()
    try:
        await db.migrate()
        async with db.connected():
            yield await build()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
