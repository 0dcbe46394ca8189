"""Live rooms: what changed in a meeting, pushed to every seat.

Parts that are the same for everyone in a room are rendered once per part, kind of page and language, and the same bytes go to every seat, at most
ten times a second, the last state winning. Parts that are personal get an event that says "stale", at most once a second; the browser fetches its
block again, and permission is applied again.

The number that a browser brings back after a break says that it has everything up to there. It is sent behind what it vouches for, only after every
part that an act up to it has changed, and never while this seat still waits to hear that something personal is stale.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field

from council.neighbourhood.journal import Entry
from council.refusals import Refusal
from council.secretariat import changes
from council.secretariat.listeners import Listener
from council.secretariat.signals import Audience, common_of, message, partial, personal_of, touched

log = logging.getLogger(__name__)

BEAT, STALE_EVERY = 0.1, 10  # seconds; beats between two events of staleness to one seat
PING_EVERY, REST = 200, 10  # beats between two signs of life; beats that a room rests which could not be drawn
PER_HOLDER, PER_ADDRESS = 8, 3000  # open streams: the windows of one person; a whole hall behind one address
# What may end somebody's right to listen: whoever listens is asked for it again.
DOUBTS = ("office.ended", "person.ended", "meeting.uninvited", "meeting.handed_over", "meeting.changed", "invitation.withdrawn")
Draw = Callable[[int, str, Audience], Awaitable[str]]


@dataclass(eq=False)
class Room:
    """The open streams of one meeting. `seen`: the acts up to it have been looked at. `turns`: how often each part has changed."""

    listeners: set[Listener] = field(default_factory=set)
    dirty: set[str] = field(default_factory=set)
    drawn: dict[tuple[str, Audience], bytes] = field(default_factory=dict)
    rumour: bool = False
    seen: int = 0
    beats: int = 0
    rests: int = 0
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    turns: Counter[str] = field(default_factory=Counter)
    drawing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def look(self, meeting_id: int) -> None:
        """Read what has been done since the last look, here or in another process."""
        self.rumour = False
        rows = await changes.since(meeting_id, self.seen)
        queues = {row["subject_id"]: await changes.in_queue(row["subject_id"]) for row in rows if row["subject"] == "Speaker"}
        # From here to the end of the caller's preparations nothing waits: whoever comes in meanwhile comes before or after all of it.
        for row in rows:
            self._mark(row["act"], row["subject"], row["subject_id"], row["sequence"], queues.get(row["subject_id"], set()))

    def _mark(self, act: str, subject: str, number: int, sequence: int, queue: set[int]) -> None:
        common, personal = touched(act)
        self.dirty |= set(common)
        self._tell(personal, sequence)
        if subject == "Seat":
            self._tell(("mine", "ballot"), sequence, {number})
        if subject == "Speaker":
            self._tell(("mine",), sequence, queue)
        if act in ("seat.left", "seat.moved"):
            for one in [one for one in self.listeners if one.seat_id == number]:
                one.close()
        self.seen = sequence

    def _tell(self, parts: Iterable[str], sequence: int, seats: set[int] | None = None) -> None:
        """Personal parts are stale: for everybody, or for some seats; not for who had seen the act elsewhere."""
        wanted = set(parts)
        for one in self.listeners if wanted else ():
            if one.number < sequence and (seats is None or one.seat_id in seats):
                one.stale |= wanted & personal_of(one.audience)

    async def beat(self, meeting_id: int, draw: Draw) -> None:
        """Render what changed once for each audience that listens, and hand the same bytes to all of it."""
        self.beats += 1
        if self.beats < self.rests or not self.ready.is_set():
            return
        if self.rumour:
            await self.look(meeting_id)
        number, dirty = self.seen, self.dirty
        self.dirty = set()
        self.turns.update(dirty)
        self.drawn = {key: sent for key, sent in self.drawn.items() if key[0] not in dirty}
        try:
            await self._hand_out(meeting_id, dirty, number, draw)
        except BaseException:
            self.dirty |= dirty
            self.rests = self.beats + REST
            raise
        self._vouch(number)

    async def _hand_out(self, meeting_id: int, dirty: set[str], number: int, draw: Draw) -> None:
        for audience in {one.audience for one in self.listeners} if dirty else ():
            for part in sorted(dirty & set(common_of(audience))):
                sent = await self.part(meeting_id, part, audience, draw)
                for one in self.listeners:
                    if one.audience == audience and one.number < number:
                        one.give(part, sent)

    def _vouch(self, number: int) -> None:
        """Everything up to `number` has been given."""
        ping = self.beats % PING_EVERY == 0
        for one in self.listeners:
            one.number = max(one.number, number)
            if one.stale and self.beats - one.told_at >= STALE_EVERY:
                for part in sorted(one.stale):
                    one.give(f"stale {part}", message(part, event=part))
                one.stale, one.told_at = set(), self.beats
            if ping:
                one.give("ping", b": \n\n")

    async def part(self, meeting_id: int, part: str, audience: Audience, draw: Draw) -> bytes:
        """The bytes of a part, drawn once until something changes it."""
        key = (part, audience)
        # One drawing at a time: of two at once the older could be the one that is kept.
        async with self.drawing:
            if (kept := self.drawn.get(key)) is not None:
                return kept
            turn = self.turns[part]
            sent = message(partial(part, await draw(meeting_id, part, audience)))
            if turn == self.turns[part]:
                self.drawn[key] = sent
        return sent


class Hub:
    """All live rooms of this process. `whispers`: meetings in which something was done here, for the other processes."""

    def __init__(self) -> None:
        self.rooms: dict[int, Room] = {}
        self.whispers: set[int] = set()
        self.open_from: Counter[str] = Counter()
        self.stirred = asyncio.Event()
        self.draw: Draw

    def hear(self, entry: Entry) -> None:
        if entry.meeting_id:
            self.whispers.add(entry.meeting_id)
            self.rumour(entry.meeting_id)
        if entry.act in DOUBTS:
            for room in self.rooms.values():
                for one in room.listeners:
                    one.doubted = True
                    one.wake.set()

    def rumour(self, meeting_id: int) -> None:
        """Something was done in a meeting, here or elsewhere: its room looks at the next beat."""
        if (room := self.rooms.get(meeting_id)) is not None:
            room.rumour = True
            self.stirred.set()

    def enter(self, keys: Sequence[str]) -> None:
        """Count a stream under each key; refuse one too many."""
        if any(self.open_from[key] >= (PER_ADDRESS if key.startswith("address ") else PER_HOLDER) for key in keys):
            raise Refusal("Too many windows of this meeting are open from here. Close one of them first.", status=429)
        self.open_from.update(keys)

    def leave(self, keys: Sequence[str]) -> None:
        self.open_from.subtract(keys)
        self.open_from = +self.open_from

    async def open(self, meeting_id: int, one: Listener) -> Room:
        """The room of a new stream, which knows where the journal of its meeting stands."""
        if (room := self.rooms.get(meeting_id)) is not None:
            room.listeners.add(one)
            await room.ready.wait()
            return room
        room = self.rooms[meeting_id] = Room({one})
        try:
            room.seen = await changes.newest(meeting_id)
        finally:
            room.ready.set()
        return room

    async def greet(self, meeting_id: int, one: Listener, last: int) -> None:
        """What changed between `last` and the last look is given at once, without a `last` everything; what came after, with the others."""
        one.number = one.told = last
        room = await self.open(meeting_id, one)
        number = room.seen
        common, personal = await changes.missed(meeting_id, last, number)
        for part in sorted(common & set(common_of(one.audience))):
            one.waiting.setdefault(part, await room.part(meeting_id, part, one.audience, self.draw))
        one.stale |= personal & personal_of(one.audience)
        one.number = max(one.number, number)
        room.rumour = True
        one.wake.set()

    def shut(self, meeting_id: int, one: Listener) -> None:
        room = self.rooms.get(meeting_id)
        if room is not None:
            room.listeners.discard(one)
            if not room.listeners:
                del self.rooms[meeting_id]

    async def _pause(self, worked: float) -> float:
        """To the next beat: after a quiet time an act is told at once, else a beat after the last one. When it was."""
        now = asyncio.get_running_loop().time
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(BEAT):
                await self.stirred.wait()
        if not self.stirred.is_set():
            return worked
        await asyncio.sleep(max(0.0, worked + BEAT - now()))
        self.stirred.clear()
        return now()

    async def run(self) -> None:
        """Beat for ever. A room that cannot be drawn is logged and does not stop the others."""
        worked, self.stirred = 0.0, asyncio.Event()
        while True:
            worked = await self._pause(worked)
            for meeting_id, room in list(self.rooms.items()):
                try:
                    await room.beat(meeting_id, self.draw)
                except Exception:
                    log.exception("the room of meeting %s could not be drawn", meeting_id)


hub = Hub()
