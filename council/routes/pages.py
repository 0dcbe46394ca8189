"""Showing: the whole page, one block of it for htmx, or a redirect; and what a refusal looks like."""

from __future__ import annotations

import contextlib
import logging
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from council import clock, i18n, markup
from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import Standing
from council.neighbourhood.people import Person
from council.neighbourhood.places import Place
from council.refusals import NotFound, Refusal
from council.routes import guard, sessions
from council.routes.forms import Unread
from council.rules.powers import OFFICES
from council.settings import settings

log = logging.getLogger(__name__)


class Site:
    """The name at the top and whether the data are for demonstration: read once, and again when a place changes."""

    name = ""
    demo = False
    telephone = ""

    @classmethod
    async def read(cls) -> None:
        place = await Place.filter(level="COMMUNITY").order_by("id").first() or await Place.all().order_by("id").first()
        cls.name = place.name if place else ""
        cls.demo = bool(place and place.demo)
        cls.telephone = place.phone if place else ""


def frame(request: Request, title: str, here: str = "", errors: dict[str, str] | None = None) -> markup.Page:
    """What base.html needs to know of this request."""
    who, held = sessions.who(request), sessions.held(request)
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return markup.Page(
        title=title, site=Site.name or _("Neighbourhood council"), path=path if request.method == "GET" else request.url.path, here=here,
        language=i18n.language(), modes=modes(request), who=_shown(who, held), demo=Site.demo, insecure=guard.insecure(request),
        errors=errors or {}, flash=_flash(request), imprint=markup.Imprint(organiser=Site.name, telephone=Site.telephone),
    )  # fmt: skip


def _shown(who: Any, held: Standing) -> markup.Visitor | None:
    if not isinstance(who, Person):
        return None
    return markup.Visitor(who.name, tuple(str(OFFICES[c]) for c in sorted(held.codes()) if c in OFFICES))


def modes(request: Request) -> frozenset[str]:
    return frozenset(m for m in ("large", "contrast") if request.cookies.get(m) == "on")


def show(
    request: Request,
    template: str,
    title: str,
    *,
    here: str = "",
    block: str | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
    **context: Any,
) -> HTMLResponse:
    """The page; only `block` of it where htmx asked for a part. Templates get `errors`, `page`, `may` answers and what the route gathered."""
    page = frame(request, title, here, errors)
    part = block if fragment(request) else None
    body = markup.render(template, part, page=page, errors=errors or {}, **context)
    response = HTMLResponse(body, status_code=status, headers={"vary": "HX-Request, Cookie"})
    if "flash" in request.cookies and part is None:
        response.delete_cookie("flash", path="/")
    return response


def fragment(request: Request) -> bool:
    """Does htmx ask for a part?"""
    return request.headers.get("hx-request") == "true" and request.headers.get("hx-request-type") != "full"


def _signer() -> URLSafeTimedSerializer:
    return _signer_with(settings().secret)


@lru_cache(maxsize=2)
def _signer_with(secret: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt="flash")


def _flash(request: Request) -> markup.Flash | None:
    try:
        text, tone = _signer().loads(request.cookies["flash"], max_age=60)
    except (KeyError, BadSignature, ValueError):
        return None
    return markup.Flash(text, tone)


def redirect(path: str, said: Phrase | str | None = None, tone: str = "done") -> RedirectResponse:
    """See other: after every act, so that Back and reload repeat nothing. `said` is shown once on the next page."""
    response = RedirectResponse(path, 303)
    if said is not None:
        response.raw_headers.append((b"set-cookie", _told(_signer(), str(said), tone, int(clock.now().timestamp()))))
    return response


@lru_cache(maxsize=64)
def _told(signer: URLSafeTimedSerializer, said: str, tone: str, _second: int) -> bytes:
    """The cookie that carries a sentence to the next page. What a whole room is told within the same second is signed once."""
    return f"flash={signer.dumps([said, tone])}; HttpOnly; Max-Age=60; Path=/; SameSite=lax".encode("latin-1")


def _why(request: Request, title: str, status: int, reason: str = "") -> HTMLResponse:
    """The page that says why not, with a way back."""
    return show(request, "refusal.html", title, status=status, reason=reason, code=status, back=_came_from(request))


def _came_from(request: Request) -> str:
    """The page of ours that led here, or ""."""
    told = urlsplit(request.headers.get("referer", ""))
    ours = told.netloc == request.headers.get("host") and (request.method == "POST" or told.path != request.url.path)
    return guard.own_path(f"{told.path}?{told.query}".rstrip("?")) if ours else ""


async def refused(request: Request, fault: Exception) -> Response:
    """A refusal: the same page again with the reason and what was typed, or a page that says why."""
    assert isinstance(fault, Refusal)
    again, kept = getattr(request.state, "again", (None, {}))
    if again is not None:
        # The form's own page may be closed to this person by now: then only the reason is shown.
        with contextlib.suppress(Refusal, NotFound):
            response: Response = await again(request, errors={fault.field or "refusal": str(fault)}, kept=kept)
            response.status_code = fault.status
            return response
    title = _("This was not recorded") if fault.status == 503 else _("This is not possible")
    return _why(request, title, fault.status, str(fault))


async def unread(request: Request, fault: Exception) -> Response:
    """A form with errors: the same page with a summary."""
    assert isinstance(fault, Unread)
    again, kept = getattr(request.state, "again", (None, {}))
    if again is not None:
        with contextlib.suppress(Refusal, NotFound):
            response: Response = await again(request, errors=fault.errors, kept=kept)
            response.status_code = 422
            return response
    return _why(request, _("This is not possible"), 422, "; ".join(fault.errors.values()))


async def missing(request: Request, fault: Exception) -> Response:
    """No such thing, or not for you: the same answer."""
    return _why(request, _("This page does not exist"), 404)


async def http_fault(request: Request, fault: Exception) -> Response:
    """The framework's own refusals, in our words; of a file beside our pages, in its own."""
    assert isinstance(fault, HTTPException)
    if not hasattr(request.state, "who"):
        return PlainTextResponse(fault.detail, fault.status_code)
    if fault.status_code == 404:
        inner = request.url.path.strip("/")
        # Named from the root, never with the host that was asked for: that one is whatever the sender wrote.
        if request.method in ("GET", "HEAD") and inner and request.url.path.endswith("/"):
            return RedirectResponse(f"/{inner}" + (f"?{request.url.query}" if request.url.query else ""), 307)
        return await missing(request, fault)
    words = {
        400: _("The request could not be read. Please go back and try again."),
        405: _("This address takes no such request."),
        413: _("What you sent is too large. Send fewer or smaller files."),
    }
    reason = words.get(fault.status_code, words[400])
    return _why(request, _("This is not possible"), fault.status_code, reason)


async def broken(request: Request, fault: Exception) -> Response:
    """A fault of ours: the page says so, and that nothing was recorded; the log has the rest."""
    log.error("fault at %s", request.url.path, exc_info=fault)
    reason = _("Something went wrong on our side. What you sent was not recorded. Please try again.")
    if not hasattr(request.state, "who"):
        return HTMLResponse(reason, 500)
    return _why(request, _("This was not recorded"), 500, reason)


class Bounded:
    """Takes no body larger than its route says, or than `most` bytes where it says nothing; more is refused in our words, not the framework's."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app = RequestBodyLimitMiddleware(app, max_body_size=most)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = False

        async def worded(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and message["status"] == 413 and _plain(message):
                refused = True
                answer = await http_fault(Request(scope), HTTPException(413))
                await answer(scope, receive, send)
            elif not refused:
                await send(message)

        await self.app(scope, receive, worded)


def _plain(message: Message) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/plain") for name, value in message["headers"])


def handlers() -> dict[Any, Any]:
    from starlette.requests import ClientDisconnect
    from tortoise.exceptions import DoesNotExist, OperationalError, ValidationError

    async def unrecorded(request: Request, fault: Exception) -> Response:
        log.error("the database refused at %s", request.url.path, exc_info=fault)
        return await refused(request, Refusal("This was not recorded. Please try again in a moment.", status=503))

    async def unfit(request: Request, fault: Exception) -> Response:
        """A value that no record could hold got as far as the records: an own rule was too wide. The log names the column, never the value."""
        log.error("no record holds what was sent to %s: %s", request.url.path, str(fault).partition(":")[0])
        return await refused(request, Refusal("This cannot be read. Please check it."))

    async def gone(request: Request, fault: Exception) -> Response:
        return Response(status_code=400)

    return {
        Refusal: refused, Unread: unread, NotFound: missing, DoesNotExist: missing, HTTPException: http_fault,
        OperationalError: unrecorded, ValidationError: unfit, ClientDisconnect: gone, Exception: broken,
    }  # fmt: skip
