"""The twin of W5: the group-commit twin of W3 beside a bare ASGI room that tells its listeners the number of votes, at most ten times a second."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import uvicorn

from bench import w3_twin
from bench.w4_twin import HEADERS

BEAT = 0.1
FRAGMENT = b"data: " + b"x" * 1000
sends: set[Any] = set()
votes = [0, 0]  # taken, told


def application(file: str) -> Any:
    taking = w3_twin.application(file)
    telling: list[asyncio.Task[None]] = []

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"] == "/stream":
            await _stream(receive, send)
            return
        await taking(scope, receive, send)
        if scope["type"] == "http" and scope["method"] == "POST":
            votes[0] += 1
            if not telling or telling[-1].done():
                telling[:] = [asyncio.create_task(_tell())]

    return app


async def _stream(receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": FRAGMENT + b"\n\n", "more_body": True})
    sends.add(send)
    while (await receive())["type"] != "http.disconnect":
        pass
    sends.discard(send)


async def _tell() -> None:
    while votes[1] < votes[0]:
        votes[1] = votes[0]
        message = FRAGMENT + b" %d\n\n" % votes[0]
        for send in list(sends):
            await send({"type": "http.response.body", "body": message, "more_body": True})
        await asyncio.sleep(BEAT)


if __name__ == "__main__":
    uvicorn.run(application(sys.argv[2]), port=int(sys.argv[1]), access_log=False, log_level="warning", timeout_graceful_shutdown=1)
