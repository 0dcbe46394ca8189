"""Matters: the list, the page of one of them, and what officers do there."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any
from urllib.parse import urlencode

from markupsafe import Markup
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import i18n, markup
from council.figures import short_day
from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood import listing
from council.neighbourhood.offices import Standing, may
from council.neighbourhood.places import Place
from council.proceedings import ballotboard, photos
from council.proceedings.ballots import Ballot
from council.proceedings.consultations import Consultation
from council.proceedings.contacts import to_report_at
from council.proceedings.evaluations import SCORES, rate
from council.proceedings.matters import Matter
from council.proceedings.referrals import elsewhere
from council.proceedings.sight import AFFAIRS, PAGE, Line, Wanted, listed
from council.proceedings.tasklists import of as tasks_of
from council.proceedings.tasks import Task, assignable, decided
from council.proceedings.timeline import public_timeline, responsible, timeline
from council.proceedings.triage import link, returnable
from council.proceedings.withdrawals import withdrawable
from council.routes import forms, pages, reporting, sessions, standing
from council.routes.progress import Rating, said
from council.rules import stages
from council.rules.affairs import Affair, Level
from council.secretariat import search

STATES = {"waiting": Phrase("Waiting"), "under_way": Phrase("Under way"), "finished": Phrase("With a result")}
TONES = {"reported": "wait", "confirmed": "wait", "settled": "done", "answered": "done", "done": "done", "closed": "done", "withdrawn": "stop"}
CHANNELS = {"web": Phrase("on the web"), "phone": Phrase("by telephone"), "door": Phrase("at the door"), "desk": Phrase("at the service centre")}
LEVELS = {level.value: level.label for level in Level} | {"DISTRICT": Phrase("District")}


class Answer(forms.Shape):
    words: Annotated[str, Field(min_length=4, max_length=2000)]


class Number(forms.Shape):
    number: Annotated[int, Field(ge=1, le=2**31 - 1)]


def row(line: Any, places: dict[int, str]) -> dict[str, Any]:
    """A matter as ui.rows shows it."""
    return {
        "href": f"/matters/{line.id}", "title": line.title, "affair": line.affair, "stage": str(stages.name("Matter", line.stage)),
        "tone": TONES.get(line.stage, "now"), "facts": [fact for fact in (places.get(line.place_id, ""), short_day(line.reported_at)) if fact],
    }  # fmt: skip


@lru_cache(maxsize=8192)
def _drawn(language: str, line: Line, place: str) -> Markup:
    """A matter of the list as HTML, drawn once for each language and content."""
    return markup.drawn(row(line, {line.place_id: place}))


async def index(request: Request) -> Response:
    asked, by = request.query_params, sessions.who(request)
    places = await to_report_at()
    grid = next((place for place in places if str(place.id) == asked.get("grid")), None)
    found = await search.matters(asked.get("q", ""), by) if asked.get("q") else None
    before = standing.number(asked.get("before", ""))
    wanted = Wanted(asked.get("affair", ""), asked.get("state", ""), grid.path if grid else "", before, found)
    lines, names = await listed(by, wanted), {place.id: place.name for place in places}
    rows = [_drawn(i18n.language(), line, names.get(line.place_id, "")) for line in lines[:PAGE]]
    return pages.show(
        request, "matters/list.html", _("Matters"), here="matters", block="rows", rows=rows,
        q=asked.get("q", ""), filters=_filters(asked, places, bool(sessions.held(request))), more=_more(request, lines), filtered=_narrowed(asked),
    )  # fmt: skip


def _narrowed(asked: Any) -> bool:
    return any(asked.get(name) for name in ("q", "affair", "state", "grid", "before"))


def _more(request: Request, lines: list[Line]) -> str:
    """The address of the next page: the same question, older than the last one shown."""
    if len(lines) <= PAGE:
        return ""
    return f"/matters?{urlencode({**request.query_params, 'before': lines[PAGE - 1].id})}"


def _filters(asked: Any, places: list[Place], officer: bool) -> list[dict[str, Any]]:
    affairs = [Affair(code) for code in AFFAIRS if officer or code != "HOUSEHOLD"]
    return [
        _filter("affair", _("Kind"), asked, [(one.value, one.label) for one in affairs]),
        _filter("state", _("State"), asked, list(STATES.items())),
        _filter("grid", _("Grid"), asked, [(str(place.id), place.name) for place in places if place.level == "GRID"]),
    ]


def _filter(name: str, label: str, asked: Any, options: list[tuple[str, Any]]) -> dict[str, Any]:
    return {"name": name, "label": label, "chosen": asked.get(name, ""), "options": [("", _("All")), *options]}


async def find(request: Request) -> Matter:
    return await Matter.seen_by(sessions.who(request), request.path_params["id"])


async def show(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    matter, who = await find(request), sessions.who(request)
    whole = await matter.told_to(who)
    place = await Place.get(id=matter.place_id)
    steps = await (timeline(matter) if whole else public_timeline(matter))
    return pages.show(
        request, "matters/page.html", matter.title, here="matters", errors=errors, kept=kept or {}, matter=matter, whole=whole,
        facts=await _facts(matter, place, who if whole else None), stage=stages.name("Matter", matter.stage), tone=TONES.get(matter.stage, "now"),
        timeline=said(steps), photos=await photos.of("Matter", matter.id), acts=await _acts(matter, who, sessions.held(request)),
        tasks=[_task(task) for task in await tasks_of(matter, who)], may_answer=await may(who, "matter.answer", matter),
        may_settle=await may(who, "matter.settle", matter), may_link=await may(who, "matter.link", matter),
        may_withdraw=await withdrawable(matter, who), elsewhere=await elsewhere(matter),
        may_rate=await may(who, "matter.rate", matter), scores=list(SCORES.items()),
    )  # fmt: skip


async def _facts(matter: Matter, place: Place, who: Any) -> list[tuple[Any, ...]]:
    """Where, when and who handles it; the contact only for those who may ring."""
    where = f"{place.name} {matter.spot}" if who else place.name
    facts: list[tuple[Any, ...]] = [(_("Place"), where), (_("Reported on"), i18n.day(matter.reported_at))]
    if matter.affair:
        facts.append((_("Handled by"), f"{LEVELS[matter.level]} · {Affair(matter.affair).meeting}"))
    public = [one for one in await decided(matter) if not one.private]
    facts += [(_("Decided"), Phrase("Resolution %(number)s", number=one.number), f"/resolutions/{one.id}", _("Open")) for one in public]
    facts += [(_("Vote"), ballotboard.heading(one), f"/ballots/{one.id}", _("Open")) for one in await ballotboard.about(matter.id)]
    facts += [(_("Consultation"), one.question, f"/consultations/{one.id}", _("Open")) for one in await Consultation.about(matter.id)]
    if who is None:
        return facts
    if matter.same_as_id:
        facts.append((_("The same case as"), "", f"/matters/{matter.same_as_id}", Phrase("No. %(n)s", n=matter.same_as_id)))
    if await may(who, "person.see_phone", matter):
        name, phone = matter.reporter_name or _("no name left"), matter.phone or _("no telephone left")
        facts.append((_("Reported by"), f"{name} · {phone}"))
        facts.append((_("Came in"), CHANNELS[matter.channel]))
    return facts


async def _acts(matter: Matter, who: Any, held: Standing) -> list[tuple[str, str, str]]:
    """What this officer may do now: (address, word, kind); the first is the next step."""
    street = await (await Place.get(id=matter.place_id)).at_level(matter.level)
    confirming = await may(who, "matter.confirm", matter)
    listable = bool(listing.reach(held, "meeting.call")) and await may(who, "matter.list", matter)
    agenda = (f"/meetings/new?matter={matter.id}", _("Put it on the agenda of a meeting"), listable)
    task = (f"/matters/{matter.id}/tasks/new", _("Give a task"), await assignable(matter) and await may(who, "task.assign", matter))
    found = [
        (f"/matters/{matter.id}/triage", _("Confirm or correct the kind"), confirming and matter.stage == "reported"),
        *((task, agenda) if matter.affair == "OFFICIAL" or matter.stage == "deliberated" else (agenda, task)),
        (f"/consultations/new?matter={matter.id}", _("Ask everybody concerned"), matter.public and await may(who, "consultation.draft", matter)),
        (f"/matters/{matter.id}/ballots/new", _("Put it to a vote outside meetings"), await _votable(matter, who)),
        (_mediation(matter), _("Draft a mediation agreement"), matter.affair == "HOUSEHOLD" and await may(who, "mediation.draft", matter)),
        (f"/matters/{matter.id}/transfer", _("Raise to the level above"), matter.level != "STREET" and await may(who, "matter.escalate", matter)),
        (f"/matters/{matter.id}/return", _("Send back"), await returnable(matter) and await may(who, "matter.send_back", matter, at=street)),
        (f"/matters/{matter.id}/triage", _("Correct the kind"), confirming and matter.stage == "confirmed"),
        (f"/matters/{matter.id}/referral/return", _("It comes back to us"), await may(who, "matter.take_back", matter)),
        (f"/matters/{matter.id}/referral/new", _("Hand it over to another body"), await may(who, "matter.refer", matter)),
    ]  # fmt: skip
    return [(href, word, "second" if n else "first") for n, (href, word) in enumerate((h, w) for h, w, possible in found if possible)]


async def _votable(matter: Matter, who: Any) -> bool:
    """May this officer ask households, residents or a list to vote on it, as advice or as owners?"""
    alive = matter.stage in ("confirmed", "listed", "deliberated", "assigned")
    return alive and matter.public and matter.affair != "HOUSEHOLD" and await may(who, "ballot.draw", Ballot(path=matter.path))


def _mediation(matter: Matter) -> str:
    """Where what neighbours settled is written down to be signed, with whoever reported it already chosen."""
    chosen = f"&concerned={matter.reporter_id}" if matter.reporter_id else ""
    return f"/mediations/new?place={matter.place_id}{chosen}"


def _task(task: Task) -> dict[str, Any]:
    return {
        "href": f"/tasks/{task.id}", "title": task.words, "stage": str(stages.NAMES[task.stage]),
        "tone": "stop" if task.overdue else "done" if task.stage == "accepted" else "now",
        "facts": [responsible(task), str(Phrase("by %(day)s", day=i18n.day(task.deadline)))],
    }  # fmt: skip


async def answer(request: Request) -> Response:
    matter = await find(request)
    given = await forms.read(request, Answer, show)
    await matter.reply(given.words, by=sessions.who(request))
    return pages.redirect(f"/matters/{matter.id}", Phrase("Answered. The reporter sees it and is asked for a rating."))


async def settle(request: Request) -> Response:
    matter = await find(request)
    given = await forms.read(request, Answer, show)
    await matter.settle(given.words, by=sessions.who(request))
    return pages.redirect(f"/matters/{matter.id}", Phrase("Settled. The reporter sees it and is asked for a rating."))


async def same(request: Request) -> Response:
    matter = await find(request)
    given = await forms.read(request, Number, show)
    await link(matter, given.number, by=sessions.who(request))  # type: ignore[arg-type]
    return pages.redirect(f"/matters/{matter.id}", Phrase("Linked."))


async def rate_it(request: Request) -> Response:
    """Whoever reported it with an account says whether it is solved, where the inbox leads."""
    matter = await find(request)
    given = await forms.read(request, Rating, show)
    return pages.redirect(f"/matters/{matter.id}", await rate(matter, given.score, given.words, by=sessions.who(request)))


routes = [
    *reporting.routes,
    Route("/matters", index, name="matters"),
    Route("/matters/{id:int}", show, name="matter"),
    Route("/matters/{id:int}/answer", answer, methods=["POST"]),
    Route("/matters/{id:int}/settlement", settle, methods=["POST"]),
    Route("/matters/{id:int}/link", same, methods=["POST"]),
    Route("/matters/{id:int}/rating", rate_it, methods=["POST"]),
]
