"""The end of a term: from thirty days before it the partners say whether they go on; who goes on signs a new agreement with a new number.

The first one's last day never moves. It runs to its end, and is then called renewed if the new one has been signed by then.
"""

from __future__ import annotations

from datetime import timedelta

from council import clock
from council.neighbourhood.journal import note, writing
from council.neighbourhood.numbering import next_number
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor, Person
from council.partnership import editions, supplements
from council.partnership.agreements import Agreement, AgreementProject, Signatory
from council.partnership.projects import Project
from council.refusals import Conflict, Forbidden, Refusal
from council.rules import categories, numbering
from council.rules.calendar import renewal_opens

MANY, WINDOW = 200, timedelta(days=30)
GIVEN_UP = ("cancelled", "declined", "lapsed")


def window_open(agreement: Agreement) -> bool:
    """From thirty days before the last day to that day, while a partnership is in effect."""
    runs = agreement.kind == "partnership" and agreement.stage == "effective"
    return runs and renewal_opens(agreement.last_day) <= clock.today() <= agreement.last_day


async def successor(agreement: Agreement) -> Agreement | None:
    """The agreement that is to follow this one, unless it was given up."""
    return await Agreement.filter(previous_id=agreement.id, kind="partnership").exclude(stage__in=GIVEN_UP).order_by("-id").first()


async def before(agreement: Agreement) -> Agreement | None:
    """The agreement that this one follows or adds to."""
    return await Agreement.get_or_none(id=agreement.previous_id) if agreement.previous_id else None


async def answer(signatory: Signatory, wish: str, *, by: Actor) -> None:
    """A party says yes or no to going on; it can change its mind until the window closes."""
    if wish not in ("yes", "no"):
        raise Refusal("Choose one of the answers shown.", field="wish")
    async with writing():
        agreement = await Agreement.get(id=signatory.agreement_id)
        await must(by, "agreement.answer_renewal", agreement)
        if not signatory.is_for(by) or signatory.stage != "signed":
            raise Forbidden("This is not yours to do.")
        if not window_open(agreement):
            raise Conflict("You are asked from thirty days before the last day until that day.")
        await Signatory.filter(id=signatory.id).update(renews=wish)
        await note("agreement.renewal_answered", agreement, await signatory.signer, signatory=signatory.id, wish=wish)


async def renew(agreement: Agreement, *, by: Person) -> Agreement:
    """A draft for the next term, as long as the last one, between 甲方 and all who did not say no: same articles, same unfinished projects."""
    async with writing():
        agreement = await Agreement.get(id=agreement.id).select_related("place")
        await must(by, "agreement.draft", at=agreement.place)
        if not window_open(agreement):
            raise Conflict("An agreement is renewed in the last thirty days of its term.")
        if await successor(agreement):
            raise Conflict("The next agreement has been drafted already.")
        made = await _next(agreement, by)
        going_on = await _going_on(agreement)
        await supplements.enter_again(made, going_on)
        await _annex(agreement, made, {each.organisation_id for each in going_on})
        await editions.keep(made, by)
        await note("agreement.drafted", made, by, signatories=len(going_on), version=1, renews=agreement.id)
    return made


async def _next(agreement: Agreement, by: Person) -> Agreement:
    first, year, place = agreement.last_day + timedelta(days=1), clock.today().year, agreement.place
    return await Agreement.create(
        place=place, path=agreement.path, drafted_by=by, made_at=clock.now(), title=agreement.title, category=agreement.category,
        number=numbering.agreement_number(year, await next_number(f"agreement:{place.id}:{year}")), public_code=numbering.query_code(),
        first_day=first, last_day=first + (agreement.last_day - agreement.first_day), copies=agreement.copies, preamble=agreement.preamble,
        clauses=agreement.clauses, previous=agreement,
    )  # fmt: skip


async def _going_on(agreement: Agreement) -> list[Signatory]:
    rows = [each for each in await agreement.signatories() if each.stage == "signed" and each.renews != "no"]
    if not rows or rows[0].order != 0:
        raise Refusal("The community's Party committee does not go on.")
    categories.check_number(len(rows))
    return rows


async def _annex(agreement: Agreement, made: Agreement, leads: set[int | None]) -> None:
    """Projects that are not finished go on with those who lead them."""
    numbers = await AgreementProject.filter(agreement_id=agreement.id).values_list("project_id", flat=True)
    for project in await Project.filter(id__in=numbers, stage__in=("planned", "running")).order_by("id"):
        if project.lead_id in leads:
            await AgreementProject.create(agreement=made, project=project)


async def keep() -> int:
    """Ask all parties of every agreement whose window has opened, once; how many agreements that were."""
    today = clock.today()
    rows = Agreement.filter(last_day__gte=today, last_day__lte=today + 2 * WINDOW, kind="partnership", stage="effective", renewal_asked_at=None)
    return sum([await _open(each) for each in await rows.order_by("id").limit(MANY) if window_open(each)])


async def _open(agreement: Agreement) -> bool:
    async with writing():
        if not await Agreement.filter(id=agreement.id, renewal_asked_at=None).update(renewal_asked_at=clock.now()):
            return False
        await note("agreement.renewal_opened", agreement, None)
    return True
