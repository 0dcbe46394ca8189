"""Series: a month planned for many places, looked at first, then drawn up in one act; corrected and ended together."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import clock, i18n
from council.i18n import Phrase, dated
from council.i18n import gettext as _
from council.neighbourhood import listing
from council.neighbourhood.places import LEVELS, Place
from council.proceedings import series
from council.proceedings.series import Series, Wish
from council.refusals import Refusal
from council.routes import forms, pages, sessions
from council.routes.meetings import Hour
from council.routes.standing import enter, me, needed, signed_in
from council.rules import kinds
from council.secretariat import announcements
from council.text import Line

WEEKDAYS = (
    Phrase("Monday"), Phrase("Tuesday"), Phrase("Wednesday"), Phrase("Thursday"), Phrase("Friday"), Phrase("Saturday"), Phrase("Sunday"),
)  # fmt: skip
MONTH = r"^20\d\d-(0[1-9]|1[0-2])$"


class SeriesForm(forms.Shape):
    kind: Annotated[str, Field(max_length=40)]
    area: int
    title: Annotated[Line, Field(min_length=2, max_length=120)]
    month: Annotated[str, Field(pattern=MONTH)]
    weekdays: Annotated[list[Annotated[int, Field(ge=0, le=6)]], Field(min_length=1)]
    hour: Hour
    other_hour: Annotated[str, Field(pattern=r"^(([01]?\d|2[0-3])[:：][0-5]\d)?$")] = ""
    length: Annotated[int, Field(ge=30, le=480)] = 120
    venue: Annotated[Line, Field(max_length=120)] = ""
    grids: Literal["", "ordinary", "exclusive"] = ""
    skip: list[int] = Field(default_factory=list)
    seen: Annotated[str, Field(max_length=16)] = ""

    def wish(self) -> Wish:
        year, _dash, month = self.month.partition("-")
        return Wish(
            kind=self.kind, title=self.title, month=date(int(year), int(month), 1), weekdays=frozenset(self.weekdays),
            hours=tuple(hour(one) for one in (self.hour, self.other_hour) if one), length=timedelta(minutes=self.length), venue=self.venue,
            exclusive=self.grids, skip=frozenset(self.skip),
        )  # fmt: skip


class CorrectionForm(forms.Shape):
    hour: Annotated[str, Field(pattern=r"^(([01]?\d|2[0-3])[:：][0-5]\d)?$")] = ""
    venue: Annotated[Line, Field(max_length=120)] = ""


class EndForm(forms.Shape):
    reason: Annotated[str, Field(min_length=2, max_length=300)]


def hour(written: str) -> time:
    hours, _sep, minutes = written.replace("：", ":").partition(":")
    return time(int(hours), int(minutes))


@signed_in
async def index(request: Request) -> Response:
    enter(request, "meeting.call")
    found = await series.known(sessions.held(request))
    rows = [
        {"href": f"/series/{one.id}", "title": one.title, "stage": _("ended") if one.ended_at else "",
         "facts": [f"{one.month:%Y-%m}", one.place.name, str(Phrase("%(n)s meetings", n=one.made))]}
        for one in found
    ]  # fmt: skip
    return pages.show(request, "series/list.html", _("Plans for a month"), here="meetings", rows=rows)


@signed_in
async def new(request: Request, errors: Any = None, kept: Any = None) -> Response:
    enter(request, "meeting.call")
    areas = [one for one in await listing.places_within(sessions.held(request), "meeting.call") if one.level != "MICRO_GRID"]
    following = (clock.today().replace(day=1) + timedelta(days=32)).replace(day=1)
    kept = kept or {"month": f"{following:%Y-%m}", "hour": "19:00", "length": "120", "weekdays": ["0", "1", "2", "3", "4"]}
    return pages.show(
        request, "series/new.html", _("Plan a month for many places"), here="meetings", errors=errors, kept=kept, areas=listing.options(areas, "　"),
        kinds=_kinds(areas), weekdays=[(str(n), str(word)) for n, word in enumerate(WEEKDAYS)],
        grids=[("", _("all grids")), ("ordinary", _("ordinary grids only")), ("exclusive", _("exclusive grids only"))],
    )  # fmt: skip


def _kinds(areas: list[Place]) -> list[tuple[str, str]]:
    """Kinds whose level lies at or below one of the areas."""
    highest = min((LEVELS.index(area.level) for area in areas), default=len(LEVELS))
    return [(row.code, str(row.name)) for row in kinds.KINDS.values() if LEVELS.index(row.level.value) >= highest]


@signed_in
async def preview(request: Request) -> Response:
    given = await forms.read(request, SeriesForm, again=new)
    area = await needed(request, Place, given.area, "meeting.call", "area")
    lines = await series.planned(area, given.wish(), by=me(request))
    if not lines:
        raise Refusal("No place of this kind of meeting lies there.", field="area")
    return pages.show(
        request, "series/preview.html", _("Look through the plan"), here="meetings", given=given, area=area, lines=[_line(one) for one in lines],
        held=sum(one.starts_at is not None for one in lines), seen=series.fingerprint(lines), row=kinds.kind(given.kind),
    )  # fmt: skip


def _line(one: series.Line) -> dict[str, Any]:
    return {
        "id": one.place.id, "place": one.place.name, "chair": one.chair.person.name if one.chair else "—",
        "when": f"{dated(one.starts_at)} {i18n.hour(one.starts_at)}" if one.starts_at else "", "why": one.why,
    }


@signed_in
async def make(request: Request) -> Response:
    """What was looked at is drawn up; where something has changed since, the plan is shown again and nothing is drawn up."""
    given = await forms.read(request, SeriesForm, again=new)
    area = await needed(request, Place, given.area, "meeting.call", "area")
    made = await series.plan(area, given.wish(), given.seen, by=me(request))
    return pages.redirect(f"/series/{made.id}", Phrase("%(n)s meetings are drawn up. Each can now be prepared on its own.", n=made.made))


@signed_in
async def page(request: Request, errors: Any = None, kept: Any = None) -> Response:
    found = await Series.find(request.path_params["id"], me(request))
    meetings = await found.meetings()
    return pages.show(
        request, "series/page.html", found.title, here="meetings", errors=errors, kept=kept or {}, series=found,
        rows=[announcements.row(one) for one in meetings], drafts=sum(one.stage == "drafted" for one in meetings),
    )  # fmt: skip


@signed_in
async def correct(request: Request) -> Response:
    found = await Series.find(request.path_params["id"], me(request))
    given = await forms.read(request, CorrectionForm, again=page)
    changed = await series.correct(found, by=me(request), hour=hour(given.hour) if given.hour else None, venue=given.venue)
    return pages.redirect(f"/series/{found.id}", Phrase("%(n)s drafts are changed.", n=changed))


@signed_in
async def end(request: Request) -> Response:
    found = await Series.find(request.path_params["id"], me(request))
    given = await forms.read(request, EndForm, again=page)
    ended = await series.end(found, given.reason, by=me(request))
    return pages.redirect(f"/series/{found.id}", Phrase("The plan is ended; %(n)s drafts are called off.", n=ended))


routes = [
    Route("/series", index),
    Route("/series", make, methods=["POST"]),
    Route("/series/new", new),
    Route("/series/preview", preview, methods=["POST"]),
    Route("/series/{id:int}", page),
    Route("/series/{id:int}/correction", correct, methods=["POST"]),
    Route("/series/{id:int}/end", end, methods=["POST"]),
]
