"""Reporting a matter in four steps: what, where, photo, contact. The answers wait on the server, so that Back loses nothing."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.people import Person
from council.neighbourhood.places import Place
from council.proceedings import contacts, handoffs, photos
from council.proceedings.handoffs import HandOff
from council.proceedings.photos import Photo
from council.proceedings.reporting import CHANNELS, Report, code_of, sent, suggested
from council.refusals import NotFound, Refusal
from council.routes import forms, limits, pages, sessions
from council.routes.photos import picture
from council.rules import bodies

STEPS = 4
FEW = 8  # as many places as are offered side by side; more stand in a list that opens
UPLOAD = 48_000_000


class What(forms.Shape):
    wanted = {"text": Phrase("Write in a sentence what the matter is.")}
    text: Annotated[str, Field(min_length=4, max_length=4000)]


class Spot(forms.Shape):
    wanted = {"place": Phrase("Choose the grid. If you do not know it, choose the community.")}
    place: int
    spot: Annotated[str, Field(max_length=120)] = ""


class Pictures(forms.Shape):
    photo: list[UploadFile] = []


class Contact(forms.Shape):
    nonce: Annotated[str, Field(max_length=32)]
    name: Annotated[str, Field(max_length=50)] = ""
    phone: Annotated[str, Field(max_length=30)] = ""
    channel: Literal["web", "phone", "door", "desk"] = "web"


async def begun(request: Request) -> Report | None:
    """The report this browser is writing, if any."""
    return await Report.kept(sessions.carries(request, "Report"))


async def elsewhere(request: Request) -> Response:
    """Back from the receipt leads to the receipt; without a report to go on with, to the first step."""
    code = await Report.code_of_sent(sessions.carries(request, "Report"))
    return pages.redirect(f"/progress/{code}/receipt" if code else "/matters/new")


def step(request: Request, number: int, template: str, title: str, errors: Any, **context: Any) -> Response:
    return pages.show(
        request, f"matters/{template}.html", title, here="report", errors=errors, step=number, steps=STEPS, **context
    )


async def what(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    report = await begun(request)
    return step(request, 1, "what", _("What is it about?"), errors, kept=kept or {"text": report.text if report else ""})


async def say_what(request: Request) -> Response:
    given = await forms.read(request, What, what)
    report = await begun(request)
    if report is None:
        report = await _begin(request, given.text)
    else:
        await report.reword(given.text)
    return await _hand_off(request, report) if report.suggestion["handoff"] else pages.redirect("/matters/new/place")


async def _begin(request: Request, text: str) -> Report:
    """A flood from one address ends here, but whoever tells of an emergency is shown the numbers in any case."""
    few = sessions.held(request) or limits.within("draft:address", limits.whence(request))
    if not few and not suggested(text)["handoff"]:
        raise limits.too_often()
    report = await Report.begin(text)
    await sessions.carry(request, "Report", report.id)
    return report


async def _hand_off(request: Request, report: Report) -> Response:
    """Written down unless somebody floods us or accuses an official; the numbers are shown in any case."""
    if not bodies.silent(report.suggestion["handoff"]) and limits.within("handoff:address", limits.whence(request)):
        place = await contacts.everywhere()
        made = await handoffs.record(report.text, report.suggestion["handoff"], place, report.nonce, by=sessions.who(request))
        await sessions.carry(request, "HandOff", made.id)
    return pages.redirect("/matters/new/urgent")


async def urgent(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    report = await begun(request)
    if report is None or not report.suggestion["handoff"]:
        return pages.redirect("/matters/new")
    codes, places = report.suggestion["handoff"], await contacts.to_report_at()
    pressing = bodies.pressing(codes)
    return pages.show(
        request, "matters/urgent.html", _("Please ring now") if pressing else _("This belongs to another office"), here="report", errors=errors,
        bodies=handoffs.to_ring(codes, await contacts.gas_line()), places=named(places), kept=kept or {}, pressing=pressing,
        silent=bodies.silent(codes), words=handoffs.heard(report.suggestion),
    )  # fmt: skip


async def say_where_urgent(request: Request) -> Response:
    given = await forms.read(request, Spot, urgent)
    carried = sessions.carries(request, "HandOff")
    found = await HandOff.numbered(carried[-1] if carried else 0)
    await found.locate(await _chosen(given.place), given.spot, by=sessions.who(request))
    return pages.redirect("/matters/new/urgent", Phrase("Noted. The grid worker sees where it is."))


async def where(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    report = await begun(request)
    if report is None:
        return await elsewhere(request)
    places = await contacts.to_report_at()
    known = {"place": report.place_id or _own(sessions.who(request), places), "spot": report.spot}
    return step(request, 2, "where", _("Where is it?"), errors, kept=kept or known, places=named(places))


def named(places: list[Place]) -> list[tuple[str, ...]]:
    """Grids by name, with their community where there are several; the community itself for whoever does not know the grid."""
    communities = {place.id: place.name for place in places if place.level == "COMMUNITY"}
    return [_named(place, communities, len(places) <= FEW) for place in places]


def _named(place: Place, communities: dict[int, str], hinted: bool) -> tuple[str, ...]:
    if place.level == "COMMUNITY":
        return (str(place.id), place.name, _("Choose this if you do not know the grid"))[: 3 if hinted else 2]
    above = communities.get(place.parent_id or 0, "") if len(communities) > 1 else ""
    return (str(place.id), f"{above} {place.name}".strip())


def _own(who: Any, places: list[Place]) -> int | None:
    return who.place_id if isinstance(who, Person) and who.place_id in {place.id for place in places} else None


async def say_where(request: Request) -> Response:
    given = await forms.read(request, Spot, where)
    report = await begun(request)
    if report is None:
        return pages.redirect("/matters/new")
    await report.locate(await _chosen(given.place), given.spot)
    return pages.redirect("/matters/new/photos")


async def _chosen(number: int) -> Place:
    """One of the places that were offered."""
    place = next((one for one in await contacts.to_report_at() if one.id == number), None)
    if place is None:
        raise Refusal("Choose one of the answers shown.", field="place")
    return place


async def photo(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    report = await begun(request)
    if report is None:
        return await elsewhere(request)
    kept_photos = await photos.of("Report", report.id)
    return step(request, 3, "photo", _("Would you like to add a photo?"), errors, photos=kept_photos, room=photos.MOST - len(kept_photos))


async def add_photos(request: Request) -> Response:
    given = await forms.read(request, Pictures, photo)
    report = await begun(request)
    if report is None:
        return pages.redirect("/matters/new")
    if given.photo:
        limits.take(request, "photo")
    await photos.keep([await one.read() for one in given.photo], "Report", report.id)
    return pages.redirect("/matters/new/contact")


async def writing(request: Request) -> Report:
    """The report this browser is writing; it must be."""
    report = await begun(request)
    if report is None:
        raise NotFound
    return report


async def _own_photo(request: Request) -> Photo:
    report = await writing(request)
    return await photos.one(request.path_params["id"], "Report", report.id)


async def show_photo(request: Request) -> Response:
    return await picture(await _own_photo(request))


async def remove_photo(request: Request) -> Response:
    await photos.drop([await _own_photo(request)])
    return pages.redirect("/matters/new/photos", Phrase("The photo has been taken away."))


async def contact(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    report = await begun(request)
    if report is None or report.place_id is None:
        return await elsewhere(request)
    who = sessions.who(request)
    return step(
        request, 4, "contact", _("How can we reach you?"), errors, report=report, place=await Place.get(id=report.place_id),
        photos=await photos.of("Report", report.id), private=report.suggestion["class"] == "HOUSEHOLD", staff=bool(sessions.held(request)),
        channels=list(CHANNELS.items()), kept=kept or {"name": who.name, "phone": who.phone if isinstance(who, Person) else "", "channel": "web"},
    )  # fmt: skip


async def submit(request: Request) -> Response:
    given = await forms.read(request, Contact, contact)
    if await sent(given.nonce):  # pressed twice, or sent again after Back
        return pages.redirect(f"/progress/{code_of(given.nonce)}/receipt")
    report = await begun(request)
    if report is None or report.nonce != given.nonce:
        return pages.redirect("/matters/new", Phrase("Please write it once more: what you had typed is no longer here."), "note")
    limits.take(request, "report", place=str(report.place_id))
    channel = given.channel if sessions.held(request) else "web"
    matter, code = await report.send(by=sessions.who(request), name=given.name, phone=given.phone, channel=channel)
    if channel == "web":
        await sessions.carry(request, "Matter", matter.id)
    return pages.redirect(f"/progress/{code}/receipt")


routes = [
    Route("/matters/new", what, name="matters.new"),
    Route("/matters/new", say_what, methods=["POST"]),
    Route("/matters/new/urgent", urgent),
    Route("/matters/new/urgent", say_where_urgent, methods=["POST"]),
    Route("/matters/new/place", where),
    Route("/matters/new/place", say_where, methods=["POST"]),
    Route("/matters/new/photos", photo),
    Route("/matters/new/photos", add_photos, methods=["POST"], max_body_size=UPLOAD),
    Route("/matters/new/photos/{id:int}", show_photo),
    Route("/matters/new/photos/{id:int}/removal", remove_photo, methods=["POST"]),
    Route("/matters/new/contact", contact),
    Route("/matters", submit, methods=["POST"]),
]
