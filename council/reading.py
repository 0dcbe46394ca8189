"""Long readings: the rows of one question a part at a time, so that memory stays flat; over a connection of their own, so that no page waits."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from itertools import count
from typing import Any

import aiosqlite
from tortoise import connections

AT_ONCE = 2_000  # rows


async def parts(statement: str, *values: Any, at_once: int = AT_ONCE) -> AsyncIterator[Sequence[Sequence[Any]]]:
    """The rows as the database stood when this began, in their order. `statement` has `?` for each of the values."""
    reader = connections.get("reading")
    if reader.capabilities.dialect == "postgres":
        numbers = count(1)
        wanted = "".join(f"${next(numbers)}" if sign == "?" else sign for sign in statement)
        async with reader.acquire_connection() as held, held.transaction(isolation="repeatable_read", readonly=True):
            cursor = await held.cursor(wanted, *values)
            while some := await cursor.fetch(at_once):
                yield some
        return
    async with aiosqlite.connect(reader.filename) as own, own.execute(statement, values) as cursor:
        while rows := await cursor.fetchmany(at_once):
            yield list(rows)
