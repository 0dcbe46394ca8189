"""The result of a vote as a file that anybody can count again."""

from __future__ import annotations

from base64 import b64encode

from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route

from council.proceedings.publishing import file_of
from council.routes import ballots


async def result(request: Request) -> FileResponse:
    """The same bytes for everybody; their digest stands in a header (RFC 9530), so that two can compare what they were given."""
    ballot = await ballots.find(request)
    file = await file_of(ballot)
    digest = b64encode(bytes.fromhex(file.stem.rpartition("-")[2])).decode()
    return FileResponse(file, media_type="application/json", filename=f"result-{ballot.id}.json", headers={"repr-digest": f"sha-256=:{digest}:"})


routes = [Route("/ballots/{id:int}/result.json", result)]
