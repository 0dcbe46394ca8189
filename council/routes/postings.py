"""The public board: what hangs until when, and what is held against it."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import markup
from council.i18n import Phrase, day
from council.i18n import gettext as _
from council.neighbourhood import treelog
from council.neighbourhood.offices import may
from council.routes import forms, limits, pages, sessions, standing
from council.routes.feeds import origin
from council.rules import calendar
from council.secretariat import callpapers
from council.secretariat.postings import STATES, Objection, Posting
from council.workshop import pdf


class Objecting(forms.Shape):
    text: Annotated[str, Field(min_length=4, max_length=1000)]
    name: Annotated[str, Field(max_length=50)] = ""
    phone: Annotated[str, Field(max_length=20)] = ""


class Answer(forms.Shape):
    answer: Annotated[str, Field(min_length=2, max_length=1000)]


async def index(request: Request) -> Response:
    asked = request.query_params
    state = asked.get("state", "") if asked.get("state", "") in STATES else ""
    q, before = standing.asked(request, "q")["q"], asked.get("before", "0")
    found, more = await Posting.board_of(state, q, standing.number(before))
    up, down = _("hanging until %(day)s"), _("ended on %(day)s")
    rows = [
        {
            "href": f"/postings/{one.id}", "title": one.title, "tone": "now" if one.hangs() else "plain",
            "stage": (up if one.hangs() else down) % {"day": day(one.last_day)}, "facts": [one.place.name],
        }
        for one in found
    ]  # fmt: skip
    options = [("", _("All")), ("hanging", _("Hanging now")), ("past", _("Ended"))]
    return pages.show(
        request, "postings/list.html", _("Notice board"), here="postings", block="rows", rows=rows, q=q, state=state, states=options,
        more="/postings?" + urlencode({"state": state, "q": q, "before": more}) if more else "",
    )  # fmt: skip


async def show(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    posting, by = await Posting.find(request.path_params["id"]), sessions.who(request)
    return pages.show(
        request, "postings/page.html", posting.title, here="postings", errors=errors, kept=kept or {}, posting=posting,
        objections=await posting.objections(), may_answer=await may(by, "posting.answer", posting), hangs=posting.hangs(),
        warnings=calendar.warnings_for(posting.first_day, posting.last_day),
    )  # fmt: skip


async def object_to(request: Request) -> Response:
    posting = await Posting.find(request.path_params["id"])
    given = await forms.read(request, Objecting, show)
    limits.take(request, "objection")
    await posting.object(given.text, by=sessions.who(request), name=given.name, phone=given.phone)
    return pages.redirect(f"/postings/{posting.id}", Phrase("Your objection has been recorded. The answer will stand on this page."))


async def answer(request: Request) -> Response:
    objection = await Objection.get(id=request.path_params["id"])
    given = await forms.read(request, Answer)
    await objection.reply(given.answer, by=sessions.person(request))
    return pages.redirect(f"/postings/{objection.posting_id}", Phrase("The answer has been published."))


async def paper(request: Request) -> Response:
    """The same text for the paper board, with a code that leads here."""
    posting = await Posting.find(request.path_params["id"])
    made = await pdf.render(markup.render("papers/poster.html", paper=callpapers.poster(posting, origin(request)), journal=await treelog.head()))
    headers = {"content-disposition": f'inline; filename="posting-{posting.id}.pdf"'}
    return Response(made.pdf, media_type="application/pdf", headers=headers)


routes = [
    Route("/postings", index, name="postings"),
    Route("/postings/{id:int}", show),
    Route("/postings/{id:int}/paper", paper),
    Route("/postings/{id:int}/objections", object_to, methods=["POST"]),
    Route("/objections/{id:int}/answer", answer, methods=["POST"]),
]
