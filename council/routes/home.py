"""The front page: three things a resident comes for."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.proceedings import ballotboard
from council.proceedings.consultations import Consultation
from council.proceedings.contacts import Contact
from council.routes import pages
from council.routes.ballotboard import running as board_row
from council.routes.desk import meeting_row
from council.routes.matters import row
from council.secretariat import desk


async def home(request: Request) -> Response:
    meeting, site = await desk.next_meeting(), pages.Site
    contact = Contact(Phrase("Ring the community"), site.telephone) if site.telephone else None
    return pages.show(
        request, "home.html", site.name or _("Neighbourhood council"), here="home", more="/matters", contact=contact,
        meeting=meeting_row(meeting) if meeting else None, asked=await Consultation.now_open(),
        votes=[board_row(one) for one in await ballotboard.running()], rows=[row(line, {}) for line in await desk.latest()],
    )  # fmt: skip


async def health(request: Request) -> Response:
    """For a supervisor: the process answers. Says nothing else to outsiders."""
    return PlainTextResponse("ok")


routes = [Route("/", home, name="home"), Route("/health", health, name="health")]
