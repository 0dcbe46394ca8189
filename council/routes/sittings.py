"""Signing many one after the other: what waits, the name written once, each document with its place in the row."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.partnership import signing, sittings, texts
from council.partnership.agreements import Signatory
from council.partnership.signatures import key_of
from council.partnership.sittings import Sitting
from council.routes import agreements, forms, pages
from council.routes.signatures import private
from council.routes.standing import me, signed_in

SHOWN = 20


class Hand(forms.Shape):
    drawn: Annotated[str, Field(max_length=60_000)] = ""
    typed: Annotated[str, Field(max_length=50)] = ""


class Signed(forms.Shape):
    digest: Annotated[str, Field(min_length=64, max_length=64)]
    pin: Annotated[str, Field(min_length=1, max_length=64)]


async def onward(request: Request) -> str:
    """Where a sitting goes on: the next document, or the page of all when nothing waits or the name has to be written anew."""
    by = me(request)
    sitting = await sittings.running(by)
    ahead = await sittings.next_ones(by, sitting.later if sitting else (), limit=1)
    return f"/sitting/{ahead[0].id}" if sitting and sitting.hand and ahead else "/sitting"


@signed_in
async def page(request: Request, errors: Any = None, kept: Any = None) -> Response:
    by = me(request)
    sitting = await sittings.running(by)
    ahead = await sittings.next_ones(by, sitting.later if sitting else (), limit=SHOWN)
    rows = [
        {"href": f"/signatures/{each.id}", "title": each.agreement.title, "facts": [each.agreement.number, each.name]} for each in ahead
    ]
    return pages.show(
        request, "sittings/page.html", _("What waits for my signature"), here="agreements", errors=errors, kept=kept or {}, rows=rows,
        progress=await sittings.progress(by, sitting), sitting=sitting, keyless=await sittings.missing_key(by), onward=await onward(request),
        name=by.name,
    )  # fmt: skip


@signed_in
async def begin(request: Request) -> Response:
    form = await forms.read(request, Hand, again=page)
    await sittings.begin(signing.Hand(form.drawn, form.typed), by=me(request))
    return pages.redirect(await onward(request))


async def _turn(request: Request) -> tuple[Sitting, Signatory]:
    return await sittings.turn(request.path_params["id"], by=me(request))


@signed_in
async def turn(request: Request, errors: Any = None, kept: Any = None) -> Response:
    """One document: its text, and at its end the signature."""
    sitting, signatory = await _turn(request)
    if sitting.hand is None or signatory.stage not in ("invited", "read"):
        return pages.redirect(await onward(request))
    agreement, key = await signing.check_turn(signatory, by=me(request)), await key_of(signatory)
    paper = await texts.paper_of(agreement, agreements.origin(request))
    return pages.show(
        request, "sittings/turn.html", agreement.title, here="agreements", errors=errors, signatory=signatory, agreement=agreement,
        reading=texts.reading(paper), progress=await sittings.progress(me(request), sitting), hand=sitting.hand,
        custody=key.custody if key and not key.locked else "",
    )  # fmt: skip


@signed_in
async def sign(request: Request) -> Response:
    sitting, signatory = await _turn(request)
    private(request)
    form = await forms.read(request, Signed, again=turn)
    await sittings.sign(sitting, signatory, form.digest, form.pin, by=me(request))
    return pages.redirect(await onward(request), Phrase("Signed: %(number)s", number=signatory.agreement.number))


@signed_in
async def later(request: Request) -> Response:
    await sittings.put_aside(*await _turn(request))
    return pages.redirect(await onward(request), Phrase("Put aside: it comes last."), "note")


@signed_in
async def end(request: Request) -> Response:
    by = me(request)
    if sitting := await sittings.running(by):
        await sittings.end(sitting, by=by)
    return pages.redirect("/sitting", Phrase("Your written name is erased. What is not signed goes on waiting."), "note")


routes = [
    Route("/sitting", page),
    Route("/sitting", begin, methods=["POST"], max_body_size=forms.LONG),
    Route("/sitting/end", end, methods=["POST"]),
    Route("/sitting/{id:int}", turn),
    Route("/sitting/{id:int}", sign, methods=["POST"]),
    Route("/sitting/{id:int}/later", later, methods=["POST"]),
]
