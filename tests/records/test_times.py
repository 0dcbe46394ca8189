"""Finding a time: every tap is kept, only for oneself, and the time that suits most members is taken."""

from __future__ import annotations

from datetime import timedelta

import pytest

from council import clock
from council.proceedings import agenda, times
from council.proceedings.invitations import Invitation, invite
from council.proceedings.times import Candidate, Preference
from council.refusals import Conflict, Forbidden, Refusal
from council.secretariat import summons
from council.secretariat.inbox import Notice
from tests.client import soup
from tests.records.cast import REASON, drafted, guest


@pytest.fixture
async def asked(world):
    meeting = await drafted(world, starts_at=clock.now() + timedelta(days=9))
    await invite(meeting, "resident_representative", [guest(world.resident), guest(world.neighbour)], by=world.secretary)
    await invite(meeting, "supervisor", [guest(world.officer)], by=world.secretary)
    starts = [clock.now() + timedelta(days=n) for n in (10, 11)]
    candidates = await times.propose(meeting, starts, by=world.secretary)
    return meeting, candidates, {one.person_id: one for one in await Invitation.all_of(meeting)}


async def test_the_time_at_which_most_members_can_come_is_proposed_and_taken(world, asked):
    meeting, (early, late), invited = asked
    assert times.best(await times.tallies(meeting)) is None
    for person, candidate, answer in [
        (world.resident, early, "yes"), (world.neighbour, early, "no"), (world.officer, early, "yes"),
        (world.resident, late, "maybe"), (world.neighbour, late, "yes"), (world.neighbour, late, "yes"),
    ]:  # fmt: skip
        await times.say(candidate, meeting, invited[person.id], answer, by=person)
    best = times.best(await times.tallies(meeting))
    assert (best.candidate.id, best.members, best.counts["yes"]) == (late.id, 2, 1)
    await times.choose(late, meeting, by=world.secretary)
    assert meeting.starts_at == late.starts_at
    assert not await Candidate.exists()
    assert not await Preference.exists()


async def test_nobody_answers_for_another_but_an_officer_who_was_rung_up(world, asked):
    meeting, (early, _), invited = asked
    with pytest.raises(Forbidden):
        await times.say(early, meeting, invited[world.neighbour.id], "no", by=world.resident)
    await times.say(early, meeting, invited[world.neighbour.id], "no", by=world.clerk)
    assert (await Preference.get()).by_id == world.clerk.id
    with pytest.raises(Forbidden):
        await times.propose(meeting, [clock.now() + timedelta(days=12)], by=world.resident)
    with pytest.raises(Forbidden):
        await times.choose(early, meeting, by=world.resident)


async def test_past_and_too_many_times_and_a_called_meeting_are_refused(world, asked):
    meeting, (early, _), invited = asked
    with pytest.raises(Refusal):
        await times.propose(meeting, [clock.now() - timedelta(minutes=1)], by=world.secretary)
    with pytest.raises(Refusal):
        await times.propose(meeting, [clock.now() + timedelta(days=20 + n) for n in range(11)], by=world.secretary)
    await agenda.add(meeting, "停车", by=world.secretary)
    await agenda.give_notice(meeting, by=world.secretary, temporary_reason=REASON)
    with pytest.raises(Conflict):
        await times.say(early, meeting, invited[world.resident.id], "yes", by=world.resident)


async def test_those_invited_are_asked_in_the_inbox_and_that_is_no_notice(world, asked):
    meeting, _, _ = asked
    await summons._tell(meeting, "times.asked")
    assert {one.link for one in await Notice.all()} == {f"/meetings/{meeting.id}/times"}
    assert not await Invitation.filter(told_at__isnull=False).exists()


async def test_a_meeting_without_a_place_is_said_to_have_none(world, browser_of, asked):
    meeting, _, _ = asked
    meeting.venue = ""
    await meeting.save(update_fields=["venue"])
    assert "受邀人不知道去哪里开会" in (await (await browser_of(world.secretary)).get(f"/meetings/{meeting.id}/notice")).text
    await summons._tell(meeting, "meeting.called")
    assert "地点还没有定" in (await (await browser_of(world.resident)).get("/inbox")).text


async def test_one_tap_is_kept_at_once_with_and_without_script(world, browser_of, asked):
    meeting, (early, late), _ = asked
    browser = await browser_of(world.resident)
    assert soup(await browser.get(f"/meetings/{meeting.id}")).select_one(f'a[href="/meetings/{meeting.id}/times"]')
    page = await browser.post(f"/times/{early.id}/answers", data={"answer": "yes"})
    assert [b["value"] for b in soup(page).select('button[aria-pressed="true"]')] == ["yes"]
    part = await browser.post(f"/times/{late.id}/answers", data={"answer": "no"}, headers={"hx-request": "true"})
    assert "<html" not in part.text
    assert [b["value"] for b in soup(part).select('button[aria-pressed="true"]')] == ["yes", "no"]
    assert (await (await browser_of(world.outsider)).post(f"/times/{early.id}/answers", data={"answer": "yes"})).status_code == 404
    assert (await browser.post(f"/times/{early.id}/answers", data={"answer": "perhaps"})).status_code == 422
    officer = await browser_of(world.secretary)
    assert "最合适" in (await officer.get(f"/meetings/{meeting.id}/times")).text
    assert (await officer.post(f"/times/{early.id}/choice")).status_code == 200
    await meeting.refresh_from_db()
    assert meeting.starts_at == early.starts_at


async def test_free_times_of_the_chair_are_put_in_question_by_one_press(world, browser_of):
    meeting = await drafted(world)
    browser = await browser_of(world.secretary)
    await browser.post(f"/meetings/{meeting.id}/times/free")
    assert await Candidate.filter(meeting_id=meeting.id).count() == 6
    assert (await (await browser_of()).get(f"/meetings/{meeting.id}/times")).url.path == "/sign-in"
