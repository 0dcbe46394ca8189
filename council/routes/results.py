"""The result of a vote as a file that anybody can count again."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.proceedings.publishing import published
from council.routes import ballots


async def result(request: Request) -> Response:
    found = await published(await ballots.find(request))
    body = json.dumps(found, ensure_ascii=False, indent=1)
    name = f"result-{found['ballot']}.json"
    return Response(body, media_type="application/json", headers={"content-disposition": f'attachment; filename="{name}"'})


routes = [Route("/ballots/{id:int}/result.json", result)]
