"""Opening a secret ballot: two custodians give their codes, a worker opens every paper in random order, only the counts remain."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter

from council import clock
from council.neighbourhood.journal import writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor
from council.proceedings import scrutiny
from council.proceedings.ballots import Ballot
from council.proceedings.conduct import count
from council.proceedings.custodians import context, private_keys
from council.proceedings.votes import Vote
from council.refusals import Conflict
from council.rules.methods import voting_method
from council.workshop import sealedbox
from council.workshop.workers import workers

AT_ONCE = 1_000  # papers a worker opens between two looks at how far it has come
SECONDS = 120.0  # processor time for so many, ample on the smallest machine
progress: dict[int, tuple[int, int]] = {}  # ballot -> papers opened, papers in all, while it goes on in this process


async def unseal(ballot: Ballot, codes: list[str], *, by: Actor) -> None:
    """Open it. The number of papers must be the number of those who voted; afterwards no single paper can be read any more."""
    await must(by, "ballot.unseal", ballot)
    if not ballot.secret or ballot.counted:
        raise Conflict("There is nothing sealed here.")
    keys = await private_keys(ballot, codes)
    if ballot.id in progress:
        raise Conflict("The papers are being opened already.")
    await _all_as_cast(ballot, by)
    try:
        counts = await opened(ballot, keys)
    except sealedbox.Tampered:
        await _stop(ballot, by)
        raise Conflict(
            "A sealed paper does not open: it was changed, or sealed for another vote. Nothing is counted. Call the vote off and say so."
        ) from None
    finally:
        progress.pop(ballot.id, None)
    if sum(counts.values()) != ballot.cast:
        await _stop(ballot, by)
        raise Conflict(
            "%(papers)s papers are in the box, but %(cast)s took part. Nothing is counted. Call the vote off and say so.",
            papers=sum(counts.values()), cast=ballot.cast,
        )  # fmt: skip
    await _keep(ballot, counts, by)


async def _all_as_cast(ballot: Ballot, by: Actor) -> None:
    """Anybody can seal a paper; only the journal knows which ones were cast. Refuse to open a box with another in it."""
    async for fault in scrutiny.strange_votes(ballot):
        await _stop(ballot, by)
        raise Conflict(
            "The papers in the box are not those that were cast: %(fault)s. Nothing is counted. Call the vote off and say so.", fault=fault
        )


async def opened(ballot: Ballot, keys: dict[int, bytes]) -> dict[str, int]:
    """What all papers say: read, shuffled, opened in workers, two parts at a time. Tampered where a paper does not open."""
    papers: list[str] = list(await Vote.filter(ballot_id=ballot.id).values_list("sealed", flat=True))  # type: ignore[arg-type]
    secrets.SystemRandom().shuffle(papers)
    progress[ballot.id], turn, found = (0, len(papers)), asyncio.Semaphore(2), Counter[str]()

    async def part(some: list[str]) -> None:
        async with turn:
            found.update(await workers.run("council.workshop.sealedbox:open_all", some, keys, context(ballot), seconds=SECONDS))
        progress[ballot.id] = (found.total(), len(papers))

    await asyncio.gather(*(part(papers[start : start + AT_ONCE]) for start in range(0, len(papers), AT_ONCE)))
    return dict(sorted(found.items()))


async def _stop(ballot: Ballot, by: Actor) -> None:
    """It is written down that the opening had to stop."""
    async with writing():
        await ballot.note("ballot.opening_stopped", by)


async def _keep(ballot: Ballot, counts: dict[str, int], by: Actor) -> None:
    """The sorted counts come in and the sealed papers go, in one transaction."""
    method = voting_method(ballot.method)
    for choice in counts:
        method.check(choice, ballot.options, ballot.terms)
    async with writing():
        now = clock.now()
        if not await Ballot.filter(id=ballot.id, stage="closed", unsealed_at=None).update(unsealed_at=now):
            raise Conflict("Somebody was faster: please look at the newest state.")
        ballot.unsealed_at = now
        await count(ballot, {"counts": counts})
        await Vote.filter(ballot_id=ballot.id).update(sealed="")
        await ballot.note("ballot.unsealed", by, papers=sum(counts.values()), texts={"counts": scrutiny.secret_counts(ballot.papers)})
