"""Minutes brought to their seal, for tests of what comes after."""

from __future__ import annotations

from council.neighbourhood.people import Person
from council.secretariat import approvals
from council.secretariat.minutes import Minutes


async def approve_all(minutes: Minutes, *people: Person) -> Minutes:
    """Circulated as they are and approved by these people."""
    now = await Minutes.get(id=minutes.id)
    await now.circulate(now.version, by=people[0])
    for one in people:
        await approvals.approve(now, now.version, by=one)
    return await Minutes.get(id=minutes.id)
