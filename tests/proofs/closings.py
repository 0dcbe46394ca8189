"""Votes race with the closing: what is counted is what was acknowledged and what stands in the table, every time."""

from __future__ import annotations

import asyncio
import random

from council.proceedings import ballotbox
from council.proceedings.ballots import Ballot, Vote
from council.proceedings.conduct import close_ballot
from council.refusals import Conflict
from tests.proofs.ground import fresh
from tests.proofs.polling import people, polling

QUICK, FULL = 200, 10_000  # races
VOTERS, AT_ONCE = 5, 20
VOTING, CLOSING = 100, 500  # turns of the event loop within which somebody votes and somebody closes: every third closing comes in between


async def prove(n: int, seed: int) -> list[str]:
    async with fresh() as world:
        return await races(world, n, seed)


async def races(world, n: int, seed: int) -> list[str]:
    """So many of them, twenty at a time. Where no closing came in between there was no race, and nothing is proved."""
    dice, them, wrong, close = random.Random(seed), await people(world, VOTERS), list[str](), 0
    for start in range(0, n, AT_ONCE):
        ballots = [await polling(world, them) for _ in range(min(AT_ONCE, n - start))]
        for found in await asyncio.gather(*(race(ballot, them, dice) for ballot in ballots)):
            wrong += found
        close += sum(0 < ballot.cast < VOTERS for ballot in ballots)
    return wrong if close * 50 >= n or wrong else [f"of {n} closings only {close} came in between"]


async def race(ballot: Ballot, them, dice: random.Random) -> list[str]:
    """What does not come out, in words."""
    late = [asyncio.create_task(_after(dice.randint(0, VOTING), ballotbox.cast(ballot, "yes", by=one))) for one in them]
    await _after(dice.randint(0, CLOSING), _closed(ballot))
    answers = await asyncio.gather(*late, return_exceptions=True)
    strange = [one for one in answers if not isinstance(one, ballotbox.Answer | Conflict)]
    taken, kept = sum(isinstance(one, ballotbox.Answer) for one in answers), await Vote.filter(ballot_id=ballot.id).count()
    if not strange and sum(ballot.papers.values()) == ballot.cast == taken == kept:
        return []
    return [f"counted {ballot.papers}, turnout {ballot.cast}, acknowledged {taken}, kept {kept} {strange[:1]}"]


async def _after(turns: int, act):
    """Let others go first so many times."""
    for _ in range(turns):
        await asyncio.sleep(0)
    return await act


async def _closed(ballot: Ballot) -> None:
    """Its time has run out, now."""
    await Ballot.filter(id=ballot.id).update(closes_at=ballot.opened_at)
    ballot.closes_at = ballot.opened_at
    await close_ballot(ballot, by=None)


async def control(seed: int) -> list[str]:
    """The naive box: it looked whether the vote was open before it waited, and does not look again where only one writes."""
    running, Ballot.running = Ballot.running, lambda self, at=None: at is not None or running(self, at)  # type: ignore[method-assign]
    try:
        async with fresh() as world:
            return await races(world, 60, seed)
    finally:
        Ballot.running = running  # type: ignore[method-assign]
