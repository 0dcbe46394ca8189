"""The door: a one-time link, a password, and the way out."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood import credentials, passwords
from council.neighbourhood.journal import writing
from council.neighbourhood.people import Person
from council.refusals import Forbidden
from council.routes import forms, guard, limits, pages, sessions
from council.routes.standing import me, signed_in
from council.rules.privacy import mask_name

UNSAFE = "This connection is not encrypted, so a password would be readable on the way. Use a sign-in link, or the https address."


class Door(forms.Shape):
    login: Annotated[str, Field(max_length=64)]
    password: Annotated[str, Field(max_length=200)]
    next: str = "/"


def unsafe(request: Request) -> bool:
    """A password may not be typed here: others on the network could read it. The demonstration has nothing to protect."""
    return guard.insecure(request) and not pages.Site.demo


async def index(request: Request, errors: Any = None, kept: Any = None) -> Response:
    kept = kept or {"next": request.query_params.get("next", "/")}
    return pages.show(
        request, "signin/index.html", _("Sign in"), errors=errors, kept={**kept, "next": guard.own_path(str(kept.get("next", "/")))},
        unsafe=unsafe(request),
    )  # fmt: skip


async def enter(request: Request) -> Response:
    """With name and password: for those who hold an office."""
    if unsafe(request):
        raise Forbidden(UNSAFE)
    form = await forms.read(request, Door, again=index)
    address, shown = limits.whence(request), request.cookies.get(device_cookie(request), "")
    person = await passwords.check_password(form.login, form.password, address, shown)
    await begin(request, person, "password")
    return await _remembered(request, person, pages.redirect(guard.own_path(form.next)))


def device_cookie(request: Request) -> str:
    return "device" if guard.insecure(request) else "__Host-device"


async def _remembered(request: Request, person: Person, answer: Response) -> Response:
    """The device is known from now on: nobody elsewhere can shut it out by guessing."""
    if shown := await passwords.mark_of(person):
        answer.set_cookie(device_cookie(request), shown, max_age=sessions.YEAR, secure=not guard.insecure(request), httponly=True, samesite="lax")
    return answer


async def begin(request: Request, person: Person, means: str) -> None:
    """A new session with a new id, and how it came about. What a visitor's browser already held goes with it."""
    held = request.state.session.carries if request.state.session else []
    async with writing():
        session = await sessions.begin(request, person, held)
        await credentials.came_by(session, means)


async def link(request: Request) -> Response:
    """The page a link opens. It changes nothing: chat programs open every link they see."""
    found = await credentials.link_of(request.path_params["token"])
    if found is None:
        return pages.show(request, "signin/dead.html", _("This link no longer works"), status=404)
    here = sessions.who(request)
    return pages.show(
        request, "signin/link.html", _("Sign in"), masked=mask_name(found.person.name), action=request.url.path,
        other=here.name if isinstance(here, Person) and here.id != found.person_id else "",
    )  # fmt: skip


async def take(request: Request) -> Response:
    """The click: the first one wins."""
    async with writing():
        person = await credentials.use_link(request.path_params["token"])
        await begin(request, person, "link")
    return await _remembered(request, person, pages.redirect("/account", Phrase("You are signed in as %(name)s.", name=person.name)))


async def leave(request: Request) -> Response:
    async with writing():
        await sessions.end(request)
    return pages.redirect("/", Phrase("You are signed out."))


@signed_in
async def leave_everywhere(request: Request) -> Response:
    person = me(request)
    async with writing():
        n = await sessions.end_everywhere(person)
    request.state.cookie, request.state.session = "", None
    return pages.redirect("/", Phrase("You are signed out on all %(n)s devices.", n=n))


routes = [
    Route("/sign-in", index),
    Route("/sign-in", enter, methods=["POST"]),
    Route("/sign-in/{token}", link),
    Route("/sign-in/{token}", take, methods=["POST"]),
    Route("/sign-out", leave, methods=["POST"]),
    Route("/sign-out/everywhere", leave_everywhere, methods=["POST"]),
]
