"""Counters that give the next number, each exactly once."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council.db import sql


class Counter(Model):
    """The last number given under a name, such as "meeting:12" or "agreement:3:2026"."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(64, unique=True)
    value = fields.BigIntField(default=0)

    class Meta:
        table = "counter"


async def next_number(name: str) -> int:
    """The next number under `name`; the row is held until the transaction ends, so numbers become visible in order."""
    rows = await sql(
        "INSERT INTO counter (name, value) VALUES (?, 1) "
        "ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value",
        name,
    )
    return int(rows[0]["value"])
