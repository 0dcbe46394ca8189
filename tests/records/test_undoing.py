"""Ten seconds: what a chair takes back is a second act, and what cannot be taken back is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from council import clock
from council.neighbourhood.journal import Entry
from council.proceedings import chair, points, roll, speakers, undoing
from council.proceedings.agenda import AgendaItem
from council.proceedings.matters import Matter
from council.proceedings.points import PointOfOrder
from council.proceedings.speakers import Speaker
from council.refusals import Conflict, Forbidden
from tests.records.cast import called
from tests.room import room


async def floor(world):
    cast = await called(world)
    await chair.open(cast.meeting, by=world.secretary)
    await chair.take_up(cast.item, cast.meeting, by=world.secretary)
    return cast


async def undone(cast, world):
    entry = await undoing.last(cast.meeting, world.secretary)
    await undoing.undo(cast.meeting, entry.id, by=world.secretary)
    return entry.act


async def hands(cast, world, *keys):
    for key in keys:
        await speakers.ask(cast.item, await cast.seat(key, world.secretary), by=world.people[key])


async def test_a_call_is_taken_back_and_the_one_before_speaks_on(world):
    cast = await floor(world)
    await hands(cast, world, "resident", "neighbour")
    first = await speakers.call_next(cast.item, cast.meeting, by=world.secretary)
    second = await speakers.call_next(cast.item, cast.meeting, by=world.secretary)
    assert await undone(cast, world) == "speaker.called"
    assert (await speakers.speaking(cast.item)).id == first.id
    assert [one.id for one in await speakers.queue(cast.item)] == [second.id]
    assert await undone(cast, world) == "speaker.called"
    assert await speakers.speaking(cast.item) is None
    acts = [e.act for e in await Entry.filter(meeting_id=cast.meeting.id).order_by("-sequence").limit(2)]
    assert acts == ["speaker.undone", "speaker.undone"]
    assert await Entry.filter(act="speaker.called").count() == 2


async def test_the_end_of_a_speech_and_a_minute_more_are_taken_back(world):
    cast = await floor(world)
    await hands(cast, world, "resident")
    one = await speakers.call_next(cast.item, cast.meeting, by=world.secretary)
    await speakers.lengthen(cast.item, cast.meeting, by=world.secretary)
    assert (await Speaker.get(id=one.id)).added == 60
    assert await undone(cast, world) == "speaker.lengthened"
    assert (await Speaker.get(id=one.id)).added == 0
    await speakers.end(cast.item, cast.meeting, by=world.secretary)
    assert await undone(cast, world) == "speaker.ended"
    assert (await speakers.speaking(cast.item)).id == one.id


async def test_an_item_moved_goes_back_with_its_matter(world):
    made = await room(world)
    matter = (await AgendaItem.get(id=made.item.id)).matter_id
    await chair.defer(made.item, made.meeting, by=world.secretary, reason="材料不齐")
    assert (await Matter.get(id=matter)).stage == "confirmed"
    assert await undone(made, world) == "item.deferred"
    assert (await AgendaItem.get(id=made.item.id)).stage == "open"
    assert (await Matter.get(id=matter)).stage == "listed"


async def test_an_item_taken_up_waits_again_unless_a_vote_is_drawn_up(world):
    cast = await floor(world)
    assert await undone(cast, world) == "item.taken_up"
    assert (await AgendaItem.get(id=cast.item.id)).stage == "pending"
    made = await room(world)
    await AgendaItem.filter(id=made.item.id).update(stage="pending")
    await chair.take_up(await AgendaItem.get(id=made.item.id), made.meeting, by=world.secretary)
    entry = await undoing.last(made.meeting, world.secretary)
    await made.ballot()
    with pytest.raises(Conflict):
        await undoing.undo(made.meeting, entry.id, by=world.secretary)


async def test_a_ruling_is_taken_back(world):
    cast = await floor(world)
    point = await points.raise_point(cast.meeting, await cast.seat("resident", world.secretary), "time", by=world.resident)
    await points.rule(point, cast.meeting, "upheld", by=world.secretary)
    assert await undone(cast, world) == "point.ruled"
    assert (await PointOfOrder.get(id=point.id)).ruling == ""


async def test_after_ten_seconds_it_is_too_late(world, monkeypatch):
    cast = await floor(world)
    entry = await undoing.last(cast.meeting, world.secretary)
    later = clock.now() + timedelta(seconds=10.1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert await undoing.last(cast.meeting, world.secretary) is None
    with pytest.raises(Conflict):
        await undoing.undo(cast.meeting, entry.id, by=world.secretary)
    assert (await AgendaItem.get(id=cast.item.id)).stage == "open"


async def test_nobody_else_takes_back_and_nothing_twice(world):
    cast = await floor(world)
    entry = await undoing.last(cast.meeting, world.secretary)
    with pytest.raises(Forbidden):
        await undoing.undo(cast.meeting, entry.id, by=world.clerk)
    await undoing.undo(cast.meeting, entry.id, by=world.secretary)
    with pytest.raises(Conflict):
        await undoing.undo(cast.meeting, entry.id, by=world.secretary)


async def test_votes_and_adjournments_are_never_taken_back(world):
    made = await room(world)
    ballot = await made.ballot()
    await made.finish(ballot)
    assert await undoing.last(made.meeting, world.secretary) is None
    await chair.adjourn(made.meeting, "停电", by=world.secretary)
    assert await undoing.last(made.meeting, world.secretary) is None


async def test_after_an_adjournment_only_those_count_who_answer(world):
    cast = await floor(world)
    seats = {key: await cast.seat(key, world.secretary) for key in ("resident", "neighbour", "across", "manager")}
    assert (await roll.quorum(cast.meeting)).met
    await chair.adjourn(cast.meeting, "停电", by=world.secretary)
    assert (await roll.quorum(cast.meeting)).present == 0
    await roll.come_back(await roll.Seat.get(id=seats["resident"].id), cast.meeting, by=world.resident)
    await chair.resume(cast.meeting, by=world.secretary, back=[seats["neighbour"].id])
    assert (await roll.quorum(cast.meeting)).present == 2
    resumed = await Entry.get(act="meeting.resumed")
    before = await Entry.filter(act="meeting.quorum_reached").count()
    assert (resumed.numbers["present"], resumed.numbers["needed"]) == (2, 4)
    await cast.seat("across", world.secretary)
    await cast.seat("manager", world.secretary)
    assert (await roll.quorum(cast.meeting)).met
    assert await Entry.filter(act="meeting.quorum_reached").count() == before + 1
    assert await roll.Seat.filter(meeting_id=cast.meeting.id, left_at=None).count() == 4
