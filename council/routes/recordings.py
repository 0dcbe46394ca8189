"""Spoken answers: taken back by whoever spoke, heard and written down by the office."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import may
from council.proceedings import contributions, recordings
from council.proceedings.consultations import Consultation
from council.proceedings.recordings import Recording
from council.refusals import NotFound
from council.routes import forms, pages, sessions
from council.routes.consultations import find, voice

# Sound and nothing else, whatever is in the file; kept nowhere on the way.
HEADERS = {
    "cache-control": "no-store", "content-security-policy": "default-src 'none'; sandbox", "content-disposition": "inline",
    "x-content-type-options": "nosniff",
}  # fmt: skip


class Words(forms.Shape):
    words: Annotated[str, Field(max_length=recordings.LONGEST)] = ""


async def _heard(request: Request, consultation: Consultation) -> None:
    if not await may(sessions.who(request), "recording.hear", consultation):
        raise NotFound


async def page(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    """What still waits to be written down."""
    consultation = await find(request)
    await _heard(request, consultation)
    found = await recordings.waiting(consultation)
    return _shown(request, consultation, found[0] if found else None, max(len(found) - 1, 0), errors, kept)


def _shown(request: Request, consultation: Consultation, one: Recording | None, more: int, errors: Any, kept: Any) -> Response:
    return pages.show(
        request, "consultations/recordings.html", _("Write down what was spoken"), here="consultations", errors=errors, kept=kept or {},
        consultation=consultation, one=one, more=more, longest=recordings.LONGEST,
    )  # fmt: skip


async def _one(request: Request) -> tuple[Recording, Consultation]:
    recording = await Recording.find(request.path_params["id"])
    consultation = await Consultation.find(recording.consultation_id, sessions.who(request))
    await _heard(request, consultation)
    return recording, consultation


async def sound(request: Request) -> Response:
    recording, consultation = await _one(request)
    heard = await recordings.hear(recording, consultation, by=sessions.person(request))
    return Response(heard, media_type=recording.kind, headers=HEADERS)


async def again(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    """The one recording whose words were refused, with what was typed."""
    recording, consultation = await _one(request)
    return _shown(request, consultation, recording, 0, errors, kept)


async def write_down(request: Request) -> Response:
    recording, consultation = await _one(request)
    given = await forms.read(request, Words, again)
    await recordings.write_down(recording, given.words, by=sessions.person(request))
    return pages.redirect(f"/consultations/{consultation.id}/recordings", Phrase("It is written down, and the recording is deleted."))


async def take_back(request: Request) -> Response:
    consultation = await find(request)
    mine = await contributions.mine(consultation, by := await voice(request, consultation))
    if mine is None:
        raise NotFound
    await recordings.take_back(mine, by=by)
    return pages.redirect(f"/consultations/{consultation.id}", Phrase("The recording is deleted."))


routes = [
    Route("/consultations/{id:int}/recordings", page),
    Route("/consultations/{id:int}/recordings/removal", take_back, methods=["POST"]),
    Route("/recordings/{id:int}", again),
    Route("/recordings/{id:int}/sound", sound),
    Route("/recordings/{id:int}/words", write_down, methods=["POST"]),
]
