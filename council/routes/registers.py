"""Setting up: the way in, one sheet for everything, and the registers that were imported."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase, day, moment
from council.i18n import gettext as _
from council.neighbourhood import entering, imports, listing, lists, registers
from council.neighbourhood.journal import writing
from council.neighbourhood.offices import may
from council.neighbourhood.places import Place
from council.neighbourhood.registers import Draft, Register
from council.neighbourhood.template import GUIDE, GUIDE_TITLE, TABLES
from council.refusals import NotFound, Refusal
from council.routes import forms, pages, sessions
from council.routes.standing import asked, enter, find, me, needed, signed_in
from council.workshop import blanks, sheets
from council.workshop.sheets import Fault

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 100


class Upload(forms.Shape):
    place: int
    file: UploadFile


@signed_in
async def index(request: Request) -> Response:
    enter(request, "neighbourhood.see")
    held = sessions.held(request)
    made = await lists.registers(held)
    waiting = await Draft.waiting(me(request))
    rows = [{"href": f"/registers/{r.id}", "title": r.place.name, "facts": [day(r.made_at), r.source]} for r in made]
    return pages.show(
        request, "registers/index.html", _("Setting up the neighbourhood"), here="desk", rows=rows,
        waiting=[{"href": f"/registers/drafts/{one.id}", "title": one.file or _("Sheet"), "facts": [moment(one.made_at)]} for one in waiting],
        may_import=bool(listing.reach(held, "register.import")), may_slips=bool(listing.reach(held, "slip.hand_over")),
    )  # fmt: skip


@signed_in
async def template(request: Request) -> Response:
    """The sheet to fill in, explained in the reader's language."""
    enter(request, "register.import")
    body = blanks.blank(TABLES, GUIDE_TITLE, [str(sentence) for sentence in GUIDE])
    return Response(body, media_type=XLSX, headers={"content-disposition": 'attachment; filename="council-template.xlsx"'})


@signed_in
async def new(request: Request, errors: Any = None, kept: Any = None) -> Response:
    enter(request, "register.import")
    places = await listing.places_within(sessions.held(request), "register.import")
    places = [p for p in places if p.level in ("STREET", "COMMUNITY", "GRID")]
    kept = kept or {"place": next((str(p.id) for p in places if p.level == "COMMUNITY"), "")}
    return pages.show(
        request, "registers/new.html", _("Enter everything from one sheet"), errors=errors, kept=kept, places=listing.options(places, "　")
    )


@signed_in
async def upload(request: Request) -> Response:
    enter(request, "register.import")
    form = await forms.read(request, Upload, again=new)
    place = await needed(request, Place, form.place, "register.import", "place")
    reading = await sheets.take(await form.file.read(sheets.BIGGEST + 1), TABLES)
    if reading.faults and not any(reading.rows.values()):
        raise Refusal(reading.faults[0].phrase.message, field="file", **reading.faults[0].phrase.values)
    if reading.faults:
        return _faulty(request, place, reading.faults)
    draft = await registers.keep(reading.rows, place, form.file.filename or "", by=me(request))
    return pages.redirect(f"/registers/drafts/{draft.id}")


def _faulty(request: Request, place: Place, faults: list[Fault], draft: Draft | None = None, counts: Any = ()) -> Response:
    title = _("This was read from your sheet")
    return pages.show(
        request, "registers/draft.html", title, status=422 if faults else 200, place=place, faults=faults[:SHOWN], more=len(faults) - SHOWN,
        draft=draft, counts=counts,
    )  # fmt: skip


async def _draft(request: Request) -> Draft:
    """A sheet that waits, for its sender alone."""
    draft = await find(request, Draft, "register.import", "place")
    if draft.made_by_id != me(request).id:
        raise NotFound
    if draft.done_at is not None:
        raise Refusal("This sheet has been entered or given up already. Send it again if it is still needed.", status=409)
    return draft


@signed_in
async def draft(request: Request) -> Response:
    found = await _draft(request)
    plan = imports.plan(found.rows(), await imports.Known.read(found.place))
    return _faulty(request, found.place, plan.faults, found, plan.counts())


@signed_in
async def confirm(request: Request) -> Response:
    found = await _draft(request)
    async with writing():
        known = await imports.Known.read(found.place)
        counts = await entering.enter(imports.plan(found.rows(), known), known, found.file, by=me(request))
        await registers.empty(found, counts)
    await pages.Site.read()
    return pages.redirect("/registers", Phrase("%(n)s rows have been entered.", n=sum(counts.values())))


@signed_in
async def give_up(request: Request) -> Response:
    found = await _draft(request)
    async with writing():
        await registers.empty(found, {})
    return pages.redirect("/registers/import", Phrase("Nothing was entered."), tone="note")


@signed_in
async def page(request: Request) -> Response:
    """One register of owners: its totals, and its lines part by part."""
    register = await find(request, Register, "register.import", "place")
    wanted = asked(request, "q")
    part = await lists.lines(register, wanted["q"], request.query_params.get("after", ""))
    newest = await registers.current(register.place)
    return pages.show(
        request, "registers/page.html", _title(register), register=register, lines=part.rows,
        totals=await register.totals(), in_use=newest is not None and newest.id == register.id, q=wanted["q"],
        more=f"/registers/{register.id}?after={part.after}&q={wanted['q']}" if part.after else "",
        may_import=await may(me(request), "register.import", register), may_confirm=await may(me(request), "register.confirm", register),
    )  # fmt: skip


def _title(register: Register) -> str:
    if register.kind == "owners":
        return _("Owners of %(place)s") % {"place": register.place.name}
    return f"{registers.KINDS[register.kind]}（{register.place.name}）"


routes = [
    Route("/registers", index),
    Route("/registers/template.xlsx", template),
    Route("/registers/import", new),
    Route("/registers/import", upload, methods=["POST"], max_body_size=sheets.BIGGEST + 200_000),
    Route("/registers/drafts/{id:int}", draft),
    Route("/registers/drafts/{id:int}/confirmation", confirm, methods=["POST"]),
    Route("/registers/drafts/{id:int}/withdrawal", give_up, methods=["POST"]),
    Route("/registers/{id:int}", page),
]
