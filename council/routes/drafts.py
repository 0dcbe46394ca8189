"""Agreements on their way: drafting, editing, review, fixing the text, opening it again, links and identity codes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, create_model
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import clock
from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood import listing
from council.neighbourhood.places import Place
from council.partnership.agreements import Agreement, Signatory
from council.partnership import drafting, finding, freezing, keys, projects, signing, texts
from council.refusals import NotFound, Refusal
from council.routes import agreements, forms, pages
from council.routes.needs import Title, places
from council.routes.standing import me, needed, number, signed_in
from council.rules import categories, numbering
from council.rules.calendar import term
from council.text import Line, Phone

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


class Text(forms.Shape):
    title: Title
    preamble: Annotated[str, Field(min_length=2, max_length=2000)]
    first_day: date
    last_day: date
    sign_by: date | None = None
    copies: Annotated[int, Field(ge=1, le=99)]


Wording = create_model("Wording", __base__=Text, **SLOTS)


class Representative(forms.Shape):
    office: int
    liaison: Annotated[Line, Field(max_length=50)] = ""
    phone: Phone = ""


class Reason(forms.Shape):
    reason: Annotated[str, Field(min_length=2, max_length=300)]


class Answer(forms.Shape):
    answer: Annotated[str, Field(min_length=1, max_length=1000)]


class How(forms.Shape):
    how: Literal["known", "document", "letter"]


async def _community(request: Request) -> Place:
    found = [each for each in await places(request, "agreement.draft") if each.level == "COMMUNITY"]
    wanted = number(request.query_params.get("place", ""))
    chosen: Place | None = next((each for each in found if each.id == wanted), found[0] if found else None)
    if chosen is None:
        raise NotFound
    return chosen


@signed_in
async def new(request: Request, errors: Any = None, kept: Any = None) -> Response:
    place, today = await _community(request), clock.today()
    span = term(clock.now() + timedelta(days=7), 1)
    kept = kept or {"title": categories.title(), "contents": list(categories.CATEGORIES)[:5], "first_day": span.first_day, "last_day": span.last_day}
    return pages.show(
        request, "agreements/new.html", _("Draft an agreement"), here="agreements", errors=errors, kept=kept, place=place, today=today,
        committee=await drafting.committee_of(place), partners=listing.options(await drafting.possible_partners(place)),
        projects=[(str(p.id), p.title, p.lead.name) for p in await projects.projects(place.path, limit=100)],
        categories=list(categories.CATEGORIES.items()),
    )  # fmt: skip


@signed_in
async def draft(request: Request) -> Response:
    form = await forms.read(request, NewAgreement, again=new)
    place = await needed(request, Place, form.place, "agreement.draft", "place")
    given = drafting.Draft(
        form.title, form.category, form.first_day, form.last_day, form.partners, form.contents, form.projects, sign_by=form.sign_by
    )
    agreement = await drafting.draft(place, given, by=me(request))
    return pages.redirect(f"/agreements/{agreement.id}", Phrase("The draft %(number)s has been made.", number=agreement.number))


async def _inside(request: Request) -> Agreement:
    """The agreement, for its signatories and the staff; whether an act is theirs and possible now is the verb's to say."""
    return await finding.inside(request.path_params["id"], me(request))


async def _signatory(request: Request) -> Signatory:
    """The signatory the address names, for the staff of the place."""
    return await finding.signatory(request.path_params["id"], me(request))


@signed_in
async def edit(request: Request, errors: Any = None, kept: Any = None) -> Response:
    agreement = await _inside(request)
    slots = {
        f"{part}_{n}": each[part] for n, each in enumerate(agreement.clauses, 1) for part in ("heading", "body")
    }
    kept = kept or {
        "title": agreement.title, "preamble": agreement.preamble, "first_day": agreement.first_day, "last_day": agreement.last_day,
        "copies": agreement.copies, "sign_by": agreement.sign_by or "", **slots,
    }  # fmt: skip
    return pages.show(
        request, "agreements/edit.html", _("Edit the text"), here="agreements", errors=errors, kept=kept, agreement=agreement,
        slots=min(CLAUSES, len(agreement.clauses) + 2),
    )  # fmt: skip


@signed_in
async def revise(request: Request) -> Response:
    agreement = await _inside(request)
    form: Any = await forms.read(request, Wording, again=edit)
    clauses = [(getattr(form, f"heading_{n}"), getattr(form, f"body_{n}")) for n in range(1, CLAUSES + 1)]
    given = drafting.Wording(form.title, form.preamble, form.first_day, form.last_day, form.copies, clauses, form.sign_by)
    await drafting.revise(agreement, given, by=me(request))
    return pages.redirect(f"/agreements/{agreement.id}/text", Phrase("The text has been saved."))


@signed_in
async def representative(request: Request, errors: Any = None, kept: Any = None) -> Response:
    signatory = await _signatory(request)
    able = (await drafting.signers([signatory.organisation_id]))[signatory.organisation_id]
    held = next((str(office.id) for office in able if office.person_id == signatory.signer_id), "")
    return pages.show(
        request, "agreements/representative.html", signatory.organisation.name, here="agreements", errors=errors, signatory=signatory,
        kept=kept or {"office": held, "liaison": signatory.liaison, "phone": signatory.phone},
        offices=[(str(office.id), f"{office.person.name}（{texts.duty(office.code)}）") for office in able],
    )  # fmt: skip


@signed_in
async def represent(request: Request) -> Response:
    signatory = await _signatory(request)
    form = await forms.read(request, Representative, again=representative)
    able = (await drafting.signers([signatory.organisation_id]))[signatory.organisation_id]
    office = next((each for each in able if each.id == form.office), None)
    if office is None:
        raise Refusal("Choose one of the answers shown.", field="office")
    await drafting.represent(signatory, office, form.liaison, form.phone, by=me(request))
    return pages.redirect(f"/agreements/{signatory.agreement_id}", Phrase("Saved: %(name)s", name=signatory.organisation.name))


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


@signed_in
async def link(request: Request) -> Response:
    """A personal link, shown this once: only its digest is kept."""
    signatory = await _signatory(request)
    token = await signing.make_link(signatory, by=me(request))
    address = f"{agreements.origin(request)}/sign/{token}"
    return pages.show(
        request, "agreements/link.html", _("The link of %(name)s") % {"name": signatory.organisation.name}, here="agreements",
        signatory=signatory, address=address,
    )  # fmt: skip


@signed_in
async def identity(request: Request, errors: Any = None, kept: Any = None) -> Response:
    signatory = await _signatory(request)
    return pages.show(
        request, "agreements/identity.html", _("Check who signs"), here="agreements", errors=errors, kept=kept or {},
        signatory=signatory, ways=list(keys.WAYS.items()),
    )  # fmt: skip


@signed_in
async def identify(request: Request) -> Response:
    """The code, shown this once to whoever made it."""
    signatory = await _signatory(request)
    form = await forms.read(request, How, again=identity)
    code = await keys.make_code(signatory, form.how, by=me(request))
    return pages.show(
        request, "agreements/code.html", _("The identity code of %(name)s") % {"name": signatory.signer.name}, here="agreements",
        signatory=signatory, code=numbering.show_code(code), days=keys.LASTS.days,
    )  # fmt: skip


routes = [
    Route("/agreements/new", new),
    Route("/agreements", draft, methods=["POST"]),
    Route("/agreements/{id:int}/edit", edit),
    Route("/agreements/{id:int}/edit", revise, methods=["POST"]),
    Route("/agreements/{id:int}/review", review, methods=["POST"]),
    Route("/agreements/{id:int}/freezing", freeze, methods=["POST"]),
    Route("/agreements/{id:int}/sending", send, methods=["POST"]),
    Route("/agreements/{id:int}/reopening", reopening),
    Route("/agreements/{id:int}/reopening", reopen, methods=["POST"]),
    Route("/agreements/{id:int}/cancellation", cancel, methods=["POST"]),
    Route("/agreements/{id:int}/termination", terminate, methods=["POST"]),
    Route("/agreements/{id:int}/changes/{request:int}", answer, methods=["POST"]),
    Route("/signatories/{id:int}", representative),
    Route("/signatories/{id:int}", represent, methods=["POST"]),
    Route("/signatories/{id:int}/link", link, methods=["POST"]),
    Route("/signatories/{id:int}/identity", identity),
    Route("/signatories/{id:int}/identity", identify, methods=["POST"]),
]
