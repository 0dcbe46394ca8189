"""The answer to a browser that listens to a meeting: a bare ASGI response without a queue or a wrapper around it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from council.secretariat.listeners import Listener
from council.secretariat.signals import Audience
from council.secretariat.streams import Hub

LASTS, ASK_AGAIN = 600.0, 60.0  # seconds: a stream's whole life, the question whether it is still allowed
HEADERS = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]
WELCOME = b"retry: 1000\n: welcome\n\n"
Check = Callable[[], Awaitable[bool]]


class Stream(Response):
    """An open stream. `still`: may its holder go on listening? `last`: the newest act the browser has seen. `keys`: what it is counted under."""

    def __init__(
        self, hub: Hub, meeting_id: int, audience: Audience, still: Check, *,
        seat_id: int | None = None, session_id: int | None = None, last: int = 0, keys: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self.hub, self.meeting_id, self.still, self.last, self.keys = hub, meeting_id, still, last, keys
        self.one = Listener(audience, seat_id, session_id)
        self.background = None
        hub.enter(keys)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        gone = asyncio.create_task(_disconnected(receive, self.one))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await send({"type": "http.response.body", "body": WELCOME, "more_body": True})
            await self.hub.greet(self.meeting_id, self.one, self.last)
            await self._push(self.one, send)
        finally:
            self.hub.shut(self.meeting_id, self.one)
            self.hub.leave(self.keys)
            gone.cancel()
        with contextlib.suppress(OSError):
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _push(self, one: Listener, send: Send) -> None:
        """Send what waits; the room gives a sign of life when nothing does. Ends when the seat is left, no longer allowed, or old enough."""
        now = asyncio.get_running_loop().time
        begun = asked = now()
        while True:
            await one.wake.wait()
            if one.doubted or now() - asked > ASK_AGAIN:
                asked, one.doubted = now(), False
                if not one.closed and not await self.still():
                    one.close()
            if sent := one.take():
                await send({"type": "http.response.body", "body": sent, "more_body": True})
            if one.closed or now() - begun > LASTS:
                return


async def _disconnected(receive: Receive, one: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    one.closed = True
    one.wake.set()
