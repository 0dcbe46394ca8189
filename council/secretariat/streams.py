"""Live rooms: what changed in a meeting, pushed to every seat.

Parts that are the same for everyone in a room are rendered once per part, kind of page and language, and the same bytes go to every seat, at most
ten times a second, the last state winning. Parts that are personal get an event that says "stale", at most once a second; the browser fetches its
block again, and permission is applied again. A stream is authorised when it opens, and closed when its seat is left.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from council.db import sql
from council.neighbourhood.journal import Entry
from council.secretariat.signals import COMMON, PERSONAL, Audience, common_of, message, partial, personal_of, touched

log = logging.getLogger(__name__)

BEAT, STALE_EVERY = 0.1, 10  # seconds; beats between two events of staleness to one seat
PING, LASTS, ASK_AGAIN = 20.0, 600.0, 60.0  # seconds: a sign of life, a stream's whole life, the question whether it is still allowed
Draw = Callable[[int, str, Audience], Awaitable[str]]
Check = Callable[[], Awaitable[bool]]


@dataclass(eq=False)
class Listener:
    """One open stream: a slot for each part, so that a slow phone holds no more than one state of each."""

    audience: Audience
    seat_id: int | None = None
    waiting: dict[str, bytes] = field(default_factory=dict)
    stale: set[str] = field(default_factory=set)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    told_at: int = -STALE_EVERY
    closed: bool = False

    def give(self, part: str, sent: bytes) -> None:
        self.waiting[part] = sent
        self.wake.set()

    def take(self) -> bytes:
        """Everything that waits, once."""
        sent = b"".join(self.waiting.values())
        self.waiting.clear()
        self.wake.clear()
        return sent

    def close(self) -> None:
        """The holder has left: their own block tells them, then the stream ends for good."""
        self.give("mine", message("mine", event="mine") + message("left", event="left"))
        self.closed = True


@dataclass(eq=False)
class Room:
    """The open streams of one meeting, and what has changed since the last beat."""

    listeners: set[Listener] = field(default_factory=set)
    dirty: set[str] = field(default_factory=set)
    drawn: dict[tuple[str, Audience], bytes] = field(default_factory=dict)
    sequence: int = 0
    beats: int = 0

    def tell(self, parts: Iterable[str], seats: Iterable[int] | None = None) -> None:
        """Personal parts are stale: for everybody, or for some seats."""
        chosen, wanted = (None if seats is None else set(seats)), set(parts)
        for one in self.listeners:
            if chosen is None or one.seat_id in chosen:
                one.stale |= wanted & personal_of(one.audience)

    def leave(self, seat_id: int) -> None:
        for one in self.listeners:
            if one.seat_id == seat_id:
                one.close()

    async def beat(self, meeting_id: int, draw: Draw) -> None:
        """Render what changed once for each audience that listens, and hand the same bytes to all of it."""
        self.beats += 1
        dirty, self.dirty = self.dirty, set()
        self.drawn = {key: sent for key, sent in self.drawn.items() if key[0] not in dirty}
        audiences = {one.audience for one in self.listeners}
        for audience in audiences:
            for part in sorted(dirty & set(common_of(audience))):
                sent = await self.part(meeting_id, part, audience, draw)
                for one in self.listeners:
                    if one.audience == audience:
                        one.give(part, sent)
        self._say_stale()

    async def part(self, meeting_id: int, part: str, audience: Audience, draw: Draw) -> bytes:
        """The bytes of a part, drawn once until something changes it."""
        key = (part, audience)
        if key not in self.drawn:
            # The number is taken first: an act during the drawing may be missing in it, and must be asked for again after a break.
            number = self.sequence
            self.drawn[key] = message(partial(part, await draw(meeting_id, part, audience)), number=number)
        return self.drawn[key]

    def _say_stale(self) -> None:
        for one in self.listeners:
            if one.stale and self.beats - one.told_at >= STALE_EVERY:
                for part in sorted(one.stale):
                    one.give(f"stale {part}", message(part, event=part, number=self.sequence))
                one.stale, one.told_at = set(), self.beats


async def _undrawn(meeting_id: int, part: str, audience: Audience) -> str:
    raise RuntimeError("no page has said how parts are drawn")


class Hub:
    """All live rooms of this process."""

    def __init__(self) -> None:
        self.rooms: dict[int, Room] = {}
        self.draw: Draw = _undrawn

    async def hear(self, entry: Entry) -> None:
        """A listener of the journal: marks what an act has changed."""
        room = self.rooms.get(entry.meeting_id or 0)
        if room is None:
            return
        room.sequence = max(room.sequence, entry.sequence or 0)
        common, personal = touched(entry.act)
        room.dirty |= set(common)
        room.tell(personal)
        if entry.subject == "Seat":
            room.tell(("mine", "ballot"), (entry.subject_id,))
        if entry.act.startswith("speaker."):
            room.tell(("mine",), await _in_queue(entry))
        if entry.act in ("seat.left", "seat.moved"):
            room.leave(entry.subject_id)

    async def open(self, meeting_id: int, audience: Audience, seat_id: int | None = None) -> Listener:
        """A new stream. It first gets the present state of everything: what was missed while away cannot be missed again."""
        room = self.rooms.setdefault(meeting_id, Room())
        one = Listener(audience, seat_id)
        rows = await sql("SELECT MAX(sequence) AS n FROM entry WHERE meeting_id = ?", meeting_id)
        room.sequence = max(room.sequence, int(rows[0]["n"] or 0))
        return one

    async def greet(self, meeting_id: int, one: Listener, last: int) -> None:
        """From now on `one` hears. Where acts happened since `last`, it gets what they changed; without a `last`, everything."""
        room = self.rooms.setdefault(meeting_id, Room())
        room.listeners.add(one)
        common, personal = await _missed(meeting_id, last)
        for part in sorted(common & set(common_of(one.audience))):
            one.waiting.setdefault(part, await room.part(meeting_id, part, one.audience, self.draw))
        one.stale |= personal & personal_of(one.audience)
        one.wake.set()

    def shut(self, meeting_id: int, one: Listener) -> None:
        room = self.rooms.get(meeting_id)
        if room is not None:
            room.listeners.discard(one)
            if not room.listeners:
                del self.rooms[meeting_id]

    async def run(self) -> None:
        """Beat for ever. A room that cannot be drawn is logged and does not stop the others."""
        while True:
            await asyncio.sleep(BEAT)
            for meeting_id, room in list(self.rooms.items()):
                try:
                    await room.beat(meeting_id, self.draw)
                except Exception:
                    log.exception("the room of meeting %s could not be drawn", meeting_id)


async def _in_queue(entry: Entry) -> set[int]:
    """The seats whose place in the queue an act of speaking may have changed."""
    rows = await sql(
        "SELECT seat_id FROM speaker WHERE id = ? OR (item_id = ? AND withdrawn_at IS NULL AND ended_at IS NULL)",
        entry.subject_id, int(entry.numbers.get("item", 0)),
    )  # fmt: skip
    return {int(row["seat_id"]) for row in rows}


async def _missed(meeting_id: int, last: int) -> tuple[set[str], set[str]]:
    """The parts changed by acts after the one numbered `last`."""
    if last <= 0:
        return set(COMMON), set(PERSONAL)
    rows = await sql("SELECT DISTINCT act FROM entry WHERE meeting_id = ? AND sequence > ?", meeting_id, last)
    parts = [touched(str(row["act"])) for row in rows]
    common = {part for found, _ in parts for part in found}
    # Also the personal parts that only some seats were told about: nobody knows any more which.
    return common, {part for _, found in parts for part in found} | ({"mine", "ballot"} if rows else set())


class Stream(Response):
    """The answer to a browser that listens: a bare ASGI response without a queue or a wrapper around it."""

    def __init__(self, hub: Hub, meeting_id: int, audience: Audience, still: Check, *, seat_id: int | None = None, last: int = 0) -> None:
        self.hub, self.meeting_id, self.audience, self.still = hub, meeting_id, audience, still
        self.seat_id, self.last = seat_id, last
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]
        one = await self.hub.open(self.meeting_id, self.audience, self.seat_id)
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"retry: 1000\n: welcome\n\n", "more_body": True})
        gone = asyncio.create_task(_disconnected(receive, one))
        try:
            await self.hub.greet(self.meeting_id, one, self.last)
            await self._push(one, send)
        finally:
            self.hub.shut(self.meeting_id, one)
            gone.cancel()
        with contextlib.suppress(OSError):
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _push(self, one: Listener, send: Send) -> None:
        """Send what waits; a sign of life when nothing does. Ends when the seat is left, no longer allowed, or old enough."""
        begun = asked = asyncio.get_running_loop().time()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PING):
                    await one.wake.wait()
            await send({"type": "http.response.body", "body": one.take() or b": \n\n", "more_body": True})
            now = asyncio.get_running_loop().time()
            if one.closed or now - begun > LASTS:
                return
            if now - asked > ASK_AGAIN:
                asked = now
                if not await self.still():
                    one.close()


async def _disconnected(receive: Receive, one: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    one.closed = True
    one.wake.set()


hub = Hub()
