"""The front page: three things a resident comes for."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from council.i18n import gettext as _
from council.routes import pages


async def home(request: Request) -> Response:
    return pages.show(request, "home.html", pages.Site.name or _("Neighbourhood council"), here="home", meeting=None, rows=[], contact=None, more="/matters")


async def health(request: Request) -> Response:
    """For a supervisor: the process answers. Says nothing else to outsiders."""
    return PlainTextResponse("ok")


routes = [Route("/", home, name="home"), Route("/health", health, name="health")]
