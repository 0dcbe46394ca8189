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
from collections.abc import Iterator, Sequence

from council.neighbourhood.journal import Entry
from council.refusals import Refusal
from council.secretariat import changes
from council.secretariat.lines import Wire
from council.secretariat.listeners import Listener
from council.secretariat.rooms import Draw, Room
from council.secretariat.signals import common_of, personal_of

log = logging.getLogger(__name__)

BEAT = 0.1  # seconds
PER_HOLDER, PER_ADDRESS = 8, 3000  # open streams: the windows of one person; a whole hall behind one address
# What may end somebody's right to listen: whoever listens is asked for it again.
DOUBTS = ("office.ended", "person.ended", "meeting.uninvited", "meeting.handed_over", "meeting.changed", "invitation.withdrawn")


class Hub:
    """All live rooms of this process. `whispers`: meetings in which something was done here, for the other processes."""

    def __init__(self) -> None:
        self.rooms: dict[int, Room] = {}
        self.whispers: set[int] = set()
        self.open_from: Counter[str] = Counter()
        self.stirred, self.doubted = asyncio.Event(), asyncio.Event()
        self.draw: Draw

    def hear(self, entry: Entry) -> None:
        if entry.meeting_id:
            self.whispers.add(entry.meeting_id)
            self.rumour(entry.meeting_id)
        if entry.act in DOUBTS:
            for one in self.listeners(entry.meeting_id):
                one.doubted = True
            self.doubted.set()

    def rumour(self, meeting_id: int) -> None:
        """Something was done in a meeting, here or elsewhere: its room looks at the next beat."""
        if (room := self.rooms.get(meeting_id)) is not None:
            room.rumour = True
            self.stirred.set()

    def listeners(self, meeting_id: int | None = None) -> Iterator[Listener]:
        """Whoever listens to a meeting, or to any."""
        for number, room in self.rooms.items():
            if meeting_id is None or number == meeting_id:
                yield from room.listeners

    def enter(self, keys: Sequence[str]) -> None:
        """Count a stream under each key; refuse one too many."""
        if any(self.open_from[key] >= (PER_ADDRESS if key.startswith("address ") else PER_HOLDER) for key in keys):
            raise Refusal("Too many windows of this meeting are open from here. Close one of them first.", status=429)
        self.open_from.update(keys)

    def leave(self, keys: Sequence[str]) -> None:
        for key in keys:
            self.open_from[key] -= 1
            if self.open_from[key] <= 0:
                del self.open_from[key]

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

    async def greet(self, meeting_id: int, one: Listener, last: int, wire: Wire) -> None:
        """What changed between `last` and the last look is given at once, without a `last` everything; what came after, with the others."""
        one.number = one.told = last
        room = await self.open(meeting_id, one)
        number = room.seen
        common, personal = await changes.missed(meeting_id, last, number)
        drawn = await room.parts(meeting_id, common & set(common_of(one.audience)), one.audience, self.draw)
        one.waiting = drawn | one.waiting
        if theirs := personal_of(one.audience) & personal:
            one.stale |= theirs
        one.number, one.wire, room.rumour = max(one.number, number), wire, True
        room.welcome(one)

    def close(self, one: Listener) -> None:
        """End a stream, in whichever room it is."""
        for room in self.rooms.values():
            if one in room.listeners:
                room.close(one)

    def shut(self, meeting_id: int, one: Listener) -> None:
        room = self.rooms.get(meeting_id)
        if room is not None:
            room.leave(one)
            if not room.listeners and not room.due:
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
