"""Longer proofs than the tests have time for. A proof is a module here, named below, with

    FULL, QUICK = 200_000, 500                       # how many cases
    async def prove(n: int, seed: int) -> list[str]  # what went wrong, one sentence each; empty when it holds
    async def control(seed: int) -> list[str]        # the same with the fault put in: must find something

`bin/prove NAME [--quick] [--seed N]` runs it over a fresh database and prints one line of JSON. `ground.fresh()` gives a further database.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# The longest first: several run at once.
NAMES = ("kills", "powercuts", "fulldisks", "streams", "closings", "storms", "storms_postgres", "recounts", "linkers", "linkers_postgres", "states")
