"""An agreement in its life: going on after the last day, adding to it, the yearly evaluation."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import may
from council.neighbourhood.people import Person
from council.partnership import appraisals, finding, renewals, supplements
from council.partnership.agreements import Agreement, Signatory
from council.partnership.appraisals import ASKED, POINTS, Given
from council.refusals import NotFound
from council.routes import agreements, alternatives, forms, pages, sessions
from council.routes.needs import Title
from council.routes.signatures import bearer
from council.routes.standing import me, signed_in, upwards

ANSWERED = {
    "yes": Phrase("You go on. The community office drafts the next agreement."),
    "no": Phrase("You do not go on after the last day."),
}


class Wish(forms.Shape):
    wish: Literal["yes", "no"]


class New(forms.Shape):
    title: Title


Points = Annotated[int, Field(ge=1, le=5)]


class Answers(forms.Shape):
    about: int
    kept: Points
    together: Points
    useful: Points
    words: Annotated[str, Field(max_length=300)] = ""


async def answer(request: Request) -> Response:
    signatory = await alternatives.my_place(request)
    form = await forms.read(request, Wish, again=agreements.page)
    await renewals.answer(signatory, form.wish, by=bearer(request))
    return pages.redirect(f"/agreements/{signatory.agreement_id}", ANSWERED[form.wish])


@signed_in
async def renew(request: Request) -> Response:
    agreement = await finding.inside(request.path_params["id"], me(request))
    made = await renewals.renew(agreement, by=me(request))
    return pages.redirect(f"/agreements/{made.id}", Phrase("The draft %(number)s has been made.", number=made.number))


@signed_in
async def supplement(request: Request) -> Response:
    agreement = await finding.inside(request.path_params["id"], me(request))
    form = await forms.read(request, New, again=agreements.page)
    made = await supplements.supplement(agreement, form.title, by=me(request))
    return pages.redirect(f"/agreements/{made.id}/wording", Phrase("The draft %(number)s has been made.", number=made.number))


async def _own(agreement: Agreement, request: Request) -> Signatory | None:
    return await finding.own_signatory(agreement, bearer(request))


async def evaluation(request: Request, errors: Any = None, kept: Any = None) -> Response:
    """What is still to be said, and what may be read."""
    agreement = await finding.inside(request.path_params["id"], bearer(request))
    mine, who, year = await _own(agreement, request), sessions.who(request), appraisals.open_year(agreement)
    if not appraisals.years(agreement):
        raise NotFound
    leads = who if isinstance(who, Person) and await may(who, "partnership.see_scores", agreement) else None
    owed = await appraisals.owed(agreement, mine, year) if mine and year else []
    return pages.show(
        request, "agreements/evaluation.html", _("Yearly evaluation"), here="agreements", errors=errors, kept=kept or {}, agreement=agreement,
        mine=mine, year=year, owed=owed, questions=list(ASKED.items()), points=[(str(n), word) for n, word in POINTS.items()],
        given=await appraisals.readable(agreement, mine, leads), words=POINTS,
    )  # fmt: skip


async def evaluate(request: Request) -> Response:
    signatory = await alternatives.my_place(request)
    form = await forms.read(request, Answers, again=evaluation)
    await appraisals.appraise(signatory, form.about, Given(form.kept, form.together, form.useful, form.words), by=bearer(request))
    return pages.redirect(f"/agreements/{signatory.agreement_id}/evaluation", Phrase("Thank you. It stands in the record now."))


routes = [
    Route("/agreements/{id:int}/wishes", answer, methods=["POST"]),
    Route("/agreements/{id:int}/wishes", upwards),
    Route("/agreements/{id:int}/renewals", renew, methods=["POST"]),
    Route("/agreements/{id:int}/supplements", supplement, methods=["POST"]),
    Route("/agreements/{id:int}/evaluation", evaluation),
    Route("/agreements/{id:int}/evaluation", evaluate, methods=["POST"]),
    Route("/agreements/{id:int}/renewals", upwards),
    Route("/agreements/{id:int}/supplements", upwards),
]
