"""The rules of order, each switched on and off; points of order; a chair whose term ends; a vote without a quorum."""

from __future__ import annotations

from datetime import timedelta

import pytest

from council import clock
from council.neighbourhood.journal import Entry
from council.neighbourhood.offices import Office
from council.proceedings import chair, orders, points, roll, speakers
from council.proceedings.conduct import close_ballot
from council.proceedings.meetings import Meeting
from council.proceedings.proposals import Proposal
from council.proceedings.roll import Seat
from council.refusals import Conflict, Forbidden, Refusal
from council.rules.order import USUAL
from tests.records.cast import called
from tests.records.test_undoing import floor
from tests.room import PARKING, room


async def switch(cast, world, on=(), off=(), **more):
    return await orders.settle(cast.meeting, (USUAL | set(on)) - set(off), by=world.secretary, **more)


async def test_only_the_chair_and_the_office_settle_the_rules(world):
    cast = await called(world)
    with pytest.raises(Forbidden):
        await orders.settle(cast.meeting, USUAL, by=world.resident)
    with pytest.raises(Refusal):
        await orders.settle(cast.meeting, USUAL, by=world.secretary, seconds=5)
    await orders.settle(cast.meeting, {"time", "unknown"}, by=world.clerk, seconds=180)
    settled = await orders.RulesOfOrder.of(cast.meeting.id)
    assert (settled.chosen, settled.speech) == (["time"], 180)
    assert (await Entry.get(act="meeting.order_settled")).numbers["rules"] == ["time"]


async def test_times_and_position_and_motion(world):
    cast = await floor(world)
    seat = await cast.seat("resident", world.secretary)
    await switch(cast, world, on=("position_first", "motion_first"), times=1)
    with pytest.raises(Refusal):
        await speakers.ask(cast.item, seat, by=world.resident)
    with pytest.raises(Conflict):
        await speakers.ask(cast.item, seat, by=world.resident, stance="pro")
    await Proposal.submit(cast.item, PARKING, by=world.resident)
    await speakers.ask(cast.item, seat, by=world.resident, stance="pro")
    await speakers.call_next(cast.item, cast.meeting, by=world.secretary)
    with pytest.raises(Conflict):
        await speakers.ask(cast.item, seat, by=world.resident, stance="pro")
    await switch(cast, world, off=("times",))
    await speakers.ask(cast.item, seat, by=world.resident)


async def test_the_order_of_the_queue_follows_the_rules(world):
    cast = await floor(world)
    seats = {key: await cast.seat(key, world.secretary) for key in ("resident", "neighbour", "across")}
    for key, stance in (("resident", "pro"), ("neighbour", "pro"), ("across", "contra")):
        await speakers.ask(cast.item, seats[key], by=world.people[key], stance=stance)

    async def keys():
        return [next(key for key, seat in seats.items() if seat.id == one.seat_id) for one in await speakers.queue(cast.item)]

    assert await keys() == ["resident", "across", "neighbour"]
    await switch(cast, world, off=("alternate",))
    assert await keys() == ["resident", "neighbour", "across"]


async def test_seconder_amendments_and_second_votes(world):
    made = await room(world)
    await switch(made, world, off=("seconder",))
    main = await Proposal.submit(made.item, PARKING, by=made.members[0])
    assert main.stage == "seconded"
    await main.amend(PARKING + "试行三个月。", by=made.members[1])
    with pytest.raises(Conflict):
        await main.put(by=world.secretary)
    await switch(made, world, off=("amendments_first",))
    await main.put(by=world.secretary)
    await Proposal.filter(id=main.id).update(stage="rejected")
    await switch(made, world)
    with pytest.raises(Conflict):
        await Proposal.submit(made.item, PARKING, by=made.members[2])
    await switch(made, world, off=("no_second_vote",))
    await Proposal.submit(made.item, PARKING, by=made.members[2])


async def test_the_chair_does_not_speak_on_the_matter(world):
    cast = await floor(world)
    seat = await Seat.create(meeting_id=cast.meeting.id, person_id=world.secretary.id, label="周敏", arrived_at=clock.now())
    with pytest.raises(Conflict):
        await speakers.ask(cast.item, seat, by=world.secretary)
    await speakers.ask(cast.item, await cast.seat("resident", world.secretary), by=world.secretary)  # a hand raised for somebody without a phone
    await switch(cast, world, off=("neutral_chair",))
    await speakers.ask(cast.item, seat, by=world.secretary)


async def test_a_point_of_order_is_ruled_on_once_by_the_chair(world):
    cast = await floor(world)
    seat = await cast.seat("resident", world.secretary)
    point = await points.raise_point(cast.meeting, seat, "person", by=world.resident)
    for wrong in ("person", "nonsense"):
        with pytest.raises(Refusal):
            await points.raise_point(cast.meeting, seat, wrong, by=world.resident)
    with pytest.raises(Forbidden):
        await points.raise_point(cast.meeting, seat, "time", by=world.neighbour)
    with pytest.raises(Forbidden):
        await points.rule(point, cast.meeting, "upheld", by=world.clerk)
    await points.rule(point, cast.meeting, "overruled", by=world.secretary)
    with pytest.raises(Conflict):
        await points.rule(point, cast.meeting, "upheld", by=world.secretary)
    await switch(cast, world, off=("points",))
    with pytest.raises(Conflict):
        await points.raise_point(cast.meeting, seat, "time", by=world.resident)


async def test_a_chair_whose_term_ends_may_only_hand_over(world):
    cast = await floor(world)
    await Office.filter(person_id=world.secretary.id).update(first_day=clock.today() - timedelta(days=9), last_day=clock.today() - timedelta(days=1))
    with pytest.raises(Forbidden):
        await chair.adjourn(cast.meeting, "停电", by=world.secretary)
    with pytest.raises(Forbidden):
        await chair.hand_over(cast.meeting, world.resident, by=world.secretary)
    await chair.hand_over(cast.meeting, world.deputy, by=world.secretary)
    meeting = await Meeting.get(id=cast.meeting.id)
    await chair.adjourn(meeting, "停电", by=world.deputy)
    with pytest.raises(Forbidden):
        await chair.hand_over(meeting, world.deputy, by=world.secretary)


async def test_without_a_quorum_an_open_vote_is_not_closed(world):
    made = await room(world)
    ballot = await made.ballot()
    await made.vote(ballot, yes=10)
    leaving = await Seat.filter(meeting_id=made.meeting.id).order_by("-id").first()
    await roll.leave(leaving, made.meeting, by=world.secretary)
    assert (await Entry.get(act="meeting.quorum_lost")).numbers["present"] == 15
    with pytest.raises(Conflict):
        await close_ballot(ballot, by=world.secretary)
    invitation = await roll.Invitation.get(id=leaving.invitation_id)
    await roll.tick(invitation, made.meeting, by=world.secretary)
    await close_ballot(ballot, by=world.secretary)
