"""Invitations: whom to call, the slips, and the page behind a personal link."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.journal import writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Person
from council.proceedings import guests, invitations, roll, slips
from council.proceedings.invitations import Guest, Invitation
from council.refusals import Refusal
from council.routes import forms, limits, pages, sessions
from council.routes.meetings import found, path
from council.routes.standing import asked, me, signed_in
from council.rules.kinds import Called, Capacity
from council.secretariat import announcements
from council.text import Line


class InviteForm(forms.Shape):
    boxes = forms.A_ROLL
    group: Annotated[str, Field(max_length=32)] = ""
    guest: list[Annotated[str, Field(max_length=60)]] = Field(default_factory=list, max_length=3000)
    name: Annotated[Line, Field(max_length=50)] = ""
    capacity: Annotated[str, Field(max_length=16)] = ""


class ReplyForm(forms.Shape):
    answer: Literal["yes", "no", "substitute"]
    substitute: Annotated[Line, Field(max_length=50)] = ""


class SeatForm(forms.Shape):
    where: Literal["room", "remote"] = "room"


class SlipForm(forms.Shape):
    only: int = 0


@signed_in
async def page(request: Request, errors: Any = None, kept: Any = None) -> Response:
    meeting = await found(request)
    await must(me(request), "meeting.invite", meeting)
    wanted = asked(request, "q")
    invited = await Invitation.all_of(meeting)
    fresh = [(called, guests.without(there, invited)) for called, there in await guests.suggested(meeting)]
    groups = [(called, called.name, [(_box(called, s), s.guest.label, s.why) for s in there], [_box(called, s) for s in there if s.ticked])
              for called, there in fresh if there]  # fmt: skip
    return pages.show(
        request, "meetings/invitations.html", _("Whom to invite"), here="meetings", errors=errors, kept=kept or {}, meeting=meeting, q=wanted["q"],
        groups=groups, people=[(g.key, g.label) for g in await guests.people(meeting, wanted["q"])], options=_groups(meeting),
        capacities=[("", _("as the group has it")), ("OBSERVER", str(Capacity.OBSERVER.label)), ("SUPERVISOR", str(Capacity.SUPERVISOR.label))],
        invited=invited, labels={c.value: str(c.label) for c in Capacity}, register=len(await guests.everybody(meeting)),
        households=meeting.rule_id.endswith("_HH"),
    )  # fmt: skip


def _box(called: Called, suggested: guests.Suggestion) -> str:
    """What a tick sends: as which of the groups, and who."""
    return f"{called.code}|{suggested.guest.key}"


def _groups(meeting: Any) -> list[tuple[str, str]]:
    named = [(one.code, str(Phrase("%(group)s (%(capacity)s)", group=one.name, capacity=one.capacity.label))) for one in meeting.row.called]
    return [("", _("choose")), *named] if len(named) > 1 else named


@signed_in
async def invite(request: Request) -> Response:
    meeting = await found(request)
    given = await forms.read(request, InviteForm, again=page)
    ticked = guests.by_group(given.guest, given.group)
    if not given.group and (given.name or "" in ticked):
        raise Refusal("Choose as what they are invited.", field="group")
    written = [Guest(given.name)] if given.name else []
    chosen = {group: await guests.chosen(meeting, keys) + written for group, keys in (ticked or {given.group: []}).items()}
    if not any(chosen.values()):
        raise Refusal("Choose at least one, or write a name.", field="guest")
    made = 0
    async with writing():
        for group, those in chosen.items():
            made += len(await invitations.invite(meeting, group, those, by=me(request), capacity=given.capacity))
    return pages.redirect(path(meeting, "invitations"), Phrase("Invited: %(n)s.", n=made))


@signed_in
async def invite_everybody(request: Request) -> Response:
    meeting = await found(request)
    made = await invitations.invite(meeting, guests.REGISTERED, await guests.everybody(meeting), by=me(request))
    return pages.redirect(path(meeting, "invitations"), Phrase("Invited: %(n)s.", n=len(made)))


@signed_in
async def take_back(request: Request) -> Response:
    invitation, meeting = await Invitation.find(request.path_params["id"], sessions.who(request))
    await invitations.take_back(invitation, meeting, by=me(request))
    return pages.redirect(path(meeting, "invitations"), Phrase("Struck off the list."))


@signed_in
async def before_slips(request: Request) -> Response:
    meeting = await found(request)
    await must(me(request), "meeting.issue_slips", meeting)
    return pages.show(request, "meetings/slips.html", _("Slips with codes"), here="meetings", meeting=meeting, slips=[], address="")


@signed_in
async def make_slips(request: Request) -> Response:
    """Shown once, in the answer itself: the codes are kept nowhere."""
    meeting = await found(request)
    given = await forms.read(request, SlipForm)
    made = await slips.issue(meeting, by=me(request), only=[given.only] if given.only else [])
    address = str(request.base_url).rstrip("/")
    return pages.show(request, "meetings/slips.html", _("Slips with codes"), here="meetings", meeting=meeting, slips=made, address=address)


async def opened(request: Request, errors: Any = None, kept: Any = None) -> Response:
    """The page behind a personal link: shows name and flat, acts only on a click."""
    limits.take(request, "link")
    invitation = await Invitation.by_link(request.path_params["token"])
    meeting, who = invitation.meeting, sessions.who(request)
    return pages.show(
        request, "meetings/invitation.html", meeting.title, here="meetings", errors=errors, kept=kept or {"answer": invitation.reply},
        meeting=meeting, invitation=invitation, items=await announcements.items(meeting),
        facts=announcements.call(meeting, await announcements.handed_over(meeting)),
        token=request.path_params["token"], capacity=Capacity(invitation.capacity).label, other=_other(who, invitation),
        stage=announcements.stage(meeting),
    )  # fmt: skip


def _other(who: Any, invitation: Invitation) -> str:
    """The name of somebody else who is signed in on this device."""
    return who.name if isinstance(who, Person) and who.id != invitation.person_id else ""


async def _mine(request: Request) -> Invitation:
    """The invitation of a link, unless somebody else is signed in here."""
    invitation = await Invitation.by_link(request.path_params["token"], along=("meeting",))
    if name := _other(sessions.who(request), invitation):
        raise Refusal("You are signed in as %(name)s. Sign out first to use somebody else's link.", name=name, status=409)
    return invitation


@signed_in
async def answer(request: Request) -> Response:
    """Whoever has an account answers on the page of the meeting."""
    invitation, meeting = await Invitation.find(request.path_params["id"], sessions.who(request))
    given = await forms.read(request, ReplyForm)
    await invitations.reply(invitation, given.answer, by=me(request), substitute=given.substitute)
    return pages.redirect(path(meeting), Phrase("Your answer is noted. You can change it until the meeting opens."))


async def reply(request: Request) -> Response:
    given = await forms.read(request, ReplyForm, again=opened)
    invitation = await _mine(request)
    await sessions.carry(request, "Invitation", invitation.id)
    await invitations.reply(invitation, given.answer, by=sessions.who(request), substitute=given.substitute)
    return pages.redirect(request.url.path.removesuffix("/reply"), Phrase("Your answer is noted. You can change it until the meeting opens."))


async def sit(request: Request) -> Response:
    given = await forms.read(request, SeatForm, again=opened)
    async with writing():
        invitation = await _mine(request)
        by = sessions.holding(request, "Invitation", invitation.id)
        seat = await roll.sit_by_link(invitation, invitation.meeting, by=by, where=given.where)
        await sessions.carry_all(request, ["Invitation", invitation.id], ["Seat", seat.id])
    return pages.redirect(path(invitation.meeting, "room"), Phrase("You are in the room."))


routes = [
    Route("/meetings/{id:int}/invitations", page),
    Route("/meetings/{id:int}/invitations", invite, methods=["POST"]),
    Route("/meetings/{id:int}/invitations/register", invite_everybody, methods=["POST"]),
    Route("/invitations/{id:int}/withdrawal", take_back, methods=["POST"]),
    Route("/invitations/{id:int}/reply", answer, methods=["POST"]),
    Route("/meetings/{id:int}/slips", before_slips),
    Route("/meetings/{id:int}/slips", make_slips, methods=["POST"]),
    Route("/i/{token}", opened),
    Route("/i/{token}/reply", reply, methods=["POST"]),
    Route("/i/{token}/seat", sit, methods=["POST"]),
]
