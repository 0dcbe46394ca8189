"""Consultations: found, prepared, opened, ended; the doors by link, by code, by QR picture."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import clock
from council.i18n import Phrase, moment
from council.i18n import gettext as _
from council.neighbourhood.listing import options, places_within
from council.neighbourhood.offices import may
from council.neighbourhood.people import Actor, Person, Visitor
from council.neighbourhood.places import Place
from council.proceedings import answers, asking, contributions, endings, moderation, recordings, statements, wordings
from council.proceedings.answering import asked_about
from council.proceedings.consultations import ELECTORATES, FORMS, Consultation, Plan
from council.proceedings.contributions import Contribution
from council.proceedings.matters import Matter
from council.proceedings.proposals import Proposal
from council.refusals import NotFound
from council.routes import forms, limits, pages, sessions, standing
from council.routes.feeds import origin
from council.routes.heard import heard
from council.rules import stages
from council.secretariat import hearings, tellings

TONES = {"drafted": "wait", "open": "now", "closed": "wait", "answered": "done", "cancelled": "stop"}
ACTS = ("open", "close", "cancel", "enter_paper", "reach", "listen", "reply", "report", "tell")


class Planning(forms.Shape):
    place: Annotated[int, Field(ge=1)]
    matter: Annotated[int, Field(ge=0)] = 0
    proposal: Annotated[int, Field(ge=0)] = 0
    form: Literal["question", "draft", "options", "statements", "wishes"]
    question: Annotated[str, Field(max_length=200)] = ""
    why: Annotated[str, Field(max_length=2000)] = ""
    changeable: Annotated[str, Field(max_length=2000)] = ""
    fixed: Annotated[str, Field(max_length=2000)] = ""
    decides: Annotated[str, Field(max_length=200)] = ""
    electorate: Annotated[str, Field(max_length=12)] = ""
    lines: Annotated[str, Field(max_length=20_000)] = ""
    budget: Annotated[int, Field(ge=0)] = 0


class Opening(forms.Shape):
    until: datetime

    def closes_at(self) -> datetime:
        """What the form gives is the district's wall clock."""
        return self.until if self.until.tzinfo else self.until.replace(tzinfo=clock.ZONE)


class Reason(forms.Shape):
    reason: Annotated[str, Field(min_length=2, max_length=300)]


class Version(forms.Shape):
    lines: Annotated[str, Field(max_length=20_000)] = ""
    reason: Annotated[str, Field(max_length=300)] = ""
    after: Annotated[int, Field(ge=0)] = 0


class Code(forms.Shape):
    code: Annotated[str, Field(max_length=40)]


def row(one: Consultation) -> dict[str, Any]:
    """A consultation as ui.rows shows it."""
    until = str(Phrase("until %(moment)s", moment=moment(one.closes_at))) if one.stage == "open" and one.closes_at else ""
    return {
        "href": f"/consultations/{one.id}", "title": one.question, "stage": stages.name("Consultation", one.stage), "tone": TONES[one.stage],
        "facts": [fact for fact in (one.place.name, until) if fact],
    }  # fmt: skip


async def find(request: Request) -> Consultation:
    """The consultation of this address, if this person may know of it."""
    return await Consultation.find(request.path_params["id"], sessions.who(request))


async def voice(request: Request, consultation: Consultation) -> Actor:
    """Who answers: whoever is signed in, or the holder of a slip where the list does not know them otherwise."""
    by = sessions.who(request)
    if isinstance(by, Person) and (held := sessions.carries(request, "Asked")) and await asking.place_of(consultation, by) is None:
        return Visitor(frozenset(("Asked", number) for number in held))
    return by


async def index(request: Request) -> Response:
    asked = standing.asked(request, "state", "before")
    found = await Consultation.listed(asked["state"], standing.number(asked["before"]))
    held = sessions.held(request)
    own = await Consultation.prepared(held) if held else []
    return pages.show(
        request, "consultations/list.html", _("Consultations"), here="consultations", block="rows", rows=[row(one) for one in found[:20]],
        state=asked["state"], states=[("", _("All")), ("open", _("Open now")), ("past", _("Ended"))], drafts=[row(one) for one in own],
        may_draft=bool(await places_within(held, "consultation.draft")),
        more=f"/consultations?state={asked['state']}&before={found[19].id}" if len(found) > 20 else "",
    )  # fmt: skip


async def new(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    places = await places_within(sessions.held(request), "consultation.draft")
    if not places:
        raise NotFound
    number = standing.number(request.query_params.get("matter", str((kept or {}).get("matter", ""))))
    matter = await Matter.seen_by(sessions.who(request), number) if number else None
    start = {"matter": number, "place": matter.place_id, "why": matter.public_text} if matter else {"matter": 0}
    if proposal := await _proposal(request, standing.number(request.query_params.get("proposal", str((kept or {}).get("proposal", ""))))):
        start |= {"form": "draft", "lines": proposal.text, "why": proposal.reason, "proposal": proposal.id}
    return pages.show(
        request, "consultations/new.html", _("Open a consultation"), here="desk", errors=errors, kept=kept or start, matter=matter,
        places=options(places, "　"), kinds=list(FORMS.items()), electorates=list(ELECTORATES.items()),
    )  # fmt: skip


async def _proposal(request: Request, number: int) -> Proposal | None:
    """A proposal of a public meeting that everybody is to be asked about."""
    found, meeting = await Proposal.find(number, sessions.who(request)) if number else (None, None)
    if meeting is not None and meeting.private:
        raise NotFound
    return found


async def create(request: Request) -> Response:
    given = await forms.read(request, Planning, new)
    by, place = sessions.person(request), await Place.get(id=given.place)
    matter = await Matter.seen_by(by, given.matter) if given.matter else None
    lines = tuple(line.strip() for line in given.lines.splitlines() if line.strip())
    proposal = await _proposal(request, given.proposal)
    named = given.model_dump(exclude={"place", "matter", "lines", "proposal"})
    plan = Plan(**named, lines=lines, matter=matter, proposal_id=proposal.id if proposal else None)
    made = await statements.prepare(place, plan, by=by)
    return pages.redirect(f"/consultations/{made.id}", Phrase("It is prepared. Nobody has been asked yet: read it once more, then open it."))


async def show(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    consultation, by = await find(request), sessions.who(request)
    speaker = await voice(request, consultation)
    mine = await contributions.mine(consultation, speaker)
    versions = await wordings.versions(consultation)
    allowed = {act: await may(by, f"consultation.{act}", consultation) for act in ACTS}
    allowed["publish"] = consultation.form == "draft" and await may(by, "wording.publish", consultation)
    return pages.show(
        request, "consultations/page.html", consultation.question, here="consultations", errors=errors, kept=kept or {}, allowed=allowed,
        consultation=consultation, **await _behind(consultation, mine, by, allowed["tell"]),
        mine=mine, heard=await heard(consultation, mine), may_answer=await answers.may_answer(consultation, speaker),
        stage=stages.name("Consultation", consultation.stage), tone=TONES[consultation.stage], versions=versions,
        clauses=wordings.compared(versions[-2] if len(versions) > 1 else None, versions[-1]) if versions else [],
        report=await hearings.report(consultation) if consultation.over else None, few=hearings.few, now=clock.now(),
        address=f"{origin(request)}/consultations/{consultation.id}", forms=FORMS, electorates=ELECTORATES,
        until=f"{clock.local(consultation.closes_at):%Y-%m-%dT%H:%M}" if consultation.closes_at else "",
    )  # fmt: skip


async def _behind(consultation: Consultation, mine: Contribution | None, by: Actor, tells: bool) -> dict[str, Any]:
    """What stands behind the question: the proposal it asks about, what is hidden and why, my recording, whom to tell."""
    return {
        "log": await moderation.log(consultation), "mine_hidden": await moderation.hidden_of(mine),
        "proposal": await asked_about(consultation), "my_recording": mine is not None and await recordings.waits(mine),
        "carry": len(await tellings.to_carry(consultation, by=by)) if tells else 0,
    }  # fmt: skip


async def open_it(request: Request) -> Response:
    consultation = await find(request)
    given = await forms.read(request, Opening, show)
    await asking.open_consultation(consultation, given.closes_at(), by=sessions.person(request))
    told = Phrase("It is open. Those with an account have been told; print slips for the others.")
    return pages.redirect(f"/consultations/{consultation.id}", told)


async def close_it(request: Request) -> Response:
    consultation = await find(request)
    await endings.close(consultation, by=sessions.person(request))
    return pages.redirect(f"/consultations/{consultation.id}/remarks", Phrase("It has ended. Now answer every group."))


async def cancel(request: Request) -> Response:
    consultation = await find(request)
    given = await forms.read(request, Reason, show)
    await endings.cancel(consultation, given.reason, by=sessions.person(request))
    return pages.redirect(f"/consultations/{consultation.id}", Phrase("It has been called off."))


async def publish(request: Request) -> Response:
    """The next version of a draft."""
    consultation = await find(request)
    given = await forms.read(request, Version, show)
    await wordings.publish(consultation, given.lines.splitlines(), by=sessions.person(request), reason=given.reason, after=given.after)
    return pages.redirect(f"/consultations/{consultation.id}", Phrase("The new version is published; what was changed is marked."))


async def versions(request: Request) -> Response:
    """Every version, each with what was changed in it."""
    consultation = await find(request)
    found = await wordings.versions(consultation)
    pairs = [(one, wordings.compared(found[n - 1] if n else None, one)) for n, one in enumerate(found)]
    return pages.show(request, "consultations/versions.html", _("Versions"), here="consultations", consultation=consultation, pairs=pairs[::-1])


async def by_link(request: Request) -> Response:
    """A personal link opens one place on the list, and nothing else."""
    limits.take(request, "link")
    asked = await asking.by_link(request.path_params["token"])
    await sessions.carry(request, "Asked", asked.id)
    return pages.redirect(f"/consultations/{asked.consultation_id}")


async def by_code(request: Request) -> Response:
    consultation = await find(request)
    given = await forms.read(request, Code, show)
    limits.take(request, "code")
    asked = await asking.by_code(consultation, given.code)
    await sessions.carry(request, "Asked", asked.id)
    return pages.redirect(f"/consultations/{consultation.id}/contribution")


routes = [
    Route("/consultations", index, name="consultations"),
    Route("/consultations", create, methods=["POST"], max_body_size=forms.LONG),
    Route("/consultations/new", new),
    Route("/consultations/{id:int}", show),
    Route("/consultations/{id:int}/opening", open_it, methods=["POST"]),
    Route("/consultations/{id:int}/closing", close_it, methods=["POST"]),
    Route("/consultations/{id:int}/cancellation", cancel, methods=["POST"]),
    Route("/consultations/{id:int}/versions", versions),
    Route("/consultations/{id:int}/versions", publish, methods=["POST"], max_body_size=forms.LONG),
    Route("/consultations/{id:int}/door", by_code, methods=["POST"]),
    Route("/c/{token}", by_link),
]
