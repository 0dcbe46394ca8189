"""Shared venues: which there are, the month of one, asking for it, answering."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import clock
from council.i18n import Phrase, dated, weekday
from council.i18n import gettext as _
from council.neighbourhood.offices import may
from council.neighbourhood.people import Person
from council.partnership import venues
from council.partnership.resources import Resource
from council.partnership.venues import CLOSES, OPENS, STEP, Booking, clock_words
from council.routes import forms, pages, sessions
from council.routes.standing import me, signed_in, upwards
from council.rules.stages import name
from council.text import Line

TONES = {"requested": "wait", "confirmed": "done", "refused": "stop", "given_back": "stop"}
HOURS = [(str(minutes), clock_words(minutes)) for minutes in range(OPENS, CLOSES + 1, STEP)]
MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


class Wanted(forms.Shape):
    day: date
    begins: Annotated[int, Field(ge=0, le=1440)]
    ends: Annotated[int, Field(ge=0, le=1440)]
    purpose: Annotated[Line, Field(min_length=2, max_length=120)]
    people: Annotated[int, Field(ge=1, le=2000)]


class Reason(forms.Shape):
    reason: Annotated[str, Field(min_length=2, max_length=300)]


async def index(request: Request) -> Response:
    who = sessions.who(request)
    rows = [
        {
            "href": f"/venues/{v.id}", "title": v.title, "facts": [v.organisation.name, *[word for word in (v.amount, v.times) if word]],
            "note": v.conditions,
        }
        for v in await venues.venues()
    ]  # fmt: skip
    mine = [_line(each) for each in await venues.mine(who)] if isinstance(who, Person) else []
    granted = await venues.granted(who, clock.today()) if isinstance(who, Person) else []
    lent = [_line(each) for each in granted if isinstance(who, Person) and each.asked_by_id != who.id]
    waiting = [_line(each) for each in await venues.waiting(sessions.held(request))]
    return pages.show(request, "venues/list.html", _("Venues"), here="agreements", rows=rows, mine=mine, waiting=waiting, lent=lent)


def _line(each: Booking) -> dict[str, Any]:
    return {
        "href": f"/bookings/{each.id}", "title": each.resource.title, "stage": name("Booking", each.stage), "tone": TONES[each.stage],
        "facts": [dated(each.day), each.hours], "note": each.purpose,
    }  # fmt: skip


def _month(request: Request) -> date:
    """The month the address names, this one otherwise; never one that is over or that nobody can book in."""
    today, found = clock.today(), MONTH.fullmatch(request.query_params.get("month", ""))
    wanted = date(int(found[1]), int(found[2]), 1) if found else today.replace(day=1)
    return min(max(wanted, today.replace(day=1)), (today + venues.AHEAD).replace(day=1))


async def page(request: Request, errors: Any = None, kept: Any = None) -> Response:
    venue, first, who = await venues.venue(request.path_params["id"]), _month(request), sessions.who(request)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    earlier, later = first - timedelta(days=1), last + timedelta(days=1)
    return pages.show(
        request, "venues/page.html", venue.title, here="agreements", errors=errors, venue=venue, days=await _days(venue, first, last, who),
        kept=kept or {}, hours=HOURS, signed_in=isinstance(who, Person), month=_("%(month)s/%(year)s") % {"month": first.month, "year": first.year},
        earlier=f"?month={earlier:%Y-%m}" if first > clock.today() else "",
        later=f"?month={later:%Y-%m}" if later <= clock.today() + venues.AHEAD else "",
    )  # fmt: skip


def _taken(each: Booking, whole: bool) -> dict[str, Any]:
    return {"booking": each, "word": name("Booking", each.stage), "tone": TONES[each.stage], "whole": whole}


async def _days(venue: Resource, first: date, last: date, who: Any) -> list[dict[str, Any]]:
    """Every day of the month from today on, with what is taken; who and what for only for those who may read it."""
    rows = await venues.month(venue, first)
    whole = {each.id: await may(who, "booking.see", each) for each in rows}
    start = max(first, clock.today())
    return [
        {
            "day": one, "weekday": weekday(one), "rest": one.weekday() >= 5,
            "bookings": [_taken(each, whole[each.id]) for each in rows if each.day == one],
        }
        for one in (start + timedelta(days=n) for n in range((last - start).days + 1))
    ]  # fmt: skip


@signed_in
async def ask(request: Request) -> Response:
    form = await forms.read(request, Wanted, again=page)
    venue = await venues.venue(request.path_params["id"])
    made = await venues.ask(venue, venues.Asked(form.day, form.begins, form.ends, form.purpose, form.people), by=me(request))
    return pages.redirect(f"/bookings/{made.id}", Phrase("Your request has been sent. You are told the answer here."))


@signed_in
async def booking(request: Request, errors: Any = None, kept: Any = None) -> Response:
    who = me(request)
    found = await venues.booking(request.path_params["id"], who)
    return pages.show(
        request, "venues/booking.html", found.resource.title, here="agreements", errors=errors, kept=kept or {}, booking=found,
        stage=name("Booking", found.stage), tone=TONES[found.stage],
        may_answer=await may(who, "booking.answer", found), may_give_back=await may(who, "booking.give_back", found),
        clash=await venues.clash(found.resource_id, found.day, found.begins, found.ends) if found.stage == "requested" else None,
    )  # fmt: skip


@signed_in
async def confirm(request: Request) -> Response:
    found = await venues.booking(request.path_params["id"], me(request))
    await found.confirm(by=me(request))
    return pages.redirect(f"/bookings/{found.id}", Phrase("Confirmed. Whoever asked is told."))


@signed_in
async def refuse(request: Request) -> Response:
    found = await venues.booking(request.path_params["id"], me(request))
    form = await forms.read(request, Reason, again=booking)
    await found.refuse(form.reason, by=me(request))
    return pages.redirect(f"/bookings/{found.id}", Phrase("Refused. Whoever asked is told the reason."))


@signed_in
async def give_back(request: Request) -> Response:
    found = await venues.booking(request.path_params["id"], me(request))
    await found.give_back(by=me(request))
    return pages.redirect(f"/venues/{found.resource_id}", Phrase("Given back: the hours are free again."))


routes = [
    Route("/venues", index),
    Route("/venues/{id:int}", page),
    Route("/venues/{id:int}/bookings", ask, methods=["POST"]),
    Route("/venues/{id:int}/bookings", upwards),
    Route("/bookings/{id:int}", booking),
    Route("/bookings/{id:int}/confirmation", confirm, methods=["POST"]),
    Route("/bookings/{id:int}/refusal", refuse, methods=["POST"]),
    Route("/bookings/{id:int}/refusal", upwards),
    Route("/bookings/{id:int}/return", give_back, methods=["POST"]),
]
