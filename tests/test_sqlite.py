"""How pages read on SQLite: short questions in place, long ones beside the event loop, and nothing but reading."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
from pathlib import Path

import pytest
from tortoise import connections
from tortoise.exceptions import OperationalError

from council import db, sqlite
from council.neighbourhood.journal import writing
from tests.conftest import ON_POSTGRES

pytestmark = pytest.mark.skipif(ON_POSTGRES, reason="the embedded database only")
LONG = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400000) SELECT max(i) AS most FROM n"


async def turns_during(question: str) -> tuple[int, int]:
    """The answer, and how often others had their turn meanwhile."""
    turns, asked = 0, asyncio.create_task(db.sql(question))
    while not asked.done():
        await asyncio.sleep(0)
        turns += 1
    return (await asked)[0]["most"], turns


async def test_a_long_question_holds_up_nobody(database, monkeypatch):
    await db.sql("SELECT 1")
    answer, turns = await turns_during(LONG)
    assert answer == 400_000
    assert turns > 10
    monkeypatch.setattr(sqlite, "AT_ONCE", 60.0)
    answer, turns = await turns_during(LONG)
    assert answer == 400_000
    assert turns <= 2  # the control: asked in place it would hold up all others


async def test_a_short_question_is_answered_in_place(database):
    await db.sql("SELECT 1 AS most")
    assert await turns_during("SELECT 7 AS most") == (7, 1)


async def test_a_long_question_within_a_transaction_holds_up_nobody_and_ends_nothing(database):
    async with writing():
        await db.sql("INSERT INTO counter (name, value) VALUES (?, ?)", "x", 1)
        answer, turns = await turns_during(LONG.replace("WITH RECURSIVE", "SELECT * FROM (WITH RECURSIVE") + ")")
    assert (answer, turns > 10) == (400_000, True)
    assert await db.sql("SELECT value FROM counter WHERE name = 'x'") == [{"value": 1}]


async def test_whoever_waits_for_another_program_to_end_its_transaction_holds_up_nobody(database):
    async def write() -> None:
        async with writing():
            await db.sql("INSERT INTO counter (name, value) VALUES (?, ?)", "x", 1)

    await write()
    other = sqlite3.connect(database.removeprefix("sqlite://"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("DELETE FROM counter")
    waiting = asyncio.create_task(write())
    for _ in range(50):
        await asyncio.sleep(0)
    assert not waiting.done()
    other.execute("COMMIT")
    other.close()
    await waiting
    assert await db.sql("SELECT value FROM counter") == [{"value": 1}]


async def test_a_row_is_put_in_in_place_and_taken_back_with_its_transaction(database):
    async def falling() -> None:
        async with writing():
            asked = asyncio.create_task(db.sql("INSERT INTO counter (name, value) VALUES (?, ?) RETURNING value", "x", 7))
            await asyncio.sleep(0)
            assert asked.done()
            assert await asked == [{"value": 7}]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await falling()
    assert await db.sql("SELECT value FROM counter") == []


async def test_what_may_take_long_is_not_done_in_place():
    assert sqlite._one_row("INSERT INTO counter (name, value) VALUES (?, ?)", ["x", 1])
    assert sqlite._one_row('UPDATE "counter" SET "value"=? WHERE "id"=?', [1, 2])
    assert not sqlite._one_row("INSERT INTO counter (name, value) SELECT name, 1 FROM place", [])
    assert not sqlite._one_row("INSERT INTO counter (name, value) VALUES (?, ?)", ["x", 1] * 200)
    assert not sqlite._one_row("UPDATE counter SET value = ?", [1])
    assert not sqlite._one_row("DELETE FROM counter", [])


async def test_pages_cannot_write(database):
    await db.sql("SELECT 1")
    for statement in ("DELETE FROM place", "INSERT INTO counter (name, last) VALUES ('x', 1)"):
        with pytest.raises(OperationalError):
            await connections.get("reading").execute_query(statement)


async def test_what_is_committed_is_read_at_once(database):
    writer = connections.get("default")
    await db.sql("SELECT 1")
    for number in range(3):
        await writer.execute_query("INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('x', ?, '2026-11-21')", [f"9{number}"])
        found = await db.sql("SELECT count(*) AS most FROM tortoise_migrations WHERE app = 'x'")
        assert found[0]["most"] == number + 1


async def test_what_is_wrong_with_a_question_is_said(database):
    await db.sql("SELECT 1")
    with pytest.raises(OperationalError, match="no such table"):
        await db.sql("SELECT * FROM nowhere")


async def test_a_commit_that_fails_for_want_of_room_is_refused_and_the_next_one_goes_through(database):
    async def write(number: int) -> None:
        async with writing():
            await db.sql("INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('x', ?, '2026-11-21')", str(number))

    await write(1)
    largest = Path(database.removeprefix("sqlite://") + "-wal").stat().st_size
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, usual[1]))
    try:
        for number in (2, 3):
            with pytest.raises(OperationalError):
                await write(number)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    await write(4)
    assert [row["name"] for row in await db.sql("SELECT name FROM tortoise_migrations WHERE app = 'x' ORDER BY name")] == ["1", "4"]
