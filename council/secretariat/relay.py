"""Between processes: what is done in a meeting here is whispered to the rooms of the others.

On PostgreSQL by LISTEN and NOTIFY over a connection of its own, which is made again when it breaks; then every room looks, for nobody knows what
was missed. A whisper names a meeting and nothing else: each process reads the journal itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any

from council.secretariat.streams import BEAT, Hub
from council.settings import settings

log = logging.getLogger(__name__)

CHANNEL = "council_rooms"
AT_ONCE = 500  # meetings in one whisper: a notification holds 8,000 bytes
BETWEEN_TRIES = 1.0  # seconds between two tries to connect


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
