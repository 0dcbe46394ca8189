"""Meetings: who may call one, who chairs it, what the notice fixes, who may know of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from council import clock
from council.neighbourhood.offices import Standing, standing
from council.neighbourhood.people import Visitor
from council.neighbourhood.registry import grant
from council.proceedings import agenda, calling, chair, diary, roll
from council.proceedings.calling import Plan
from council.proceedings.invitations import Guest, Invitation, invite, reply, take_back
from council.proceedings.meetings import Meeting, known_to
from council.refusals import Conflict, Forbidden, NotFound, Refusal
from tests.counting import Statements
from tests.records.cast import REASON, SOON, called, drafted, guest, holding


async def test_the_chair_is_the_secretary_of_the_organisation_that_leads_the_place(world):
    assert (await drafted(world)).chair_id == world.secretary.id
    assert (await drafted(world, "alliance_council")).chair_id == world.grid_secretary.id


async def test_a_grid_without_an_organisation_of_its_own_is_chaired_from_its_community(world):
    plan = Plan(title="楼道堆物", starts_at=clock.now() + SOON)
    meeting = await calling.call("alliance_council", world.other_grid, plan, by=world.secretary)
    assert meeting.chair_id == world.secretary.id


async def test_without_the_office_that_chairs_there_is_no_meeting(world):
    with pytest.raises(Refusal) as refused:
        await drafted(world, "representatives_meeting")
    assert refused.value.field == "place"
    await grant(world.deputy, "director", by=world.operator, place=world.community)
    assert (await drafted(world, "representatives_meeting")).chair_id == world.deputy.id


async def test_only_offices_within_reach_call_meetings(world):
    plan = Plan(title="小区停车", starts_at=clock.now() + SOON)
    for outsider in (world.resident, world.beside_secretary, world.hotel_secretary, world.former):
        with pytest.raises(Forbidden):
            await calling.call("community_review_council", world.community, plan, by=outsider)
    assert await calling.call("community_review_council", world.community, plan, by=world.clerk)


async def test_a_meeting_belongs_to_the_level_of_its_kind(world):
    with pytest.raises(Refusal) as refused:
        await calling.call("community_review_council", world.grid, Plan(title="停车", starts_at=clock.now() + SOON), by=world.secretary)
    assert refused.value.field == "place"


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("day", {"starts_at": clock.now() - timedelta(minutes=1)}),
        ("until", {"ends_at": clock.now()}),
        ("link", {"link": "http://meet.example/1"}),
        ("link", {"link": "javascript:alert(1)"}),
        ("rule", {"rule_id": "RC_REPS"}),
        ("quorum", {"quorum": "1/9 strict"}),
    ],
)
async def test_a_plan_that_cannot_stand_names_its_field(world, field, wrong):
    with pytest.raises(Refusal) as refused:
        await drafted(world, **wrong)
    assert refused.value.field == field
    assert await drafted(world, link="https://meet.example/1", quorum="1/2 strict")


async def test_the_law_fixes_the_quorum_of_a_representatives_meeting(world):
    await grant(world.deputy, "director", by=world.operator, place=world.community)
    with pytest.raises(Refusal) as refused:
        await drafted(world, "representatives_meeting", quorum="1/2 strict")
    assert refused.value.field == "quorum"


async def test_a_representatives_meeting_opens_only_after_the_party_organisation_has_discussed(world):
    await grant(world.deputy, "director", by=world.operator, place=world.community)
    meeting = await drafted(world, "representatives_meeting")
    await agenda.add(meeting, "健身场地", by=world.secretary)
    await invite(meeting, "resident_representative", [guest(world.resident)], by=world.secretary)
    await agenda.give_notice(meeting, by=world.secretary, temporary_reason=REASON)
    with pytest.raises(Refusal) as refused:
        await chair.open(meeting, by=world.deputy)
    assert refused.value.field == "discussed_on"
    with pytest.raises(Refusal):
        await calling.record_discussion(meeting, clock.today() + timedelta(days=1), "长风社区党委", by=world.deputy)
    await calling.record_discussion(meeting, clock.today(), "长风社区党委", by=world.deputy)
    await chair.open(meeting, by=world.deputy)
    assert meeting.stage == "open"


async def test_twenty_three_listed_members_need_sixteen(world):
    meeting = await drafted(world, listed=23)
    await invite(meeting, "resident_representative", [guest(world.resident)], by=world.secretary)
    assert (meeting.listed, meeting.needed) == (23, 16)


async def test_listed_members_are_those_invited_when_no_number_was_entered(world):
    meeting = await drafted(world)
    await invite(meeting, "resident_representative", [guest(world.resident), guest(world.neighbour)], by=world.secretary)
    await invite(meeting, "supervisor", [guest(world.officer)], by=world.secretary)
    assert meeting.listed == 2
    await take_back((await Invitation.all_of(meeting))[0], meeting, by=world.secretary)
    assert meeting.listed == 1


async def test_nobody_is_invited_twice(world):
    meeting = await drafted(world)
    for _ in range(2):
        await invite(meeting, "resident_representative", [guest(world.resident), guest(world.resident), Guest("张三")], by=world.secretary)
    assert len(await Invitation.all_of(meeting)) == 2


async def test_a_resident_unit_is_invited_with_its_duty_to_send_somebody(world):
    meeting = await drafted(world)
    await invite(meeting, "unit_representative", [Guest(world.hotel.name, unit=world.hotel)], by=world.secretary)
    invitation = (await Invitation.all_of(meeting))[0]
    assert (invitation.duty, invitation.capacity, invitation.unit_id) == (True, "MEMBER", world.hotel.id)


async def test_a_group_without_a_vote_gets_none(world):
    meeting = await drafted(world)
    with pytest.raises(Refusal):
        await invite(meeting, "supervisor", [guest(world.officer)], by=world.secretary, capacity="MEMBER")
    await invite(meeting, "property_manager", [guest(world.manager)], by=world.secretary, capacity="OBSERVER")
    assert [i.capacity for i in await Invitation.all_of(meeting)] == ["OBSERVER"]


async def test_two_thousand_are_invited_at_once(world):
    meeting = await drafted(world)
    async with Statements() as seen:
        made = await invite(meeting, "resident_representative", [Guest(f"居民{n}") for n in range(2303)], by=world.secretary)
    assert len(made) == 2303
    assert meeting.listed == 2303
    assert len(seen) <= 10
    kept = await Invitation.filter(meeting_id=meeting.id).order_by("id")
    assert [one.label for one in kept] == [one.label for one in made]
    assert {(one.capacity, one.group, one.reply, one.told_at) for one in kept} == {("MEMBER", "resident_representative", "", None)}


async def test_notice_needs_a_topic_and_a_member(world):
    meeting = await drafted(world)
    with pytest.raises(Refusal) as refused:
        await agenda.give_notice(meeting, by=world.secretary, temporary_reason=REASON)
    assert refused.value.field == "agenda"
    await agenda.add(meeting, "停车", by=world.secretary)
    with pytest.raises(Refusal) as refused:
        await agenda.give_notice(meeting, by=world.secretary, temporary_reason=REASON)
    assert refused.value.field == "invitations"


async def test_a_late_notice_needs_a_reason_and_a_timely_one_does_not(world):
    late = await drafted(world)
    timely = await drafted(world, starts_at=clock.now() + timedelta(days=20))
    for meeting in (late, timely):
        await agenda.add(meeting, "停车", by=world.secretary)
        await invite(meeting, "resident_representative", [guest(world.resident)], by=world.secretary)
    with pytest.raises(Refusal) as refused:
        await agenda.give_notice(late, by=world.secretary)
    assert refused.value.field == "temporary_reason"
    await agenda.give_notice(late, by=world.secretary, temporary_reason=REASON)
    await agenda.give_notice(timely, by=world.secretary)
    assert (late.stage, timely.stage) == ("called", "called")
    assert late.wall_code
    assert late.wall_code != timely.wall_code


async def test_a_reason_does_not_shorten_what_the_law_fixes_for_owners(world):
    await grant(world.across, "owners_committee_head", by=world.operator, place=world.community)
    meeting = await drafted(world, "owners_assembly", starts_at=clock.now() + timedelta(days=5))
    await agenda.add(meeting, "停车", by=world.secretary)
    await invite(meeting, "owner", [guest(world.resident)], by=world.secretary)
    with pytest.raises(Refusal):
        await agenda.give_notice(meeting, by=world.secretary, temporary_reason=REASON)


async def test_a_moved_meeting_counts_its_notice_anew_and_gets_a_new_version(world):
    called_ = await called(world)
    meeting, before = called_.meeting, called_.meeting.version
    with pytest.raises(Refusal):
        await agenda.postpone(meeting, clock.now() + timedelta(hours=3), by=world.secretary)
    await agenda.postpone(meeting, clock.now() + timedelta(days=20), by=world.secretary)
    assert meeting.version == before + 1


async def test_a_reply_may_be_changed_until_the_meeting_opens(world):
    cast = await called(world)
    invitation = cast.invited["resident"]
    with pytest.raises(Forbidden):
        await reply(invitation, "yes", by=world.neighbour)
    await reply(invitation, "yes", by=world.resident)
    with pytest.raises(Refusal):
        await reply(invitation, "substitute", by=world.resident)
    await reply(invitation, "substitute", by=holding("Invitation", invitation.id), substitute="王小明")
    assert (invitation.reply, invitation.substitute) == ("substitute", "王小明")
    await chair.open(cast.meeting, by=world.secretary)
    with pytest.raises(Conflict):
        await reply(invitation, "no", by=world.resident)


async def test_a_draft_and_a_closed_meeting_are_there_only_for_those_concerned(world):
    draft = await drafted(world)
    with pytest.raises(NotFound):
        await Meeting.find(draft.id, world.resident)
    assert (await Meeting.find(draft.id, world.clerk)).id == draft.id
    private = await drafted(world, "grid_neighbourhood_meeting")
    assert private.private
    await agenda.add(private, "漏水", by=world.grid_secretary)
    await invite(private, "concerned", [guest(world.resident)], by=world.grid_secretary)
    await agenda.give_notice(private, by=world.grid_secretary, temporary_reason=REASON)
    for outsider in (world.neighbour, world.beside_secretary, world.outsider, Visitor()):
        with pytest.raises(NotFound):
            await Meeting.find(private.id, outsider)
    for insider in (world.resident, world.grid_worker, world.secretary):
        assert (await Meeting.find(private.id, insider)).id == private.id


async def test_lists_hold_only_what_somebody_may_know_of(world):
    open_one, private = (await called(world)).meeting, await drafted(world, "grid_neighbourhood_meeting")
    await agenda.add(private, "漏水", by=world.grid_secretary)
    await invite(private, "concerned", [guest(world.resident)], by=world.grid_secretary)
    await agenda.give_notice(private, by=world.grid_secretary, temporary_reason=REASON)

    async def seen(by):
        held = Standing() if isinstance(by, Visitor) else await standing(by)
        return set(await Meeting.filter(await known_to(by, held)).values_list("id", flat=True))

    assert await seen(Visitor()) == await seen(world.neighbour) == await seen(world.beside_secretary) == {open_one.id}
    assert await seen(world.resident) == await seen(world.grid_worker) == {open_one.id, private.id}


async def test_a_private_meeting_has_no_door_for_strangers(world):
    private = await drafted(world, "grid_neighbourhood_meeting")
    await agenda.add(private, "漏水", by=world.grid_secretary)
    await invite(private, "concerned", [guest(world.resident)], by=world.grid_secretary)
    await agenda.give_notice(private, by=world.grid_secretary, temporary_reason=REASON)
    with pytest.raises(NotFound):
        await diary.by_number(private.wall_code)
    with pytest.raises(NotFound):
        await roll.enter(private, by=Visitor())
    assert (await diary.by_number((await called(world)).meeting.wall_code)).stage == "called"
