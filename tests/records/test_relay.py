"""Two processes over one PostgreSQL: what is done in one is seen by whoever listens at the other, also after their connection broke."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from pathlib import Path

import pytest

from council.db import sql
from council.proceedings import chair
from tests.client import signed_in
from tests.conftest import HOME, ON_POSTGRES
from tests.records.cast import called

ROOT = Path(__file__).resolve().parents[2]
ARTICLES = "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: __Host-session={token}\r\nSec-Fetch-Site: same-origin\r\n\r\n"
pytestmark = pytest.mark.skipif(not ON_POSTGRES, reason="one process serves SQLite")


@contextlib.asynccontextmanager
async def serving(database: str):
    """A process of the application over this database; its port."""
    from tests.journeys.conftest import free_port

    port = free_port()
    environment = {**os.environ, "DATABASE_URL": database, "COUNCIL_DATA": str(HOME), "PYTHONPATH": str(ROOT)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "council", "serve", "--port", str(port), cwd=ROOT, env=environment, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        for _ in range(400):
            with contextlib.suppress(OSError):
                _reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            await asyncio.sleep(0.1)
        yield port
    finally:
        process.terminate()
        await process.wait()


class Ear:
    """Listens at one process and keeps what it hears."""

    def __init__(self, port: int, path: str, token: str) -> None:
        self.heard, self.ended = "", False
        self.words = ARTICLES.format(path=path, port=port, token=token).encode()
        self.port = port

    async def listen(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(self.words)
        while sent := await reader.read(65536):
            self.heard += sent.decode()
            self.ended = "event: left" in self.heard
        writer.close()

    async def within(self, seconds: float, word: str) -> float:
        begun = time.monotonic()
        while word not in self.heard:
            assert time.monotonic() - begun < seconds, f"{word} not heard within {seconds} s: {self.heard[-400:]}"
            await asyncio.sleep(0.02)
        return time.monotonic() - begun


async def test_what_is_done_in_one_process_is_heard_in_the_other(world, database):
    cast = await called(world)
    await chair.open(cast.meeting, by=world.secretary)
    token, at = await signed_in(world.secretary), f"/meetings/{cast.meeting.id}"
    seat = await cast.seat("resident", world.secretary)
    resident = await signed_in(world.resident)
    async with serving(database) as here, serving(database) as there:
        wall, phone = Ear(here, f"{at}/stream?page=wall", token), Ear(here, f"{at}/stream?page=room", resident)
        listening = [asyncio.create_task(ear.listen()) for ear in (wall, phone)]
        await wall.within(20, "会议进行中")
        await phone.within(20, "会议进行中")
        begun = time.monotonic()
        assert await act(there, token, f"/items/{cast.item.id}/taking-up") == 303
        took = time.monotonic() - begun  # a twentieth of a second where nothing else runs
        assert await wall.within(20, "停车秩序维护办法") <= 1.0 + 5 * took
        # The connection between the processes breaks, and is made again.
        await sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query LIKE '%pg_notify($1%'")
        assert await act(there, token, f"/items/{cast.item.id}/deferral", "words=x") == 303
        await wall.within(20, "各项议题都议完了")
        assert await act(there, token, f"/seats/{seat.id}/leaving?back=roll") == 303
        assert await phone.within(20, "event: left") <= 5 + 5 * took
        for task in listening:
            task.cancel()


async def act(port: int, token: str, path: str, body: str = "") -> int:
    """POST to one process; the status it answers with."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: __Host-session={token}\r\nSec-Fetch-Site: same-origin\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}"
    )
    writer.write(head.encode())
    answer = await asyncio.wait_for(reader.read(), 60)
    writer.close()
    return int(answer.split()[1])
