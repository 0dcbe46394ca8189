"""Offices: what they allow, how far they reach, when they end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from council import clock
from council.neighbourhood.offices import Office, may, must
from council.neighbourhood.registry import add_household, end_office
from council.refusals import Forbidden


async def test_a_secretary_reaches_the_grids_of_her_community_and_no_other(world):
    assert await may(world.secretary, "household.add", at=world.grid)
    assert not await may(world.secretary, "household.add", at=world.beside)


async def test_an_office_that_has_ended_allows_nothing(world):
    with pytest.raises(Forbidden):
        await must(world.former, "household.add", at=world.grid)


async def test_the_last_day_still_counts_and_the_day_after_does_not(world, monkeypatch):
    office = await Office.get(person_id=world.grid_worker.id)
    await end_office(office, clock.today(), by=world.operator)
    assert await may(world.grid_worker, "household.add", at=world.grid)
    tomorrow = clock.today() + timedelta(days=1)
    monkeypatch.setattr(clock, "today", lambda: tomorrow)
    assert not await may(world.grid_worker, "household.add", at=world.grid)


async def test_the_secretary_of_a_units_branch_leads_no_place(world):
    assert not await may(world.hotel_secretary, "household.add", at=world.grid)


async def test_a_resident_enters_no_households(world):
    with pytest.raises(Forbidden) as refused:
        await add_household(world.grid, "1", "", "1", by=world.resident)
    assert "网格员" in str(refused.value) or "grid workers" in str(refused.value)
