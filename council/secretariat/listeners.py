"""One open stream as its room sees it: what waits for it, and up to which act it has been told everything."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from council.secretariat.signals import Audience, message

FAREWELL = message("mine", event="mine") + message("left", event="left")


@dataclass(eq=False, slots=True)
class Listener:
    """One open stream: a slot for each part, so that a slow phone holds no more than one state of each. `number`: all up to it has been given."""

    audience: Audience
    seat_id: int | None = None
    session_id: int | None = None
    number: int = 0
    told: int = 0
    waiting: dict[str, bytes] = field(default_factory=dict)
    stale: set[str] = field(default_factory=set)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    told_at: int = -1000
    doubted: bool = False
    closed: bool = False

    def give(self, part: str, sent: bytes) -> None:
        self.waiting[part] = sent
        self.wake.set()

    def take(self) -> bytes:
        """Everything that waits, once; behind it the number it vouches for, unless something personal is still to be told."""
        parts = [*self.waiting.values()]
        if self.number > self.told and not self.stale:
            self.told = self.number
            parts.append(b"id: %d\n\n" % self.number)
        if self.closed:
            parts.append(FAREWELL)
        self.waiting.clear()
        self.wake.clear()
        return b"".join(parts)

    def close(self) -> None:
        """The holder has left: a farewell tells them, then the stream ends for good."""
        self.closed = True
        self.wake.set()
