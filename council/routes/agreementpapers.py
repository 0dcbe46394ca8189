"""The papers beside an agreement: its audit page, the public copy, and the same words on the notice board."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.partnership import auditpapers, finding, publiccopies
from council.routes import agreements, forms, limits, pages, sessions
from council.routes.standing import me, signed_in, upwards
from council.secretariat import publishing


class Contact(forms.Shape):
    contact: Annotated[str, Field(min_length=4, max_length=120)]


async def audit_page(request: Request) -> Response:
    """For the signatories and the staff, as the page itself."""
    agreement = await finding.inside(request.path_params["id"], sessions.who(request))
    return agreements.as_pdf(await auditpapers.file(agreement, agreements.origin(request)), agreement, "audit")


async def public_copy(request: Request) -> Response:
    """For everybody, once it has taken effect."""
    limits.take(request, "paper")
    agreement = await agreements.find(request)
    return agreements.as_pdf(await publiccopies.file(agreement, agreements.origin(request)), agreement, "public")


@signed_in
async def post(request: Request) -> Response:
    """The public copy on the notice board."""
    agreement = await finding.inside(request.path_params["id"], me(request))
    form = await forms.read(request, Contact, again=agreements.page)
    made = await publishing.post(agreement, agreements.origin(request), form.contact, by=me(request))
    return pages.redirect(f"/postings/{made.id}", Phrase("It hangs on the notice board until %(day)s.", day=made.last_day))


routes = [
    Route("/agreements/{id:int}/audit.pdf", audit_page),
    Route("/agreements/{id:int}/public.pdf", public_copy),
    Route("/agreements/{id:int}/posting", post, methods=["POST"]),
    Route("/agreements/{id:int}/posting", upwards),
]
