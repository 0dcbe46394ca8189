"""The log notices every change of the past."""

from __future__ import annotations

import asyncio

from council.cli import verify
from council.db import writing_now
from council.neighbourhood import treelog
from council.neighbourhood.journal import Entry, writing
from council.neighbourhood.registry import add_place
from council.neighbourhood.treelog import LogHead, audit, place_entries, unplaced


async def test_every_committed_entry_gets_its_place(world):
    placed = await place_entries()
    assert placed > 10
    assert await unplaced() == 0
    assert (await audit()).sound


async def test_placing_in_two_steps_gives_the_same_root(world):
    await place_entries()
    await add_place("第三网格", "GRID", world.community, by=world.operator)
    await place_entries()
    found = await audit()
    assert found.sound
    assert (await LogHead.all().order_by("-day").first()).root == found.root


async def test_a_changed_entry_is_named(world):
    await place_entries()
    victim = await Entry.all().order_by("id").offset(3).first()
    token = writing_now.set(True)
    await Entry.filter(id=victim.id).update(act="place.removed")
    writing_now.reset(token)
    assert (await audit()).first_bad == victim.id


async def test_a_log_cut_at_its_end_is_noticed(world):
    await place_entries()
    async with writing():
        last = await Entry.all().order_by("-id").first()
        await last.delete()
    assert not (await audit()).sound


async def test_an_entry_that_was_rolled_back_is_announced_to_nobody(world):
    from council.neighbourhood.journal import listen, note, silence

    heard = []
    hear = heard.append
    listen(hear)
    try:
        async with writing():
            await note("place.tried", world.grid, world.operator)
            raise RuntimeError
    except RuntimeError:
        pass
    finally:
        silence(hear)
    assert heard == []
    assert not await Entry.exists(act="place.tried")


async def test_two_processes_that_place_at_once_place_every_entry_once(world):
    """Each has its own lock in memory; what keeps them apart is the database."""
    placed = await asyncio.gather(*(treelog.place_some() for _ in range(4)))
    assert sorted(placed)[:3] == [0, 0, 0]
    assert max(placed) == await Entry.all().count()
    assert (await audit()).sound


async def test_the_command_says_whether_journal_and_counts_are_whole(world, capsys):
    assert await verify.entries({}) == 0
    entry = await Entry.all().order_by("id").first()
    await Entry.filter(id=entry.id).update(numbers={"moved": 1})
    assert await verify.entries({}) == 4
    assert str(entry.id) in capsys.readouterr().out
