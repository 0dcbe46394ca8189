"""Merging by reference, the answer of the office, the wordings of a text."""

from __future__ import annotations

import pytest

from council.neighbourhood.journal import Entry
from council.proceedings import merging
from council.proceedings.conduct import open_ballot
from council.proceedings.proposals import Proposal
from council.proceedings.questions import draw
from council.refusals import Conflict, Forbidden, Refusal
from tests.room import PARKING, room

OTHER = "在3号楼北侧空地划20个车位，先登记后停放。"


async def test_what_is_merged_stays_and_points_to_the_other(world):
    made = await room(world)
    kept, gone = await made.proposal(), await Proposal.submit(made.item, OTHER, by=made.members[2])
    with pytest.raises(Forbidden):
        await merging.merge(gone, kept, by=made.members[0])
    with pytest.raises(Refusal):
        await merging.merge(gone, gone, by=world.secretary)
    await merging.merge(gone, kept, by=world.secretary)
    after = await Proposal.get(id=gone.id)
    assert (after.stage, after.text, after.merged_into_id) == ("merged", OTHER, kept.id)
    assert [one.id for one in await merging.merged(kept)] == [gone.id]
    assert (await Entry.get(act="proposal.merged")).numbers["into"] == kept.id
    with pytest.raises(Conflict):
        await (await Proposal.get(id=gone.id)).second(by=made.members[1])


async def test_a_proposal_with_amendments_before_the_room_is_not_merged(world):
    made = await room(world)
    kept, gone = await made.proposal(), await Proposal.submit(made.item, OTHER, by=made.members[2])
    await gone.amend(OTHER + "试行。", by=made.members[3])
    with pytest.raises(Conflict):
        await merging.merge(gone, kept, by=world.secretary)


async def test_the_office_answers_and_a_resident_does_not(world):
    made = await room(world)
    proposal = await made.proposal()
    with pytest.raises(Forbidden):
        await merging.answer(proposal, "可以办，下月动工。", by=world.resident)
    with pytest.raises(Forbidden):
        await merging.answer(proposal, "可以办，下月动工。", by=world.beside_secretary)
    await merging.answer(proposal, "可以办，下月动工。", by=world.clerk)
    assert (await Proposal.get(id=proposal.id)).answered_by_id == world.clerk.id
    assert "answer" in (await Entry.get(act="proposal.answered")).digests


async def test_every_wording_is_kept_with_what_changed(world):
    made = await room(world)
    main = await made.proposal()
    amendment = await main.amend(PARKING.replace("24", "20"), by=made.members[2])
    await amendment.second(by=made.members[3])
    ballot = await draw(made.item, by=world.secretary, proposal=amendment)
    await open_ballot(ballot, by=world.secretary)
    await made.vote(ballot, yes=12)
    await made.finish(ballot)
    first, second = await merging.versions(await Proposal.get(id=main.id))
    assert (first.number, first.text) == (1, PARKING)
    assert "20个车位" in second.text
    assert {(run.kind, run.text) for run in second.changes if run.kind != "same"} == {("out", "24"), ("in", "20")}
