"""Agreements on their way: drafting, editing, review, fixing the text, opening it again, links and identity codes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import clock
from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.organisations import PartyOrganisation
from council.neighbourhood.places import Place
from council.partnership import drafting, finding, freezing, projects, skeletons
from council.partnership.agreements import Agreement
from council.refusals import NotFound, Refusal
from council.routes import agreements, forms, pages
from council.routes.needs import Title, places
from council.routes.standing import me, needed, number, signed_in
from council.rules import categories
from council.rules.calendar import term

CLAUSES = 24
SLOTS: dict[str, Any] = {
    f"{part}_{n}": (Annotated[str, Field(max_length=limit)], "")
    for n in range(1, CLAUSES + 1) for part, limit in (("heading", 60), ("body", 4000))
}  # fmt: skip


class NewAgreement(forms.Shape):
    place: int
    title: Title
    category: Literal[tuple(categories.CATEGORIES)]  # type: ignore[valid-type]
    contents: list[str] = []
    partners: Annotated[list[int], Field(min_length=1)]
    projects: list[int] = []
    first_day: date
    last_day: date
    sign_by: date | None = None
    skeleton: int | None = None


class Text(forms.Shape):
    title: Title
    preamble: Annotated[str, Field(min_length=2, max_length=2000)]
    first_day: date
    last_day: date
    sign_by: date | None = None
    copies: Annotated[int, Field(ge=1, le=99)]
    add: Annotated[str, Field(max_length=40)] = ""


Wording = forms.shape("Wording", Text, **SLOTS)


class Reason(forms.Shape):
    reason: Annotated[str, Field(min_length=2, max_length=300)]


class Answer(forms.Shape):
    answer: Annotated[str, Field(min_length=1, max_length=1000)]


async def _community(request: Request) -> Place:
    found = [each for each in await places(request, "agreement.draft") if each.level == "COMMUNITY"]
    wanted = number(request.query_params.get("place", ""))
    chosen: Place | None = next((each for each in found if each.id == wanted), found[0] if found else None)
    if chosen is None:
        raise NotFound
    return chosen


def _partner(each: PartyOrganisation) -> tuple[str, str, str]:
    """An organisation to choose, and what it is: whose, temporary, functional."""
    kinds = [word for word, so in ((_("Temporary branch"), each.temporary), (_("Functional branch"), each.functional)) if so]
    return str(each.id), each.name, " · ".join([*([each.unit.name] if each.unit else []), *kinds])


@signed_in
async def new(request: Request, errors: Any = None, kept: Any = None) -> Response:
    place, today = await _community(request), clock.today()
    span = term(clock.now() + timedelta(days=7), 1)
    kept = kept or {"title": categories.title(), "contents": list(categories.CATEGORIES)[:5], "first_day": span.first_day, "last_day": span.last_day}
    return pages.show(
        request, "agreements/new.html", _("Draft an agreement"), here="agreements", errors=errors, kept=kept, place=place, today=today,
        committee=await drafting.committee_of(place), partners=[_partner(each) for each in await drafting.possible_partners(place)],
        projects=[(str(p.id), p.title, p.lead.name) for p in await projects.projects(place.path, limit=100)],
        categories=list(categories.CATEGORIES.items()), skeletons=[(str(s.id), s.name) for s in await skeletons.skeletons(place.path)],
    )  # fmt: skip


@signed_in
async def draft(request: Request) -> Response:
    form = await forms.read(request, NewAgreement, again=new)
    place = await needed(request, Place, form.place, "agreement.draft", "place")
    own = next((s for s in await skeletons.skeletons(place.path) if s.id == form.skeleton), None)
    if form.skeleton and own is None:
        raise Refusal("Choose one of the answers shown.", field="skeleton")
    given = drafting.Draft(
        form.title, form.category, form.first_day, form.last_day, form.partners, form.contents, form.projects, sign_by=form.sign_by, skeleton=own
    )
    agreement = await drafting.draft(place, given, by=me(request))
    return pages.redirect(f"/agreements/{agreement.id}", Phrase("The draft %(number)s has been made.", number=agreement.number))


async def _inside(request: Request) -> Agreement:
    """The agreement, for its signatories and the staff; whether an act is theirs and possible now is the verb's to say."""
    return await finding.inside(request.path_params["id"], me(request))


@signed_in
async def edit(request: Request, errors: Any = None, kept: Any = None) -> Response:
    agreement = await _inside(request)
    slots = {f"{part}_{n}": each[part] for n, each in enumerate(agreement.clauses, 1) for part in ("heading", "body")}
    kept = kept or {
        "title": agreement.title, "preamble": agreement.preamble, "first_day": agreement.first_day, "last_day": agreement.last_day,
        "copies": agreement.copies, "sign_by": agreement.sign_by or "", **slots,
    }  # fmt: skip
    return pages.show(
        request, "agreements/edit.html", _("Edit the text"), here="agreements", errors=errors, kept=kept, agreement=agreement,
        slots=min(CLAUSES, max(_used(kept), len(agreement.clauses)) + 2), library=_library(),
    )  # fmt: skip


def _used(kept: Any) -> int:
    """The last article that holds anything."""
    return max((n for n in range(1, CLAUSES + 1) if kept.get(f"body_{n}") or kept.get(f"heading_{n}")), default=0)


def _library() -> list[tuple[Any, list[tuple[str, categories.Clause]]]]:
    """Ready articles under the names of their categories, each with the value of its button."""
    return [
        (categories.CATEGORIES[code], [(f"{code}.{n}", clause) for n, clause in enumerate(ready)])
        for code, ready in categories.library().items()
    ]


def _with_ready(form: Any) -> dict[str, Any]:
    """What was typed, with the article of the pressed button in the first free place."""
    kept = {name: value for name, value in form.model_dump().items() if value is not None}
    ready = dict(each for _name, group in _library() for each in group).get(form.add)
    place = _used(kept) + 1
    if ready and place <= CLAUSES:
        kept |= {f"heading_{place}": ready.heading, f"body_{place}": ready.body}
    return kept


@signed_in
async def revise(request: Request) -> Response:
    agreement = await _inside(request)
    form: Any = await forms.read(request, Wording, again=edit)
    if form.add:
        return await edit(request, kept=_with_ready(form))
    clauses = [(getattr(form, f"heading_{n}"), getattr(form, f"body_{n}")) for n in range(1, CLAUSES + 1)]
    given = drafting.Wording(form.title, form.preamble, form.first_day, form.last_day, form.copies, clauses, form.sign_by)
    seen = agreement.stage == "review"
    await drafting.revise(agreement, given, by=me(request))
    said = Phrase("The text has been saved. It is a draft again: lay it before the signatories anew.") if seen else Phrase("The text has been saved.")
    return pages.redirect(f"/agreements/{agreement.id}/text", said)


@signed_in
async def review(request: Request) -> Response:
    agreement = await _inside(request)
    await agreement.review(by=me(request))
    return pages.redirect(f"/agreements/{agreement.id}", Phrase("The text lies before the signatories now."))


@signed_in
async def freeze(request: Request) -> Response:
    agreement = await _inside(request)
    await freezing.freeze(agreement, by=me(request), origin=agreements.origin(request))
    return pages.redirect(f"/agreements/{agreement.id}", Phrase("The text is fixed. Everybody signs this one file."))


@signed_in
async def send(request: Request) -> Response:
    agreement = await _inside(request)
    await freezing.send(agreement, by=me(request))
    return pages.redirect(f"/agreements/{agreement.id}", Phrase("The signing is open. Give every signatory its link or let it sign in."))


@signed_in
async def reopening(request: Request, errors: Any = None, kept: Any = None) -> Response:
    agreement = await _inside(request)
    return pages.show(
        request, "agreements/reopening.html", _("Change the text after all"), here="agreements", errors=errors, kept=kept or {},
        agreement=agreement, signed=await freezing.signed_so_far(agreement),
    )  # fmt: skip


@signed_in
async def reopen(request: Request) -> Response:
    agreement = await _inside(request)
    form = await forms.read(request, Reason, again=reopening)
    void = await freezing.reopen(agreement, form.reason, by=me(request))
    return pages.redirect(f"/agreements/{agreement.id}", Phrase("A new version was begun; %(n)s signatures are void.", n=void))


@signed_in
async def cancel(request: Request) -> Response:
    agreement = await _inside(request)
    form = await forms.read(request, Reason, again=agreements.page)
    await agreement.cancel(form.reason, by=me(request))
    return pages.redirect(f"/agreements/{agreement.id}", Phrase("The agreement has been given up."))


@signed_in
async def terminate(request: Request) -> Response:
    agreement = await _inside(request)
    form = await forms.read(request, Reason, again=agreements.page)
    await agreement.terminate(form.reason, by=me(request))
    return pages.redirect(f"/agreements/{agreement.id}", Phrase("The agreement has been terminated."))


@signed_in
async def answer(request: Request) -> Response:
    agreement = await _inside(request)
    form = await forms.read(request, Answer, again=agreements.page)
    asked = await finding.request(agreement, request.path_params["request"])
    await agreement.answer(asked, form.answer, by=me(request))
    return pages.redirect(f"/agreements/{agreement.id}", Phrase("The answer stands beside the request."))


routes = [
    Route("/agreements/new", new),
    Route("/agreements", draft, methods=["POST"]),
    Route("/agreements/{id:int}/wording", edit),
    Route("/agreements/{id:int}/wording", revise, methods=["POST"], max_body_size=forms.LONG),
    Route("/agreements/{id:int}/review", review, methods=["POST"]),
    Route("/agreements/{id:int}/freezing", freeze, methods=["POST"]),
    Route("/agreements/{id:int}/sending", send, methods=["POST"]),
    Route("/agreements/{id:int}/reopening", reopening),
    Route("/agreements/{id:int}/reopening", reopen, methods=["POST"]),
    Route("/agreements/{id:int}/cancellation", cancel, methods=["POST"]),
    Route("/agreements/{id:int}/termination", terminate, methods=["POST"]),
    Route("/agreements/{id:int}/changes/{request:int}", answer, methods=["POST"]),
]
