"""Handing a matter over to a named other body, and taking it back when that does not take it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import must
from council.proceedings import referrals
from council.proceedings.referrals import BODIES, Elsewhere
from council.routes import forms, pages, sessions
from council.routes.matters import find
from council.rules.bodies import HANDOFF_NUMBERS

# What the sorter heard, as the kind of body it points to: only a proposal in the form.
HEARD = {"110": "POLICE", "POLICE_FILE": "POLICE", "COURT": "COURT", "PETITION": "HOTLINE"}


class Handing(forms.Shape):
    to: Literal["POLICE", "COURT", "HOTLINE", "STREET", "OTHER"]
    name: Annotated[str, Field(min_length=2, max_length=60)]
    phone: Annotated[str, Field(max_length=30)] = ""
    words: Annotated[str, Field(min_length=4, max_length=500)]


class Back(forms.Shape):
    words: Annotated[str, Field(min_length=4, max_length=500)]


async def ask(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    matter = await find(request)
    await must(sessions.who(request), "matter.refer", matter)
    heard = next((HEARD[code] for code in matter.suggestion.get("handoff", []) if code in HEARD), "")
    bodies = [(code, name, Phrase("Telephone %(number)s", number=number)) if number else (code, name) for code, (name, number) in BODIES.items()]
    return pages.show(
        request, "referrals/new.html", _("Hand it over to another body"), here="desk", errors=errors, matter=matter, bodies=bodies,
        kept=kept or {"to": heard}, advice=[HANDOFF_NUMBERS[code].advice for code in matter.suggestion.get("handoff", [])],
    )  # fmt: skip


async def refer(request: Request) -> Response:
    matter = await find(request)
    given = await forms.read(request, Handing, ask)
    await referrals.refer(matter, Elsewhere(given.to, given.name, given.words, given.phone), by=sessions.person(request))
    return pages.redirect(f"/matters/{matter.id}", Phrase("Handed over. The reporter reads where it is now and what was said."))


async def returning(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    matter = await find(request)
    await must(sessions.who(request), "matter.take_back", matter)
    return pages.show(
        request, "referrals/return.html", _("It comes back to us"), here="desk", errors=errors, matter=matter, kept=kept or {},
        referral=await referrals.elsewhere(matter),
    )  # fmt: skip


async def take_back(request: Request) -> Response:
    matter = await find(request)
    given = await forms.read(request, Back, returning)
    await referrals.take_back(matter, given.words, by=sessions.person(request))
    return pages.redirect(f"/matters/{matter.id}", Phrase("It is ours again, and the days run anew."))


routes = [
    Route("/matters/{id:int}/referral/new", ask),
    Route("/matters/{id:int}/referral", refer, methods=["POST"]),
    Route("/matters/{id:int}/referral/return", returning),
    Route("/matters/{id:int}/referral/return", take_back, methods=["POST"]),
]
