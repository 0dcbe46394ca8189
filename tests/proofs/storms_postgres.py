"""200 voters press 64 times each, all at once, in two and in four processes that share a PostgreSQL: one vote each, one receipt for all presses."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from council import db
from council.neighbourhood.people import Person
from council.neighbourhood.places import Place
from council.proceedings import ballotbox
from council.proceedings.ballots import Ballot, Vote
from tests.proofs.ground import postgres
from tests.proofs.polling import people, polling
from tests.proofs.storms import CHOICES, FULL, PRESSES, QUICK

__all__ = ("FULL", "QUICK", "control", "prove")
PROCESSES = (2, 4)
# A process that has loaded all there is to load, from which the others are taken: they start at once and share nothing else.
apart = multiprocessing.get_context("forkserver")
apart.set_forkserver_preload([__name__])


@dataclass
class Grid:
    """What `people` and `polling` ask of the world."""

    grid: Place


@dataclass(frozen=True)
class Share:
    """What one process presses: so many times for each of these voters, each time for something else."""

    address: str
    ballot: int
    voters: tuple[int, ...]
    presses: int
    seed: int


async def prove(n: int, seed: int) -> list[str]:
    address = await postgres("storm")
    return [f"{count} processes: {one}" for count in PROCESSES for one in await storm(address, n // PRESSES, count, seed)]


async def storm(address: str, voters: int, processes: int, seed: int) -> list[str]:
    """What is wrong afterwards, in words."""
    async with db.connected(address):
        them = await people(Grid(await Place.get(name="第一网格")), voters)
        ballot = await polling(Grid(await Place.get(name="第一网格")), them)
    ids = tuple(one.id for one in them)
    answers = await asyncio.to_thread(pressed, [Share(address, ballot.id, ids, PRESSES // processes, seed + k) for k in range(processes)])
    async with db.connected(address):
        kept = await Vote.filter(ballot_id=ballot.id).values_list("voter", "receipt")
        turnout = (await Ballot.get(id=ballot.id)).cast
    return differing(answers, [(str(voter), str(receipt)) for voter, receipt in kept], turnout, voters)


def differing(answers: list[tuple[int, str, str]], kept: list[tuple[str, str]], turnout: int, voters: int) -> list[str]:
    receipts, taken = defaultdict(set), 0
    for number, news, receipt in answers:
        receipts[f"person:{number}"].add(receipt)
        taken += news == "taken"
    wrong = [f"{voter} stands {times} times" for voter, times in Counter(voter for voter, _ in kept).items() if times > 1]
    wrong += [f"{voter}: told {told}" for voter, told in receipts.items() if told != {receipt for who, receipt in kept if who == voter}]
    if not taken == len(kept) == turnout == voters:
        wrong.append(f"{taken} told taken, {len(kept)} kept, turnout {turnout}, {voters} voters")
    return wrong


def pressed(shares: list[Share]) -> list[tuple[int, str, str]]:
    """All of them at once, each in a process of its own: person, news and receipt of every press."""
    gate, told = apart.Barrier(len(shares)), apart.Queue()
    running = [apart.Process(target=press, args=(share, gate, told)) for share in shares]
    for each in running:
        each.start()
    found = [told.get(timeout=500) for _ in running]
    for each in running:
        each.join()
    return [one for part in found for one in part]


def press(share: Share, gate: Any, told: Any) -> None:
    """In its own process. Where it breaks, the others need not wait."""
    try:
        told.put(asyncio.run(_press(share, gate)))
    except BaseException as fault:
        gate.abort()
        told.put([(0, "broken", repr(fault))])


async def _press(share: Share, gate: Any) -> list[tuple[int, str, str]]:
    async with db.connected(share.address):
        ballot, them = await Ballot.get(id=share.ballot), await Person.filter(id__in=share.voters).order_by("id")
        presses = [(one, CHOICES[(k + share.seed) % 3]) for k in range(share.presses) for one in them]
        await asyncio.to_thread(gate.wait, 120)
        answers = await asyncio.gather(*(ballotbox.cast(ballot, choice, by=one) for one, choice in presses))
        return [(one.id, answer.news, answer.receipt) for (one, _), answer in zip(presses, answers, strict=True)]


async def control(seed: int) -> list[str]:
    """The table as it is, but for its promise that a voter stands in it once."""
    address = await postgres("control")
    async with db.connected(address):
        for row in await db.sql("SELECT conname AS name FROM pg_constraint WHERE conrelid = 'vote'::regclass AND contype = 'u'"):
            await db.sql(f'ALTER TABLE vote DROP CONSTRAINT "{row["name"]}"')
    return [one for one in await storm(address, 4, 2, seed) if "stands" in one]
