"""Photos of a report on their way in pieces, each sent as soon as it is chosen. Without script the form sends them whole."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from council.proceedings import photos, uploads
from council.proceedings.reporting import Report
from council.proceedings.uploads import Piece, Upload
from council.refusals import NotFound
from council.routes import limits
from council.routes.reporting import writing


async def arrived(request: Request) -> Response:
    """How much of a file is here: where a browser goes on after a break."""
    report = await writing(request)
    return await _said(report, await uploads.of("Report", report.id, _key(request)))


async def take_piece(request: Request) -> Response:
    """The next bytes of a photo, straight from its file. The answer tells how far it is."""
    request.state.again = (_faulty, {})
    report, piece = await writing(request), Piece(_asked(request, "from"), _asked(request, "of"), await request.body())
    if piece.start == 0:
        limits.take(request, "photo")
    return await _said(report, await uploads.take_in(piece, "Report", report.id, _key(request)))


def _key(request: Request) -> str:
    key = str(request.path_params["key"])
    if len(key) > 64 or not key.isascii():
        raise NotFound
    return key


def _asked(request: Request, name: str) -> int:
    """A number of bytes in the address; -1 for anything else, which fits no file."""
    given = request.query_params.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else -1


async def _said(report: Report, upload: Upload | None) -> Response:
    room = photos.MOST - len(await photos.of("Report", report.id))
    return JSONResponse({"received": upload.received if upload else 0, "photo": upload.photo_id if upload else None, "room": room})


async def _faulty(request: Request, errors: dict[str, str], kept: dict[str, Any]) -> Response:
    """What is wrong with a photo, as the sentence to show beside it."""
    return JSONResponse({"fault": next(iter(errors.values()))})


routes = [
    Route("/matters/new/photos/arriving/{key}", arrived),
    Route("/matters/new/photos/arriving/{key}", take_piece, methods=["POST"], max_body_size=uploads.PIECE),
]
