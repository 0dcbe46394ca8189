"""The opinion map, and how it is made."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.refusals import NotFound
from council.routes import pages
from council.routes.consultations import find
from council.rules.opinion_map import FEWEST_PEOPLE, FEWEST_STATEMENTS
from council.secretariat import hearings, maps

LETTERS = "ABCDE"
BANDS: dict[str, Phrase] = {"most": Phrase("most"), "half": Phrase("about half"), "few": Phrase("few"), "": Phrase("too few asked")}


async def show(request: Request) -> Response:
    consultation = await find(request)
    if consultation.form != "statements":
        raise NotFound
    found = await maps.of(consultation) if consultation.over else None
    lines = found.drawn["lines"] if found else []
    return pages.show(
        request, "consultations/map.html", _("The opinion map"), here="consultations", consultation=consultation, map=found.drawn if found else None,
        letters=LETTERS, bands=BANDS, few=hearings.few, fewest=(FEWEST_PEOPLE, FEWEST_STATEMENTS),
        common=[one for one in lines if one["kind"] == "common"], dividing=[one for one in lines if one["kind"] == "dividing"],
    )  # fmt: skip


async def method(request: Request) -> Response:
    return pages.show(request, "consultations/method.html", _("How the map is made"), here="consultations", consultation=await find(request))


routes = [
    Route("/consultations/{id:int}/map", show),
    Route("/consultations/{id:int}/method", method),
]
