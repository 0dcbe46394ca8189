"""Whoever may no longer listen is found and their stream closed, whichever process their seat or sign-in ended in."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from typing import Any

from council import clock
from council.db import sql
from council.neighbourhood.offices import may
from council.neighbourhood.people import Actor
from council.proceedings.meetings import Meeting
from council.secretariat.listeners import Listener
from council.secretariat.streams import Hub

log = logging.getLogger(__name__)

AT_ONCE = 500  # seats or sign-ins in one question
SWEEP = 4.0  # seconds between two looks whether seats and sign-ins live
ASK_AGAIN = 60.0  # seconds after which anybody is asked again for the right to listen, whatever happened


async def sweep(hub: Hub) -> None:
    """For ever: close the streams of seats that were left and of sign-ins that have ended."""
    while True:
        await asyncio.sleep(SWEEP)
        try:
            await sweep_once(hub)
        except Exception:
            log.exception("the streams could not be looked over")


async def sweep_once(hub: Hub) -> None:
    """Two questions for all streams of this process. A room that missed a whisper looks, too."""
    listening = list(hub.listeners())
    for meeting_id in hub.rooms:
        hub.rumour(meeting_id)
    seats = await _living("SELECT id FROM seat WHERE left_at IS NULL AND id IN ({})", [one.seat_id for one in listening if one.seat_id])
    signed_in = [one.session_id for one in listening if one.session_id]
    sessions = await _living("SELECT id FROM session WHERE ends_at > ? AND id IN ({})", signed_in, clock.now())
    for one in listening:
        if _gone(one, seats, sessions):
            hub.close(one)


def _gone(one: Listener, seats: set[int], sessions: set[int]) -> bool:
    return (one.seat_id is not None and one.seat_id not in seats) or (one.session_id is not None and one.session_id not in sessions)


async def _living(statement: str, ids: Sequence[int], *first: Any) -> set[int]:
    found: set[int] = set()
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        rows = await sql(statement.format(", ".join("?" * len(some))), *first, *some)
        found |= {int(row["id"]) for row in rows}
    return found


async def allowed(meeting_id: int, who: Actor | None) -> bool:
    """May somebody listen to a meeting? By their seat, their invitation or their office, as of now."""
    meeting = await Meeting.get_or_none(id=meeting_id)
    return meeting is not None and who is not None and await may(who, "meeting.see", meeting)


async def ask(hub: Hub) -> None:
    """For ever: ask for the right to listen again, at once where an act has put it in doubt, else each in turn."""
    hub.doubted = asyncio.Event()
    while True:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await hub.doubted.wait()
        hub.doubted.clear()
        await ask_once(hub)


async def ask_once(hub: Hub) -> None:
    """One after the other, the doubtful first, so that whatever else is to be done gets its turn."""
    now = asyncio.get_running_loop().time()
    for one in sorted((one for one in hub.listeners() if one.doubted or now - one.asked > ASK_AGAIN), key=lambda one: not one.doubted):
        one.asked, one.doubted = now, False
        try:
            if not await one.still():
                hub.close(one)
        except Exception:
            one.doubted = True
            log.exception("whether somebody may listen could not be asked")
