"""My account: my details, my devices, my password."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import clock
from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood import corrections, credentials, listing, lists, passwords
from council.neighbourhood.credentials import MEANS, Session
from council.neighbourhood.people import Person
from council.neighbourhood.titles import OFFICES
from council.refusals import Forbidden, Refusal
from council.routes import forms, pages, sessions
from council.routes.signin import UNSAFE, unsafe
from council.routes.standing import me, signed_in, upwards
from council.rules.privacy import mask_phone
from council.secretariat import inbox
from council.text import Mail, Phone

FRESH = timedelta(minutes=15)
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
BROWSERS = (("MicroMessenger", "微信"), ("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))


class NewPassword(forms.Shape):
    login: Annotated[str, Field(min_length=2, max_length=64, pattern=r"^[^\s:/<>]+$")]
    present: str = ""
    password: Annotated[str, Field(max_length=200)]
    again: str = ""


class Reach(forms.Shape):
    phone: Phone = ""
    mail: Mail = ""


def device(agent: str) -> str:
    """What a browser says of itself, in two words."""
    found = [next((word for sign, word in names if sign in agent), "") for names in (SYSTEMS, BROWSERS)]
    return " · ".join(word for word in found if word) or _("Unknown device")


@signed_in
async def index(request: Request, errors: Any = None, kept: Any = None) -> Response:
    person, held = me(request), sessions.held(request)
    place = await person.place
    password = await credentials.password_of(person)
    kept = kept or {"login": password.login if password else "", "phone": person.phone, "mail": person.mail}
    return pages.show(
        request, "account/index.html", _("My account"), errors=errors, kept=kept, person=person, place=place, masked=mask_phone(person.phone),
        offices=await _offices(person), devices=await _devices(request, person), links=await credentials.links_of(person),
        password=password is not None, may_password=bool(held) and not unsafe(request), fresh=_fresh(request), unread=await inbox.unread(person),
        may_set_up=bool(listing.reach(held, "neighbourhood.see")), may_slips=bool(listing.reach(held, "slip.hand_over")),
    )  # fmt: skip


async def _offices(person: Person) -> list[dict[str, Any]]:
    rows = await lists.offices_of(person)
    return [{"title": OFFICES[o.code], "of": o.organisation or o.unit or o.place, "last_day": o.last_day} for o in rows]


async def _devices(request: Request, person: Person) -> list[dict[str, Any]]:
    rows = await credentials.devices(person)
    now = request.state.session.id
    return [{"id": s.id, "device": device(s.device), "means": MEANS[s.means], "made_at": s.made_at, "here": s.id == now} for s in rows]


def _fresh(request: Request) -> bool:
    """Signed in by a link a moment ago: that is how a forgotten password is replaced."""
    session: Session = request.state.session
    return session.means == "link" and clock.now() - session.made_at < FRESH


@signed_in
async def password(request: Request) -> Response:
    """Set or change it; every other device is signed out."""
    person = me(request)
    if unsafe(request):
        raise Forbidden(UNSAFE)
    form = await forms.read(request, NewPassword, again=index)
    if form.password != form.again:
        raise Refusal("The two passwords are not the same.", field="again")
    if not _fresh(request) and not await passwords.confirm_password(person, form.present):
        raise Forbidden("The present password is not right. Without it, ask for a new sign-in link.", field="present")
    await passwords.set_password(person, form.login, form.password)
    await credentials.end_others(person, keep=request.state.session)
    return pages.redirect("/account", Phrase("The password is set. All other devices are signed out."))


@signed_in
async def reach(request: Request) -> Response:
    form = await forms.read(request, Reach, again=index)
    await corrections.reach_me(me(request), by=me(request), phone=form.phone, mail=form.mail)
    return pages.redirect("/account", Phrase("The correction has been saved."))


@signed_in
async def end_session(request: Request) -> Response:
    await credentials.end_device(me(request), request.path_params["id"])
    return pages.redirect("/account", Phrase("That device is signed out."))


routes = [
    Route("/account", index),
    Route("/account/password", password, methods=["POST"]),
    Route("/account/reach", reach, methods=["POST"]),
    Route("/account/password", upwards),
    Route("/account/reach", upwards),
    Route("/account/sessions/{id:int}/end", end_session, methods=["POST"]),
]
