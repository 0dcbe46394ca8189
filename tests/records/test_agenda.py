"""The agenda and the chair: one thing at a time, nothing decided that was not notified, no end while a ballot is open."""

from __future__ import annotations

from typing import Any

import pytest

from council.neighbourhood.journal import Entry
from council.proceedings import agenda, chair
from council.proceedings.agenda import AgendaItem
from council.proceedings.ballots import Ballot
from council.proceedings.invitations import invite
from council.proceedings.matters import Matter
from council.refusals import Conflict, Forbidden, NotFound, Refusal
from tests.records.cast import REASON, called, drafted, guest


async def matter_of(world: Any, affair: str, place: Any) -> Matter:
    from council import clock

    return await Matter.create(
        code_digest=f"{affair}{place.id}", title="楼上漏水", text="楼上漏水到我家", place=place, path=place.path, affair=affair,
        level="GRID", stage="confirmed", reported_at=clock.now(), reporter=world.resident,
    )  # fmt: skip


async def opened(world: Any):
    cast = await called(world)
    await chair.open(cast.meeting, by=world.secretary)
    return cast


async def test_only_the_chair_runs_the_meeting(world):
    cast = await called(world)
    for other in (world.resident, world.clerk, world.street_secretary, world.beside_secretary):
        with pytest.raises(Forbidden):
            await chair.open(cast.meeting, by=other)
    await chair.open(cast.meeting, by=world.secretary)
    with pytest.raises(Conflict):
        await chair.open(cast.meeting, by=world.secretary)


async def test_one_item_is_on_the_floor_at_a_time(world):
    cast = await called(world)
    second = await agenda.add(cast.meeting, "垃圾投放点", by=world.secretary)
    with pytest.raises(Conflict):
        await chair.take_up(cast.item, cast.meeting, by=world.secretary)
    await chair.open(cast.meeting, by=world.secretary)
    await chair.take_up(cast.item, cast.meeting, by=world.secretary)
    with pytest.raises(Conflict):
        await chair.take_up(second, cast.meeting, by=world.secretary)
    await chair.conclude(cast.item, cast.meeting, "同意试行三个月", by=world.secretary)
    await chair.take_up(second, cast.meeting, by=world.secretary)
    assert (await AgendaItem.current(cast.meeting)).id == second.id


async def test_nothing_is_decided_that_did_not_stand_in_the_notice(world):
    cast = await called(world)
    late = await agenda.add(cast.meeting, "临时想到的事", by=world.secretary)
    await chair.open(cast.meeting, by=world.secretary)
    await chair.take_up(late, cast.meeting, by=world.secretary)
    with pytest.raises(Conflict):
        await chair.conclude(late, cast.meeting, "同意", by=world.secretary)
    await chair.defer(late, cast.meeting, by=world.secretary, reason="下次通知后再定")
    await chair.take_up(cast.item, cast.meeting, by=world.secretary)
    await chair.conclude(cast.item, cast.meeting, "同意", by=world.secretary)
    assert (await AgendaItem.get(id=cast.item.id)).stage == "decided"


async def test_after_the_notice_no_item_is_struck(world):
    cast = await called(world)
    with pytest.raises(Conflict):
        await agenda.strike(cast.item, cast.meeting, by=world.secretary)
    draft = await drafted(world)
    item = await agenda.add(draft, "停车", by=world.secretary)
    await agenda.strike(item, draft, by=world.secretary)
    assert await AgendaItem.of(draft) == []


async def test_items_change_places(world):
    draft = await drafted(world)
    for title in ("一", "二", "三"):
        last = await agenda.add(draft, title, by=world.secretary)
    await agenda.sooner(last, draft, by=world.secretary)
    assert [item.title for item in await AgendaItem.of(draft)] == ["一", "三", "二"]


async def test_a_meeting_is_not_closed_while_a_ballot_is_open(world):
    cast = await opened(world)
    await chair.take_up(cast.item, cast.meeting, by=world.secretary)
    ballot = await Ballot.create(
        meeting=cast.meeting, item=cast.item, place=world.community, path=world.community.path, question="同意吗",
        rule_id="DELIBERATION", stage="open",
    )  # fmt: skip
    for act in (
        lambda: chair.close(cast.meeting, by=world.secretary),
        lambda: chair.adjourn(cast.meeting, "", by=world.secretary),
        lambda: chair.defer(cast.item, cast.meeting, by=world.secretary),
        lambda: chair.conclude(cast.item, cast.meeting, "同意", by=world.secretary),
    ):
        with pytest.raises(Conflict):
            await act()
    await Ballot.filter(id=ballot.id).update(stage="declared")
    with pytest.raises(Conflict):
        await chair.close(cast.meeting, by=world.secretary)
    await chair.conclude(cast.item, cast.meeting, "同意", by=world.secretary)
    await chair.close(cast.meeting, by=world.secretary)
    assert cast.meeting.stage == "closed"


async def test_what_was_not_taken_up_is_deferred_at_the_end_and_its_matter_waits(world):
    meeting = await drafted(world)
    matter = await matter_of(world, "COLLABORATIVE", world.grid)
    item = await agenda.add(meeting, "停车", by=world.secretary, matter=matter)
    assert (await Matter.get(id=matter.id)).stage == "listed"
    await invite(meeting, "resident_representative", [guest(world.resident)], by=world.secretary)
    await agenda.give_notice(meeting, by=world.secretary, temporary_reason=REASON)
    await chair.open(meeting, by=world.secretary)
    await chair.close(meeting, by=world.secretary)
    assert (await AgendaItem.get(id=item.id)).stage == "deferred"
    assert (await Matter.get(id=matter.id)).stage == "confirmed"


async def test_a_household_matter_is_talked_about_only_in_a_closed_meeting(world):
    matter = await matter_of(world, "HOUSEHOLD", world.grid)
    for kind in ("community_review_council", "alliance_council"):
        with pytest.raises(Refusal) as refused:
            await agenda.add(await drafted(world, kind), "漏水", by=world.secretary, matter=matter)
        assert refused.value.field == "matter"
    closed = await drafted(world, "grid_neighbourhood_meeting")
    assert await agenda.add(closed, "漏水", by=world.grid_secretary, matter=matter)


async def test_a_matter_of_another_place_is_refused(world):
    matter = await matter_of(world, "COLLABORATIVE", world.beside)
    with pytest.raises(Refusal):
        await agenda.add(await drafted(world), "停车", by=world.secretary, matter=matter)


async def test_a_promise_settles_a_household_matter_and_stays_closed(world):
    matter = await matter_of(world, "HOUSEHOLD", world.grid)
    meeting = await drafted(world, "grid_neighbourhood_meeting")
    item = await agenda.add(meeting, "漏水", by=world.grid_secretary, matter=matter)
    await invite(meeting, "concerned", [guest(world.resident), guest(world.neighbour)], by=world.grid_secretary)
    await agenda.give_notice(meeting, by=world.grid_secretary, temporary_reason=REASON)
    await chair.open(meeting, by=world.grid_secretary)
    await chair.take_up(await AgendaItem.get(id=item.id), meeting, by=world.grid_secretary)
    with pytest.raises(Forbidden):
        await chair.record_promise(await AgendaItem.get(id=item.id), "十日内修好", by=world.resident)
    promise = await chair.record_promise(await AgendaItem.get(id=item.id), "李建国十日内修好水管，费用各半", by=world.grid_secretary)
    assert (promise.private, promise.legal_effect, promise.ballot_id) == (True, "ADVISORY", None)
    assert (await Matter.get(id=matter.id)).stage == "settled"
    from council.proceedings.resolutions import Resolution

    with pytest.raises(NotFound):
        await Resolution.seen_by(world.outsider, promise.id)
    assert await Resolution.seen_by(world.neighbour, promise.id)


async def test_a_public_meeting_writes_no_promise(world):
    cast = await opened(world)
    await chair.take_up(cast.item, cast.meeting, by=world.secretary)
    with pytest.raises(Conflict):
        await chair.record_promise(cast.item, "十日内修好水管", by=world.secretary)


async def test_adjourned_and_resumed(world):
    cast = await opened(world)
    await chair.adjourn(cast.meeting, "停电", by=world.secretary)
    with pytest.raises(Conflict):
        await chair.take_up(cast.item, cast.meeting, by=world.secretary)
    await chair.resume(cast.meeting, by=world.secretary)
    await chair.take_up(cast.item, cast.meeting, by=world.secretary)
    acts = [e.act for e in await Entry.filter(meeting_id=cast.meeting.id).order_by("sequence")]
    assert [a for a in acts if a in ("meeting.opened", "meeting.adjourned", "meeting.resumed", "item.taken_up")] == [
        "meeting.opened", "meeting.adjourned", "meeting.resumed", "item.taken_up",
    ]  # fmt: skip


async def test_the_chair_is_handed_to_an_officer_and_to_nobody_else(world):
    cast = await opened(world)
    with pytest.raises(Forbidden):
        await chair.hand_over(cast.meeting, world.resident, by=world.secretary)
    with pytest.raises(Forbidden):
        await chair.hand_over(cast.meeting, world.deputy, by=world.resident)
    await chair.hand_over(cast.meeting, world.deputy, by=world.secretary)
    await chair.take_up(cast.item, cast.meeting, by=world.deputy)
    with pytest.raises(Forbidden):
        await chair.close(cast.meeting, by=world.secretary)


async def test_the_sequence_of_a_meeting_has_no_gap(world):
    cast = await opened(world)
    numbers = await Entry.filter(meeting_id=cast.meeting.id).order_by("id").values_list("sequence", flat=True)
    assert list(numbers) == list(range(1, len(numbers) + 1))
