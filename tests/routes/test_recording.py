"""Who keeps the record: named by those who prepare the meeting, from the officers of its place."""

from __future__ import annotations

from council.proceedings import chair
from council.proceedings.agenda import AgendaItem
from council.proceedings.meetings import Meeting
from tests.client import soup
from tests.records.cast import called
from tests.room import room


async def test_the_recorder_is_named_from_the_officers_of_the_place(world, browser_of):
    cast = await called(world)
    at = f"/meetings/{cast.meeting.id}/recorder"
    secretary = await browser_of(world.secretary)
    offered = [box["value"] for box in soup(await secretary.get(at)).select('input[name="person"]')]
    assert str(world.clerk.id) in offered
    assert not {str(world.secretary.id), str(world.resident.id), str(world.beside_secretary.id)} & set(offered)
    assert (await secretary.post(at, data={"person": world.clerk.id})).status_code == 200
    meeting = await Meeting.get(id=cast.meeting.id)
    assert await meeting.relations(world.clerk) == {"recorder"}
    assert await meeting.relations(world.deputy) == set()


async def test_nobody_else_names_the_recorder_and_only_an_officer_is_named(world, browser_of):
    cast = await called(world)
    at = f"/meetings/{cast.meeting.id}/recorder"
    for person in (world.resident, world.beside_secretary):
        assert (await (await browser_of(person)).get(at)).status_code in (403, 404)
        assert (await (await browser_of(person)).post(at, data={"person": world.clerk.id})).status_code in (403, 404)
    refused = await (await browser_of(world.secretary)).post(at, data={"person": world.resident.id})
    assert refused.status_code == 422
    assert (await Meeting.get(id=cast.meeting.id)).recorder_id is None


async def test_a_closed_meeting_leads_to_its_resolution_and_its_minutes(world, browser_of):
    hall = await room(world, listed=5, present=4)
    ballot = await hall.ballot(owners_item=8)
    await hall.vote(ballot, yes=3, no=1)
    await hall.finish(ballot)
    at = f"/meetings/{hall.meeting.id}"
    clerk, visitor = await browser_of(world.clerk), await browser_of()
    assert f"{at}/minutes" not in (await clerk.get(at)).text
    await chair.conclude(await AgendaItem.get(id=hall.item.id), hall.meeting, "方案通过。", by=hall.chair)
    await chair.close(hall.meeting, by=hall.chair)
    assert f'action="{at}/minutes"' in (await clerk.get(at)).text
    assert f'action="{at}/minutes"' not in (await visitor.get(at)).text
    assert "/resolutions/1" in (await visitor.get(at)).text
    await clerk.post(f"{at}/minutes")
    assert soup(await clerk.get(at)).select_one('a[href="/minutes/1"]')
    assert not soup(await visitor.get(at)).select_one('a[href="/minutes/1"]')
