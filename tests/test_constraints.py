"""The constraints we wrote by hand are really in the database, on both kinds."""

from __future__ import annotations

import pytest
from tortoise import connections
from tortoise.exceptions import IntegrityError

from council.constraints import CONSTRAINTS
from council.db import sql


async def present() -> set[str]:
    """Names of the indexes, triggers and checks that exist."""
    if connections.get("default").capabilities.dialect == "sqlite":
        rows = await sql("SELECT name FROM sqlite_master WHERE type IN ('index', 'trigger')")
        return {str(row["name"]).removesuffix("_insert").removesuffix("_update").removesuffix("_delete") for row in rows}
    rows = await sql("SELECT conname AS name FROM pg_constraint UNION SELECT indexname FROM pg_indexes WHERE schemaname = 'public'")
    return {str(row["name"]) for row in rows}


async def test_every_expected_constraint_exists(database):
    missing = {name for name, *_ in CONSTRAINTS} - await present()
    assert not missing


async def test_a_household_matter_can_never_be_public(world):
    from council import clock
    from council.neighbourhood.journal import writing
    from council.proceedings.matters import Matter

    row = {"title": "t", "text": "t", "place": world.grid, "path": world.grid.path, "reported_at": clock.now()}
    with pytest.raises(IntegrityError):
        async with writing():
            await Matter.create(**row, code_digest="a", affair="HOUSEHOLD", public=True)
    async with writing():
        await Matter.create(**row, code_digest="b", affair="COLLABORATIVE", public=True)


async def test_a_read_within_writing_sees_what_was_written(world, monkeypatch):
    from council import db
    from council.neighbourhood.journal import writing
    from council.neighbourhood.places import Place

    async with writing():
        await Place.add("新网格", "GRID", world.community)
        assert await Place.exists(name="新网格")
        # The positive control: without the router's rule the reading connection does not see it yet.
        token = db.writing_now.set(False)
        seen_elsewhere = await Place.exists(name="新网格")
        db.writing_now.reset(token)
        if connections.get("default").capabilities.dialect == "sqlite":
            assert not seen_elsewhere
