"""Who may sign for a party: an office that signs, held on the day. Offices end; signatures already given stay."""

from __future__ import annotations

from collections.abc import Sequence

from tortoise.expressions import Q

from council import clock
from council.neighbourhood.offices import Office
from council.partnership.agreements import Signatory

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
