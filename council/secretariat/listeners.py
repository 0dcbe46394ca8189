"""One open stream as its room sees it: what waits for it, and up to which act it has been told everything."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from math import inf

from council.secretariat.lines import Wire
from council.secretariat.signals import Audience, message

FAREWELL = message("mine", event="mine") + message("left", event="left")
NOTHING: frozenset[str] = frozenset()
Check = Callable[[], Awaitable[bool]]


@dataclass(eq=False, slots=True)
class Listener:
    """One open stream: a slot for each part, so that a slow phone holds no more than one state of each. `number`: all up to it has been given.

    `still`: may its holder go on listening? Until it has been greeted it has no `wire`. Thousands of these wait at once: nothing is kept here
    that several of them could share.
    """

    audience: Audience
    still: Check
    seat_id: int | None = None
    session_id: int | None = None
    number: int = 0
    told: int = 0
    waiting: dict[str, bytes] = field(default_factory=dict)
    stale: frozenset[str] = NOTHING
    wire: Wire | None = None
    told_at: int = -1000
    asked: float = inf
    until: float = inf
    doubted: bool = False
    parting: bytes | None = None

    @property
    def closed(self) -> bool:
        return self.parting is not None

    def give(self, part: str, sent: bytes) -> None:
        self.waiting[part] = sent

    def take(self) -> bytes:
        """Everything that waits, once; behind it the number it vouches for, unless something personal is still to be told."""
        parts = [*self.waiting.values()]
        if self.number > self.told and not self.stale:
            self.told = self.number
            parts.append(b"id: %d\n\n" % self.number)
        if self.parting:
            parts.append(self.parting)
        self.waiting.clear()
        return b"".join(parts)

    def close(self, parting: bytes = FAREWELL) -> None:
        """The holder has left: a farewell tells them, then the stream ends for good. Without one the browser comes back."""
        self.parting = parting if self.parting is None else self.parting

    def push(self) -> bool:
        """Write what waits; whether nothing is left to do for it at present."""
        if self.wire is None:
            return True
        if self.closed:
            self._end(self.wire)
        elif not self.wire.free():
            return False
        elif sent := self.take():
            self.wire.write(sent)
        return True

    def _end(self, wire: Wire) -> None:
        if wire.free() and (sent := self.take()):
            wire.write(sent)
        wire.end()
        self.wire = None
