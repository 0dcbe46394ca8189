"""The decade of birth, for draws by lot: told by oneself, or entered by the office."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood import generations
from council.neighbourhood.people import Person
from council.routes import forms, pages
from council.routes.standing import find, me, signed_in
from council.rules.sortition import DECADES, generation


class Generation(forms.Shape):
    born: Annotated[int, Field(ge=0)] = 0


def _form(request: Request, person: Person, action: str, back: str, errors: Any, kept: Any) -> Response:
    options = [("", _("I would rather not say"))] + [(str(decade), generation(decade)) for decade in DECADES]
    return pages.show(
        request, "people/generation.html", _("Generation, for draws by lot"), errors=errors, kept=kept or {"born": str(person.born or "")},
        person=person, action=action, back=back, options=options,
    )  # fmt: skip


@signed_in
async def mine(request: Request, errors: Any = None, kept: Any = None) -> Response:
    return _form(request, me(request), "/account/generation", "/account", errors, kept)


@signed_in
async def tell_mine(request: Request) -> Response:
    given = await forms.read(request, Generation, again=mine)
    await generations.tell(me(request), given.born or None, by=me(request))
    return pages.redirect("/account", Phrase("Saved."))


@signed_in
async def theirs(request: Request, errors: Any = None, kept: Any = None) -> Response:
    person = await find(request, Person, "person.correct", "place")
    return _form(request, person, f"/people/{person.id}/generation", f"/people/{person.id}", errors, kept)


@signed_in
async def tell(request: Request) -> Response:
    person = await find(request, Person, "person.correct", "place")
    given = await forms.read(request, Generation, again=theirs)
    await generations.tell(person, given.born or None, by=me(request))
    return pages.redirect(f"/people/{person.id}", Phrase("Saved."))


routes = [
    Route("/account/generation", mine),
    Route("/account/generation", tell_mine, methods=["POST"]),
    Route("/people/{id:int}/generation", theirs),
    Route("/people/{id:int}/generation", tell, methods=["POST"]),
]
