"""The calendar feed of a person: its address, a new one, none any more; and what a calendar reads there."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.routes import limits, pages
from council.routes.standing import me, signed_in
from council.secretariat import calendars, feeds
from council.secretariat.feeds import Feed
from council.settings import settings


def origin(request: Request) -> str:
    """The address of this house, as written on papers and in calendars."""
    return settings().origin or str(request.base_url).rstrip("/")


@signed_in
async def page(request: Request) -> Response:
    feed = await Feed.of(me(request))
    address = f"{origin(request)}/feeds/{feed.token}.ics" if feed else ""
    return pages.show(request, "feeds/page.html", _("Meetings and venues in my own calendar"), here="meetings", address=address)


@signed_in
async def renew(request: Request) -> Response:
    await feeds.renew(me(request), by=me(request))
    return pages.redirect("/feed", Phrase("Here is the new address. An older one no longer works."))


@signed_in
async def end(request: Request) -> Response:
    await feeds.end(me(request), by=me(request))
    return pages.redirect("/feed", Phrase("The address no longer works."))


async def read(request: Request) -> Response:
    limits.take(request, "link")
    feed = await Feed.by_token(request.path_params["token"])
    made = calendars.feed(await feed.meetings(), await feed.bookings(), origin(request))
    return Response(made, media_type="text/calendar", headers={"content-disposition": 'inline; filename="meetings.ics"'})


routes = [
    Route("/feed", page),
    Route("/feed", renew, methods=["POST"]),
    Route("/feed/end", end, methods=["POST"]),
    Route("/feeds/{token}.ics", read),
]
