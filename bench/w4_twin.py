"""The twin of W4: a bare ASGI application that holds the sends of its streams and sends a kilobyte to one after the other."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import uvicorn

FRAGMENT = b"data: " + b"x" * 1000 + b"\n\n"
HEADERS = [(b"content-type", b"text/event-stream")]
sends: set[Any] = set()


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    if scope["path"] == "/stream":
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send({"type": "http.response.body", "body": FRAGMENT, "more_body": True})
        sends.add(send)
        while (await receive())["type"] != "http.disconnect":
            pass
        sends.discard(send)
        return
    if scope["path"] == "/act":
        loop.append(asyncio.create_task(_send_all()))
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


loop: list[asyncio.Task[None]] = []


async def _send_all() -> None:
    for send in list(sends):
        await send({"type": "http.response.body", "body": FRAGMENT, "more_body": True})


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), access_log=False, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
