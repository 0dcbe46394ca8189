"""People: see, add, correct, end; ring; make a sign-in link."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood import corrections, credentials, listing, lists, registry
from council.neighbourhood.households import Household
from council.neighbourhood.offices import Office, may
from council.neighbourhood.people import Person
from council.neighbourhood.places import Place
from council.neighbourhood.titles import OFFICES
from council.refusals import Refusal
from council.routes import forms, pages, sessions
from council.routes.standing import asked, choice, enter, find, me, needed, number, show_list, signed_in, upwards
from council.rules.privacy import check_text, mask_phone
from council.settings import settings
from council.text import Line, Phone, phone_digits

WHOLE = 8  # digits from which on it is sought as a telephone number
Home = Annotated[Line, Field(max_length=24)]


class PersonForm(forms.Shape):
    name: Annotated[Line, Field(min_length=1, max_length=50)]
    place: int
    building: Home = ""
    unit: Home = ""
    room: Home = ""
    adult: str = ""
    phone: Phone = ""


class Sought(forms.Shape):
    q: Annotated[str, Field(max_length=60)] = ""
    place: Annotated[str, Field(max_length=10)] = ""


@signed_in
async def index(request: Request, errors: Any = None, kept: Any = None) -> Response:
    enter(request, "person.see")
    wanted = asked(request, "q", "place")
    part = await lists.people(sessions.held(request), wanted["q"], number(wanted["place"]), request.query_params.get("after", ""))
    return await _list(request, part, wanted)


@signed_in
async def search(request: Request) -> Response:
    """A telephone number never stands in an address, where logs and histories keep it; a name does, to be shared."""
    enter(request, "person.see")
    form = await forms.read(request, Sought, index)
    digits = phone_digits(form.q)
    if len(digits) < WHOLE:
        return pages.redirect(f"/people?{urlencode({'q': form.q, 'place': form.place})}")
    part = await lists.ringing(sessions.held(request), digits, number(form.place))
    return pages.redirect(f"/people/{part.rows[0].id}") if len(part.rows) == 1 else await _list(request, part, {"q": form.q, "place": form.place})


async def _list(request: Request, part: listing.Part, wanted: dict[str, str]) -> Response:
    held = sessions.held(request)
    rows = [{"href": f"/people/{p.id}", "title": p.name, "facts": [p.place.name] + ([p.household.address] if p.household else [])} for p in part.rows]
    places = await listing.places_within(held, "person.see")
    return show_list(
        request, _("People"), part, rows, asked=wanted, search="/people/search", label=_("Name, first letters (wxl) or telephone number"),
        filters=[choice("place", _("Place"), wanted["place"], listing.options(places), _("All places"))],
        add=("/people/new", _("Add a person")) if listing.reach(held, "person.add") else None,
        empty=_("Nobody has been entered yet. Enter only those the council works with."),
    )  # fmt: skip


async def _form(request: Request, title: str, action: str, back: str, act: str, errors: Any, kept: Any, *, phone: str) -> Response:
    places = await listing.places_within(sessions.held(request), act)
    return pages.show(
        request, "people/form.html", title, errors=errors, kept=kept, action=action, back=back, places=listing.options(places, "　"), phone=phone
    )


@signed_in
async def new(request: Request, errors: Any = None, kept: Any = None) -> Response:
    enter(request, "person.add")
    if kept is None:
        home = await lists.allowed(Household, number(request.query_params.get("household", "")), sessions.who(request), "person.add")
        kept = {"adult": "yes", "place": request.query_params.get("place", "")}
        if home is not None:
            kept |= {"place": str(home.place_id), "building": home.building, "unit": home.unit, "room": home.room}
    return await _form(request, _("Add a person"), "/people", "/people", "person.add", errors, kept, phone="yes")


async def _home(form: PersonForm, place: Place) -> Household | None:
    """The household that the form names at this place."""
    if not form.building and not form.room:
        return None
    home = await lists.home_at(place, form.building, form.unit, form.room)
    if home is None:
        raise Refusal("This household is not entered at %(place)s. Enter it first, or leave the home empty.", field="room", place=place.name)
    return home


def _saved(person: str, message: str) -> Phrase:
    """Say so when papers could not print the name, now and not when the paper is needed."""
    missing = registry.unprintable(person)
    if not missing:
        return Phrase(message, name=person)
    return Phrase("%(name)s is saved, but papers cannot print these characters yet: %(signs)s", name=person, signs=" ".join(missing))


@signed_in
async def add(request: Request) -> Response:
    enter(request, "person.add")
    form = await forms.read(request, PersonForm, again=new)
    place = await needed(request, Place, form.place, "person.add", "place")
    person = await registry.add_person(
        check_text(form.name, "name"), place, by=me(request), phone=form.phone, household=await _home(form, place), adult=form.adult
    )
    return pages.redirect(f"/people/{person.id}", _saved(person.name, "%(name)s has been entered."))


async def _page(request: Request, errors: Any = None, kept: Any = None, *, number: str = "") -> Response:
    person = await find(request, Person, "person.see", "place", "household")
    who = me(request)
    return pages.show(
        request, "people/page.html", person.name, errors=errors, person=person, number=number, masked=mask_phone(person.phone),
        offices=[_row(office) for office in await lists.offices_of(person, ended="too")],
        may_phone=bool(person.phone_sealed) and await may(who, "person.see_phone", person),
        may_correct=await may(who, "person.correct", at=person.place), may_grant=await may(who, "office.grant", at=person.place),
        may_link=await credentials.may_make_link(person, who), may_end=not person.ended and await may(who, "person.end", person),
    )  # fmt: skip


def _row(office: Office) -> dict[str, Any]:
    where = office.organisation or office.unit or office.place
    ended = "" if office.in_force() else _("ended")
    return {"href": f"/offices/{office.id}", "title": OFFICES[office.code], "facts": [where], "stage": ended, "tone": "plain"}


@signed_in
async def page(request: Request, errors: Any = None, kept: Any = None) -> Response:
    return await _page(request, errors, kept)


@signed_in
async def phone(request: Request) -> Response:
    """The number in clear: asked for, and written down that it was."""
    person = await find(request, Person, "person.see")
    number = await corrections.see_phone(person, by=me(request))
    return await _page(request, number=number)


@signed_in
async def correction(request: Request, errors: Any = None, kept: Any = None) -> Response:
    person = await find(request, Person, "person.correct", "household", "place")
    enter(request, "person.correct")
    shown = await may(me(request), "person.see_phone", person)
    if kept is None:
        home = person.household
        kept = {"name": person.name, "place": str(person.place_id), "adult": "yes" if person.adult else "", "phone": person.phone if shown else ""}
        kept |= {"building": home.building, "unit": home.unit, "room": home.room} if home else {}
    title, address = _("Correct: %(name)s") % {"name": person.name}, f"/people/{person.id}"
    return await _form(request, title, f"{address}/correction", address, "person.correct", errors, kept, phone="yes" if shown else "")


@signed_in
async def correct(request: Request) -> Response:
    person = await find(request, Person, "person.correct")
    enter(request, "person.correct")
    form = await forms.read(request, PersonForm, again=correction)
    place = await needed(request, Place, form.place, "person.correct", "place")
    shown = await may(me(request), "person.see_phone", person)
    await corrections.correct_person(
        person, by=me(request), name=check_text(form.name, "name"), place=place, household=await _home(form, place), adult=form.adult,
        phone=form.phone if shown else None,
    )  # fmt: skip
    return pages.redirect(f"/people/{person.id}", _saved(form.name, "The correction has been saved."))


@signed_in
async def end(request: Request) -> Response:
    person = await find(request, Person, "person.end")
    await forms.read(request, forms.Shape, again=page)
    await corrections.end_person(person, by=me(request))
    said = Phrase("%(name)s is off the lists. All offices and sign-ins have ended.", name=person.name)
    return pages.redirect(f"/people/{person.id}", said)


@signed_in
async def link(request: Request) -> Response:
    """A one-time link, shown this once: the answer to the click itself, so that no copy of it is kept anywhere."""
    person = await find(request, Person, "person.see")
    token = await credentials.make_link(person, by=me(request))
    address = f"{settings().origin or str(request.base_url).rstrip('/')}/sign-in/{token}"
    return pages.show(request, "people/link.html", _("Sign-in link for %(name)s") % {"name": person.name}, person=person, address=address)


routes = [
    Route("/people", index),
    Route("/people", add, methods=["POST"]),
    Route("/people/new", new),
    Route("/people/search", search, methods=["POST"]),
    Route("/people/search", upwards),
    Route("/people/{id:int}", page),
    Route("/people/{id:int}/correction", correction),
    Route("/people/{id:int}/correction", correct, methods=["POST"]),
    Route("/people/{id:int}/phone", phone, methods=["POST"]),
    Route("/people/{id:int}/phone", upwards),
    Route("/people/{id:int}/links", link, methods=["POST"]),
    Route("/people/{id:int}/links", upwards),
    Route("/people/{id:int}/end", end, methods=["POST"]),
    Route("/people/{id:int}/end", upwards),
]
