"""The page on the wall: no control, nothing private, readable from the last row."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import clock
from council.neighbourhood.offices import may
from council.proceedings import diary
from council.refusals import NotFound
from council.routes import pages, sessions
from council.routes.meetings import found, path
from council.secretariat import announcements, scenes


async def page(request: Request) -> Response:
    meeting = await found(request)
    if not await may(sessions.who(request), "meeting.see", meeting) or meeting.stage == "drafted":
        raise NotFound
    number = await diary.sequence(meeting)
    link = "" if meeting.private else f"{str(request.base_url).rstrip('/')}/r/{meeting.wall_code}"
    return pages.show(
        request, "meetings/wall.html", meeting.title, here="meetings", meeting=meeting, caption=announcements.when(meeting), link=link,
        number=meeting.wall_code, at=clock.now().timestamp(), stream=f"{path(meeting, 'stream')}?page=wall&after={number}",
        **await scenes.common(meeting),
    )  # fmt: skip


routes = [Route("/meetings/{id:int}/wall", page)]
