"""Databases with something in them, built once through the verbs and copied for every test: the cast, its five organisations, their agreement."""

from __future__ import annotations

import asyncio
import contextlib
import pickle
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from tortoise.models import Model

from council import db
from council.settings import settings


@dataclass
class Cast:
    """Who and what is in such a database, as far as it was built. `world` is that of tests/world.py, `made` that of tests/five.py."""

    world: Any = None
    made: Any = None
    agreement: Any = None


@dataclass(frozen=True)
class Shape:
    """The address of a database to copy, its cast as bytes, and the files that belong to it."""

    address: str
    cast: bytes
    files: dict[Path, bytes]

    def again(self) -> Cast:
        """The cast as it was read from the database after building; of each record one object. Its files lie where they lay."""
        for path, data in self.files.items():
            if not path.exists() or path.read_bytes() != data:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
        cast: Cast = pickle.loads(self.cast)
        return cast


def grown(source: str, address: str, grow: Callable[[Cast], Awaitable[Cast]], before: Shape | None = None) -> Shape:
    """What `grow` makes of the database at `address`, a copy of `source`."""
    copied(source, address)
    had = set(_files())

    async def work() -> Cast:
        async with db.connected(address):
            return await _read(await grow(before.again() if before else Cast()), {})

    cast = asyncio.run(work())
    settle(address)
    kept = {path: path.read_bytes() for path in _files() if path not in had}
    return Shape(address, pickle.dumps(cast), (before.files if before else {}) | kept)


def _files() -> list[Path]:
    return [path for path in settings().media.rglob("*") if path.is_file()]


async def _read(value: Any, seen: dict[tuple[type, int], Any]) -> Any:
    """The same with every record read anew, as a test would find it."""
    if isinstance(value, Model):
        key = (type(value), value.pk)
        if key not in seen:
            seen[key] = await type(value).get(id=value.pk)
        return seen[key]
    if isinstance(value, dict):
        return {key: await _read(each, seen) for key, each in value.items()}
    if isinstance(value, list):
        return [await _read(each, seen) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{each.name: await _read(getattr(value, each.name), seen) for each in fields(value)})
    return value


def copied(source: str, address: str) -> None:
    """A database of its own at `address` with all that is in `source`."""
    if address.startswith("sqlite://"):
        shutil.copy(source.removeprefix("sqlite://"), address.removeprefix("sqlite://"))
        return
    from tests.postgres import another, named

    asyncio.run(another(source, named(address)))


def settle(address: str) -> None:
    """Bring everything into the one file that tests copy: two connections that close at once may both leave that to the other."""
    if address.startswith("sqlite://"):
        with contextlib.closing(sqlite3.connect(address.removeprefix("sqlite://"))) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
