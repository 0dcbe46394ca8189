"""Minutes: drawn, corrected by version, approved, printed, hung up."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import i18n, markup
from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import may, must
from council.neighbourhood.people import Person
from council.proceedings.meetings import Meeting
from council.routes import forms, pages, sessions
from council.routes.feeds import origin
from council.routes.resolutions import Hanging
from council.rules import kinds, stages
from council.rules.thresholds import threshold
from council.secretariat import approvals, callpapers, evidence
from council.secretariat.minutes import Minutes
from council.workshop import pdf


class Correction(forms.Shape):
    version: Annotated[int, Field(ge=1)]
    points: Annotated[str, Field(max_length=20_000)] = ""
    absence: Annotated[str, Field(max_length=4_000)] = ""
    dissent: Annotated[str, Field(max_length=4_000)] = ""
    remarks: Annotated[str, Field(max_length=8_000)] = ""


class Approval(forms.Shape):
    version: Annotated[int, Field(ge=1)]


def gathered(minutes: Minutes) -> dict[str, Any]:
    """What page and paper both show."""
    facts = minutes.facts
    return {
        "minutes": minutes, "facts": facts, "kind": kinds.kind(facts["kind"]).name, "rule": threshold(facts["rule_id"]),
        "said": {key: when(facts[key]) for key in ("starts_at", "opened_at", "closed_at")} | {"discussed": on(facts["discussed"]["on"])},
        "notice_at": when(facts["notice"]["at"]),
        "arithmetic": f"arithmetic_{i18n.language()}", "stages": stages.NAMES, "members": len(facts["present"]),
    }  # fmt: skip


def when(kept: str) -> str:
    return i18n.moment(datetime.fromisoformat(kept)) if kept else "—"


def on(kept: str) -> str:
    return i18n.day(date.fromisoformat(kept)) if kept else "—"


async def draw(request: Request) -> Response:
    meeting = await Meeting.find(request.path_params["id"], sessions.who(request))
    made = await Minutes.draw(meeting, by=sessions.person(request))
    return pages.redirect(f"/minutes/{made.id}", Phrase("The minutes are drawn up from what happened. Fill in what was said."))


async def find(request: Request) -> Minutes:
    return await Minutes.seen_by(sessions.who(request), request.path_params["id"])


async def show(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    minutes, by = await find(request), sessions.who(request)
    allowed = {act: await may(by, f"minutes.{act}", minutes) for act in ("correct", "approve", "post")}
    allowed["pack"] = await may(by, "minutes.pack", minutes)
    allowed["draw"] = minutes.stage == "drawn" and await may(by, "minutes.draw", minutes)
    allowed["post"] = allowed["post"] and not minutes.facts["private"]
    signed = await approvals.given(minutes)
    mine = isinstance(by, Person) and by.id not in {one.person_id for one in signed} and await approvals.role_of(minutes, by)
    left = approvals.missing(signed)
    return pages.show(
        request, "minutes/page.html", _("Minutes"), here="meetings", errors=errors, kept=kept or {}, allowed=allowed, signed=signed, missing=left,
        stands=mine, roles=approvals.ROLES, seal="" if left else approvals.digest(minutes, signed), **gathered(minutes),
    )


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


async def approve(request: Request) -> Response:
    minutes = await find(request)
    given = await forms.read(request, Approval, show)
    await minutes.approve(given.version, by=sessions.person(request))
    return pages.redirect(f"/minutes/{minutes.id}", Phrase("The minutes are approved."))


async def stand_by(request: Request) -> Response:
    minutes = await find(request)
    given = await forms.read(request, Approval, show)
    seal = await approvals.stand_by(minutes, given.version, by=sessions.person(request))
    said = Phrase("Everybody needed has approved: the minutes are sealed.") if seal else Phrase("You stand by these minutes.")
    return pages.redirect(f"/minutes/{minutes.id}", said)


async def post(request: Request) -> Response:
    minutes = await find(request)
    given = await forms.read(request, Hanging, show)
    made = await minutes.post(by=sessions.person(request), contact=given.contact, board=given.board, days=given.days)
    return pages.redirect(f"/postings/{made.id}", Phrase("It hangs on the board now."))


async def pack(request: Request) -> Response:
    """The evidence pack: papers and records of the meeting with their digests, in one file."""
    minutes = await find(request)
    by = sessions.person(request)
    await must(by, "minutes.pack", minutes)
    meeting, address = await Meeting.find(minutes.meeting_id, by), origin(request)
    papers = {
        "notice.pdf": (await pdf.render(markup.render("papers/notice.html", paper=await callpapers.notice(meeting, address)))).pdf,
        "sign-in-sheet.pdf": (await pdf.render(markup.render("papers/signin.html", paper=await callpapers.sign_in(meeting)))).pdf,
        "minutes.pdf": await printed(minutes),
    }
    name = f'attachment; filename="meeting-{meeting.id}-evidence.zip"'
    made = await evidence.pack(minutes, papers, by=by)
    return Response(made, media_type="application/zip", headers={"content-disposition": name})


async def paper(request: Request) -> Response:
    """The minutes on paper, with lines to sign by hand. A draft says so across the page."""
    minutes = await find(request)
    name = f'attachment; filename="minutes-{minutes.id}-{minutes.version}.pdf"'
    return Response(await printed(minutes), media_type="application/pdf", headers={"content-disposition": name})


async def printed(minutes: Minutes) -> bytes:
    draft = "" if minutes.stage != "drawn" else _("Draft")
    html = markup.render("papers/minutes.html", paper={"demo": pages.Site.demo, "watermark": draft}, **gathered(minutes))
    return (await pdf.render(html)).pdf


routes = [
    Route("/meetings/{id:int}/minutes", draw, methods=["POST"], name="minutes"),
    Route("/minutes/{id:int}", show),
    Route("/minutes/{id:int}/correction", correct_form),
    Route("/minutes/{id:int}/corrections", correct, methods=["POST"]),
    Route("/minutes/{id:int}/approval", approve, methods=["POST"]),
    Route("/minutes/{id:int}/approvals", stand_by, methods=["POST"]),
    Route("/minutes/{id:int}/postings", post, methods=["POST"]),
    Route("/minutes/{id:int}/paper", paper),
    Route("/minutes/{id:int}/evidence", pack, methods=["POST"]),
]
