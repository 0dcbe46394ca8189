"""A meeting that was held on paper: entered from the forms of the printed pack, compared with the scan by a second person, confirmed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from council import clock
from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import may, must
from council.proceedings import paperoutcomes, paperrecords, photos
from council.proceedings.agenda import AgendaItem
from council.proceedings.invitations import Invitation
from council.proceedings.meetings import Meeting
from council.proceedings.paperrecords import Account, PaperRecord, Topic
from council.refusals import NotFound
from council.routes import forms, pages
from council.routes.meetings import Hour, at, found, path
from council.routes.photos import picture
from council.routes.questions import OWNERS_ITEMS
from council.routes.standing import me, signed_in
from council.rules.figures import COUNTED

WORDS = {"yes": Phrase("In favour"), "no": Phrase("Against"), "abstain": Phrase("Abstain"), "spoiled": Phrase("Spoiled")}
Papers = Annotated[int, Field(ge=0, le=100_000)]
Text = Annotated[str, Field(max_length=2_000)]


class Sheet(forms.Shape):
    """The form for the minutes as it was filled in by hand; the fields of each item follow its number."""

    boxes = forms.A_ROLL
    day: date
    opened: Hour
    closed: Hour
    present: list[int] = []
    scan: list[UploadFile] = []


def _sheet(items: list[AgendaItem]) -> type[Sheet]:
    more: dict[str, Any] = {}
    for item in items:
        more |= {f"{word}_{item.id}": (Papers, 0) for word in COUNTED}
        more |= {f"question_{item.id}": (Text, ""), f"outcome_{item.id}": (Text, ""), f"owners_{item.id}": (Annotated[int, Field(ge=0, le=9)], 0)}
    return forms.shape("SheetOfItems", Sheet, **more)


def _account(given: Sheet, items: list[AgendaItem]) -> Account:
    def topic(item: AgendaItem) -> Topic:
        said = {name: getattr(given, f"{name}_{item.id}") for name in ("outcome", "question", "owners", *COUNTED)}
        return Topic(item.id, said["outcome"], said["question"], said["owners"], {word: said[word] for word in COUNTED})

    return Account(at(given.day, given.opened), at(given.day, given.closed), tuple(given.present), tuple(topic(one) for one in items))


@signed_in
async def page(request: Request, errors: Any = None, kept: Any = None) -> Response:
    """The form; while a record waits, what was entered beside its scan."""
    meeting = await found(request)
    record = await PaperRecord.of(meeting)
    if record is None:
        return await _form(request, meeting, errors, kept)
    if not await may(me(request), "meeting.see", meeting):
        raise NotFound
    confirms = record.entered_by_id != me(request).id and await may(me(request), "meeting.confirm_paper", meeting)
    return pages.show(
        request, "meetings/paperrecord.html", _("Held on paper"), here="meetings", errors=errors, meeting=meeting, record=record, words=WORDS,
        photos=await photos.of("PaperRecord", record.id), topics=await _topics(meeting, record), present=await record.on_roll(),
        confirms=confirms, drops=record.confirmed_at is None and await may(me(request), "meeting.enter_paper", meeting), owners=OWNERS_ITEMS,
    )  # fmt: skip


async def _form(request: Request, meeting: Meeting, errors: Any, kept: Any) -> Response:
    await must(me(request), "meeting.enter_paper", meeting)
    start = clock.local(meeting.opened_at or meeting.starts_at)
    seated = await paperrecords.seated(meeting)
    shown = kept or {"day": start.date().isoformat(), "opened": f"{start:%H:%M}", "present": [str(one) for one in seated]}
    return pages.show(
        request, "meetings/papersheet.html", _("Held on paper"), here="meetings", errors=errors, kept=shown, meeting=meeting, words=WORDS,
        items=await paperrecords.open_items(meeting), seated=seated, invited=await Invitation.all_of(meeting),
        ticked={str(one) for one in shown.get("present", [])}, 
        owners=[("0", _("No, under none of them")), *((str(n), str(word)) for n, word in OWNERS_ITEMS.items())],
    )  # fmt: skip


async def _topics(meeting: Meeting, record: PaperRecord) -> list[tuple[AgendaItem, Topic]]:
    items = {item.id: item for item in await AgendaItem.of(meeting)}
    return [(items[one.item], one) for one in record.topics if one.item in items]


@signed_in
async def enter(request: Request) -> Response:
    meeting = await found(request)
    items = await paperrecords.open_items(meeting)
    given = await forms.read(request, _sheet(items), again=page)
    scans = [await one.read(paperrecords.LARGEST + 1) for one in given.scan]
    await paperrecords.enter(meeting, _account(given, items), scans, by=me(request))
    said = Phrase("Kept. A colleague has to compare it with the scan and confirm it; before that nothing counts.")
    return pages.redirect(path(meeting, "paper"), said)


@signed_in
async def confirm(request: Request) -> Response:
    meeting = await found(request)
    await paperoutcomes.confirm(meeting, by=me(request))
    return pages.redirect(path(meeting), Phrase("Confirmed: roll, votes and decisions are entered, and the meeting is closed."))


@signed_in
async def drop(request: Request) -> Response:
    meeting = await found(request)
    await paperrecords.drop(await PaperRecord.waiting(meeting), meeting, by=me(request))
    return pages.redirect(path(meeting, "paper"), Phrase("It is set aside. The meeting can be entered anew."), "note")


async def _inside(request: Request) -> PaperRecord:
    """The scan holds names and hands: for those inside the meeting alone."""
    meeting = await found(request)
    record = await PaperRecord.of(meeting)
    if record is None or not await may(me(request), "meeting.see", meeting):
        raise NotFound
    return record


@signed_in
async def scan(request: Request) -> Response:
    record = await _inside(request)
    if not record.scan:
        raise NotFound
    headers = {"content-disposition": f'attachment; filename="meeting-{record.meeting_id}-scan.pdf"', "cache-control": "private, no-store",
               "content-security-policy": "default-src 'none'; sandbox"}  # fmt: skip
    return FileResponse(record.path, media_type="application/pdf", headers=headers)


@signed_in
async def photo(request: Request) -> Response:
    record = await _inside(request)
    return await picture(await photos.one(request.path_params["photo"], "PaperRecord", record.id))


routes = [
    Route("/meetings/{id:int}/paper", page),
    Route("/meetings/{id:int}/paper", enter, methods=["POST"], max_body_size=3 * paperrecords.LARGEST + 500_000),
    Route("/meetings/{id:int}/paper/confirmation", confirm, methods=["POST"]),
    Route("/meetings/{id:int}/paper/withdrawal", drop, methods=["POST"]),
    Route("/meetings/{id:int}/paper/scan.pdf", scan),
    Route("/meetings/{id:int}/paper/photos/{photo:int}", photo),
]
