"""Help: a page for each role, what helps those who see or hear badly, and who can see what."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import i18n
from council.i18n import Phrase
from council.i18n import gettext as _
from council.refusals import NotFound
from council.routes import pages

PAGES = {
    "resident": Phrase("For residents"),
    "grid-worker": Phrase("For grid workers"),
    "secretary": Phrase("For community Party secretaries"),
    "chair": Phrase("For those who chair a meeting"),
    "partner": Phrase("For secretaries of partner units"),
    "signing": Phrase("What does a signature prove?"),
    "operator": Phrase("For the operator"),
    "accessibility": Phrase("Accessibility"),
    "privacy": Phrase("Who can see what"),
    "secret-ballots": Phrase("Is my vote secret?"),
}


async def index(request: Request) -> Response:
    rows = [{"href": f"/help/{name}", "title": title} for name, title in PAGES.items()]
    return pages.show(request, "help/index.html", _("Help"), rows=rows)


async def page(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in PAGES:
        raise NotFound
    return pages.show(request, f"help/{i18n.language()}/{name}.html", str(PAGES[name]), telephone=pages.Site.telephone)


routes = [Route("/help", index), Route("/help/{name}", page)]
