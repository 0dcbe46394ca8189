"""Finding agreements: through what this person may see; what they may not see does not exist for them."""

from __future__ import annotations

from tortoise.expressions import Q

from council import clock
from council.neighbourhood.offices import Standing, may
from council.neighbourhood.people import Actor, Person
from council.partnership.agreements import PUBLIC, Agreement, ChangeRequest, Signatory
from council.partnership.signatures import Revision
from council.refusals import NotFound
from council.rules.categories import CATEGORIES
from council.rules.powers import STAFF
from council.rules.stages import NAMES


async def seen(number: int, by: Actor | None) -> Agreement:
    """The agreement, if it is public or this is one of its parties or of the staff."""
    agreement = await Agreement.get_or_none(id=number).select_related("place", "drafted_by")
    if agreement is None or not (agreement.public or await may(by, "agreement.see", agreement)):
        raise NotFound
    return agreement


async def inside(number: int, by: Actor | None) -> Agreement:
    """The same, but only for its parties and the staff, whatever its stage."""
    agreement = await seen(number, by)
    if not await may(by, "agreement.see", agreement):
        raise NotFound
    return agreement


def ahead(agreement: Agreement) -> bool:
    """Signed by all, but its first day is yet to come."""
    return agreement.effective_on is not None and clock.today() < agreement.effective_on


async def signatory(number: int, by: Person) -> Signatory:
    """One signatory, for the staff of the place: to change who signs, to hand out a link or a code."""
    found = await Signatory.get_or_none(id=number).select_related("agreement__place", "organisation", "signer")
    if found is None or not await may(by, "agreement.draft", found.agreement):
        raise NotFound
    return found


async def own_signatory(agreement: Agreement, by: Actor | None) -> Signatory | None:
    """The first place that waits for this person, else any that is theirs."""
    own = [each for each in await agreement.signatories() if each.is_for(by)]
    return next((each for each in own if each.stage in ("invited", "read")), own[0] if own else None)


async def requests(agreement: Agreement, kind: str = "change") -> list[ChangeRequest]:
    """Requests for a change, or comments, the newest first."""
    rows = ChangeRequest.filter(agreement_id=agreement.id, kind=kind)
    return await rows.select_related("signatory__organisation", "signatory__signer", "by").order_by("-id")


async def request(agreement: Agreement, number: int) -> ChangeRequest:
    found = await ChangeRequest.get_or_none(id=number, agreement_id=agreement.id)
    if found is None:
        raise NotFound
    return found


async def _visible(by: Actor | None, held: Standing) -> Q:
    """Public ones, those of the places somebody's office reaches, and their own."""
    allowed = Q(stage__in=PUBLIC)
    for code, path, _ in held.holds:
        if code in STAFF:
            allowed |= Q(path__startswith=path)
    if isinstance(by, Person):
        organisations = [number for _, _, number in held.holds if number]
        own = Q(signer_id=by.id) | Q(instead_of_id=by.id) | Q(organisation_id__in=organisations)
        allowed |= Q(id__in=await Signatory.filter(own).values_list("agreement_id", flat=True))
    return allowed


async def agreements(
    by: Actor | None,
    held: Standing,
    *,
    q: str = "",
    stage: str = "",
    category: str = "",
    before: int = 0,
    limit: int = 20,
) -> list[Agreement]:
    """What this person may see, the newest first; `q` looks into title, number and the names of the signatories."""
    rows = Agreement.filter(await _visible(by, held)).exclude(kind="mediation")  # those have a list of their own
    if q:
        named = await Signatory.filter(Q(organisation__name__icontains=q) | Q(unit_name__icontains=q)).values_list("agreement_id", flat=True)
        rows = rows.filter(Q(title__icontains=q) | Q(number__icontains=q) | Q(id__in=named))
    if stage in NAMES:
        rows = rows.filter(stage=stage)
    if category in CATEGORIES:
        rows = rows.filter(category=category)
    if before:
        rows = rows.filter(id__lt=before)
    return await rows.order_by("-id").limit(limit)


async def organisations_of(agreements: list[Agreement]) -> dict[int, list[str]]:
    """For each agreement the names of its organisations in the order of the text."""
    rows = await Signatory.filter(agreement_id__in=[each.id for each in agreements]).select_related("organisation", "signer").order_by("order")
    found: dict[int, list[str]] = {each.id: [] for each in agreements}
    for row in rows:
        found[row.agreement_id].append(row.name)
    return found


async def signed_file(signatory: Signatory) -> Revision | None:
    """The file as it was when this signatory had signed."""
    return await Revision.filter(signatory_id=signatory.id, version=signatory.agreement.version).first()
