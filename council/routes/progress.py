"""Following a matter by its query code, without signing in."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import clock, i18n
from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import may
from council.neighbourhood.people import Actor, Visitor
from council.neighbourhood.places import Place
from council.proceedings import photos
from council.proceedings.contacts import contact
from council.proceedings.evaluations import SCORES, rate
from council.proceedings.matters import Matter
from council.proceedings.referrals import elsewhere
from council.proceedings.reporting import CONFIRM, RING_BACK
from council.proceedings.timeline import Step, timeline
from council.proceedings.triage import doubt
from council.proceedings.withdrawals import withdrawable
from council.refusals import NotFound, Refusal
from council.routes import forms, limits, pages, sessions
from council.routes.photos import picture
from council.rules.affairs import Affair
from council.rules.calendar import add_working_days
from council.rules.numbering import read_code, show_code
from council.settings import settings
from council.workshop import slips


class Key(forms.Shape):
    code: Annotated[str, Field(max_length=40)]
    digits: Annotated[str, Field(max_length=8)] = ""


class Rating(forms.Shape):
    score: Literal["very_satisfied", "satisfied", "fairly_satisfied", "dissatisfied", "not_solved"]
    words: Annotated[str, Field(max_length=500)] = ""


async def find(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    return pages.show(request, "progress/find.html", _("Check progress"), here="progress", errors=errors, kept=kept or {}, asked=False)


async def look_up(request: Request) -> Response:
    given = await forms.read(request, Key, find)
    code = read_code(given.code)
    limits.take(request, "code")
    matter = await Matter.with_code(code)
    # Asked and counted without a pause in between: guesses side by side are counted one by one.
    if limits.spent("code:wrong", code):
        raise limits.too_often()
    if matter is None or not (matter.open_by_code or matter.phone[-4:] == given.digits.strip()):
        limits.within("code:wrong", code)
        raise Refusal("Nothing was found. Check the code; a household matter also needs the last 4 digits of the telephone left.", field="code")
    if not matter.open_by_code:
        await sessions.carry(request, "Matter", matter.id)
    return pages.redirect(f"/progress/{code}")


async def opened(request: Request) -> Matter | None:
    """The matter of the code in the address, if the code alone opens it or its telephone digits were given here before."""
    matter = await Matter.with_code(request.path_params["code"])
    if matter is None or matter.open_by_code or matter.id in sessions.carries(request, "Matter"):
        return matter
    return matter if await may(sessions.who(request), "matter.see", matter) else None


async def must_open(request: Request) -> Matter:
    matter = await opened(request)
    if matter is None:
        raise NotFound
    return matter


def holder(request: Request, matter: Matter) -> Actor:
    """Whoever holds the code acts as its holder; the reporter, signed in, as herself; an officer who only may look, as an officer."""
    who = sessions.who(request)
    only_looks = not matter.open_by_code and matter.id not in sessions.carries(request, "Matter")
    return who if only_looks or (who.id and who.id == matter.reporter_id) else Visitor(frozenset({("Matter", matter.id)}))


def address(request: Request, code: str) -> str:
    return f"{settings().origin or str(request.base_url).rstrip('/')}/progress/{code}"


def bare(request: Request, matter: Matter) -> bool:
    """A household matter without a telephone: the code alone tells where it stands, not what it is about."""
    return matter.private and matter.open_by_code and matter.id not in sessions.carries(request, "Matter")


async def show(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    matter, code = await opened(request), request.path_params["code"]
    if matter is None:  # the same page for a code that does not exist
        return pages.show(request, "progress/find.html", _("Check progress"), here="progress", errors=errors, kept={"code": code}, asked=True)
    by, hidden = holder(request, matter), bare(request, matter)
    return pages.show(
        request, "progress/page.html", matter.title if not hidden else _("Your matter"), here="progress", errors=errors, kept=kept or {},
        matter=matter, code=code, hidden=hidden, timeline=said(await timeline(matter), hidden),
        photos=[] if hidden else await photos.of("Matter", matter.id),
        sorting=None if hidden else sorting(matter), may_doubt=await may(by, "matter.doubt", matter), may_rate=await may(by, "matter.rate", matter),
        may_withdraw=await withdrawable(matter, by), elsewhere=await elsewhere(matter), scores=list(SCORES.items()),
        contact=await contact(await Place.get(id=matter.place_id)),
    )  # fmt: skip


def said(steps: list[Step], hidden: bool = False) -> list[dict[str, Any]]:
    """The timeline in the reader's words."""
    return [
        {"word": step.word, "when": _when(step), "text": "" if hidden else step.text, "state": step.state}
        for step in steps
    ]  # fmt: skip


def _when(step: Step) -> str:
    if step.when is None:
        return ""
    if step.state == "next":
        return str(Phrase("by %(day)s", day=i18n.day(step.when)))
    return i18n.moment(step.when) if isinstance(step.when, datetime) else i18n.day(step.when)


def sorting(matter: Matter) -> dict[str, Any] | None:
    """How it was sorted, why, and who leads; None when nothing can be said."""
    code = matter.affair or matter.suggestion.get("class", "")
    if not code:
        return None
    affair, reasons = Affair(code), matter.suggestion.get("reasons", [])
    words = list(dict.fromkeys(word for reason in reasons[:1] for word in reason["words"]))[:4]
    return {
        "affair": code, "settled": bool(matter.affair), "meaning": affair.meaning, "meeting": affair.meeting, "convenor": affair.convenor,
        "words": "、".join(f"“{word}”" for word in words) if not matter.affair or matter.affair == matter.suggestion.get("class") else "",
    }  # fmt: skip


async def receipt(request: Request) -> Response:
    matter, code = await must_open(request), request.path_params["code"]
    today = clock.local(matter.reported_at).date()
    steps = [
        (_("The grid worker gets in touch and looks at it"), _by(add_working_days(today, RING_BACK))),
        (_("A person confirms who handles it, and tells you why"), _by(add_working_days(today, CONFIRM))),
        (_("When it is done, you are asked whether it is solved"), ""),
    ]
    return pages.show(
        request, "matters/receipt.html", _("We have received your matter"), here="report", code=code, link=address(request, code), steps=steps,
        picture=f"/progress/{code}/picture", contact=await contact(await Place.get(id=matter.place_id)), matter=matter,
        sorting=None if bare(request, matter) else sorting(matter), flags=matter.flags, timeline=said(await timeline(matter), bare(request, matter)),
    )  # fmt: skip


def _by(day: Any) -> str:
    return str(Phrase("by %(day)s", day=i18n.day(day)))


async def save_picture(request: Request) -> Response:
    matter, code = await must_open(request), request.path_params["code"]
    lines = (pages.Site.name, _("Query code"), i18n.moment(matter.reported_at))
    data = await asyncio.to_thread(slips.drawn, address(request, code), show_code(code), lines)
    return Response(data, media_type="image/png", headers={"content-disposition": f'attachment; filename="{read_code(code)}.png"'})


async def show_photo(request: Request) -> Response:
    matter = await must_open(request)
    if bare(request, matter):
        raise NotFound
    return await picture(await photos.one(request.path_params["id"], "Matter", matter.id))


async def object_to_sorting(request: Request) -> Response:
    matter = await must_open(request)
    await doubt(matter, by=holder(request, matter))
    return pages.redirect(f"/progress/{request.path_params['code']}", Phrase("Noted: a person looks at the sorting again and tells you why."))


async def rate_it(request: Request) -> Response:
    matter = await must_open(request)
    given = await forms.read(request, Rating, show)
    said_back = await rate(matter, given.score, given.words, by=holder(request, matter))
    return pages.redirect(f"/progress/{request.path_params['code']}", said_back)


routes = [
    Route("/progress", find, name="progress"),
    Route("/progress", look_up, methods=["POST"]),
    Route("/progress/{code}", show),
    Route("/progress/{code}/receipt", receipt),
    Route("/progress/{code}/picture", save_picture),
    Route("/progress/{code}/photos/{id:int}", show_photo),
    Route("/progress/{code}/doubts", object_to_sorting, methods=["POST"]),
    Route("/progress/{code}/rating", rate_it, methods=["POST"]),
]
