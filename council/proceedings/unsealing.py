"""Opening a secret ballot: two custodians give their codes, a worker opens every paper in random order, only the counts remain."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter

from council import clock
from council.neighbourhood.journal import writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor
from council.proceedings.ballots import Ballot
from council.proceedings.conduct import count
from council.proceedings.custodians import context, private_keys
from council.proceedings.votes import Vote
from council.refusals import Conflict
from council.rules.methods import voting_method
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
    try:
        counts = await _opened(ballot, keys)
    finally:
        progress.pop(ballot.id, None)
    await _keep(ballot, counts, by)


async def _opened(ballot: Ballot, keys: dict[int, bytes]) -> dict[str, int]:
    papers: list[str] = list(await Vote.filter(ballot_id=ballot.id).values_list("sealed", flat=True))  # type: ignore[arg-type]
    secrets.SystemRandom().shuffle(papers)
    found: Counter[str] = Counter()
    for start in range(0, len(papers), AT_ONCE):
        progress[ballot.id] = (start, len(papers))
        part = papers[start : start + AT_ONCE]
        found.update(await workers.run("council.workshop.sealedbox:open_all", part, keys, context(ballot), seconds=SECONDS))
        await asyncio.sleep(0)
    return dict(sorted(found.items()))


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
        await ballot.note("ballot.unsealed", by, papers=sum(counts.values()))
