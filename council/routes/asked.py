"""Who is asked: whom nobody has reached yet, and slips to print."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import gettext as _
from council.proceedings import asking, unheard
from council.proceedings.consultations import Consultation
from council.routes import forms, pages, sessions
from council.routes.consultations import find
from council.routes.contributions import allowed
from council.routes.feeds import origin


async def reach(request: Request) -> Response:
    consultation = await allowed(request, "consultation.reach")
    found = await unheard.reach(consultation, by=sessions.person(request))
    return pages.show(request, "consultations/reach.html", _("Who has not been reached"), here="consultations", consultation=consultation, rows=found)


async def slips(request: Request, errors: Any = None, kept: Any = None) -> Response:
    consultation = await allowed(request, "consultation.reach")
    buildings = sorted({one.building for one in await unheard.reach(consultation, by=sessions.person(request))})
    return await _slips(request, consultation, [], [(one, one or _("Without a building")) for one in buildings])


async def _slips(request: Request, consultation: Consultation, made: list[asking.Slip], buildings: list[tuple[str, str]]) -> Response:
    return pages.show(
        request, "consultations/slips.html", _("Slips"), here="consultations", consultation=consultation, slips=made, buildings=buildings,
        address=origin(request),
    )  # fmt: skip


class Building(forms.Shape):
    building: Annotated[str, Field(max_length=24)] = ""


async def issue(request: Request) -> Response:
    consultation = await find(request)
    given = await forms.read(request, Building, slips)
    return await _slips(request, consultation, await asking.issue(consultation, given.building, by=sessions.person(request)), [])


routes = [
    Route("/consultations/{id:int}/reach", reach),
    Route("/consultations/{id:int}/slips", slips),
    Route("/consultations/{id:int}/slips", issue, methods=["POST"]),
]
