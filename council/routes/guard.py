"""The guard at the door: headers on every answer, and no act that another site set off."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

from starlette.datastructures import URL, Headers
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from council.i18n import gettext as _
from council.markup import POLICY
from council.settings import settings

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    # Never no-referrer: it makes a form post carry "Origin: null".
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "geolocation=(), microphone=(), payment=()",
}


ENCODED = [(name.encode(), value.encode()) for name, value in (HEADERS | {"cache-control": "no-store"}).items()]
LASTING = (b"strict-transport-security", b"max-age=31536000")


class SecureHeaders:
    """Every answer carries the policy; what is not marked otherwise is not stored."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = message.get("headers", [])
                names = {name.lower() for name, _ in given}
                always = [*ENCODED, LASTING] if scope["scheme"] == "https" else ENCODED
                message["headers"] = [*given, *(header for header in always if header[0] not in names)]
            await send(message)

        await self.app(scope, receive, guarded)


class SameOrigin:
    """A request that changes something must come from our own pages.

    `Sec-Fetch-Site` decides; where a browser sends none (plain http on a local network) `Origin` must be our own address; where neither is
    sent the request is taken only if it carries no cookie.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE and not _own(scope):
            refusal = PlainTextResponse(_("This request came from another site and was not carried out."), status_code=403)
            await refusal(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _own(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    if (site := headers.get("sec-fetch-site")) is not None:
        return site in ("same-origin", "none")
    if (origin := headers.get("origin")) is not None:
        return bool(origin) and (origin == settings().origin or origin.partition("://")[2] == headers.get("host"))
    return "cookie" not in headers


def insecure(connection: HTTPConnection) -> bool:
    """Plain http over a network: others could read along."""
    scope = connection.scope
    return scope["scheme"] != "https" and not _loopback(connection.headers.get("host", ""), tuple(scope.get("server") or ()))


@lru_cache(maxsize=64)
def _loopback(host: str, server: tuple[str, int]) -> bool:
    """Is this our own machine, as a browser asks for it?"""
    asked = URL(scope={"type": "http", "path": "/", "server": server or None, "headers": [(b"host", host.encode("latin-1"))]})
    return (asked.hostname or "") in LOOPBACK


def own_path(given: str) -> str:
    """A path of ours to go to, or the front page: never another host."""
    plain = given.startswith("/") and not given.startswith("//") and "\\" not in given and given.isprintable()
    return given if plain and not any(urlsplit(given)[:2]) else "/"
