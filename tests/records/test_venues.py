"""Bookings of shared venues: asked for, confirmed, refused, given back; two never meet."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from council import clock
from council.neighbourhood.journal import listen, silence
from council.neighbourhood.offices import may, standing
from council.partnership import venues
from council.partnership.resources import Offer, add_resource
from council.partnership.venues import Asked, Booking, ask
from council.refusals import Conflict, Forbidden, NotFound, Refusal
from council.secretariat import lending
from council.secretariat.inbox import Notice

NINE, TEN, ELEVEN, NOON = 540, 600, 660, 720


def wanted(begins=NINE, ends=ELEVEN, days=3):
    return Asked(clock.today() + timedelta(days=days), begins, ends, "合唱队排练", 20)


@pytest.fixture
async def hall(world):
    return await add_resource(world.community, world.hotel_branch, Offer("多功能厅", "venue"), by=world.hotel_secretary)


async def test_a_request_is_confirmed_by_whoever_offers_and_both_are_told(hall, world):
    listen(lending.hear)
    try:
        made = await ask(hall, wanted(), by=world.resident)
        assert await Notice.exists(person_id=world.hotel_secretary.id, link=f"/bookings/{made.id}")
        await made.confirm(by=world.hotel_secretary)
        assert await Notice.exists(person_id=world.resident.id, link=f"/bookings/{made.id}")
    finally:
        silence(lending.hear)
    assert (await Booking.get(id=made.id)).stage == "confirmed"


async def test_taken_hours_are_refused_and_those_beside_them_are_not(hall, world):
    first = await ask(hall, wanted(), by=world.resident)
    await first.confirm(by=world.clerk)
    for begins, ends in ((NINE, ELEVEN), (TEN, NOON), (480, TEN), (TEN, TEN + 30), (480, NOON)):
        with pytest.raises(Conflict):
            await ask(hall, wanted(begins, ends), by=world.neighbour)
    await ask(hall, wanted(ELEVEN, NOON), by=world.neighbour)
    await ask(hall, wanted(480, NINE), by=world.neighbour)
    await ask(hall, wanted(days=4), by=world.neighbour)


async def test_of_two_requests_that_meet_only_one_is_confirmed(hall, world, monkeypatch):
    async def long(*asked, clash=venues.clash):
        """As it looks to whoever confirms at the same moment: some time passes between looking and writing."""
        found = await clash(*asked)
        for _ in range(30):
            await Booking.exists(id=0)
        return found

    monkeypatch.setattr(venues, "clash", long)
    rows = [await ask(hall, wanted(NINE, ELEVEN), by=world.resident), await ask(hall, wanted(TEN, NOON), by=world.neighbour)]
    done = await asyncio.gather(*(each.confirm(by=world.hotel_secretary) for each in rows), return_exceptions=True)
    assert sorted(isinstance(one, Conflict) for one in done) == [False, True]
    assert await Booking.filter(stage="confirmed").count() == 1


async def test_hours_given_back_are_free_again(hall, world):
    made = await ask(hall, wanted(), by=world.resident)
    await made.confirm(by=world.hotel_secretary)
    with pytest.raises(Forbidden):
        await made.give_back(by=world.neighbour)
    await made.give_back(by=world.resident)
    await ask(hall, wanted(), by=world.neighbour)
    with pytest.raises(Conflict):
        await made.confirm(by=world.hotel_secretary)


async def test_a_refusal_has_a_reason_and_comes_from_whoever_offers_or_the_staff(hall, world):
    made = await ask(hall, wanted(), by=world.resident)
    with pytest.raises(Refusal):
        await made.refuse(" ", by=world.hotel_secretary)
    for person in (world.resident, world.beside_secretary, world.manager):
        with pytest.raises(Forbidden):
            await made.refuse("不行", by=person)
    await made.refuse("当天单位有会", by=world.hotel_secretary)
    assert (await Booking.get(id=made.id)).reason == "当天单位有会"


@pytest.mark.parametrize("asked", [wanted(ELEVEN, NINE), wanted(NINE, NINE), wanted(0, 60), wanted(days=-1), wanted(days=400)])
async def test_hours_and_days_that_make_no_sense_are_refused(hall, world, asked):
    with pytest.raises(Refusal):
        await ask(hall, asked, by=world.resident)


async def test_one_person_holds_three_requests_at_most(hall, world):
    for days in (1, 2, 3):
        await ask(hall, wanted(days=days), by=world.resident)
    with pytest.raises(Conflict):
        await ask(hall, wanted(days=4), by=world.resident)


async def test_what_it_is_for_is_read_by_those_it_concerns_alone(hall, world):
    made = await ask(hall, wanted(), by=world.resident)
    assert [await may(one, "booking.see", made) for one in (world.resident, world.hotel_secretary, world.clerk, world.street_secretary)] == [True] * 4
    assert [await may(one, "booking.see", made) for one in (None, world.neighbour, world.outsider, world.beside_secretary)] == [False] * 4
    with pytest.raises(NotFound):
        await venues.booking(made.id, world.neighbour)
    assert [row.id for row in await venues.waiting(await standing(world.hotel_secretary))] == [made.id]
    assert not await venues.waiting(await standing(world.resident))


async def test_a_venue_taken_off_the_list_is_lent_no_more(hall, world):
    made = await ask(hall, wanted(), by=world.resident)
    await hall.withdraw(by=world.hotel_secretary)
    with pytest.raises(Conflict):
        await made.confirm(by=world.hotel_secretary)
    with pytest.raises(Conflict):
        await ask(hall, wanted(days=9), by=world.resident)
