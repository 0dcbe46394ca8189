"""Minutes go from draft to circulated to sealed to posted, and nobody skips a step: chair, recorder and two representatives approve one wording."""

from __future__ import annotations

import pytest

from council import clock
from council.neighbourhood.people import Visitor
from council.proceedings.invitations import Invitation
from council.proceedings.meetings import Meeting
from council.proceedings.roll import Seat
from council.refusals import Conflict, Forbidden, Refusal
from council.secretariat import approvals, inbox, remonstrances
from council.secretariat.minutes import Minutes
from tests.client import soup
from tests.minutes import approve_all
from tests.routes.test_evidence import minuted


async def there(minutes, person, **more) -> Invitation:
    one = await Invitation.create(meeting_id=minutes.meeting_id, person=person, label=person.name, **{"representative": True} | more)
    await Seat.create(meeting_id=minutes.meeting_id, invitation_id=one.id, person_id=person.id, how="list", arrived_at=clock.now())
    return one


@pytest.fixture
async def read(world):
    """Minutes in the hands of three representatives; a fourth person only sat in, a fifth sat for the Party."""
    minutes = await minuted(world)
    for person in (world.resident, world.neighbour, world.grid_worker):
        await there(minutes, person)
    await there(minutes, world.across, representative=False)
    await there(minutes, world.hotel_secretary, group="party_representative")
    await minutes.circulate(1, by=world.clerk)
    return minutes


async def test_nobody_approves_a_draft_and_nobody_posts_what_is_not_sealed(world):
    minutes = await minuted(world)
    await there(minutes, world.resident)
    with pytest.raises(Conflict):
        await approvals.approve(minutes, 1, by=world.secretary)
    await minutes.circulate(1, by=world.clerk)
    with pytest.raises(Conflict):
        await minutes.circulate(1, by=world.clerk)
    await approvals.approve(minutes, 1, by=world.secretary)
    kept = await Minutes.get(id=minutes.id)
    with pytest.raises(Conflict):
        await kept.post(by=world.secretary, contact="居委会")
    assert (await Minutes.get(id=minutes.id)).stage == "circulated"


async def test_four_approvals_of_one_wording_seal_it(world, read):
    assert await approvals.approve(read, 1, by=world.resident) == ""
    await read.correct({"points": "代表1：支持。"}, 1, by=world.clerk)
    assert (await Minutes.get(id=read.id)).stage == "drawn"
    assert await approvals.given(read) == []
    await read.circulate(2, by=world.clerk)
    with pytest.raises(Conflict):
        await approvals.approve(read, 1, by=world.neighbour)
    for person in (world.across, world.outsider, world.hotel_secretary):
        with pytest.raises(Forbidden):
            await approvals.approve(read, 2, by=person)
    for person in (world.resident, world.neighbour, world.clerk):
        assert await approvals.approve(read, 2, by=person) == ""
    with pytest.raises(Conflict):
        await approvals.approve(read, 2, by=world.resident)
    seal = await approvals.approve(read, 2, by=world.secretary)
    kept = await Minutes.get(id=read.id)
    assert (kept.stage, kept.seal, len(seal)) == ("sealed", seal, 64)
    assert seal == approvals.digest(kept, await approvals.given(kept))
    kept.written = {**kept.written, "points": "代表1：反对。"}
    assert seal != approvals.digest(kept, await approvals.given(kept))
    with pytest.raises(Conflict):
        await kept.correct({"points": "改了"}, 2, by=world.clerk)


async def test_two_chairs_or_staff_do_not_stand_in_for_representatives(world, read):
    await approvals.approve(read, 1, by=world.secretary)
    await approvals.approve(read, 1, by=world.clerk)
    with pytest.raises(Forbidden):
        await approvals.approve(read, 1, by=world.deputy)
    assert (await Minutes.get(id=read.id)).stage == "circulated"


async def test_where_no_recorder_was_named_another_of_the_staff_signs_never_the_chair_twice(world, read):
    await Meeting.filter(id=read.meeting_id).update(recorder_id=world.secretary.id)
    for person in (world.resident, world.neighbour, world.secretary):
        assert await approvals.approve(read, 1, by=person) == ""
    with pytest.raises(Conflict):
        await approvals.approve(read, 1, by=world.secretary)
    assert await approvals.approve(read, 1, by=world.deputy)


async def test_a_kind_without_representatives_asks_for_none(world, read):
    await Meeting.filter(id=read.meeting_id).update(kind="party_branch_meeting")
    assert (await approvals.wanted(read))["representative"] == 0
    await approvals.approve(read, 1, by=world.secretary)
    assert await approvals.approve(read, 1, by=world.clerk)


async def test_a_signature_on_paper_and_an_approval_by_phone_are_one(world, read):
    mine = await Invitation.get(meeting_id=read.meeting_id, person_id=world.resident.id)
    await approvals.enter_paper(read, mine, 1, by=world.clerk)
    with pytest.raises(Conflict):
        await approvals.approve(read, 1, by=world.resident)
    with pytest.raises(Conflict):
        await approvals.enter_paper(read, mine, 1, by=world.clerk)
    with pytest.raises(Conflict):
        await approvals.approve(read, 1, by=Visitor(frozenset({("Invitation", mine.id)})))
    absent = await Invitation.create(meeting_id=read.meeting_id, label="未到代表", representative=True)
    with pytest.raises(Forbidden):
        await approvals.enter_paper(read, absent, 1, by=world.clerk)
    with pytest.raises(Forbidden):
        await approvals.enter_paper(read, mine, 1, by=world.resident)
    assert [one.entered_by_id for one in await approvals.given(read)] == [world.clerk.id]


async def test_an_objection_of_somebody_who_was_there_is_answered_before_anybody_approves(world, read):
    made = await remonstrances.raise_one(read, "我说的是二十个车位，不是二十四个。", by=world.across)
    for person in (world.outsider, world.deputy):
        with pytest.raises(Forbidden):
            await remonstrances.raise_one(read, "我也反对这样写。", by=person)
    with pytest.raises(Conflict):
        await approvals.approve(read, 1, by=world.secretary)
    with pytest.raises(Forbidden):
        await remonstrances.answer(read, made.id, "不改。", by=world.resident)
    await remonstrances.answer(read, made.id, "已核对录音，改为二十个。", by=world.clerk)
    with pytest.raises(Conflict):
        await remonstrances.answer(read, made.id, "又答一次。", by=world.clerk)
    assert await approvals.approve(read, 1, by=world.secretary) == ""
    told = [one.message async for one in inbox.Notice.filter(person_id=world.across.id)]
    assert told == [str(remonstrances.ANSWERED.message)] or remonstrances.ANSWERED.message in told


async def test_everybody_who_was_there_is_told_and_nobody_else(world, read):
    told = {one async for one in inbox.Notice.filter(link=f"/minutes/{read.id}").values_list("person_id", flat=True)}
    wanted = (world.resident, world.neighbour, world.grid_worker, world.across, world.hotel_secretary, world.secretary, world.clerk)
    assert told == {one.id for one in wanted}


async def test_the_recorder_writes_words_and_never_facts(world):
    minutes = await minuted(world)
    for name in ("facts", "present", "votes"):
        with pytest.raises(Refusal):
            await minutes.correct({name: "全体同意"}, 1, by=world.clerk)
    facts = minutes.facts
    await minutes.correct({"points": "代表1：支持。"}, 1, by=world.clerk)
    assert (await Minutes.get(id=minutes.id)).facts == facts


async def test_a_representative_reads_and_approves_on_one_page(world, read, browser_of):
    browser = await browser_of(world.resident)
    page = await browser.get(f"/minutes/{read.id}")
    assert "请您确认" in page.text
    page = await browser.post(f"/minutes/{read.id}/approvals", data={"version": "1"})
    words = soup(page).select_one("#approvals").parent.get_text(" ", strip=True)
    assert "王秀兰" in words
    assert "记录人 1" in words
    assert not soup(page).select("form[action$='/approvals']")
    again = await browser.post(f"/minutes/{read.id}/approvals", data={"version": "1"})
    assert again.status_code == 409
    assert (await browser.post(f"/minutes/{read.id}/approval", data={"version": "1"})).status_code == 404
    assert (await browser.post(f"/minutes/{read.id}/circulation", data={"version": "1"})).status_code == 403
    outside = await browser_of(world.outsider)
    for way in ("approvals", "objections", "circulation", "approvals/paper", "objections/1/answer"):
        assert (await outside.post(f"/minutes/{read.id}/{way}", data={"version": "1"})).status_code == 404, way


async def test_objection_answer_and_paper_signature_in_the_browser(world, read, browser_of):
    resident, clerk = await browser_of(world.resident), await browser_of(world.clerk)
    assert (await resident.post(f"/minutes/{read.id}/objections", data={"text": "嗯"})).status_code == 422
    page = await resident.post(f"/minutes/{read.id}/objections", data={"text": "时间写错了，是七点。"})
    assert "时间写错了" in page.text
    page = await clerk.post(f"/minutes/{read.id}/objections/1/answer", data={"answer": "已改为七点。"})
    assert "已改为七点" in page.text
    assert "时间写错了" in (await resident.get(f"/minutes/{read.id}")).text
    signer = await Invitation.get(meeting_id=read.meeting_id, person_id=world.neighbour.id)
    offered = soup(await clerk.get(f"/minutes/{read.id}")).select("#invitation option")
    assert str(signer.id) in [one["value"] for one in offered]
    page = await clerk.post(f"/minutes/{read.id}/approvals/paper", data={"version": "1", "invitation": str(signer.id)})
    assert "李建国" in soup(page).select_one("#approvals").parent.get_text()
    assert "蒋文" in soup(page).select_one("#approvals").parent.get_text()


async def test_all_the_steps_end_on_the_board(world):
    minutes = await minuted(world)
    kept = await approve_all(minutes, world.clerk, world.secretary)
    posting = await kept.post(by=world.secretary, contact="居委会 028-85551234")
    assert (await Minutes.get(id=minutes.id)).stage == "posted"
    assert posting.hangs()
