"""Who may sign for a party: an office that signs, held on the day. Offices end; signatures already given stay."""

from __future__ import annotations

from collections.abc import Sequence

from tortoise.expressions import Q

from council import clock
from council.neighbourhood.offices import Office
from council.neighbourhood.people import Person
from council.partnership.agreements import Signatory
from council.rules.powers import POWERS

SIGNING_OFFICES = ("secretary", "deputy_secretary")


async def signers(organisation_ids: Sequence[int]) -> dict[int, list[Office]]:
    """Who may sign for each organisation: its secretary and deputies in office today, the secretary first."""
    today = clock.today()
    rows = await Office.filter(
        Q(last_day=None) | Q(last_day__gte=today), organisation_id__in=organisation_ids, code__in=SIGNING_OFFICES,
        first_day__lte=today,
    ).select_related("person")  # fmt: skip
    found: dict[int, list[Office]] = {number: [] for number in organisation_ids}
    for row in sorted(rows, key=lambda each: (SIGNING_OFFICES.index(each.code), each.id)):
        found[row.organisation_id or 0].append(row)
    return found


async def staff(path: str) -> list[Person]:
    """Who may check today, at a place or one it lies in, who signs: the nearest first."""
    steps = path.strip("/").split("/")
    around = ["/" + "/".join(steps[:n]) + "/" for n in range(len(steps), 0, -1)]
    rows = Office.filter(
        Q(last_day=None) | Q(last_day__gte=clock.today()), Q(organisation_id=None) | Q(organisation__unit_id=None), first_day__lte=clock.today(),
        code__in=POWERS["agreement.identify"].offices, place__path__in=around,
    ).select_related("person", "place")  # fmt: skip
    found = sorted(await rows, key=lambda each: (around.index(each.place.path), each.id))
    return list({each.person_id: each.person for each in found}.values())


async def able(signatory: Signatory) -> list[Office]:
    """Who may sign for this party today. A person who signs without an organisation is the only one."""
    number = signatory.organisation_id
    return (await signers([number]))[number] if number else []


async def still_signs(signatory: Signatory) -> bool:
    """Does the signer hold the office that signs, today? Whoever signs a mediation as one of those concerned needs none."""
    if signatory.post == "concerned":
        return True
    if signatory.post == "mediator":
        return await Office.filter(Q(last_day=None) | Q(last_day__gte=clock.today()), person_id=signatory.signer_id, code="mediator").exists()
    return signatory.signer_id in {office.person_id for office in await able(signatory)}
