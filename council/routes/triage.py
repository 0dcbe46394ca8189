"""Triage: a person confirms or corrects the kind, raises a matter or sends it back; hand-offs that were seen."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import i18n
from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import must
from council.neighbourhood.places import Place
from council.proceedings import photos, triage
from council.proceedings.handoffs import HandOff
from council.proceedings.matters import Matter
from council.proceedings.triage import UPWARD, Finding
from council.refusals import NotFound
from council.routes import forms, pages, sessions
from council.routes.matters import find
from council.rules import privacy
from council.rules.affairs import Affair

FLAGS = {
    "SAFETY": Phrase("Safety"), "URGENT": Phrase("Urgent"), "ENQUIRY": Phrase("A question, answered without a meeting"),
    "SPLIT": Phrase("Several topics"), "THANKS": Phrase("Thanks"), "ASK": Phrase("Too little is told: ask"), "REPEATED": Phrase("Reported before"),
    "NEEDS_OWNERS_VOTE": Phrase("Will need the owners' vote"),
}  # fmt: skip


class Confirmation(forms.Shape):
    affair: Literal["OFFICIAL", "COLLABORATIVE", "HOUSEHOLD"]
    reason: Annotated[str, Field(max_length=500)] = ""
    title: Annotated[str, Field(min_length=2, max_length=60)]
    public_text: Annotated[str, Field(max_length=4000)] = ""
    publish: Literal["yes", "no"]


class Raising(forms.Shape):
    ground: Literal["NO_POWER", "NO_FUNDS", "CROSS_AREA", "NOT_SETTLED", "OVERDUE", "SAFETY"]
    words: Annotated[str, Field(max_length=500)] = ""


class Back(forms.Shape):
    words: Annotated[str, Field(min_length=4, max_length=500)]


async def show(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    matter = await find(request)
    await must(sessions.who(request), "matter.confirm", matter)
    return pages.show(
        request, "triage/page.html", _("Which kind of matter is it?"), here="desk", errors=errors, matter=matter,
        place=await Place.get(id=matter.place_id), suggestion=_suggested(matter), photos=await photos.of("Matter", matter.id),
        affairs=[(one.value, one.label, Phrase("%(meaning)s Taken up by: %(meeting)s.", meaning=one.meaning, meeting=one.meeting)) for one in Affair],
        doubt=await triage.waiting_doubt(matter), kept=kept or _proposed(matter),
    )  # fmt: skip


def _proposed(matter: Matter) -> dict[str, Any]:
    """What the form holds at first. Nothing about publishing is chosen beforehand until somebody has."""
    names = [matter.reporter_name] if matter.reporter_name else []
    return {
        "affair": matter.affair or matter.suggestion.get("class", ""), "title": matter.title,
        "public_text": matter.public_text or privacy.redact(matter.text, names), "publish": "yes" if matter.public else "",
    }  # fmt: skip


def _suggested(matter: Matter) -> dict[str, Any]:
    found = matter.suggestion
    return {
        "affair": found.get("class", ""), "percent": round(100 * found.get("confidence", 0)),
        "reasons": [{"text": reason["text"][i18n.language()], "words": "、".join(reason["words"])} for reason in found.get("reasons", [])],
        "others": [Affair(code).label for code in found.get("secondary", [])],
        "flags": [FLAGS[flag] for flag in found.get("flags", []) if flag in FLAGS], "handoff": found.get("handoff", []),
    }  # fmt: skip


async def confirm(request: Request) -> Response:
    matter, by = await find(request), sessions.who(request)
    given = await forms.read(request, Confirmation, show)
    await triage.confirm(matter, Finding(given.affair, given.reason, given.title, given.public_text, given.publish), by=by)  # type: ignore[arg-type]
    return pages.redirect(f"/matters/{matter.id}", Phrase("Confirmed. The reporter sees the kind and the reason."))


async def raising(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    matter = await find(request)
    await must(sessions.who(request), "matter.escalate", matter)
    return pages.show(
        request, "triage/transfer.html", _("Raise to the level above"), here="desk", errors=errors, matter=matter, kept=kept or {},
        grounds=list(UPWARD.items())
    )


async def escalate(request: Request) -> Response:
    matter, by = await find(request), sessions.who(request)
    given = await forms.read(request, Raising, raising)
    await triage.escalate(matter, given.ground, given.words, by=by)  # type: ignore[arg-type]
    return pages.redirect(f"/matters/{matter.id}", Phrase("Raised. Its kind stays the same."))


async def returning(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    matter = await find(request)
    place = await Place.get(id=matter.place_id)
    await must(sessions.who(request), "matter.send_back", matter, at=await place.at_level(matter.level))
    return pages.show(request, "triage/return.html", _("Send back"), here="desk", errors=errors, matter=matter, kept=kept or {})


async def send_back(request: Request) -> Response:
    matter, by = await find(request), sessions.who(request)
    given = await forms.read(request, Back, returning)
    await triage.send_back(matter, given.words, by=by)  # type: ignore[arg-type]
    return pages.redirect(f"/matters/{matter.id}", Phrase("Sent back with the reason."))


async def handoff_seen(request: Request) -> Response:
    if not sessions.held(request):
        raise NotFound
    found = await HandOff.numbered(request.path_params["id"])
    await found.note_seen(by=sessions.who(request))  # type: ignore[arg-type]
    return pages.redirect("/desk", Phrase("Noted: you follow it up."))


routes = [
    Route("/matters/{id:int}/triage", show),
    Route("/matters/{id:int}/triage", confirm, methods=["POST"]),
    Route("/matters/{id:int}/transfer", raising),
    Route("/matters/{id:int}/transfer", escalate, methods=["POST"]),
    Route("/matters/{id:int}/return", returning),
    Route("/matters/{id:int}/return", send_back, methods=["POST"]),
    Route("/handoffs/{id:int}/sight", handoff_seen, methods=["POST"]),
]
