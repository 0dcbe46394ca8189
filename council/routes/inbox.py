"""The inbox, and the slips that a grid worker carries to those who do not look at one."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.routes import forms, pages, sessions
from council.routes.standing import enter, me, signed_in
from council.secretariat import inbox


class Upto(forms.Shape):
    upto: int


class Carried(forms.Shape):
    slip: Annotated[list[int], Field(min_length=1)]


@signed_in
async def index(request: Request) -> Response:
    part = await inbox.of(me(request), request.query_params.get("after", ""))
    rows = [{"id": n.id, "text": str(n.phrase), "link": n.link, "at": n.at, "unread": n.read_at is None} for n in part.rows]
    return pages.show(
        request, "inbox/index.html", _("Inbox"), rows=rows, newest=rows[0]["id"] if rows and any(r["unread"] for r in rows) else 0,
        more=f"/inbox?after={part.after}" if part.after else "",
    )  # fmt: skip


@signed_in
async def read(request: Request) -> Response:
    form = await forms.read(request, Upto)
    await inbox.read(me(request), form.upto, by=me(request))
    return pages.redirect("/inbox", Phrase("All marked as read."))


@signed_in
async def slips(request: Request, errors: Any = None, kept: Any = None) -> Response:
    enter(request, "slip.hand_over")
    part = await inbox.slips(sessions.held(request), request.query_params.get("after", ""))
    rows = [
        {"id": d.id, "name": d.notice.person.name, "home": str(d.notice.person.household or d.notice.person.place), "text": str(d.notice.phrase)}
        for d in part.rows
    ]
    return pages.show(
        request, "inbox/slips.html", _("Slips to carry"), errors=errors, rows=rows, more=f"/inbox/slips?after={part.after}" if part.after else ""
    )


@signed_in
async def carried(request: Request) -> Response:
    enter(request, "slip.hand_over")
    form = await forms.read(request, Carried, again=slips)
    n = await inbox.hand_over(form.slip, by=me(request))
    return pages.redirect("/inbox/slips", Phrase("%(n)s slips are recorded as handed over.", n=n))


routes = [
    Route("/inbox", index),
    Route("/inbox/reading", read, methods=["POST"]),
    Route("/inbox/slips", slips),
    Route("/inbox/slips", carried, methods=["POST"]),
]
