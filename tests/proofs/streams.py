"""200 browsers listen to one meeting through 1,000 acts, each cut off again and again in the middle of what it is being sent, and the server
killed now and then: at the end each of them knows the newest state of every part, and none was sent what its own number had vouched for.

A part is drawn as the number of the newest act that changed it. A number received (`id`) is checked at once: every part must be known up to it.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
from collections.abc import Callable, Sequence
from typing import Any

from council.secretariat import streams
from council.secretariat.listeners import Listener
from council.secretariat.listening import Stream
from council.secretariat.signals import COMMON, PERSONAL, Audience, personal_of, touched
from council.secretariat.streams import Hub
from tests.proofs.ground import fresh

FULL, QUICK = 1000, 60
BROWSERS, KILLS = 200, 3
ACTS = ("item.taken_up", "seat.confirmed", "speaker.asked", "ballot.voted", "proposal.seconded", "meeting.adjourned", "opinion.handed_in")
ROOM = Audience("room", "zh_Hans_CN")
EVENT = re.compile(r'(?:event: (?P<stale>\w+)\n|id: (?P<id>\d+)\n|data: <hx-partial hx-target="#(?P<part>\w+)"[^>]*>(?P<state>\d+)</hx-partial>\n)')


class Journal:
    """What has been done, kept beside the database: the newest act on each part up to any number."""

    def __init__(self) -> None:
        self.acts: list[tuple[int, set[str]]] = []

    def done(self, number: int, act: str) -> None:
        self.acts.append((number, {part for found in touched(act) for part in found}))

    def newest(self, part: str, up_to: int = 10**9) -> int:
        return max((number for number, parts in self.acts if part in parts and number <= up_to), default=0)


class Browser:
    """Reads its stream to the sign at which the line is cut, keeps what it knows, and comes back with its number."""

    def __init__(self, name: int, journal: Journal, chance: random.Random) -> None:
        self.name, self.journal, self.chance = name, journal, chance
        self.known: dict[str, int] = {}
        self.number, self.left, self.faults = 0, "", [f"browser {name}: never connected"]
        self.cut = asyncio.Event()

    async def listen(self, hub: Hub, meeting_id: int) -> None:
        """One connection, until it is cut."""
        self.cut, self.left = asyncio.Event(), ""
        self.faults = [fault for fault in self.faults if "never" not in fault]
        await Stream(hub, meeting_id, ROOM, _yes, last=self.number)({}, self._receive, self._send)

    async def _receive(self) -> dict[str, str]:
        await self.cut.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        body = message.get("body", b"").decode()
        if self.cut.is_set() or not body:
            return
        if self.chance.random() < 0.03:
            body = body[: self.chance.randrange(len(body))]
            self.cut.set()
        self.left += body
        while (end := self.left.find("\n\n")) >= 0:
            self._read(self.left[: end + 2])
            self.left = self.left[end + 2 :]

    def _read(self, event: str) -> None:
        found = EVENT.search(event)
        if found is None:
            return
        if found["part"]:
            self._shown(found["part"], int(found["state"]))
        elif found["stale"] in PERSONAL:
            self.known[found["stale"]] = self.journal.newest(found["stale"])
        elif found["id"]:
            self.number = int(found["id"])
            self.check(self.number)

    def _shown(self, part: str, state: int) -> None:
        if self.number and state <= self.number:
            self.faults.append(f"browser {self.name}: {part} of act {state} was sent again after {self.number} had vouched for it")
        if state < self.known.get(part, 0):
            self.faults.append(f"browser {self.name}: {part} went back from {self.known[part]} to {state}")
        self.known[part] = state

    def behind(self) -> bool:
        """Is something newer than what this browser knows?"""
        return any(self.known.get(part, 0) < self.journal.newest(part) for part in (*COMMON, *personal_of(ROOM)))

    def check(self, up_to: int = 10**9) -> None:
        for part in (*COMMON, *personal_of(ROOM)):
            wanted = self.journal.newest(part, up_to)
            if self.known.get(part, 0) < wanted:
                self.faults.append(f"browser {self.name}: {part} of act {wanted} is missing, number {self.number} claims it")


async def _yes() -> bool:
    return True


class Hall:
    """A meeting with its browsers and the server of the moment."""

    def __init__(self, meeting_id: int, count: int, seed: int) -> None:
        self.meeting_id, self.journal, self.chance = meeting_id, Journal(), random.Random(seed)
        self.browsers = [Browser(n, self.journal, random.Random(f"{seed} {n}")) for n in range(count)]
        self.hub, self.beating = Hub(), asyncio.create_task(asyncio.sleep(0))
        self.open = True

    async def start(self) -> None:
        """A fresh server: it knows only the database."""
        from council.neighbourhood import journal

        self.beating.cancel()
        journal.silence(self.hub.hear)
        self.hub = Hub()
        self.hub.draw = self._draw
        journal.listen(self.hub.hear)
        self.beating = asyncio.create_task(self.hub.run())
        for browser in self.browsers:
            browser.cut.set()

    async def _draw(self, meeting_id: int, parts: Sequence[str], audience: Audience) -> dict[str, str]:
        found = {}
        for part in parts:
            found[part] = str(self.journal.newest(part))
            await asyncio.sleep(self.chance.random() * 0.01)
        return found

    async def sit(self, browser: Browser) -> None:
        while self.open:
            await asyncio.sleep(browser.chance.random() * 0.05)
            await browser.listen(self.hub, self.meeting_id)

    async def act(self, subject: Any, by: Any) -> None:
        from council.neighbourhood.journal import note, writing

        act = self.chance.choice(ACTS)
        async with writing():
            entry = await note(act, subject, by, meeting_id=self.meeting_id)
            self.journal.done(int(entry.sequence or 0), act)
        await asyncio.sleep(self.chance.random() * 0.01)

    async def settled(self, patience: float) -> None:
        """Nobody is cut any more; everybody has come back and was told, for which a busy machine may take many seconds."""
        for browser in self.browsers:
            browser.chance = random.Random(0)
            browser.chance.random = lambda: 0.5  # type: ignore[method-assign]
            browser.cut.set()
        until = asyncio.get_running_loop().time() + patience
        while asyncio.get_running_loop().time() < until and any(browser.behind() for browser in self.browsers):
            await asyncio.sleep(0.1)
        for browser in self.browsers:
            browser.check()
        self.open = False


async def prove(n: int, seed: int, browsers: int = BROWSERS, patience: float = 90.0) -> list[str]:
    from tests.records.cast import called

    streams.BEAT = 0.02
    async with fresh() as world:
        cast = await called(world)
        hall = Hall(cast.meeting.id, browsers if n > QUICK else 20, seed)
        await hall.start()
        sitting = [asyncio.create_task(hall.sit(browser)) for browser in hall.browsers]
        for number in range(n):
            if number % (n // (KILLS + 1)) == n // (KILLS + 2):
                await hall.start()
            await hall.act(cast.meeting, world.secretary)
        await hall.settled(patience)
        await _end(hall, sitting)
        return [fault for browser in hall.browsers for fault in browser.faults]


async def _end(hall: Hall, sitting: list[asyncio.Task[None]]) -> None:
    for task in [*sitting, hall.beating]:
        task.cancel()
    for task in [*sitting, hall.beating]:
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def control(seed: int) -> list[str]:
    """The number sent before what it vouches for: a cut between the two loses something."""
    kept: Callable[[Listener], bytes] = Listener.take

    def hasty(one: Listener) -> bytes:
        number = b"id: %d\n\n" % one.number if one.number > one.told else b""
        return number + kept(one)

    Listener.take = hasty  # type: ignore[method-assign]
    try:
        return await prove(QUICK * 3, seed, 40, 1.5)
    finally:
        Listener.take = kept  # type: ignore[method-assign]
