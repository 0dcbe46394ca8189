"""Who votes: the list before it opens and objections to it, the voice of a household, written authorities, doors and checked papers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import may
from council.proceedings import ballotboard, electorates, photos, proxies, reaching, rollobjections
from council.proceedings.ballots import Ballot, Entitlement
from council.proceedings.proxies import Proxy, Voice
from council.refusals import NotFound
from council.routes import ballots, booth, forms, outcomes, pages, sessions, votes
from council.routes.photos import picture
from council.routes.standing import asked, me, signed_in
from council.rules.privacy import redact

SHOWN = 200


class Objection(forms.Shape):
    text: Annotated[str, Field(max_length=500)] = ""


class Answer(forms.Shape):
    answer: Annotated[str, Field(max_length=500)] = ""


class Named(forms.Shape):
    person: int


class Authority(forms.Shape):
    voter: Annotated[str, Field(max_length=40)]
    holder: int
    written_on: date
    photo: UploadFile


async def _allowed(request: Request, act: str) -> Ballot:
    ballot = await ballots.find(request)
    if not await may(sessions.who(request), act, ballot):
        raise NotFound
    return ballot


async def roll(request: Request, errors: Any = None, kept: Any = None) -> Response:
    """The list as it would be frozen now, for those who may object to it."""
    ballot, by = await ballots.find(request), sessions.who(request)
    if not await booth.listed(ballot, by):
        raise NotFound
    listed, q = await electorates.outside(ballot.electorate, ballot.path, ballot.register_id), asked(request, "q")["q"]
    found = [voter.label for voter in listed if q in voter.label]
    return pages.show(
        request, "ballots/voters.html", _("The list of voters"), here="meetings", errors=errors, kept=kept or {}, ballot=ballot, q=q,
        question=ballotboard.question(ballot), labels=found[:SHOWN], found=len(found), entitled=len(listed),
        area=sum(voter.area_cm2 for voter in listed), who=electorates.NAMES[ballot.electorate],
        objections=await rollobjections.RollObjection.of(ballot), redacted=redact, may_answer=await may(by, "ballot.open", ballot),
        may_object=await may(by, "ballot.object", ballot),
    )  # fmt: skip


async def object_to_roll(request: Request) -> Response:
    ballot = await ballots.find(request)
    given = await forms.read(request, Objection, roll)
    await rollobjections.object_to_roll(ballot, given.text, by=sessions.who(request))
    return pages.redirect(f"/ballots/{ballot.id}/voters", Phrase("Your objection is recorded. It is answered before the vote opens."))


async def answer(request: Request) -> Response:
    ballot = await _allowed(request, "ballot.open")
    given = await forms.read(request, Answer, roll)
    await rollobjections.answer(await rollobjections.one(ballot, request.path_params["number"]), given.answer, by=sessions.who(request))
    return pages.redirect(f"/ballots/{ballot.id}/voters", Phrase("The answer is recorded."))


@signed_in
async def voice(request: Request, errors: Any = None, kept: Any = None) -> Response:
    ballot, by = await _allowed(request, "ballot.vote"), me(request)
    members = [(str(one.id), one.name) for one in await proxies.household(by)]
    return pages.show(
        request, "ballots/voice.html", _("Who of my household votes"), here="meetings", errors=errors, kept=kept or {}, ballot=ballot,
        question=ballotboard.question(ballot), members=members, named=await Voice.of(ballot, await ballot.voter(by)),
    )  # fmt: skip


@signed_in
async def name_voice(request: Request) -> Response:
    ballot = await _allowed(request, "ballot.vote")
    given = await forms.read(request, Named, voice)
    await proxies.name_voice(ballot, await proxies.member(me(request), given.person), by=me(request))
    return pages.redirect(f"/ballots/{ballot.id}", Phrase("It is recorded who of your household votes."))


@signed_in
async def authorities(request: Request, errors: Any = None, kept: Any = None) -> Response:
    ballot, q = await _allowed(request, "ballot.authorise"), asked(request, "q", "holder")
    return pages.show(
        request, "ballots/proxies.html", _("Written authorities"), here="meetings", errors=errors, kept=kept or {}, ballot=ballot, q=q["q"],
        voters=[(one.voter, one.label) for one in await Entitlement.listed(ballot.id, q["q"])],
        proxies=await Proxy.of(ballot), labels=await Entitlement.labels(ballot.id),
        people=[(str(one.id), f"{one.name} · {one.place.name}") for one in await proxies.people(ballot, q["q"])],
    )  # fmt: skip


@signed_in
async def authorise(request: Request) -> Response:
    ballot = await _allowed(request, "ballot.authorise")
    given = await forms.read(request, Authority, authorities)
    holder = await proxies.person(ballot, given.holder)
    await proxies.authorise(ballot, given.voter, holder, given.written_on, await given.photo.read(), by=me(request))
    return pages.redirect(f"/ballots/{ballot.id}/proxies", Phrase("The authority is entered."))


@signed_in
async def take_back(request: Request) -> Response:
    ballot = await _allowed(request, "ballot.authorise")
    await proxies.withdraw(await proxies.one(ballot, request.path_params["number"]), by=me(request))
    return pages.redirect(f"/ballots/{ballot.id}/proxies", Phrase("The authority is taken back."))


@signed_in
async def doors(request: Request) -> Response:
    ballot, building = await _allowed(request, "ballot.reach"), asked(request, "building")["building"]
    floors = await reaching.not_reached(ballot, by=me(request))
    buildings = list(dict.fromkeys(one.building for one in floors if one.building))
    return pages.show(
        request, "ballots/doors.html", _("Who is not reached yet"), here="meetings", ballot=ballot, building=building, buildings=buildings,
        floors=[one for one in floors if not building or one.building == building],
    )  # fmt: skip


@signed_in
async def checks(request: Request, errors: Any = None, kept: Any = None) -> Response:
    """One paper at a time: the picture, and no word of what was entered."""
    ballot = await _allowed(request, "ballot.check_paper")
    waiting = await reaching.waiting(ballot, me(request))
    vote, label = waiting[0] if waiting else (None, "")
    return pages.show(
        request, "ballots/checks.html", _("Check papers from the door"), here="meetings", errors=errors, kept=kept or {}, ballot=ballot, vote=vote,
        label=label, left=len(waiting), paper=outcomes.paper(ballot), choices=booth.choices(ballot),
        photos=await photos.of("Vote", vote.id) if vote else [],
    )  # fmt: skip


@signed_in
async def check(request: Request) -> Response:
    ballot = await _allowed(request, "ballot.check_paper")
    given = await forms.read(request, votes.Filled, checks)
    await reaching.check_paper(await reaching.one(ballot, request.path_params["number"]), votes.filled(ballot, given), by=me(request))
    return pages.redirect(f"/ballots/{ballot.id}/checks", Phrase("The paper is checked."))


@signed_in
async def photo(request: Request) -> Response:
    """The picture of a paper, for those who check it."""
    ballot = await _allowed(request, "ballot.check_paper")
    vote = await reaching.one(ballot, request.path_params["number"])
    return await picture(await photos.one(request.path_params["photo"], "Vote", vote.id))


routes = [
    Route("/ballots/{id:int}/voters", roll),
    Route("/ballots/{id:int}/voters/objections", object_to_roll, methods=["POST"]),
    Route("/ballots/{id:int}/voters/objections/{number:int}/answer", answer, methods=["POST"]),
    Route("/ballots/{id:int}/voice", voice),
    Route("/ballots/{id:int}/voice", name_voice, methods=["POST"]),
    Route("/ballots/{id:int}/proxies", authorities),
    Route("/ballots/{id:int}/proxies", authorise, methods=["POST"], max_body_size=forms.PHOTO),
    Route("/ballots/{id:int}/proxies/{number:int}/withdrawal", take_back, methods=["POST"]),
    Route("/ballots/{id:int}/doors", doors),
    Route("/ballots/{id:int}/checks", checks),
    Route("/ballots/{id:int}/checks/{number:int}", check, methods=["POST"]),
    Route("/ballots/{id:int}/checks/{number:int}/photos/{photo:int}", photo),
]
