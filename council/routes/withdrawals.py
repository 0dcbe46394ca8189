"""Taking a matter back, by its code or signed in."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.people import Actor
from council.proceedings import withdrawals
from council.proceedings.matters import Matter
from council.proceedings.withdrawals import REASONS
from council.refusals import Conflict
from council.routes import forms, pages, progress, sessions


class Reason(forms.Shape):
    reason: Literal["SOLVED", "TWICE", "MISTAKEN", "UNWISHED", "OTHER"]
    words: Annotated[str, Field(max_length=500)] = ""


async def _found(request: Request) -> tuple[Matter, Actor, str]:
    """The matter, who acts, and the address of its page: by code, or by number for whoever reported it signed in."""
    if "code" in request.path_params:
        matter = await progress.must_open(request)
        return matter, progress.holder(request, matter), f"/progress/{request.path_params['code']}"
    who = sessions.who(request)
    matter = await Matter.seen_by(who, request.path_params["id"])
    return matter, who, f"/matters/{matter.id}"


async def ask(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    matter, by, back = await _found(request)
    if not await withdrawals.withdrawable(matter, by):
        raise Conflict("This matter cannot be taken back here. Only whoever reported it can, before anything is decided on it.")
    hidden = back.startswith("/progress") and progress.bare(request, matter)
    return pages.show(
        request, "withdrawals/page.html", _("Take the matter back"), here="progress", errors=errors, kept=kept or {}, back=back,
        name=_("Your matter") if hidden else matter.title, public=matter.public, reasons=list(REASONS.items()),
    )  # fmt: skip


async def withdraw(request: Request) -> Response:
    matter, by, back = await _found(request)
    given = await forms.read(request, Reason, ask)
    await withdrawals.withdraw(matter, given.reason, given.words, by=by)
    return pages.redirect(back, Phrase("Taken back. Nobody works on it any more."))


routes = [
    Route("/progress/{code}/withdrawal", ask),
    Route("/progress/{code}/withdrawal", withdraw, methods=["POST"]),
    Route("/matters/{id:int}/withdrawal", ask),
    Route("/matters/{id:int}/withdrawal", withdraw, methods=["POST"]),
]
