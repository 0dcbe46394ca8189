"""The counters of a ballot: raised with every vote in the same transaction, read at the closing, counted anew from the votes by whoever doubts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from council.db import slots, sql
from council.proceedings.ballots import Ballot
from council.proceedings.votes import VoteCount
from council.rules.figures import COUNTED

RAISE = (
    "ON CONFLICT (ballot_id, choice) DO UPDATE SET votes = vote_count.votes + excluded.votes, area_cm2 = vote_count.area_cm2 + excluded.area_cm2"
)


class Shift:
    """What a turn of the box changes in the counters of one ballot."""

    def __init__(self) -> None:
        self.votes: Counter[str] = Counter()
        self.area: Counter[str] = Counter()

    def one(self, choice: str, area_cm2: int, before: str | None = None) -> None:
        """A paper says `choice`; where it said something else `before`, that is one fewer."""
        self.votes[choice] += 1
        self.area[choice] += area_cm2
        if before is not None:
            self.votes[before] -= 1
            self.area[before] -= area_cm2


async def raise_counts(ballot: Ballot, shift: Shift) -> None:
    """Within the transaction of the votes. A secret ballot has no counters: its papers are not known."""
    moved = [(ballot.id, choice, votes, shift.area[choice]) for choice, votes in sorted(shift.votes.items()) if votes or shift.area[choice]]
    if moved and not ballot.secret:
        values = [value for row in moved for value in row]
        await sql(f"INSERT INTO vote_count (ballot_id, choice, votes, area_cm2) VALUES {slots(len(moved), 4)} {RAISE}", *values)  # noqa: S608


async def counted(ballot: Ballot) -> dict[str, Any]:
    """Votes per choice as the counters have them; of owners also the area (Civil Code art. 278)."""
    rows = await VoteCount.filter(ballot_id=ballot.id, votes__gt=0).order_by("choice").values_list("choice", "votes", "area_cm2")
    return _figures(ballot, {choice: (votes, area) for choice, votes, area in rows})


async def recounted(ballot: Ballot) -> dict[str, Any]:
    """The same, counted anew from every single vote."""
    if ballot.electorate != "owners":
        rows = await sql("SELECT choice, COUNT(*) AS n FROM vote WHERE ballot_id = ? GROUP BY choice ORDER BY choice", ballot.id)
        return _figures(ballot, {row["choice"]: (int(row["n"]), 0) for row in rows})
    rows = await sql(
        "SELECT v.choice, COUNT(*) AS n, SUM(e.area_cm2) AS area FROM vote v JOIN entitlement e ON e.ballot_id = v.ballot_id AND e.voter = v.voter "
        "WHERE v.ballot_id = ? GROUP BY v.choice ORDER BY v.choice",
        ballot.id,
    )
    return _figures(ballot, {row["choice"]: (int(row["n"]), int(row["area"])) for row in rows})


def _figures(ballot: Ballot, found: Mapping[str, tuple[int, int]]) -> dict[str, Any]:
    counts = {choice: votes for choice, (votes, _) in sorted(found.items())}
    if ballot.electorate != "owners":
        return {"counts": counts}
    pairs = {key: dict(zip(("persons", "area_cm2"), found.get(key, (0, 0)), strict=True)) for key in COUNTED}
    whole = {"persons": sum(counts.values()), "area_cm2": sum(area for _, area in found.values())}
    return {"counts": counts, **pairs, "participating": whole}
