"""Signatories as the staff sees them: who signs, the personal link, the identity code."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.partnership import drafting, finding, keys, signers, signing, slips, texts
from council.partnership.agreements import Signatory
from council.refusals import Refusal
from council.routes import agreements, forms, pages
from council.routes.standing import me, signed_in
from council.rules import numbering
from council.text import Line, Phone


class Representative(forms.Shape):
    office: int
    liaison: Annotated[Line, Field(max_length=50)] = ""
    phone: Phone = ""


class How(forms.Shape):
    how: Literal["known", "document", "letter"]
    slip: bool = False


async def _signatory(request: Request) -> Signatory:
    """The signatory the address names, for the staff of the place."""
    return await finding.signatory(request.path_params["id"], me(request))


@signed_in
async def representative(request: Request, errors: Any = None, kept: Any = None) -> Response:
    signatory = await _signatory(request)
    able = await signers.able(signatory)
    held = next((str(office.id) for office in able if office.person_id == signatory.signer_id), "")
    return pages.show(
        request, "agreements/representative.html", signatory.name, here="agreements", errors=errors, signatory=signatory,
        kept=kept or {"office": held, "liaison": signatory.liaison, "phone": signatory.phone},
        offices=[(str(office.id), f"{office.person.name}（{texts.duty(office.code)}）") for office in able],
    )  # fmt: skip


@signed_in
async def represent(request: Request) -> Response:
    signatory = await _signatory(request)
    form = await forms.read(request, Representative, again=representative)
    able = await signers.able(signatory)
    office = next((each for each in able if each.id == form.office), None)
    if office is None:
        raise Refusal("Choose one of the answers shown.", field="office")
    await drafting.represent(signatory, office, form.liaison, form.phone, by=me(request))
    return pages.redirect(f"/agreements/{signatory.agreement_id}", Phrase("Saved: %(name)s", name=signatory.name))


@signed_in
async def link(request: Request) -> Response:
    """A personal link, shown this once: only its digest is kept."""
    signatory = await _signatory(request)
    token = await signing.make_link(signatory, by=me(request))
    address = f"{agreements.origin(request)}/signing/{token}"
    return pages.show(
        request, "agreements/link.html", _("The link of %(name)s") % {"name": signatory.name}, here="agreements",
        signatory=signatory, address=address,
    )  # fmt: skip


@signed_in
async def identity(request: Request, errors: Any = None, kept: Any = None) -> Response:
    signatory = await _signatory(request)
    barred = await keys.barred(signatory, me(request))
    return pages.show(
        request, "agreements/identity.html", _("Check who signs"), here="agreements", errors=errors, kept=kept or {},
        signatory=signatory, ways=keys.ways(signatory), barred=barred, colleagues=await keys.colleagues(signatory) if barred else [],
    )  # fmt: skip


@signed_in
async def identify(request: Request) -> Response:
    """The code, shown this once to whoever made it; or on a sealed slip, and then on no page."""
    signatory = await _signatory(request)
    form = await forms.read(request, How, again=identity)
    if form.slip:
        return as_slips(await slips.slip(signatory, form.how, by=me(request)))
    code = await keys.make_code(signatory, form.how, by=me(request))
    return pages.show(
        request, "agreements/code.html", _("The identity code of %(name)s") % {"name": signatory.signer.name}, here="agreements",
        signatory=signatory, code=numbering.show_code(code), days=keys.LASTS.days,
    )  # fmt: skip


def as_slips(data: bytes) -> Response:
    """A file with codes: to be printed, kept nowhere."""
    headers = {"content-disposition": 'attachment; filename="sealed-slips.pdf"', "cache-control": "no-store"}
    return Response(data, media_type="application/pdf", headers=headers)


routes = [
    Route("/signatories/{id:int}", representative),
    Route("/signatories/{id:int}", represent, methods=["POST"]),
    Route("/signatories/{id:int}/link", link, methods=["POST"]),
    Route("/signatories/{id:int}/identity", identity),
    Route("/signatories/{id:int}/identity", identify, methods=["POST"]),
]
