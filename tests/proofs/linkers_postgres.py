"""`linkers` on PostgreSQL: the attacker also has the system columns (which transaction wrote a row, where it lies), data files and WAL."""

from __future__ import annotations

import random
import uuid

import asyncpg

from tests.proofs.ground import folder, postgres
from tests.proofs.kills import HONEST, Polls
from tests.proofs.linkers import FULL, QUICK, TABLES, everybody, linked, of_postgres, whole

__all__ = ("FULL", "QUICK", "control", "prove")


async def prove(n: int, seed: int) -> list[str]:
    address = await postgres("linkers")
    with folder() as here:
        return await linked(Polls(here, 0, [], random.Random(seed), HONEST, address), n)


async def control(seed: int) -> list[str]:
    """The usual two tables: everybody is linked by xmin alone, both rows of a vote having been written by one transaction."""
    truth, address = everybody(seed), await postgres("naive")
    connection = await asyncpg.connect(address)
    for statement in TABLES:
        await connection.execute(statement)
    for voter, choice in truth.items():
        async with connection.transaction():
            await connection.execute("INSERT INTO naive_participation VALUES ($1)", voter)
            await connection.execute("INSERT INTO naive_paper VALUES ($1, $2)", uuid.uuid4().hex, choice)
    await connection.close()
    tables = await of_postgres(address)
    naive = ("naive_participation", "naive_paper")
    return whole({name: [{kept: row[kept] for kept in row if kept != "~ctid"} for row in tables[name]] for name in naive}, truth)
