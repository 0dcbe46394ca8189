"""Counting on paper: two persons enter the count sheet without seeing each other's; only equal counts close the vote."""

from __future__ import annotations

from typing import Any

from council import clock
from council.neighbourhood.journal import writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Person
from council.proceedings.ballots import Ballot, PaperCount
from council.proceedings.conduct import agreed_count, asked, close_ballot
from council.refusals import Conflict, Refusal
from council.rules.decide import decide
from council.rules.figures import COUNTED, MEASURES

LINES = ("participating", *COUNTED)


async def enter_count(ballot: Ballot, figures: dict[str, dict[str, int]], *, by: Person) -> bool:
    """One person's count: {"participating", "yes", "no", "abstain", "spoiled"} each {"persons", "area_cm2"}.

    Whoever has counted may count again. True once two persons came to the same: then the ballot is closed. A Refusal names the field
    ("yes.area_cm2") of a number that cannot be.
    """
    _possible(ballot, figures)
    async with writing():
        await must(by, "ballot.count", ballot)
        if not ballot.paper:
            raise Conflict("This vote is not counted on paper.")
        kept = await PaperCount.filter(ballot_id=ballot.id, by_id=by.id).first() or PaperCount(ballot_id=ballot.id, by_id=by.id)
        kept.figures, kept.at = figures, clock.now()
        await kept.save()
        await ballot.note("ballot.counted", by, figures=figures)
        if await agreed_count(ballot) is None:
            return False
        await close_ballot(ballot, by=by)
    return True


def _possible(ballot: Ballot, figures: dict[str, dict[str, int]]) -> None:
    """Refuse numbers that cannot be: sums that do not come out, more than are entitled, an area of nobody or nobody with an area."""
    for line in LINES:
        persons, area = (figures[line][measure] for measure in MEASURES)
        if (persons == 0) != (area == 0):
            raise Refusal("Persons and area do not fit together: both are zero or neither.", field=f"{line}.area_cm2")
    decide(ballot.rule_id, asked(ballot) | figures)


async def sheets(ballot: Ballot, by: Person) -> list[tuple[PaperCount, Person | None]]:
    """The counts this person may see: all, once they have entered their own; before that none. Each with who counted."""
    counts = await PaperCount.filter(ballot_id=ballot.id).order_by("id")
    if by.id not in {count.by_id for count in counts}:
        return []
    people = {person.id: person for person in await Person.filter(id__in=[count.by_id for count in counts])}
    return [(count, people.get(count.by_id)) for count in counts]


def differing(counts: list[Any]) -> list[tuple[str, str]]:
    """Where the counts shown are not alike: (line, measure)."""
    return [(line, measure) for line in LINES for measure in MEASURES if len({count.figures[line][measure] for count in counts}) > 1]
