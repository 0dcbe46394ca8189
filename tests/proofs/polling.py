"""What the proofs of the ballot box share: a vote of all adults of a grid, made straight from rows so that ten thousand of them can be held."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from council import clock
from council.neighbourhood.journal import writing
from council.neighbourhood.people import Person
from council.proceedings.ballots import Ballot, Entitlement


async def people(world: Any, n: int) -> list[Person]:
    """So many adults of the grid."""
    async with writing():
        await Person.bulk_create([Person(name=f"居民{k}", place_id=world.grid.id, adult=True) for k in range(n)], batch_size=200)
    return await Person.filter(name__startswith="居民").order_by("id").limit(n)


async def polling(world: Any, voters: list[Person]) -> Ballot:
    """An open vote of just these."""
    now = clock.now()
    async with writing():
        ballot = await Ballot.create(
            place_id=world.grid.id, path=world.grid.path, question="是否同意装充电桩", rule_id="DELIBERATION", electorate="persons", stage="open",
            opened_at=now, closes_at=now + timedelta(days=1), entitled=len(voters), figures={"entitled": len(voters)},
        )  # fmt: skip
        await Entitlement.bulk_create(
            [Entitlement(ballot_id=ballot.id, voter=f"person:{one.id}", person_id=one.id, label=one.name) for one in voters], batch_size=200
        )
        await ballot.note("ballot.opened", None, entitled=len(voters), area_cm2=0, round=1)
    return ballot
