"""Mediation agreements (人民调解协议): what neighbours settled, signed by each of them and by the mediator. Private, always.

People's Mediation Law arts 28 to 33: the parties may have a written agreement made, it says who they are, what was in dispute, what was
settled, how and by when; it is signed by the parties and the mediator; both may ask the court within thirty days to confirm it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tortoise.expressions import Q

from council import clock
from council.neighbourhood.journal import note, writing
from council.neighbourhood.numbering import next_number
from council.neighbourhood.offices import Office, Standing, must
from council.neighbourhood.people import Actor, Person
from council.neighbourhood.places import Place
from council.partnership import drafting, editions
from council.partnership.agreements import Agreement, Signatory
from council.refusals import Refusal
from council.rules import categories, numbering
from council.rules.powers import STAFF

FEWEST, MOST = 2, 6  # persons besides the mediator


@dataclass(frozen=True)
class Settlement:
    """What was settled. `concerned` are ids of persons; by `last_day` it is done."""

    mediator: int
    concerned: Sequence[int]
    dispute: str
    terms: str
    last_day: date


async def mediators(place: Place) -> list[Office]:
    """Who holds the office of a mediator here or above, today."""
    today = clock.today()
    rows = await Office.filter(Q(last_day=None) | Q(last_day__gte=today), code="mediator", first_day__lte=today).select_related("person", "place")
    return [each for each in rows if place.path.startswith(each.place.path) or each.place.path.startswith(place.path)]


async def possible(place: Place, q: str = "") -> list[Person]:
    """Residents of the place by a part of their name; none before something is written."""
    if not q:
        return []
    return await Person.filter(place__path__startswith=place.path, name__contains=q, last_day=None).select_related("place").order_by("id").limit(20)


async def named(place: Place, numbers: Sequence[int]) -> list[Person]:
    """The people with these numbers who belong to the place, in this order."""
    rows = {each.id: each for each in await Person.filter(id__in=list(numbers), place__path__startswith=place.path, last_day=None)}
    return [rows[number] for number in dict.fromkeys(numbers) if number in rows]


async def draft(place: Place, given: Settlement, *, by: Person) -> Agreement:
    """A draft with the mediator and everybody concerned. Its number is counted apart from that of agreements, its title names nobody."""
    drafting.printable(given.dispute, given.terms)
    async with writing():
        await must(by, "mediation.draft", at=place)
        mediator, people = await _mediator(place, given), await _people(place, given)
        if given.last_day < clock.today():
            raise Refusal("The last day lies before the first day.", field="last_day")
        year, community = clock.today().year, await place.at_level("COMMUNITY")
        made = await Agreement.create(
            place=place, path=place.path, kind="mediation", drafted_by=by, made_at=clock.now(), title=categories.mediation("title"),
            number=numbering.mediation_number(year, await next_number(f"mediation:{community.id}:{year}")),
            public_code=numbering.query_code(), category="OTHER", first_day=clock.today(), last_day=given.last_day,
            copies=len(people) + 1, preamble=categories.mediation("preamble"), clauses=categories.mediation_clauses(given.dispute, given.terms),
        )  # fmt: skip
        await _enter(made, mediator, people, f"{community.name}人民调解委员会")
        await editions.keep(made, by)
        await note("agreement.drafted", made, by, signatories=len(people) + 1, version=1)
    return made


async def _mediator(place: Place, given: Settlement) -> Office:
    found = next((each for each in await mediators(place) if each.person_id == given.mediator), None)
    if found is None:
        raise Refusal("Only a mediator in office here can mediate. Enter the office first.", field="mediator")
    if given.mediator in given.concerned:
        raise Refusal("Nobody mediates in an own matter.", field="mediator")
    return found


async def _people(place: Place, given: Settlement) -> list[Person]:
    """Those concerned, in the order in which they were named."""
    found = await named(place, given.concerned)
    if not FEWEST <= len(found) <= MOST or len(found) < len(set(given.concerned)):
        raise Refusal("Choose from %(fewest)s to %(most)s people of this place.", fewest=FEWEST, most=MOST, field="concerned")
    return found


async def _enter(made: Agreement, mediator: Office, people: Sequence[Person], committee: str) -> None:
    person = await Person.get(id=mediator.person_id)
    await Signatory.create(agreement=made, order=0, signer=person, post="mediator", unit_name=committee)
    for order, each in enumerate(people, 1):
        await Signatory.create(agreement=made, order=order, signer=each, post="concerned")
        drafting.printable(each.name)


async def seen(by: Actor | None, held: Standing, limit: int = 50) -> list[Agreement]:
    """Those somebody signs, and for the staff those of their places, the newest first. To anybody else there are none."""
    allowed = Q(id=0)
    for code, path, _organisation in held.holds:
        if code in STAFF:
            allowed |= Q(path__startswith=path)
    if isinstance(by, Person):
        allowed |= Q(id__in=await Signatory.filter(signer_id=by.id).values_list("agreement_id", flat=True))
    return await Agreement.filter(allowed, kind="mediation").select_related("place").order_by("-id").limit(limit)
