"""Minutes: drawn, corrected by version, circulated, objected to, approved, packed, hung up."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import markup
from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood import offices
from council.proceedings.meetings import Meeting
from council.refusals import NotFound
from council.routes import forms, pages, sessions
from council.routes.feeds import origin
from council.routes.minutespapers import find, gathered, printed, when
from council.routes.resolutions import Hanging
from council.secretariat import approvals, callpapers, evidence, remonstrances
from council.secretariat.minutes import Minutes
from council.workshop import pdf, word


class Correction(forms.Shape):
    version: Annotated[int, Field(ge=1)]
    points: Annotated[str, Field(max_length=20_000)] = ""
    absence: Annotated[str, Field(max_length=4_000)] = ""
    dissent: Annotated[str, Field(max_length=4_000)] = ""
    remarks: Annotated[str, Field(max_length=8_000)] = ""


class Version(forms.Shape):
    version: Annotated[int, Field(ge=1)]


class OnPaper(Version):
    invitation: Annotated[int, Field(ge=1)]


class Objecting(forms.Shape):
    text: Annotated[str, Field(min_length=4, max_length=1000)]


class Answer(forms.Shape):
    answer: Annotated[str, Field(min_length=2, max_length=1000)]


async def draw(request: Request) -> Response:
    meeting = await Meeting.find(request.path_params["id"], sessions.who(request))
    made = await Minutes.draw(meeting, by=sessions.person(request))
    return pages.redirect(f"/minutes/{made.id}", Phrase("The minutes are drawn up from what happened. Fill in what was said."))


async def show(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    minutes = await find(request)
    return pages.show(
        request, "minutes/page.html", _("Minutes of the meeting"), here="meetings", errors=errors, kept=kept or {},
        changes=[(version, when(at), runs) for version, at, runs in minutes.changes], allowed=await _allowed(minutes, request), word=word.installed(),
        **await _approved(minutes, request), objections=await remonstrances.of(minutes), **gathered(minutes),
    )  # fmt: skip


async def _allowed(minutes: Minutes, request: Request) -> dict[str, bool]:
    """Which buttons stand on the page."""
    by, acts = sessions.who(request), ("correct", "circulate", "answer", "enter_approval", "post", "pack")
    allowed = {act: await offices.may(by, f"minutes.{act}", minutes) for act in acts}
    allowed["draw"] = minutes.stage == "drawn" and await offices.may(by, "minutes.draw", minutes)
    allowed["post"] = allowed["post"] and not minutes.facts["private"]
    allowed["object"] = await offices.may(by, "minutes.object", minutes) and await remonstrances.seat_of(minutes, by) is not None
    return allowed


async def _approved(minutes: Minutes, request: Request) -> dict[str, Any]:
    """Who has approved, who is still wanted, and whether this reader is."""
    by, signed = sessions.who(request), await approvals.given(minutes)
    role, mine = await approvals.role_of(minutes, by)
    done = {one.invitation_id for one in signed}
    again = any((mine and one.invitation_id == mine.id) or (by.id and one.person_id == by.id) for one in signed)
    return {
        "signed": signed, "missing": await approvals.missing(minutes, signed), "roles": approvals.ROLES,
        "role": "" if again or minutes.stage != "circulated" else role, "again": again,
        "unsigned": [(str(one.id), one.label) for one in await approvals.representatives(minutes) if one.id not in done],
        "intact": minutes.seal == approvals.digest(minutes, signed),
    }  # fmt: skip


async def correct_form(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    """After a conflict both texts stand here: what was typed in the fields, what was saved by the other beside them."""
    minutes = await find(request)
    stale = kept is not None and str(kept.get("version")) != str(minutes.version)
    return pages.show(
        request, "minutes/correction.html", _("Correct the minutes"), here="meetings", errors=errors, minutes=minutes,
        kept={**minutes.written, **(kept or {})}, theirs=minutes.written if stale else None,
    )  # fmt: skip


async def correct(request: Request) -> Response:
    minutes = await find(request)
    given = await forms.read(request, Correction, correct_form)
    await minutes.correct(given.model_dump(exclude={"version"}), given.version, by=sessions.person(request))
    return pages.redirect(f"/minutes/{minutes.id}", Phrase("The minutes have been saved."))


async def circulate(request: Request) -> Response:
    minutes = await find(request)
    given = await forms.read(request, Version, show)
    await minutes.circulate(given.version, by=sessions.person(request))
    return pages.redirect(f"/minutes/{minutes.id}", Phrase("Everybody who was there has been told and can read the minutes now."))


async def approve(request: Request) -> Response:
    minutes = await find(request)
    given = await forms.read(request, Version, show)
    return _thanks(minutes, await approvals.approve(minutes, given.version, by=sessions.who(request)))


async def enter_paper(request: Request) -> Response:
    """A representative's signature by hand, entered by whoever saw it."""
    minutes = await find(request)
    given = await forms.read(request, OnPaper, show)
    signer = next((one for one in await approvals.representatives(minutes) if one.id == given.invitation), None)
    if signer is None:
        raise NotFound
    return _thanks(minutes, await approvals.enter_paper(minutes, signer, given.version, by=sessions.person(request)))


def _thanks(minutes: Minutes, seal: str) -> Response:
    said = Phrase("Everybody needed has approved: the minutes are sealed.") if seal else Phrase("The approval has been recorded.")
    return pages.redirect(f"/minutes/{minutes.id}", said)


async def object_to(request: Request) -> Response:
    minutes = await find(request)
    given = await forms.read(request, Objecting, show)
    await remonstrances.raise_one(minutes, given.text, by=sessions.who(request))
    return pages.redirect(f"/minutes/{minutes.id}", Phrase("Your objection has been recorded. The answer will stand on this page."))


async def answer(request: Request) -> Response:
    minutes = await find(request)
    given = await forms.read(request, Answer, show)
    await remonstrances.answer(minutes, request.path_params["objection"], given.answer, by=sessions.person(request))
    return pages.redirect(f"/minutes/{minutes.id}", Phrase("The answer has been kept."))


async def post(request: Request) -> Response:
    minutes = await find(request)
    given = await forms.read(request, Hanging, show)
    made = await minutes.post(by=sessions.person(request), contact=given.contact, board=given.board, days=given.days)
    return pages.redirect(f"/postings/{made.id}", Phrase("It hangs on the board now."))


async def pack(request: Request) -> Response:
    """The evidence pack: papers and records of the meeting with their digests, in one file."""
    minutes = await find(request)
    by = sessions.person(request)
    await offices.must(by, "minutes.pack", minutes)
    meeting, address = await Meeting.find(minutes.meeting_id, by), origin(request)
    papers = {
        "notice.pdf": (await pdf.render(markup.render("papers/notice.html", paper=await callpapers.notice(meeting, address, meeting.link)))).pdf,
        "sign-in-sheet.pdf": (await pdf.render(markup.render("papers/signin.html", paper=await callpapers.sign_in(meeting)))).pdf,
        "minutes.pdf": await printed(minutes),
    }
    name = f'attachment; filename="meeting-{meeting.id}-evidence.zip"'
    made = await evidence.pack(minutes, papers, by=by)
    return Response(made, media_type="application/zip", headers={"content-disposition": name})


routes = [
    Route("/meetings/{id:int}/minutes", draw, methods=["POST"], name="minutes"),
    Route("/minutes/{id:int}", show),
    Route("/minutes/{id:int}/correction", correct_form),
    Route("/minutes/{id:int}/corrections", correct, methods=["POST"], max_body_size=forms.LONG),
    Route("/minutes/{id:int}/circulation", circulate, methods=["POST"]),
    Route("/minutes/{id:int}/approvals", approve, methods=["POST"]),
    Route("/minutes/{id:int}/approvals/paper", enter_paper, methods=["POST"]),
    Route("/minutes/{id:int}/objections", object_to, methods=["POST"]),
    Route("/minutes/{id:int}/objections/{objection:int}/answer", answer, methods=["POST"]),
    Route("/minutes/{id:int}/postings", post, methods=["POST"]),
    Route("/minutes/{id:int}/evidence", pack, methods=["POST"]),
]
