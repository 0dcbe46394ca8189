"""Many agreements at once: the sheet, what was read from it, and the steps taken for all of them together."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase, day, moment
from council.i18n import gettext as _
from council.neighbourhood import listing
from council.neighbourhood.places import Place
from council.partnership import bundles, keys, slips
from council.partnership.bundles import Bundle
from council.partnership.bundlesheets import GUIDE, GUIDE_TITLE, TABLE, Item
from council.refusals import NotFound, Refusal
from council.routes import agreements, forms, pages
from council.routes.needs import places
from council.routes.signatories import How, as_slips
from council.routes.standing import asked, enter, find, me, needed, number, signed_in, upwards
from council.rules.stages import NAMES
from council.secretariat import bundling
from council.workshop import blanks, sheets

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 50
ORDER = ("draft", "review", "frozen", "signing", "effective", "declined", "lapsed", "cancelled", "renewed", "ended", "terminated")
NEXT = {
    "draft": ("review", Phrase("Lay all before the signatories")), "review": ("freezing", Phrase("Fix all texts and make the files")),
    "frozen": ("sending", Phrase("Open the signing of all")),
}  # fmt: skip


class Upload(forms.Shape):
    place: int
    file: UploadFile


@signed_in
async def index(request: Request, errors: Any = None, kept: Any = None) -> Response:
    """The sheets so far, and the way to send another."""
    paths = enter(request, "agreement.draft")
    where = [each for each in await places(request, "agreement.draft") if each.level == "COMMUNITY"]
    made = await bundles.sent_before(paths)
    rows = [{"href": f"/bundles/{b.id}", "title": b.name, "facts": [b.place.name, moment(b.made_at)]} for b in made]
    return pages.show(
        request, "bundles/list.html", _("Many agreements at once"), here="agreements", errors=errors, rows=rows, places=listing.options(where),
        kept=kept or {"place": str(where[0].id) if where else ""},
    )  # fmt: skip


@signed_in
async def template(request: Request) -> Response:
    """The sheet to fill in, explained in the reader's language."""
    enter(request, "agreement.draft")
    body = blanks.blank([TABLE], GUIDE_TITLE, [str(sentence) for sentence in GUIDE])
    return Response(body, media_type=XLSX, headers={"content-disposition": 'attachment; filename="agreements-template.xlsx"'})


@signed_in
async def upload(request: Request) -> Response:
    enter(request, "agreement.draft")
    form = await forms.read(request, Upload, again=index)
    place = await needed(request, Place, form.place, "agreement.draft", "place")
    reading = await sheets.take(await form.file.read(sheets.BIGGEST + 1), [TABLE])
    rows = reading.rows.get(TABLE.key, [])
    if reading.faults and not rows:
        raise Refusal(reading.faults[0].phrase.message, field="file", **reading.faults[0].phrase.values)
    if reading.faults:
        return _plan(request, place, reading.faults)
    if not rows:
        raise Refusal("The sheet holds no row to enter.", field="file")
    bundle = await bundles.read(place, rows, form.file.filename or "", by=me(request))
    return pages.redirect(f"/bundles/{bundle.id}")


def _plan(request: Request, place: Place, faults: Any, items: Any = (), bundle: Bundle | None = None) -> Response:
    title = _("This was read from your sheet")
    return pages.show(
        request, "bundles/plan.html", title, here="agreements", status=422 if faults else 200, place=place, faults=faults[:SHOWN],
        more=len(faults) - SHOWN, items=[_item(one) for one in items[:SHOWN]], total=len(items), bundle=bundle,
    )  # fmt: skip


def _item(one: Item) -> dict[str, Any]:
    given = one.draft
    return {
        "row": one.row, "title": given.title, "partners": [each.name for each in one.members[1:]], "first": day(given.first_day),
        "last": day(given.last_day),
    }  # fmt: skip


async def _bundle(request: Request) -> Bundle:
    bundle = await find(request, Bundle, "agreement.draft", "place")
    if bundle.dropped_at is not None or (bundle.entered_at is None and bundle.made_by_id != me(request).id):
        raise NotFound
    return bundle


@signed_in
async def page(request: Request, errors: Any = None, kept: Any = None) -> Response:
    """Before the yes: what would be made. Afterwards: how far all of them are, and the next step."""
    bundle = await _bundle(request)
    if bundle.entered_at is None:
        made = await bundles.planned(bundle)
        return _plan(request, bundle.place, made.faults, made.items, bundle)
    counts, after = await bundle.counts(), number(asked(request, "after")["after"])
    items = await bundles.items(bundle, after, SHOWN + 1)
    return pages.show(
        request, "bundles/page.html", bundle.name, here="agreements", block="progress", errors=errors or {}, bundle=bundle,
        total=counts.total(), counts=[(NAMES[stage], agreements.TONES[stage], counts[stage]) for stage in ORDER if counts[stage]],
        running=bundles.WORDS.get(bundle.step), left=counts[bundles.STEPS.get(bundle.step, "")], steps=_steps(bundle, counts),
        faults=await bundles.left_out(bundle), unknown=await slips.unknown(bundle), ways=list(keys.WAYS.items()),
        most=slips.MOST, items=[_row(one) for one in items[:SHOWN]],
        more=f"/bundles/{bundle.id}?after={items[SHOWN - 1].id}" if len(items) > SHOWN else "",
        at=f"/bundles/{bundle.id}?after={after}" if after else f"/bundles/{bundle.id}",
    )  # fmt: skip


def _steps(bundle: Bundle, counts: Any) -> list[tuple[str, Phrase, int]]:
    """The steps that can be taken now: name, word, for how many."""
    return [] if bundle.step else [(step, word, counts[stage]) for stage, (step, word) in NEXT.items() if counts[stage]]


def _row(item: Any) -> dict[str, Any]:
    word, tone = agreements.stage_of(item.agreement)
    return {"href": f"/agreements/{item.agreement_id}", "title": f"{item.agreement.number} {item.agreement.title}", "stage": word, "tone": tone,
            "facts": [_("row %(n)s") % {"n": item.row}]}  # fmt: skip


@signed_in
async def confirm(request: Request) -> Response:
    bundle = await _bundle(request)
    count = await bundles.enter(bundle, by=me(request))
    return pages.redirect(f"/bundles/{bundle.id}", Phrase("%(n)s drafts have been made.", n=count))


@signed_in
async def give_up(request: Request) -> Response:
    await bundles.give_up(await _bundle(request), by=me(request))
    return pages.redirect("/bundles", Phrase("Nothing was entered."), "note")


@signed_in
async def print_slips(request: Request) -> Response:
    """Codes for those who cannot sign yet, each on a sealed slip, a part at a time."""
    bundle = await _bundle(request)
    form = await forms.read(request, How, again=page)
    return as_slips(await slips.slips(bundle, form.how, by=me(request)))


@signed_in
async def step(request: Request) -> Response:
    bundle = await _bundle(request)
    await bundling.start(bundle, request.path_params["step"], agreements.origin(request), by=me(request))
    return pages.redirect(f"/bundles/{bundle.id}", Phrase("It goes on by itself. You may leave this page."), "note")


routes = [
    Route("/bundles", index),
    Route("/bundles", upload, methods=["POST"], max_body_size=sheets.BIGGEST + 200_000),
    Route("/bundles/template.xlsx", template),
    Route("/bundles/{id:int}", page),
    Route("/bundles/{id:int}/confirmation", confirm, methods=["POST"]),
    Route("/bundles/{id:int}/withdrawal", give_up, methods=["POST"]),
    Route("/bundles/{id:int}/slips", print_slips, methods=["POST"]),
    Route("/bundles/{id:int}/slips", upwards),
    Route("/bundles/{id:int}/steps/{step}", step, methods=["POST"]),
    Route("/bundles/{id:int}/steps/{step}", upwards),
]
