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
    return (await next_numbers(name, 1))[0]


async def next_numbers(name: str, n: int) -> range:
    """The next `n` numbers under `name`, in one statement."""
    rows = await sql(
        "INSERT INTO counter (name, value) VALUES (?, ?) "
        "ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value RETURNING value",
        name, n,
    )  # fmt: skip
    last = int(rows[0]["value"])
    return range(last - n + 1, last + 1)
