"""The answers to carry: doors that answered without an account and asked to hear on paper."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import may
from council.refusals import NotFound
from council.routes import forms, pages, sessions
from council.routes.consultations import find
from council.routes.feeds import origin
from council.secretariat import tellings


class Told(forms.Shape):
    doors: list[int] = []


async def page(request: Request, errors: Any = None, kept: Any = None) -> Response:
    consultation, by = await find(request), sessions.who(request)
    if not await may(by, "consultation.tell", consultation):
        raise NotFound
    return pages.show(
        request, "consultations/tellings.html", _("Answers to carry"), here="consultations", errors=errors, consultation=consultation,
        rows=await tellings.to_carry(consultation, by=by), address=f"{origin(request)}/consultations/{consultation.id}",
    )  # fmt: skip


async def told(request: Request) -> Response:
    consultation = await find(request)
    given = await forms.read(request, Told, page)
    count = await tellings.told(consultation, given.doors, by=sessions.person(request))
    return pages.redirect(f"/consultations/{consultation.id}/tellings", Phrase("%(n)s doors have been told.", n=count))


routes = [
    Route("/consultations/{id:int}/tellings", page),
    Route("/consultations/{id:int}/tellings", told, methods=["POST"]),
]
