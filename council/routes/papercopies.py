"""Signed on paper: the scan is entered by one officer, looked at, and confirmed by another."""

from __future__ import annotations

from datetime import date

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.partnership import finding, papercopies
from council.partnership.agreements import Agreement
from council.routes import agreements, forms, pages, sessions
from council.routes.standing import me, signed_in, upwards


class Scan(forms.Shape):
    scan: UploadFile
    signed_on: date


async def _inside(request: Request) -> Agreement:
    return await finding.inside(request.path_params["id"], sessions.who(request))


@signed_in
async def enter(request: Request) -> Response:
    agreement = await _inside(request)
    form = await forms.read(request, Scan, again=agreements.page)
    await papercopies.enter(agreement, await form.scan.read(papercopies.LARGEST + 1), form.signed_on, by=me(request))
    return pages.redirect(f"/agreements/{agreement.id}", Phrase("The scan is kept. A colleague has to compare and confirm it."))


@signed_in
async def confirm(request: Request) -> Response:
    agreement = await _inside(request)
    await papercopies.confirm(agreement, by=me(request))
    return pages.redirect(f"/agreements/{agreement.id}", Phrase("Confirmed: all have signed on paper."))


@signed_in
async def drop(request: Request) -> Response:
    agreement = await _inside(request)
    await papercopies.drop(agreement, by=me(request))
    return pages.redirect(f"/agreements/{agreement.id}", Phrase("The scan is set aside. Another can be entered."), "note")


async def scan(request: Request) -> Response:
    agreement = await _inside(request)
    return agreements.as_pdf(await papercopies.scan(agreement), agreement, "scan")


routes = [
    Route("/agreements/{id:int}/paper", enter, methods=["POST"], max_body_size=papercopies.LARGEST + 200_000),
    Route("/agreements/{id:int}/paper", upwards),
    Route("/agreements/{id:int}/paper/scan.pdf", scan),
    Route("/agreements/{id:int}/paper/confirmation", confirm, methods=["POST"]),
    Route("/agreements/{id:int}/paper/withdrawal", drop, methods=["POST"]),
]
