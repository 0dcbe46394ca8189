"""The board: every open need beside what fits it; a claim is one press."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood import listing
from council.neighbourhood.offices import Standing
from council.neighbourhood.organisations import PartyOrganisation
from council.partnership import claims, needs, resources
from council.partnership.claims import Line, able_for
from council.partnership.needs import URGENCIES
from council.partnership.resources import KINDS
from council.refusals import Refusal
from council.routes import forms, pages, sessions
from council.routes.standing import SIZE, asked, me, number, signed_in


class Taking(forms.Shape):
    organisation: int
    resource: int | None = None


async def index(request: Request, errors: Any = None, kept: Any = None) -> Response:
    held = sessions.held(request)
    lines = await claims.board("/", before=number(asked(request, "after")["after"]), limit=SIZE + 1)
    own = await resources.claimers(held)
    more = f"/board?after={lines[SIZE - 1].need.id}" if len(lines) > SIZE else ""
    may_match = bool(await listing.places_within(held, "project.add", "COMMUNITY"))
    rows = [_row(line, held, own, may_match) for line in lines[:SIZE]]
    return pages.show(request, "needs/board.html", _("Board"), here="agreements", errors=errors, rows=rows, more=more)


def _row(line: Line, held: Standing, own: list[PartyOrganisation], may_match: bool) -> dict[str, Any]:
    taken = {each.organisation_id for each in line.claims}
    free = [each for each in own if each.id not in taken]
    return {
        "need": line.need, "urgency": URGENCIES.get(line.need.urgency, ""), "kind": KINDS.get(line.need.kind, ""), "may_match": may_match,
        "fits": [
            {
                "resource": each, "kind": KINDS[each.kind], "why": fit,
                "able": each.organisation_id not in taken and able_for(held, each.organisation_id, line.need.path),
            }
            for each, fit in line.fits
        ],
        "claims": [{"claim": each, "able": able_for(held, each.organisation_id, line.need.path)} for each in line.claims],
        "own": free if len(free) == 1 else [],
    }  # fmt: skip


@signed_in
async def claim(request: Request) -> Response:
    form = await forms.read(request, Taking, again=index)
    need = await needs.need(request.path_params["id"])
    organisation = await resources.offerer(form.organisation)
    resource = await resources.offered(form.resource) if form.resource else None
    if form.resource and resource is None:
        raise Refusal("This is offered no longer.", status=409)
    await claims.claim(need, organisation, by=me(request), resource=resource)
    said = Phrase("%(name)s takes on “%(title)s”. The community makes a project of it.", name=organisation.name, title=need.title)
    return pages.redirect("/board", said)


async def to_board(request: Request) -> Response:
    """Reloaded after a refusal."""
    return pages.redirect("/board")


@signed_in
async def end(request: Request) -> Response:
    claimed = await claims.found(request.path_params["id"])
    await claims.take_back(claimed, by=me(request))
    return pages.redirect("/board", Phrase("The claim has been taken back: “%(title)s” waits for others.", title=claimed.need.title))


routes = [
    Route("/board", index),
    Route("/needs/{id:int}/claims", claim, methods=["POST"]),
    Route("/needs/{id:int}/claims", to_board),
    Route("/claims/{id:int}/end", end, methods=["POST"]),
]
