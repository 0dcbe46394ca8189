"""Longer proofs than the tests have time for. A proof is a module here, named below, with

    FULL, QUICK = 200_000, 500                       # how many cases
    async def prove(n: int, seed: int) -> list[str]  # what went wrong, one sentence each; empty when it holds
    async def control(seed: int) -> list[str]        # the same with the fault put in: must find something

`bin/prove NAME [--quick] [--seed N]` runs it over a fresh database and prints one line of JSON. `ground.fresh()` gives a further database.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What runs one after the other in one process: it is made ready once for all of them. PostgreSQL and SQLite never share one. The longest first.
TOGETHER = (
    ("states",),
    ("kills", "powercuts", "fulldisks", "orders", "closings", "storms", "recounts", "parties"),
    ("streams", "linkers", "mutations", "drills"),
    ("storms_postgres", "linkers_postgres"),
)
# Not with every change (--quick) unless they are named: what they are made of is in tests/records/test_backups.
LONG = ("drills",)
NAMES = tuple(name for group in TOGETHER for name in group)
