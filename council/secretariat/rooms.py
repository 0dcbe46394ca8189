"""One live room: what changed in a meeting is drawn once for each kind of page and language, and the same bytes go to every seat."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from council.secretariat import changes
from council.secretariat.listeners import NOTHING, Listener
from council.secretariat.signals import Audience, common_of, message, partial, personal_of, staleness, touched

STALE_EVERY, PING_EVERY, REST = 10, 200, 10  # beats: between two events of staleness to one seat; two signs of life; a room that cannot be drawn
LASTS = 600.0  # seconds: the life of a stream, up to half as long again, so that a room that came together does not come back together
AT_ONCE = 100  # writings before somebody else gets a turn
Draw = Callable[[int, Sequence[str], Audience], Awaitable[dict[str, str]]]


@dataclass(eq=False)
class Room:
    """The open streams of one meeting. `due`: something is to be written to them; `owed`: they are still to hear that something is stale.

    `seen`: the acts up to it have been looked at; `vouched`: they have been given. `turns`: how often each part has changed.
    """

    listeners: set[Listener] = field(default_factory=set)
    due: set[Listener] = field(default_factory=set)
    owed: set[Listener] = field(default_factory=set)
    dirty: set[str] = field(default_factory=set)
    drawn: dict[tuple[str, Audience], bytes] = field(default_factory=dict)
    rumour: bool = False
    seen: int = 0
    vouched: int = 0
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
        stale: dict[str, int] = {}
        for row in rows:
            common, personal = touched(row["act"])
            self.dirty |= set(common)
            stale |= dict.fromkeys(personal, row["sequence"])
            self._mark(row, queues.get(row["subject_id"], set()))
            self.seen = row["sequence"]
        self._tell_all(stale)

    def _mark(self, row: dict[str, Any], queue: set[int]) -> None:
        """What an act means for some seats only."""
        if row["subject"] == "Seat":
            self._tell(("mine", "ballot"), row["sequence"], {row["subject_id"]})
        if row["subject"] == "Speaker":
            self._tell(("mine",), row["sequence"], queue)
        if row["act"] in ("seat.left", "seat.moved"):
            for one in [one for one in self.listeners if one.seat_id == row["subject_id"]]:
                self.close(one)

    def _tell_all(self, stale: dict[str, int]) -> None:
        """Personal parts are stale for everybody who has not seen elsewhere the newest act that touched them."""
        for audience in {one.audience for one in self.listeners} if stale else ():
            for part in personal_of(audience) & stale.keys():
                for one in self.listeners:
                    if one.number < stale[part] and one.audience == audience:
                        self._owe(one, frozenset({part}))

    def _tell(self, parts: Iterable[str], sequence: int, seats: set[int]) -> None:
        for one in self.listeners:
            if one.seat_id in seats and one.number < sequence:
                self._owe(one, personal_of(one.audience).intersection(parts))

    def _owe(self, one: Listener, parts: frozenset[str]) -> None:
        if parts:
            one.stale |= parts
            self.owed.add(one)

    async def beat(self, meeting_id: int, draw: Draw) -> None:
        """Render what changed once for each audience that listens, and hand the same bytes to all of it."""
        self.beats += 1
        try:
            if self.beats >= self.rests and self.ready.is_set():
                await self._draw(meeting_id, draw)
        finally:
            await self._push()

    async def _draw(self, meeting_id: int, draw: Draw) -> None:
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
        if self.beats % PING_EVERY == 0:
            self._sign_of_life()

    async def _hand_out(self, meeting_id: int, dirty: set[str], number: int, draw: Draw) -> None:
        for audience in {one.audience for one in self.listeners} if dirty else ():
            drawn = await self.parts(meeting_id, dirty & set(common_of(audience)), audience, draw)
            for one in self.listeners if drawn else ():
                if one.audience == audience and one.number < number:
                    one.waiting |= drawn
                    self.due.add(one)

    def _vouch(self, number: int) -> None:
        """Everything up to `number` has been given. Whoever is greeted meanwhile has been given at least as much."""
        for one in self.listeners if number > self.vouched else ():
            one.number = max(one.number, number)
        self.vouched = number
        for one in [one for one in self.owed if self.beats - one.told_at >= STALE_EVERY]:
            self._hint(one)
            self.due.add(one)

    def _hint(self, one: Listener) -> None:
        """Say which personal parts are stale."""
        for part in sorted(one.stale):
            one.give(f"stale {part}", staleness(part))
        one.stale, one.told_at = NOTHING, self.beats
        self.owed.discard(one)

    def _sign_of_life(self) -> None:
        """To everybody; whoever has listened for long enough begins anew."""
        now = asyncio.get_running_loop().time()
        for one in list(self.listeners):
            one.give("ping", b": \n\n")
            self.due.add(one)
            if now > one.until:
                self.close(one, b"")

    async def _push(self) -> None:
        """Write to all that are due; to a slow phone at the next beat, when it has taken what it was sent before."""
        due, self.due = self.due, set()
        for count, one in enumerate(due, 1):
            if not one.push():
                self.due.add(one)
            if count % AT_ONCE == 0:
                await asyncio.sleep(0)

    def close(self, one: Listener, *parting: bytes) -> None:
        """End a stream at the next beat; from now on it gets nothing but its farewell."""
        one.close(*parting)
        self.leave(one)
        self.due.add(one)

    def welcome(self, one: Listener) -> None:
        """A new stream has been greeted and is written to from now on."""
        one.asked = asyncio.get_running_loop().time()
        one.until = one.asked + LASTS + secrets.randbelow(int(LASTS / 2))
        if one.stale:
            self._hint(one)
        if not one.push():
            self.due.add(one)

    def leave(self, one: Listener) -> None:
        for known in (self.listeners, self.owed, self.due):
            known.discard(one)

    async def parts(self, meeting_id: int, wanted: set[str], audience: Audience, draw: Draw) -> dict[str, bytes]:
        """The bytes of these parts, each drawn once until something changes it."""
        # One drawing at a time: of two at once the older could be the one that is kept.
        async with self.drawing:
            kept = {part: self.drawn[part, audience] for part in wanted if (part, audience) in self.drawn}
            missing, turns = sorted(wanted - kept.keys()), self.turns.copy()
            fresh = await draw(meeting_id, missing, audience) if missing else {}
            made = {part: message(partial(part, html)) for part, html in fresh.items()}
            self.drawn |= {(part, audience): sent for part, sent in made.items() if self.turns[part] == turns[part]}
        return kept | made
