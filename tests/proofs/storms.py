"""200 voters press 64 times each, all at once, with the same and with other choices: one vote each, and one receipt for all their presses."""

from __future__ import annotations

import asyncio
from collections import defaultdict

from council.db import sql
from council.neighbourhood.journal import writing
from council.proceedings import ballotbox
from council.proceedings.ballots import Ballot, Vote
from tests.proofs.ground import fresh
from tests.proofs.polling import people, polling

PRESSES = 64
QUICK, FULL = 1_280, 12_800  # submits
CHOICES = ("yes", "no", "abstain")


async def prove(n: int, seed: int) -> list[str]:
    async with fresh() as world:
        return await storm(world, n // PRESSES, seed)


async def storm(world, voters: int, seed: int) -> list[str]:
    """What is wrong afterwards, in words."""
    them = await people(world, voters)
    ballot = await polling(world, them)
    presses = [(one, CHOICES[(k + seed) % 3]) for k in range(PRESSES) for one in them]
    answers = await asyncio.gather(*(ballotbox.cast(ballot, choice, by=one) for one, choice in presses))
    receipts, taken = defaultdict(set), 0
    for (one, _choice), answer in zip(presses, answers, strict=True):
        receipts[one.id].add(answer.receipt)
        taken += answer.news == "taken"
    kept = await Vote.filter(ballot_id=ballot.id).values_list("voter", "receipt")
    wrong = [f"{voter} stands twice" for voter in {v for v, _ in kept} if [v for v, _ in kept].count(voter) > 1]
    wrong += [f"person {number}: {len(found)} receipts" for number, found in receipts.items() if len(found) > 1]
    if not taken == len(kept) == (await Ballot.get(id=ballot.id)).cast == voters:
        wrong.append(f"{taken} told taken, {len(kept)} kept, {voters} voters")
    return wrong


async def control(seed: int) -> list[str]:
    """The table as it is, but for its promise that a voter stands in it once."""
    async with fresh() as world:
        async with writing():
            columns = ", ".join(f'"{row["name"]}" {row["type"]}' for row in await sql("PRAGMA table_info(vote)") if row["name"] != "id")
            await sql("DROP TABLE vote")
            await sql(f"CREATE TABLE vote (id INTEGER PRIMARY KEY, {columns})")
        return await storm(world, 5, seed)
