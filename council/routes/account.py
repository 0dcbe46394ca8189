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
from council.neighbourhood import corrections, credentials, listing
from council.neighbourhood.credentials import MEANS, Password, Session, SignInLink
from council.neighbourhood.journal import writing
from council.neighbourhood.offices import Office
from council.neighbourhood.people import Person
from council.neighbourhood.titles import OFFICES
from council.refusals import Forbidden, NotFound, Refusal
from council.routes import forms, pages, sessions
from council.routes.signin import UNSAFE, unsafe
from council.routes.standing import me, signed_in, upwards
from council.rules.privacy import mask_phone
from council.secretariat import inbox
from council.text import Mail, Phone

FRESH = timedelta(minutes=15)
SYSTEMS = (("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux"))
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
    password = await Password.filter(person_id=person.id).first()
    offices = await Office.filter(listing.in_force(), person_id=person.id).prefetch_related("organisation", "unit", "place").order_by("id")
    kept = kept or {"login": password.login if password else "", "phone": person.phone, "mail": person.mail}
    return pages.show(
        request, "account/index.html", _("My account"), errors=errors, kept=kept, person=person, place=place, masked=mask_phone(person.phone),
        offices=[{"href": f"/offices/{o.id}" if listing.reach(held, "neighbourhood.see") else "/account", "title": OFFICES[o.code],
                  "facts": [str(o.organisation or o.unit or o.place)]} for o in offices],
        devices=await _devices(request, person), links=await SignInLink.filter(person_id=person.id).select_related("made_by").order_by("-id").limit(5),
        password=password is not None, may_password=bool(held) and not unsafe(request), fresh=_fresh(request), unread=await inbox.unread(person),
        may_set_up=bool(listing.reach(held, "neighbourhood.see")), may_slips=bool(listing.reach(held, "slip.hand_over")),
    )  # fmt: skip


async def _devices(request: Request, person: Person) -> list[dict[str, Any]]:
    rows = await Session.filter(person_id=person.id, ends_at__gt=clock.now()).order_by("-seen_at").limit(30)
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
    if not _fresh(request) and not await credentials.confirm_password(person, form.present):
        raise Forbidden("The present password is not right. Without it, ask for a new sign-in link.", field="present")
    await credentials.set_password(person, form.login, form.password)
    async with writing():
        await Session.filter(person_id=person.id).exclude(id=request.state.session.id).delete()
    return pages.redirect("/account", Phrase("The password is set. All other devices are signed out."))


@signed_in
async def reach(request: Request) -> Response:
    form = await forms.read(request, Reach, again=index)
    await corrections.reach_me(me(request), by=me(request), phone=form.phone, mail=form.mail)
    return pages.redirect("/account", Phrase("The correction has been saved."))


@signed_in
async def end_session(request: Request) -> Response:
    async with writing():
        if not await Session.filter(id=request.path_params["id"], person_id=me(request).id).delete():
            raise NotFound
    return pages.redirect("/account", Phrase("That device is signed out."))


routes = [
    Route("/account", index),
    Route("/account/password", password, methods=["POST"]),
    Route("/account/reach", reach, methods=["POST"]),
    Route("/account/password", upwards),
    Route("/account/reach", upwards),
    Route("/account/sessions/{id:int}/end", end_session, methods=["POST"]),
]
