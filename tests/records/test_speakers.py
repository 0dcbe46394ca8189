"""The speaking queue: who has not spoken comes first, for and against alternate, one word at a time."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from council.neighbourhood.people import Visitor
from council.proceedings import chair, roll, speakers
from council.refusals import Conflict, Forbidden
from council.rules.order import in_order
from tests.records.cast import called, holding


@dataclass
class One:
    name: str
    seat_id: int
    stance: str = ""


def names(waiting, spoken=(), last=""):
    return "".join(one.name for one in in_order([One(*row) for row in waiting], spoken, last))


@pytest.mark.parametrize(
    ("waiting", "spoken", "last", "order"),
    [
        ([], (), "", ""),
        ([("a", 1), ("b", 2)], (), "", "ab"),
        ([("a", 1), ("b", 2), ("c", 3)], (1,), "", "bca"),
        ([("a", 1, "pro"), ("b", 2, "pro"), ("c", 3, "contra")], (), "", "acb"),
        ([("a", 1, "pro"), ("b", 2, "contra")], (), "pro", "ba"),
        ([("a", 1, "contra"), ("b", 2, "pro")], (), "pro", "ab"),
        ([("a", 1, "pro"), ("b", 2), ("c", 3, "contra")], (), "", "acb"),
        ([("a", 1), ("b", 2, "contra")], (), "pro", "ba"),
        ([("a", 1, "contra"), ("b", 2, "pro")], (1,), "pro", "ba"),
    ],
)
def test_the_order_of_the_queue(waiting, spoken, last, order):
    assert names(waiting, spoken, last) == order


async def floor(world):
    cast = await called(world)
    await chair.open(cast.meeting, by=world.secretary)
    await chair.take_up(cast.item, cast.meeting, by=world.secretary)
    return cast


async def test_asking_calling_and_ending(world):
    cast = await floor(world)
    seats = {key: await cast.seat(key, world.secretary) for key in ("resident", "neighbour")}
    await speakers.ask(cast.item, seats["resident"], by=world.resident)
    with pytest.raises(Conflict):
        await speakers.ask(cast.item, seats["resident"], by=world.resident)
    await speakers.ask(cast.item, seats["neighbour"], by=world.neighbour)
    with pytest.raises(Forbidden):
        await speakers.call_next(cast.item, cast.meeting, by=world.resident)
    first = await speakers.call_next(cast.item, cast.meeting, by=world.secretary)
    assert first.seat_id == seats["resident"].id
    assert (await speakers.speaking(cast.item)).id == first.id
    second = await speakers.call_next(cast.item, cast.meeting, by=world.secretary)
    assert (await speakers.speaking(cast.item)).id == second.id
    assert await speakers.call_next(cast.item, cast.meeting, by=world.secretary) is None
    assert await speakers.speaking(cast.item) is None


async def test_who_has_spoken_waits_behind_who_has_not(world):
    cast = await floor(world)
    seats = {key: await cast.seat(key, world.secretary) for key in ("resident", "neighbour")}
    await speakers.ask(cast.item, seats["resident"], by=world.resident)
    await speakers.call_next(cast.item, cast.meeting, by=world.secretary)
    await speakers.ask(cast.item, seats["resident"], by=world.resident)
    await speakers.ask(cast.item, seats["neighbour"], by=world.neighbour)
    assert [one.seat_id for one in await speakers.queue(cast.item)] == [seats["neighbour"].id, seats["resident"].id]


async def test_an_unconfirmed_seat_may_ask_to_speak_and_a_stranger_may_not(world):
    cast = await floor(world)
    seat = await roll.enter(cast.meeting, by=Visitor(), label="路人")
    with pytest.raises(Forbidden):
        await speakers.ask(cast.item, seat, by=Visitor())
    assert await speakers.ask(cast.item, seat, by=holding("Seat", seat.id))


async def test_a_hand_is_taken_down_by_its_owner_or_the_chair(world):
    cast = await floor(world)
    seat = await cast.seat("resident", world.secretary)
    asked = await speakers.ask(cast.item, seat, by=world.resident)
    with pytest.raises(Forbidden):
        await speakers.withdraw(asked, cast.item, by=world.neighbour)
    await speakers.withdraw(asked, cast.item, by=world.resident)
    assert await speakers.queue(cast.item) == []
    again = await speakers.ask(cast.item, seat, by=world.resident)
    await speakers.withdraw(again, cast.item, by=world.secretary)


async def test_who_leaves_the_room_leaves_the_queue(world):
    cast = await floor(world)
    seat = await cast.seat("resident", world.secretary)
    await speakers.ask(cast.item, seat, by=world.resident)
    await roll.leave(seat, cast.meeting, by=world.resident)
    assert await speakers.queue(cast.item) == []


async def test_nobody_asks_on_a_topic_that_is_not_on_the_floor(world):
    cast = await called(world)
    seat = await cast.seat("resident", world.secretary)
    await chair.open(cast.meeting, by=world.secretary)
    with pytest.raises(Conflict):
        await speakers.ask(cast.item, seat, by=world.resident)
    await chair.take_up(cast.item, cast.meeting, by=world.secretary)
    await speakers.ask(cast.item, seat, by=world.resident)
