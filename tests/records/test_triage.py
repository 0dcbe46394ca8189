"""Triage: a person confirms, says why when differing, raises and sends back."""

from __future__ import annotations

import pytest

from council.neighbourhood.people import Visitor
from council.proceedings.matters import Matter
from council.proceedings.triage import Decision, Doubt, Finding, Transfer, confirm, doubt, escalate, link, send_back
from council.refusals import Conflict, Forbidden, NotFound, Refusal
from tests.records.test_matters import COVER, LEAK, PARKING, confirmed, taken_in


async def test_what_was_proposed_is_confirmed_without_a_reason(world):
    matter, _ = await taken_in(world)
    await confirm(matter, Finding("COLLABORATIVE"), by=world.grid_worker)
    assert (matter.affair, matter.stage, matter.level, matter.public) == ("COLLABORATIVE", "confirmed", "COMMUNITY", False)


async def test_whoever_differs_says_why(world):
    matter, _ = await taken_in(world)
    with pytest.raises(Refusal) as refused:
        await confirm(matter, Finding("OFFICIAL"), by=world.secretary)
    assert refused.value.field == "reason"
    await confirm(matter, Finding("OFFICIAL", "这是市政道路"), by=world.secretary)
    decision = await Decision.get(matter_id=matter.id)
    assert (decision.suggested, decision.affair, decision.reason) == ("COLLABORATIVE", "OFFICIAL", "这是市政道路")


async def test_correcting_later_needs_a_reason_too_and_takes_a_household_matter_out_of_sight(world):
    matter = await confirmed(world, PARKING, "COLLABORATIVE", publish="yes")
    assert matter.public
    with pytest.raises(Refusal):
        await confirm(matter, Finding("HOUSEHOLD"), by=world.secretary)
    await confirm(matter, Finding("HOUSEHOLD", "只是两家的事", publish="yes"), by=world.secretary)
    assert (matter.public, matter.public_text, matter.level) == (False, "", "GRID")


@pytest.mark.parametrize("who", ["resident", "outsider", "beside_secretary", "hotel_secretary", "former", "officer"])
async def test_only_officers_of_the_place_confirm(world, who):
    matter, _ = await taken_in(world)
    with pytest.raises(Forbidden):
        await confirm(matter, Finding("COLLABORATIVE"), by=world.people[who])
    assert (await Matter.get(id=matter.id)).stage == "reported"


async def test_a_doubt_waits_until_a_person_looks_again(world):
    matter = await confirmed(world, PARKING, "COLLABORATIVE")
    holder = Visitor(frozenset({("Matter", matter.id)}))
    with pytest.raises(Forbidden):
        await doubt(matter, by=Visitor())
    first = await doubt(matter, by=holder)
    assert (await doubt(matter, by=holder)).id == first.id
    await confirm(matter, Finding("COLLABORATIVE"), by=world.secretary)
    assert (await Doubt.get(id=first.id)).answered_at is not None


async def test_a_matter_rises_with_its_affair_unchanged(world):
    matter = await confirmed(world, PARKING, "COLLABORATIVE")
    with pytest.raises(Refusal):
        await escalate(matter, "BECAUSE", "", by=world.secretary)
    await escalate(matter, "NO_FUNDS", "请街道支持", by=world.secretary)
    assert (matter.affair, matter.level, matter.stage) == ("COLLABORATIVE", "STREET", "confirmed")
    with pytest.raises(Conflict):
        await escalate(matter, "NO_FUNDS", "", by=world.secretary)


async def test_the_level_above_sends_back_once_and_says_why(world):
    matter = await confirmed(world, PARKING, "COLLABORATIVE")
    with pytest.raises(Conflict):
        await send_back(matter, "请先开会商量", by=world.secretary)
    await escalate(matter, "NO_FUNDS", "", by=world.secretary)
    with pytest.raises(Forbidden):
        await send_back(matter, "请先开会商量", by=world.secretary)
    with pytest.raises(Refusal):
        await send_back(matter, "", by=world.street_secretary)
    await send_back(matter, "请先开会商量", by=world.street_secretary)
    assert matter.level == "COMMUNITY"
    await escalate(matter, "NOT_SETTLED", "", by=world.secretary)
    with pytest.raises(Conflict):
        await send_back(matter, "还是不行啊", by=world.street_secretary)
    assert await Transfer.filter(matter_id=matter.id).count() == 3


async def test_repeats_are_linked_with_the_first_of_them(world):
    first, second, third = [(await taken_in(world, COVER))[0] for _ in range(3)]
    await link(second, first.id, by=world.secretary)
    await link(third, second.id, by=world.secretary)
    assert (await Matter.get(id=third.id)).same_as_id == first.id
    with pytest.raises(Refusal):
        await link(first, third.id, by=world.secretary)


async def test_a_link_tells_nothing_of_a_matter_one_may_not_see(world):
    private = await confirmed(world, LEAK, "HOUSEHOLD")
    matter, _ = await taken_in(world, COVER)
    with pytest.raises(Forbidden):
        await link(matter, private.id, by=world.beside_secretary)
    with pytest.raises(NotFound):
        await Matter.seen_by(world.beside_secretary, private.id)
    await confirm(matter, Finding("OFFICIAL"), by=world.secretary)
    with pytest.raises(Refusal):
        await link(matter, private.id, by=world.secretary)
