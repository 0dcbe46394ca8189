"""Proposals: moved, seconded, amended, put to the vote."""

from __future__ import annotations

import pytest

from council.neighbourhood.journal import history
from council.neighbourhood.people import Visitor
from council.proceedings.agenda import AgendaItem
from council.proceedings.conduct import open_ballot
from council.proceedings.proposals import Proposal
from council.proceedings.questions import draw
from council.refusals import Conflict, Forbidden, Refusal
from council.workshop.differences import differences
from tests.room import PARKING, room


@pytest.fixture
async def hall(world):
    return await room(world, listed=3, present=3, observers=1)


async def test_a_member_moves_and_another_seconds(hall):
    proposal = await Proposal.submit(hall.item, PARKING, by=hall.members[0], cost="约1.2万元")
    assert (proposal.stage, proposal.original, proposal.cost) == ("submitted", PARKING, "约1.2万元")
    await proposal.second(by=hall.members[1])
    assert proposal.stage == "seconded"
    assert [entry.act for entry in await history(proposal)] == ["proposal.submitted", "proposal.seconded"]


async def test_nobody_seconds_an_own_text_and_nobody_twice(hall):
    proposal = await Proposal.submit(hall.item, PARKING, by=hall.members[0])
    with pytest.raises(Refusal) as refused:
        await proposal.second(by=hall.members[0])
    assert refused.value.status == 403
    await proposal.second(by=hall.members[1])
    with pytest.raises(Conflict):
        await proposal.second(by=hall.members[1])
    assert await proposal.seconds() == 1


async def test_observers_and_strangers_do_not_move_but_the_chair_may(hall, world):
    for stranger in (hall.observers[0], Visitor(), world.resident):
        with pytest.raises(Forbidden):
            await Proposal.submit(hall.item, PARKING, by=stranger)
    assert await Proposal.submit(hall.item, PARKING, by=hall.chair)


async def test_nothing_is_moved_before_the_item_is_taken_up(hall):
    await AgendaItem.filter(id=hall.item.id).update(stage="pending")
    with pytest.raises(Conflict):
        await Proposal.submit(hall.item, PARKING, by=hall.members[0])


async def test_an_identity_card_number_is_refused_and_nothing_is_kept(hall):
    with pytest.raises(Refusal) as refused:
        await Proposal.submit(hall.item, "登记人 11010519491231002X 使用", by=hall.members[0])
    assert refused.value.field == "text"
    assert not await Proposal.exists()


async def test_without_a_second_nothing_is_put_to_the_vote(hall):
    proposal = await Proposal.submit(hall.item, PARKING, by=hall.members[0])
    with pytest.raises(Conflict):
        await draw(hall.item, by=hall.chair, proposal=proposal)


async def test_only_the_chair_puts_to_the_vote(hall):
    proposal = await hall.proposal()
    for other in (hall.members[0], hall.world.clerk):
        with pytest.raises(Forbidden):
            await draw(hall.item, by=other, proposal=proposal)


async def carry(hall, proposal, yes=3):
    ballot = await draw(hall.item, by=hall.chair, proposal=proposal)
    await open_ballot(ballot, by=hall.chair)
    await hall.vote(ballot, yes=yes, no=3 - yes)
    await hall.finish(ballot)
    return await Proposal.get(id=proposal.id)


async def test_a_carried_amendment_makes_a_new_version_and_the_first_wording_stays(hall):
    proposal = await hall.proposal()
    amendment = await proposal.amend(PARKING.replace("24个", "20个"), by=hall.members[2])
    await amendment.second(by=hall.members[0])
    with pytest.raises(Conflict, match=r"first|先"):
        await draw(hall.item, by=hall.chair, proposal=proposal)
    carried = await carry(hall, amendment)
    assert carried.stage == "carried"
    main = await Proposal.get(id=proposal.id)
    assert (main.version, main.original) == (2, PARKING)
    assert "20个" in main.text
    assert [(run.kind, run.text) for run in await main.changes() if run.kind != "same"] == [("out", "24"), ("in", "20")]
    assert [run.text for run in await carried.changes() if run.kind != "same"] == ["24", "20"]
    assert (await carry(hall, main)).stage == "carried"


async def test_a_rejected_amendment_leaves_the_text(hall):
    proposal = await hall.proposal()
    amendment = await proposal.amend("一个车位也不划。", by=hall.members[2])
    await amendment.second(by=hall.members[0])
    assert (await carry(hall, amendment, yes=1)).stage == "rejected"
    assert (await Proposal.get(id=proposal.id)).text == PARKING


async def test_an_amendment_written_on_an_older_text_is_written_anew_first(hall):
    proposal = await hall.proposal()
    first = await proposal.amend(PARKING.replace("24个", "20个"), by=hall.members[2])
    second = await proposal.amend(PARKING.replace("登记", "预约"), by=hall.members[1])
    for one in (first, second):
        await one.second(by=hall.members[0])
    await carry(hall, first)
    with pytest.raises(Conflict, match=r"changed|变"):
        await draw(hall.item, by=hall.chair, proposal=second)
    await second.renew(PARKING.replace("24个", "20个").replace("登记", "预约"), by=hall.members[1])
    await carry(hall, second)
    main = await Proposal.get(id=proposal.id)
    assert "20个" in main.text
    assert "预约" in main.text
    assert main.version == 3


async def test_the_mover_takes_a_text_back_and_nobody_else_does(hall):
    proposal = await hall.proposal()
    with pytest.raises(Forbidden):
        await proposal.withdraw(by=hall.members[2])
    await proposal.withdraw(by=hall.members[0])
    assert (await Proposal.get(id=proposal.id)).stage == "withdrawn"


def test_differences_put_what_went_before_what_came_and_lose_no_sign():
    old, new = "划24个车位，费用由物业承担。", "划20个车位，费用由业主分摊，物业代收。"
    runs = differences(old, new)
    assert "".join(run.text for run in runs if run.kind != "in") == old
    assert "".join(run.text for run in runs if run.kind != "out") == new
    assert [run.kind for run in differences("一", "一")] == ["same"]
    assert differences("", "") == []
