"""The list to enter papers from: who of the frozen list has not voted, found by name, by flat, or by first letters of the pinyin (zgf)."""

from __future__ import annotations

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from council.neighbourhood.people import Actor, Person
from council.neighbourhood.registry import sort_key
from council.proceedings.ballots import Ballot
from council.proceedings.votes import Entitlement, Vote
from council.refusals import NotFound

SHOWN = 60
READ = 3000  # labels without a person behind them, spelt out for a search


async def waiting(ballot: Ballot, q: str = "") -> list[Entitlement]:
    """Those without a vote yet, the first sixty. A household is found by its flat and by whoever lives there."""
    rows = Entitlement.filter(ballot_id=ballot.id).exclude(voter__in=Subquery(Vote.filter(ballot_id=ballot.id).values("voter")))
    if q := q.strip().lower():
        rows = rows.filter(Q(label__contains=q) | await _people(q) | await _spelt(ballot, q))
    return await rows.order_by("id").limit(SHOWN)


async def entered(ballot: Ballot, by: Actor, q: str = "") -> list[Entitlement]:
    """Those whose paper this person entered and nobody has checked, the newest first: where it was misread it is entered anew."""
    own = [] if ballot.secret else [vote.voter for vote in await _unchecked(ballot, by).order_by("-id").limit(SHOWN)]
    found = {one.voter: one for one in await Entitlement.filter(ballot_id=ballot.id, voter__in=own or [""], label__contains=q.strip())}
    return [found[voter] for voter in own if voter in found]


async def own_entry(ballot: Ballot, voter: str, by: Actor) -> Vote:
    """The vote of this voter as this person entered it; NotFound where there is none to enter anew."""
    found = await _unchecked(ballot, by).filter(voter=voter).first()
    if found is None or ballot.secret:
        raise NotFound
    return found


def _unchecked(ballot: Ballot, by: Actor) -> QuerySet[Vote]:
    return Vote.filter(ballot_id=ballot.id, entered_by_id=by.id or 0, checked_at=None).exclude(channel="web")


async def _people(q: str) -> Q:
    found = await Person.filter(Q(name_key__contains=q) | Q(name__contains=q), erased_at=None).limit(READ).values_list("id", "household_id")
    homes = [f"household:{home}" for _, home in found if home]
    return Q(person_id__in=[number for number, _ in found] or [0]) | Q(voter__in=homes or [""])


async def _spelt(ballot: Ballot, q: str) -> Q:
    """Names that stand on the list alone, owners of a register among them."""
    nameless = Entitlement.filter(ballot_id=ballot.id, person_id=None).exclude(voter__startswith="household:")
    labels = await nameless.limit(READ).values_list("id", "label") if q.isascii() else []
    return Q(id__in=[number for number, label in labels if q in sort_key(label)] or [0])
