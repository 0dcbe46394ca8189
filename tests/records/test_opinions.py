"""Written opinions: from a seat, for the room, kept in the record."""

from __future__ import annotations

import pytest

from council.proceedings import chair, opinions
from council.proceedings.opinions import Opinion
from council.refusals import Conflict, Forbidden, Refusal
from tests.records.test_undoing import floor


async def test_an_opinion_is_handed_in_from_ones_own_seat(world):
    cast = await floor(world)
    seat = await cast.seat("resident", world.secretary)
    with pytest.raises(Forbidden):
        await opinions.hand_in(cast.item, seat, "同意划线停车", by=world.neighbour)
    for words in ("", "长" * 2001, "我的身份证号是110101199003070134"):
        with pytest.raises(Refusal):
            await opinions.hand_in(cast.item, seat, words, by=world.resident)
    for n in range(opinions.MOST):
        made = await opinions.hand_in(cast.item, seat, f"同意划线停车{n}", by=world.resident)
    with pytest.raises(Conflict):
        await opinions.hand_in(cast.item, seat, "再说一句", by=world.resident)
    made = (await Opinion.find(made.id, world.resident))[0]
    with pytest.raises(Forbidden):
        await opinions.take_back(made, cast.meeting, by=world.neighbour)
    await opinions.take_back(made, cast.meeting, by=world.resident)
    assert len(await Opinion.of(cast.item)) == 2


async def test_after_the_item_nothing_is_handed_in(world):
    cast = await floor(world)
    seat = await cast.seat("resident", world.secretary)
    await chair.conclude(cast.item, cast.meeting, "同意试行", by=world.secretary)
    item = await opinions.AgendaItem.get(id=cast.item.id)
    with pytest.raises(Conflict):
        await opinions.hand_in(item, seat, "我不同意", by=world.resident)
