"""The answer to a browser that listens to a meeting: begun as any answer, then held by nothing but the server and its room.

What asked for the answer, the request with its sign-in and everything around it, is let go of once the stream has begun: the application takes the
stream over (`handed`) and holds it in one short frame. A hall of 2,000 phones waits for hours.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from council.neighbourhood.offices import known
from council.secretariat.lines import wire
from council.secretariat.listeners import Check, Listener
from council.secretariat.signals import Audience
from council.secretariat.streams import Hub

HANDED = "handed"  # where the application finds what it is to hold
# What only the answering of a request needs.
SPENT = (HANDED, "state", "app", "router", "route", "endpoint", "path_params", "starlette.exception_handlers")
HEADERS = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]
WELCOME = b"retry: 1000\n: welcome\n\n"
Hold = Callable[[Scope, Receive, Send], Awaitable[None]]


class Stream(Response):
    """An open stream. `still`: may its holder go on listening? `last`: the newest act the browser has seen. `keys`: what it is counted under."""

    def __init__(
        self, hub: Hub, meeting_id: int, audience: Audience, still: Check, *,
        seat_id: int | None = None, session_id: int | None = None, last: int = 0, keys: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self.hub, self.keys, self.background = hub, keys, None
        one = Listener(audience, still, seat_id, session_id)
        self.hold: Hold = partial(hold, hub, meeting_id, one, last, keys)
        hub.enter(keys)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope.get("method") != "HEAD"
        try:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await send({"type": "http.response.body", "body": WELCOME if asked else b"", "more_body": asked})
        except BaseException:
            self.hub.leave(self.keys)
            raise
        if not asked:
            self.hub.leave(self.keys)
        elif HANDED in scope:
            scope[HANDED].append(self.hold)
        else:
            await self.hold(scope, receive, send)


async def hold(hub: Hub, meeting_id: int, one: Listener, last: int, keys: tuple[str, ...], scope: Scope, receive: Receive, send: Send) -> None:
    """Until the browser is gone, or its room has ended the answer: either is heard as a disconnection."""
    written = wire(scope, send)
    _let_go(scope)
    try:
        await hub.greet(meeting_id, one, last, written)
        while (await receive())["type"] != "http.disconnect":
            pass
    finally:
        hub.shut(meeting_id, one)
        hub.leave(keys)


def _let_go(scope: Scope) -> None:
    """Leave to the server what it gave; a table keeps the size it once had until it is filled anew."""
    kept = {name: value for name, value in scope.items() if name not in SPENT}
    scope.clear()
    scope.update(kept)
    known.set(None)
