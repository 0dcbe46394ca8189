"""Chains: four deliberations and two publicities gate by gate; and the line of meetings that follow one another."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import clock
from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.listing import options, places_within, reach
from council.neighbourhood.offices import Standing, may
from council.neighbourhood.places import Place
from council.proceedings import chains, gates
from council.proceedings.chains import Chain, Step
from council.refusals import Refusal
from council.routes import forms, pages, sessions
from council.routes.meetings import found
from council.routes.standing import enter, me, needed, signed_in
from council.rules.chains import GATES, RESOLVING, Figures, Gate, gate, rule_of
from council.rules.kinds import kind
from council.rules.thresholds import threshold
from council.rules.villages import applies
from council.secretariat import announcements
from council.text import Line

Count = Annotated[int, Field(ge=0, le=1_000_000)]


class ChainForm(forms.Shape):
    title: Annotated[Line, Field(min_length=4, max_length=120)]
    place: int
    rule: Annotated[str, Field(max_length=40)] = "RC_REPS"


class StepForm(forms.Shape):
    code: Annotated[str, Field(max_length=24)]
    body: Annotated[Line, Field(min_length=2, max_length=120)]
    day: date | None = None
    until: date | None = None
    entitled: Count = 0
    present: Count = 0
    yes: Count = 0
    document: Annotated[Line, Field(min_length=2, max_length=300)]
    meeting: Annotated[str, Field(pattern=r"^(\d{1,9}(:\d{1,9})?)?$")] = ""

    @property
    def on_day(self) -> date:
        """The day of a gate that was passed on paper."""
        if self.day is None:
            raise Refusal("Fill in this field.", field="day")
        return self.day


async def index(request: Request) -> Response:
    rows = []
    for one in await Chain.newest():
        done = await one.steps()
        last, tone = str(GATES[len(done) - 1].name) if done else "", "done" if len(done) == len(GATES) else "now"
        rows.append({"href": f"/chains/{one.id}", "title": one.title, "stage": f"{len(done)}/{len(GATES)}", "tone": tone,
                     "facts": [one.place.name, last]})  # fmt: skip
    begins = bool(reach(sessions.held(request), "chain.keep"))
    return pages.show(request, "chains/list.html", _("Four deliberations, two publicities"), here="meetings", rows=rows, begins=begins)


@signed_in
async def new(request: Request, errors: Any = None, kept: Any = None) -> Response:
    enter(request, "chain.keep")
    places = await places_within(sessions.held(request), "chain.keep", "COMMUNITY")
    rules = [(code, str(threshold(code).name)) for code in RESOLVING if applies(code, [(one.name, one.code) for one in places])]
    return pages.show(
        request, "chains/new.html", _("Take a matter through the six steps"), here="meetings", errors=errors, kept=kept or {},
        places=options(places), rules=rules,
    )  # fmt: skip


@signed_in
async def begin(request: Request) -> Response:
    given = await forms.read(request, ChainForm, again=new)
    place = await needed(request, Place, given.place, "chain.keep", "place")
    made = await chains.begin(given.title, place, given.rule, by=me(request))
    return pages.redirect(f"/chains/{made.id}", Phrase("Begun. Enter each step when it has been taken."))


async def page(request: Request, errors: Any = None, kept: Any = None) -> Response:
    chain = await Chain.find(request.path_params["id"])
    steps = await chain.steps()
    following = GATES[len(steps)] if len(steps) < len(GATES) and await may(sessions.who(request), "chain.keep", chain) else None
    held = await gates.held_for(chain, following) if following else []
    return pages.show(
        request, "chains/page.html", chain.title, here="meetings", errors=errors, chain=chain,
        kept=kept or {"day": clock.today().isoformat(), "meeting": held[0].key if held else ""},
        gates=[_gate(one, chain, steps) for one in GATES], following=following, counted=bool(following and following.rule),
        held=[(one.key, str(one.words)) for one in held], resolving=threshold(chain.rule_id).name,
        calls=_calls(following, chain, sessions.held(request)),
    )  # fmt: skip


def _calls(following: Gate | None, chain: Chain, standing: Standing) -> list[tuple[str, Phrase]]:
    """The kinds of meeting by which the next step can be taken, for those who may call one: where, and what it is."""
    if following is None or not reach(standing, "meeting.call"):
        return []
    fitting = [row for row in map(kind, following.kinds) if row.level.value == chain.place.level]
    return [(f"/meetings/new?kind={row.code}&place={chain.place_id}", row.name) for row in fitting]


def _gate(one: Gate, chain: Chain, steps: list[Step]) -> dict[str, Any]:
    done = next((step for step in steps if step.code == one.code), None)
    rule = rule_of(one, chain.rule_id)
    return {"gate": one, "step": done, "rule": threshold(rule) if rule else None}


@signed_in
async def passed(request: Request) -> Response:
    chain = await Chain.find(request.path_params["id"])
    given = await forms.read(request, StepForm, again=page)
    step, by, body, document = gate(given.code), me(request), given.body, given.document
    if given.meeting:
        await gates.passed(chain, step, given.meeting, by=by, body=body, document=document, yes=given.yes)
    else:
        figures = Figures(given.entitled, given.present, given.yes)
        await chains.passed(chain, step.code, by=by, body=body, day=given.on_day, until=given.until, document=document, figures=figures)
    return pages.redirect(f"/chains/{chain.id}", Phrase("This step is passed."))


async def line(request: Request) -> Response:
    """The meetings before and after one."""
    meeting = await found(request)
    rows = [announcements.row(one) for one in await chains.line(meeting, sessions.who(request))]
    return pages.show(request, "chains/line.html", _("Meetings that follow one another"), here="meetings", meeting=meeting, rows=rows)


routes = [
    Route("/chains", index),
    Route("/chains", begin, methods=["POST"]),
    Route("/chains/new", new),
    Route("/chains/{id:int}", page),
    Route("/chains/{id:int}/steps", passed, methods=["POST"]),
    Route("/meetings/{id:int}/line", line),
]
