"""The notice of a meeting, and what the law asks before it; moving a meeting and calling it off."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import clock, markup
from council.i18n import Phrase, moment
from council.i18n import gettext as _
from council.neighbourhood.offices import may, must
from council.proceedings import agenda, calling, clashes
from council.proceedings.agenda import AgendaItem
from council.proceedings.invitations import Invitation
from council.routes import forms, pages, sessions
from council.routes.feeds import origin
from council.routes.meetings import Hour, at, found, path
from council.routes.standing import me, signed_in
from council.rules.thresholds import threshold
from council.secretariat import announcements, callpapers
from council.text import Line
from council.workshop import pdf

Reason = Annotated[str, Field(max_length=300)]


class NoticeForm(forms.Shape):
    temporary_reason: Reason = ""


class MoveForm(forms.Shape):
    day: date
    hour: Hour
    venue: Annotated[Line, Field(max_length=120)] = ""
    temporary_reason: Reason = ""


class ReasonForm(forms.Shape):
    reason: Annotated[str, Field(min_length=2, max_length=300)]


class DiscussionForm(forms.Shape):
    discussed_on: date
    discussed_by: Annotated[Line, Field(min_length=2, max_length=120)]
    women: Annotated[int, Field(ge=0, le=100_000)] | None = None


@signed_in
async def notice(request: Request, errors: Any = None, kept: Any = None) -> Response:
    meeting = await found(request)
    await must(me(request), "meeting.give_notice", meeting)
    check = agenda.in_time(meeting, meeting.starts_at)
    return pages.show(
        request, "meetings/notice.html", _("Give notice"), here="meetings", errors=errors, kept=kept or {}, meeting=meeting, check=check,
        items=await AgendaItem.of(meeting), counts=announcements.counts(await Invitation.all_of(meeting)),
    )  # fmt: skip


@signed_in
async def give_notice(request: Request) -> Response:
    meeting = await found(request)
    given = await forms.read(request, NoticeForm, again=notice)
    await agenda.give_notice(meeting, by=me(request), temporary_reason=given.temporary_reason)
    return pages.redirect(path(meeting, "slips"), Phrase("The meeting is called. Now print the slips for those without an account."))


@signed_in
async def discussion(request: Request, errors: Any = None, kept: Any = None) -> Response:
    meeting = await found(request)
    await must(me(request), "meeting.change", meeting)
    return pages.show(
        request, "meetings/discussion.html", _("Discussed by the Party organisation first"), here="meetings", errors=errors,
        kept=kept or {"discussed_on": meeting.discussed_on or "", "discussed_by": meeting.discussed_by, "women": meeting.women},
        meeting=meeting, village=threshold(meeting.rule_id).women is not None,
    )  # fmt: skip


@signed_in
async def discussed(request: Request) -> Response:
    meeting = await found(request)
    given = await forms.read(request, DiscussionForm, again=discussion)
    await calling.record_discussion(meeting, given.discussed_on, given.discussed_by, by=me(request), women=given.women)
    return pages.redirect(path(meeting), Phrase("Saved."))


@signed_in
async def move(request: Request, errors: Any = None, kept: Any = None) -> Response:
    meeting = await found(request)
    await must(me(request), "meeting.give_notice", meeting)
    start = clock.local(meeting.starts_at)
    kept = kept or {"day": start.date().isoformat(), "hour": f"{start:%H:%M}", "venue": meeting.venue}
    return pages.show(
        request, "meetings/move.html", _("Move the meeting"), here="meetings", errors=errors, kept=kept, meeting=meeting,
        now=moment(meeting.starts_at), free=await clashes.free(meeting), clashes=await clashes.clashes(meeting),
        warnings=announcements.warnings(meeting),
    )  # fmt: skip


@signed_in
async def moved(request: Request) -> Response:
    meeting = await found(request)
    given = await forms.read(request, MoveForm, again=move)
    await agenda.postpone(meeting, at(given.day, given.hour), by=me(request), venue=given.venue, reason=given.temporary_reason)
    return pages.redirect(path(meeting), Phrase("The meeting is moved. Everybody invited with an account has been told."))


@signed_in
async def cancellation(request: Request, errors: Any = None, kept: Any = None) -> Response:
    meeting = await found(request)
    await must(me(request), "meeting.cancel", meeting)
    return pages.show(
        request, "meetings/cancellation.html", _("Call the meeting off"), here="meetings", errors=errors, kept=kept or {}, meeting=meeting
    )


@signed_in
async def cancelled(request: Request) -> Response:
    meeting = await found(request)
    given = await forms.read(request, ReasonForm, again=cancellation)
    await agenda.call_off(meeting, given.reason, by=me(request))
    return pages.redirect(path(meeting), Phrase("The meeting is called off."))


async def paper(request: Request) -> Response:
    """The notice on paper, for whoever may know of the meeting; a draft only for those who prepare it."""
    meeting = await found(request)
    if meeting.notice_at is None:
        await must(sessions.who(request), "meeting.give_notice", meeting)
    link = meeting.link if await may(sessions.who(request), "meeting.see", meeting) else ""
    return await printed("papers/notice.html", f"notice-{meeting.id}-{meeting.version}", await callpapers.notice(meeting, origin(request), link))


@signed_in
async def sheet(request: Request) -> Response:
    """The sign-in sheet on paper: names of everybody invited, so only for those who keep the roll."""
    meeting = await found(request)
    await must(me(request), "meeting.keep_roll", meeting)
    return await printed("papers/signin.html", f"sign-in-{meeting.id}", await callpapers.sign_in(meeting))


async def printed(template: str, name: str, given: Any) -> Response:
    """A paper as a file to save or to print."""
    made = await pdf.render(markup.render(template, paper=given))
    return Response(made.pdf, media_type="application/pdf", headers={"content-disposition": f'inline; filename="{name}.pdf"'})


routes = [
    Route("/meetings/{id:int}/notice", notice),
    Route("/meetings/{id:int}/notice", give_notice, methods=["POST"]),
    Route("/meetings/{id:int}/notice/paper", paper),
    Route("/meetings/{id:int}/roll/paper", sheet),
    Route("/meetings/{id:int}/discussion", discussion),
    Route("/meetings/{id:int}/discussion", discussed, methods=["POST"]),
    Route("/meetings/{id:int}/time", move),
    Route("/meetings/{id:int}/time", moved, methods=["POST"]),
    Route("/meetings/{id:int}/cancellation", cancellation),
    Route("/meetings/{id:int}/cancellation", cancelled, methods=["POST"]),
]
