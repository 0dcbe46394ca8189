"""Meetings: the list, calling one, its page, correcting a draft, its entry for a calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import AwareDatetime, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import clock
from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood import listing
from council.neighbourhood.offices import may, must
from council.neighbourhood.places import Place
from council.proceedings import agenda, calling, chains, clashes, diary, petitions, times
from council.proceedings.documents import Document
from council.proceedings.invitations import Invitation
from council.proceedings.matters import Matter
from council.proceedings.meetings import LIVE, Meeting
from council.proceedings.petitions import Petition
from council.proceedings.roll import Seat
from council.refusals import Refusal
from council.routes import forms, pages, sessions
from council.routes.feeds import origin
from council.routes.standing import asked, enter, me, needed, number, signed_in
from council.rules import kinds, villages
from council.rules.thresholds import THRESHOLDS
from council.secretariat import announcements, calendars
from council.text import Line

Title = Annotated[Line, Field(min_length=2, max_length=120)]
Hour = Annotated[str, Field(pattern=r"^([01]?\d|2[0-3])[:：][0-5]\d$")]


class PlanForm(forms.Shape):
    title: Title
    day: date
    hour: Hour
    until: Annotated[str, Field(pattern=r"^(([01]?\d|2[0-3])[:：][0-5]\d)?$")] = ""
    venue: Annotated[Line, Field(max_length=120)] = ""
    link: Annotated[str, Field(max_length=300)] = ""
    rule: Annotated[str, Field(max_length=40)] = ""
    listed: Annotated[int, Field(ge=0, le=100_000)] = 0
    quorum: Annotated[str, Field(max_length=24)] = ""

    def plan(self) -> calling.Plan:
        return calling.Plan(
            title=self.title, starts_at=at(self.day, self.hour), ends_at=at(self.day, self.until) if self.until else None,
            venue=self.venue, link=self.link, rule_id=self.rule, listed=self.listed, quorum=self.quorum,
        )  # fmt: skip


class TimeForm(forms.Shape):
    starts_at: AwareDatetime


class NewForm(PlanForm):
    kind: Annotated[str, Field(max_length=40)]
    place: int
    matter: int = 0
    petition: int = 0
    follows: int = 0


def at(day: date, hour: str) -> datetime:
    """A wall-clock time of the district."""
    hours, _sep, minutes = hour.replace("：", ":").partition(":")
    return datetime.combine(day, time(int(hours), int(minutes)), clock.ZONE)


async def found(request: Request) -> Meeting:
    """The meeting that the address names; what one may not know of does not exist."""
    return await Meeting.find(request.path_params["id"], sessions.who(request))


def path(meeting: Meeting, part: str = "") -> str:
    return f"/meetings/{meeting.id}" + (f"/{part}" if part else "")


async def whence(request: Request, meeting: Meeting) -> tuple[str, str]:
    """Where somebody in the middle of a running meeting came from: the desk or the room; for everybody else, its page."""
    who = sessions.who(request)
    if meeting.stage in LIVE and who.id is not None and who.id == meeting.chair_id:
        return path(meeting, "desk"), _("Back to the desk")
    if meeting.stage in LIVE and not pages.fragment(request) and await Seat.of(meeting, who):
        return path(meeting, "room"), _("Back to the room")
    return path(meeting), _("Back to the meeting")


async def index(request: Request) -> Response:
    who, held = sessions.who(request), sessions.held(request)
    which = request.query_params.get("which", "coming")
    which = which if which in ("coming", "past", "mine") else "coming"
    part = await diary.part(which, who, held, request.query_params.get("after", ""))
    more = f"/meetings?{urlencode({'which': which, 'after': part.after})}" if part.after else ""
    return pages.show(
        request, "meetings/list.html", _("Meetings"), here="meetings", rows=[announcements.row(one) for one in part.rows], which=which, more=more,
        may_call=bool(listing.reach(held, "meeting.call")), block="rows",
    )  # fmt: skip


@signed_in
async def new(request: Request, errors: Any = None, kept: Any = None) -> Response:
    enter(request, "meeting.call")
    wanted = {**asked(request, "kind", "matter", "place", "petition", "follows"), **(kept or {})}
    if wanted["kind"] not in kinds.KINDS:
        return await _kinds(request, str(wanted["matter"]))
    if kept is None and (asking := number(wanted["petition"])):
        wanted["title"] = (await Petition.find(asking)).title
    row, level = kinds.kind(wanted["kind"]), kinds.kind(wanted["kind"]).level.value
    places = await listing.places_within(sessions.held(request), "meeting.call", level)
    return pages.show(
        request, "meetings/new.html", _("Call a meeting"), here="meetings", errors=errors, kept=wanted, row=row, places=listing.options(places),
        action="/meetings", back="/meetings/new", rules=_rules(row, places), shares=_shares(row), today=clock.today().isoformat(),
    )  # fmt: skip


async def _kinds(request: Request, matter: str) -> Response:
    levels = {place.level for place in await listing.places_within(sessions.held(request), "meeting.call")}
    more = f"&matter={number(matter)}" if number(matter) else ""
    rows = [
        {"href": f"/meetings/new?kind={row.code}{more}", "title": str(row.name),
         "facts": [str(row.level.label), str(row.rhythm), str(row.effect.label)]}
        for row in kinds.KINDS.values() if row.level.value in levels
    ]
    return pages.show(request, "meetings/kinds.html", _("Which kind of meeting?"), here="meetings", rows=rows)


def _rules(row: kinds.Kind, places: Iterable[Place]) -> list[tuple[str, str]]:
    """The rules by which such a meeting may decide there, if there is a choice."""
    fitting = [code for code in row.rules if villages.applies(code, [(one.name, one.code) for one in places])]
    return [(code, str(THRESHOLDS[code].name)) for code in fitting] if len(fitting) > 1 else []


def _shares(row: kinds.Kind) -> list[tuple[str, str]]:
    if "quorum" not in THRESHOLDS[row.rule_id].configurable:
        return []
    words = {"2/3 inclusive": _("two thirds (usual)"), "1/2 strict": _("more than half"), "1/2 inclusive": _("half or more")}
    return list(words.items())


@signed_in
async def call(request: Request) -> Response:
    given = await forms.read(request, NewForm, again=new)
    place = await needed(request, Place, given.place, "meeting.call", "place")
    meeting = await calling.call(given.kind, place, given.plan(), by=me(request))
    if given.matter:
        matter = await Matter.seen_by(me(request), given.matter)
        await agenda.add(meeting, matter.title, by=me(request), matter=matter)
    if given.follows:
        await chains.follow(meeting, await Meeting.find(given.follows, me(request)), by=me(request))
    if given.petition:
        asking = await Petition.find(given.petition)
        await petitions.answer(asking, meeting, by=me(request))
        await agenda.add(meeting, asking.title, by=me(request), words=asking.reason)
    return pages.redirect(path(meeting), Phrase("The draft is made. Now set the agenda and invite people."))


async def page(request: Request) -> Response:
    meeting, who = await found(request), sessions.who(request)
    inside, steps = await may(who, "meeting.see", meeting), await announcements.steps(meeting, who)
    invited, mine = await Invitation.all_of(meeting), await Invitation.of(meeting, who)
    return pages.show(
        request, "meetings/page.html", meeting.title, here="meetings", meeting=meeting, row=meeting.row, items=await announcements.items(meeting),
        invited=announcements.guests(invited) if inside else [], counts=announcements.counts(invited), inside=inside,
        facts=announcements.facts(meeting, await announcements.handed_over(meeting)), steps=steps, mine=mine, asked=await times.wanted(meeting, mine),
        chairs=await may(who, "meeting.open", meeting) or meeting.chair_id == who.id, stage=announcements.stage(meeting),
        keeps=await may(who, "meeting.keep_roll", meeting), after=await announcements.afterwards(meeting, who),
        documents=await Document.of_meeting(meeting) if inside else [],
        lays=meeting.stage in ("open", "adjourned") and await may(who, "document.add", meeting),
        may_hand=meeting.stage in LIVE and await may(who, "meeting.hand_over", meeting), gone=await Seat.gone(meeting, who),
        may_cancel=bool(steps) and await may(who, "meeting.cancel", meeting),
        clashes=await clashes.clashes(meeting) if steps else [], warnings=announcements.warnings(meeting) if steps else [],
        answered=announcements.answered(meeting, invited) if inside and meeting.stage == "called" and meeting.notice_at else None,
    )  # fmt: skip


@signed_in
async def correction(request: Request, errors: Any = None, kept: Any = None) -> Response:
    meeting = await found(request)
    await must(me(request), "meeting.change", meeting)
    start = clock.local(meeting.starts_at)
    kept = kept or {
        "title": meeting.title, "day": start.date().isoformat(), "hour": f"{start:%H:%M}", "venue": meeting.venue, "link": meeting.link,
        "until": f"{clock.local(meeting.ends_at):%H:%M}" if meeting.ends_at else "", "rule": meeting.rule_id, "listed": meeting.listed or "",
        "quorum": meeting.quorum_fraction,
    }  # fmt: skip
    return pages.show(
        request, "meetings/new.html", _("Correct the draft"), here="meetings", errors=errors,
        kept={"kind": meeting.kind, "matter": "", "petition": "", "follows": "", **kept},
        row=meeting.row, places=[], action=path(meeting, "correction"), back=path(meeting), rules=_rules(meeting.row, [meeting.place]),
        shares=_shares(meeting.row), today=clock.today().isoformat(),
    )  # fmt: skip


@signed_in
async def correct(request: Request) -> Response:
    meeting = await found(request)
    given = await forms.read(request, PlanForm, again=correction)
    await calling.change(meeting, given.plan(), by=me(request))
    return pages.redirect(path(meeting), Phrase("Saved."))


@signed_in
async def free_times(request: Request, errors: Any = None, kept: Any = None) -> Response:
    """When chair and room are free: one press takes a time for a draft."""
    meeting = await found(request)
    await must(me(request), "meeting.change", meeting)
    return pages.show(
        request, "meetings/free.html", _("Free times"), here="meetings", errors=errors, meeting=meeting, free=await clashes.free(meeting),
        clashes=await clashes.clashes(meeting), warnings=announcements.warnings(meeting),
    )  # fmt: skip


@signed_in
async def take_time(request: Request) -> Response:
    meeting = await found(request)
    given = await forms.read(request, TimeForm, again=free_times)
    await calling.move_draft(meeting, given.starts_at, by=me(request))
    return pages.redirect(path(meeting), Phrase("Saved."))


async def calendar_file(request: Request) -> Response:
    meeting = await found(request)
    if meeting.notice_at is None:
        raise Refusal("The meeting has not been called yet.", status=409)
    name = f'attachment; filename="meeting-{meeting.id}.ics"'
    return Response(calendars.ics(meeting, origin(request)), media_type="text/calendar", headers={"content-disposition": name})


routes = [
    Route("/meetings", index, name="meetings"),
    Route("/meetings", call, methods=["POST"]),
    Route("/meetings/new", new),
    Route("/meetings/{id:int}", page),
    Route("/meetings/{id:int}/correction", correction),
    Route("/meetings/{id:int}/correction", correct, methods=["POST"]),
    Route("/meetings/{id:int}/free-times", free_times),
    Route("/meetings/{id:int}/free-times", take_time, methods=["POST"]),
    Route("/meetings/{id:int}/meeting.ics", calendar_file),
]
