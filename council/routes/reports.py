"""What becomes of a consultation: its report on paper, on the board, before a meeting, as a ballot, as open data."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import markup
from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import may
from council.proceedings import answering
from council.proceedings.meetings import Meeting
from council.refusals import NotFound
from council.routes import forms, limits, pages, sessions
from council.routes.consultations import find
from council.routes.resolutions import Hanging
from council.secretariat import hearings
from council.workshop import pdf


class Before(forms.Shape):
    meeting: Annotated[int, Field(ge=1)]


async def page(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    """What can be done with the result."""
    consultation, by = await find(request), sessions.who(request)
    if not await may(by, "consultation.report", consultation):
        raise NotFound
    return pages.show(
        request, "consultations/report.html", _("What becomes of it"), here="consultations", errors=errors, kept=kept or {},
        consultation=consultation, meetings=[(str(one.id), one.title) for one in await hearings.drafted_meetings(consultation, by)],
        may_post=consultation.posting_id is None and await may(by, "posting.make", at=await consultation.place),
    )  # fmt: skip


async def paper(request: Request) -> Response:
    """The report as a PDF, for everybody once it has ended."""
    consultation = await find(request)
    if not consultation.over:
        raise NotFound
    limits.take(request, "paper")
    frame = {"demo": pages.Site.demo, "watermark": "" if consultation.stage == "answered" else _("Draft")}
    made = await pdf.render(markup.render("papers/consultation.html", paper=frame, few=hearings.few, **await hearings.report(consultation)))
    name = f"consultation-{consultation.id}.pdf"
    return Response(made.pdf, media_type="application/pdf", headers={"content-disposition": f'inline; filename="{name}"'})


async def data(request: Request) -> Response:
    """The same as a table, without persons."""
    consultation = await find(request)
    if consultation.stage != "answered":
        raise NotFound
    name = f"consultation-{consultation.id}.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(await hearings.open_data(consultation), media_type="text/csv; charset=utf-8", headers=headers)


async def post(request: Request) -> Response:
    consultation = await find(request)
    given = await forms.read(request, Hanging, page)
    made = await hearings.post_result(consultation, by=sessions.person(request), contact=given.contact, board=given.board, days=given.days)
    return pages.redirect(f"/postings/{made.id}", Phrase("It hangs on the board now."))


async def to_meeting(request: Request) -> Response:
    consultation, by = await find(request), sessions.person(request)
    given = await forms.read(request, Before, page)
    meeting = await Meeting.find(given.meeting, by)
    await answering.put_on_agenda(consultation, meeting, by=by)
    return pages.redirect(f"/meetings/{meeting.id}", Phrase("It stands on the agenda, with the result of the consultation."))


async def to_ballot(request: Request) -> Response:
    ballot = await answering.to_ballot(await find(request), by=sessions.person(request))
    return pages.redirect(f"/ballots/{ballot.id}", Phrase("The vote of the households is drawn up. Say until when it runs, and open it."))


routes = [
    Route("/consultations/{id:int}/report", page),
    Route("/consultations/{id:int}/paper", paper),
    Route("/consultations/{id:int}/data", data),
    Route("/consultations/{id:int}/postings", post, methods=["POST"]),
    Route("/consultations/{id:int}/items", to_meeting, methods=["POST"]),
    Route("/consultations/{id:int}/ballots", to_ballot, methods=["POST"]),
]
