"""Between processes: what is done in a meeting here is whispered to the rooms of the others, and whoever may no longer listen is found.

On PostgreSQL by LISTEN and NOTIFY over a connection of its own, which is made again when it breaks; then every room looks, for nobody knows what
was missed. A whisper names a meeting and nothing else: each process reads the journal itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from typing import Any

from council import clock
from council.db import sql
from council.secretariat.listeners import Listener
from council.secretariat.streams import BEAT, Hub
from council.settings import settings

log = logging.getLogger(__name__)

CHANNEL = "council_rooms"
AT_ONCE = 500  # meetings in one whisper: a notification holds 8,000 bytes
SWEEP, BETWEEN_TRIES = 4.0, 1.0  # seconds; between two looks whether seats and sign-ins live; between two tries to connect


async def whisper(hub: Hub, database: str = "") -> None:
    """Tell the other processes and hear them, for ever. On SQLite there are none."""
    address = (database or settings().database).replace("asyncpg://", "postgresql://", 1).replace("postgres://", "postgresql://", 1)
    if not address.startswith("postgresql://"):
        return
    while True:
        try:
            await _connected(hub, address)
        except Exception as fault:
            log.warning("the whispers between processes broke off: %s", fault)
        await asyncio.sleep(BETWEEN_TRIES)


async def _connected(hub: Hub, address: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(address, timeout=10)
    try:
        await connection.add_listener(CHANNEL, lambda _c, _pid, _channel, said: _heard(hub, said))
        for meeting_id in hub.rooms:
            hub.rumour(meeting_id)
        while not connection.is_closed():
            await asyncio.sleep(BEAT)
            await _tell(hub, connection)
        raise ConnectionError("closed by the other side")
    finally:
        with contextlib.suppress(Exception):
            await connection.close(timeout=2)


async def _tell(hub: Hub, connection: Any) -> None:
    """What was done since the last beat. What could not be told is kept for the next connection."""
    meant = set(sorted(hub.whispers)[:AT_ONCE])
    if not meant:
        return
    await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, " ".join(map(str, sorted(meant))), timeout=5)
    hub.whispers -= meant


def _heard(hub: Hub, said: str) -> None:
    for word in said.split():
        if word.isdecimal():
            hub.rumour(int(word))


async def sweep(hub: Hub) -> None:
    """For ever: close the streams of seats that were left and of sign-ins that have ended, whichever process they ended in."""
    while True:
        await asyncio.sleep(SWEEP)
        try:
            await sweep_once(hub)
        except Exception:
            log.exception("the streams could not be looked over")


async def sweep_once(hub: Hub) -> None:
    """Two questions for all streams of this process. A room that missed a whisper looks, too."""
    listening = [one for room in hub.rooms.values() for one in room.listeners if not one.closed]
    for meeting_id in hub.rooms:
        hub.rumour(meeting_id)
    seats = await _living("SELECT id FROM seat WHERE left_at IS NULL AND id IN ({})", [one.seat_id for one in listening if one.seat_id])
    signed_in = [one.session_id for one in listening if one.session_id]
    sessions = await _living("SELECT id FROM session WHERE ends_at > ? AND id IN ({})", signed_in, clock.now())
    for one in listening:
        if _gone(one, seats, sessions):
            one.close()


def _gone(one: Listener, seats: set[int], sessions: set[int]) -> bool:
    return (one.seat_id is not None and one.seat_id not in seats) or (one.session_id is not None and one.session_id not in sessions)


async def _living(statement: str, ids: Sequence[int], *first: Any) -> set[int]:
    found: set[int] = set()
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        rows = await sql(statement.format(", ".join("?" * len(some))), *first, *some)
        found |= {int(row["id"]) for row in rows}
    return found
