"""Ballots: quorum, entitlement, the clock, the count, and what the law makes of it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from council import clock
from council.neighbourhood.households import Household
from council.neighbourhood.journal import Entry, history, listen, silence
from council.proceedings import ballotbox, tallying
from council.proceedings.agenda import AgendaItem
from council.proceedings.ballotboard import question
from council.proceedings.ballots import Ballot, Entitlement, Vote
from council.proceedings.conduct import close_ballot, open_ballot
from council.proceedings.invitations import Invitation
from council.proceedings.meetings import Meeting
from council.proceedings.orders import settle
from council.proceedings.questions import Way, again, draw, draw_outside
from council.proceedings.roll import Seat, leave
from council.proceedings.timekeeping import Timekeeper, close_due
from council.proceedings.votes import VoteCount
from council.refusals import Conflict, Forbidden, Refusal
from council.routes import booth, outcomes
from council.rules.order import USUAL
from tests.room import room, seat

REPRESENTATIVES = {"kind": "representatives_meeting", "rule_id": "RC_REPS"}


async def test_s1_the_review_council_passes_eleven_of_sixteen_as_advice_that_needs_the_owners(world):
    hall = await room(world, listed=23, present=16)
    ballot = await hall.ballot(owners_item=8)
    await hall.vote(ballot, yes=11, no=3, abstain=2)
    resolution = await hall.finish(ballot)
    decision = ballot.decision
    assert (decision["lawful"], decision["quorate"], decision["carried"]) == (True, True, True)
    assert (decision["needed"], decision["quorum"], decision["legal_effect"]) == (9, 16, "ADVISORY")
    assert "NEEDS_OWNERS_VOTE" in decision["flags"]
    assert "11/16" in " ".join(decision["arithmetic_zh_Hans_CN"])
    assert resolution.needs_owners
    assert resolution.allowed_task_kinds() == ("prepare_owners_vote",)


async def test_fifteen_of_twenty_three_are_no_quorum_and_nothing_opens(world):
    hall = await room(world, listed=23, present=15)
    ballot = await draw(hall.item, by=hall.chair, proposal=await hall.proposal())
    with pytest.raises(Conflict, match="16"):
        await open_ballot(ballot, by=hall.chair)
    assert (await Ballot.get(id=ballot.id)).stage == "drafted"
    assert not await Entitlement.exists()
    assert (await AgendaItem.get(id=hall.item.id)).stage == "open"


async def test_a_quorum_that_is_lost_before_opening_refuses_it(world):
    hall = await room(world, listed=23, present=16)
    ballot = await draw(hall.item, by=hall.chair, proposal=await hall.proposal())
    last = await Seat.filter(meeting_id=hall.meeting.id).order_by("-id").first()
    await Seat.filter(id=last.id).update(left_at=clock.now())
    with pytest.raises(Conflict):
        await open_ballot(ballot, by=hall.chair)
    await Seat.filter(id=last.id).update(left_at=None)
    await open_ballot(await Ballot.get(id=ballot.id), by=hall.chair)


@pytest.mark.parametrize(("yes", "no", "carried"), [(17, 12, True), (16, 13, False), (31, 1, True)])
async def test_s2_thirty_three_of_forty_eight_representatives_and_observers_hands_count_for_nothing(world, yes, no, carried):
    hall = await room(world, listed=48, present=33, observers=6, committee=7, **REPRESENTATIVES)
    ballot = await hall.ballot()
    assert (ballot.entitled, ballot.present) == (33, 33)
    for observer in hall.observers:
        with pytest.raises(Forbidden):
            await ballotbox.cast(ballot, "yes", by=observer)
    await hall.vote(ballot, yes=yes, no=no, abstain=33 - yes - no)
    await hall.finish(ballot)
    assert ballot.decision["carried"] is carried
    assert (ballot.decision["needed"], ballot.decision["quorum"]) == (17, 32)
    assert ballot.cast == 33


async def test_representatives_do_not_vote_on_what_the_party_organisation_has_not_discussed(world):
    hall = await room(world, listed=48, present=33, committee=7, discussed_on=None, **REPRESENTATIVES)
    with pytest.raises(Conflict, match=r"Party|党"):
        await hall.ballot()


async def test_a_meeting_not_made_up_of_four_fifths_representatives_does_not_vote(world):
    hall = await room(world, listed=48, present=33, committee=11, **REPRESENTATIVES)
    with pytest.raises(Conflict, match=r"composed|组成"):
        await hall.ballot()


@pytest.mark.parametrize(("women", "opens"), [(None, "how many|几位"), (15, "composed|组成"), (16, "")])
async def test_a_village_meeting_needs_a_third_of_women_among_its_representatives(world, women, opens):
    """VC 29: of 48 members, 8 of them of the committee, at least 16 representatives are women. Nothing opens before somebody has said."""
    hall = await room(world, listed=48, present=33, committee=8, kind="representatives_meeting", rule_id="VC_REPS", discussed_on=clock.today())
    await Meeting.filter(id=hall.meeting.id).update(women=women)
    if opens:
        with pytest.raises(Conflict, match=opens):
            await hall.ballot()
        return
    ballot = await hall.ballot()
    assert ballot.figures["composition"] == {"committee": 8, "representatives": 40, "women": 16}
    assert outcomes._listed(ballot) == 48
    await hall.vote(ballot, yes=17, no=16)
    await hall.finish(ballot)
    assert ballot.decision["carried"]
    assert "16/48" in str(ballot.decision["arithmetic_zh_Hans_CN"])


@pytest.mark.parametrize(("present", "yes", "carried"), [(643, 0, None), (644, 323, True), (644, 322, False)])
async def test_s3_residents_meeting_by_household(world, present, yes, carried):
    hall = await household_meeting(world, 1286, present)
    ballot = await draw(hall.item, by=hall.chair, question="是否同意居民公约")
    if carried is None:
        with pytest.raises(Conflict, match="644"):
            await open_ballot(ballot, by=hall.chair)
        return
    await open_ballot(ballot, by=hall.chair)
    assert ballot.entitled == 644
    voters = await Entitlement.filter(ballot_id=ballot.id).order_by("id").values_list("voter", flat=True)
    now = clock.now()
    rows = [Vote(ballot_id=ballot.id, voter=v, choice="yes" if n < yes else "no", cast_at=now, receipt=str(n)) for n, v in enumerate(voters)]
    await Vote.bulk_create(rows, batch_size=100)
    await VoteCount.bulk_create([VoteCount(ballot_id=ballot.id, choice=c, votes=n) for c, n in (("yes", yes), ("no", 644 - yes))])
    await Ballot.filter(id=ballot.id).update(cast=len(rows))
    await hall.finish(ballot)
    assert ballot.decision["carried"] is carried
    assert ballot.decision["needed"] == 323


async def household_meeting(world, listed, present):
    """`present` households, the first of which has sent two people."""
    hall = await room(world, listed=0, present=0, kind="residents_meeting", rule_id="RC_MEETING_HH")
    await hall.meeting.update_from_dict({"listed": listed}).save()
    homes = [Household(place_id=world.grid.id, building="9", unit="", room=str(n)) for n in range(present)]
    await Household.bulk_create(homes, batch_size=150)
    homes = await Household.filter(building="9").order_by("id")
    calls = [Invitation(meeting_id=hall.meeting.id, household_id=home.id, label=home.room) for home in [homes[0], *homes]]
    await Invitation.bulk_create(calls, batch_size=50)
    now = clock.now()
    seats = [
        Seat(meeting_id=hall.meeting.id, invitation_id=call.id, how="list", arrived_at=now)
        for call in await Invitation.filter(meeting_id=hall.meeting.id)
    ]
    await Seat.bulk_create(seats, batch_size=100)
    return hall


async def test_two_of_one_household_have_one_vote_together(world):
    hall = await room(world, listed=0, present=0, kind="residents_meeting", rule_id="RC_MEETING_HH")
    await hall.meeting.update_from_dict({"listed": 1}).save()
    one, two = [await seat(hall.meeting, name, household_id=world.households["h402"].id) for name in ("王秀兰", "王大明")]
    ballot = await draw(hall.item, by=hall.chair, question="是否同意")
    await open_ballot(ballot, by=hall.chair)
    assert ballot.entitled == 1
    first, second = await ballotbox.cast(ballot, "yes", by=one), await ballotbox.cast(ballot, "no", by=two)
    assert (first.news, second.news, first.receipt) == ("taken", "already", second.receipt)
    assert (await Vote.get(ballot_id=ballot.id)).choice == "yes"


async def test_nothing_is_decided_on_what_did_not_stand_in_the_notice(world):
    hall = await room(world, listed=3, present=3)
    await AgendaItem.filter(id=hall.item.id).update(notified=False)
    with pytest.raises(Conflict, match=r"notice|通知"):
        await hall.ballot()


async def test_one_vote_at_a_time(world):
    hall = await room(world, listed=3, present=3)
    await hall.ballot()
    other = await draw(hall.item, by=hall.chair, question="另一件事是否同意")
    with pytest.raises(Conflict, match=r"Another|另"):
        await open_ballot(other, by=hall.chair)


async def test_whoever_comes_after_the_opening_does_not_vote_and_the_base_stays(world):
    hall = await room(world, listed=4, present=3)
    ballot = await hall.ballot()
    late = await seat(hall.meeting, "迟到的代表")
    with pytest.raises(Forbidden):
        await ballotbox.cast(ballot, "yes", by=late)
    assert (await Ballot.get(id=ballot.id)).entitled == 3


async def test_whoever_has_left_the_room_does_not_vote(world):
    hall = await room(world, listed=4, present=4)
    ballot = await hall.ballot()
    await Seat.filter(meeting_id=hall.meeting.id).update(left_at=clock.now())
    with pytest.raises(Forbidden):
        await ballotbox.cast(ballot, "yes", by=hall.members[0])


async def test_a_lost_quorum_stops_votes_of_every_channel_until_enough_are_back(world):
    hall = await room(world, listed=6, present=4)
    ballot = await hall.ballot()
    await ballotbox.cast(ballot, "yes", by=hall.members[0])
    seats = await Seat.filter(meeting_id=hall.meeting.id).order_by("id")
    await leave(seats[3], hall.meeting, by=hall.members[3])
    assert await Entry.filter(act="meeting.quorum_lost", meeting_id=hall.meeting.id).exists()
    voters = await Entitlement.filter(ballot_id=ballot.id).order_by("id").values_list("voter", flat=True)
    for act in (
        ballotbox.cast(ballot, "yes", by=hall.members[1]), ballotbox.change(ballot, "no", by=hall.members[0], after=0),
        ballotbox.enter_paper(ballot, voters[2], "no", by=hall.world.clerk),
    ):  # fmt: skip
        with pytest.raises(Conflict, match=r"3.*4"):
            await act
    assert await Vote.filter(ballot_id=ballot.id).values_list("choice", flat=True) == ["yes"]
    await Seat.filter(id=seats[3].id).update(left_at=None)
    assert (await ballotbox.cast(ballot, "no", by=hall.members[1])).news == "taken"


@pytest.mark.parametrize(("method", "options", "paper"), [("", (), "yes"), ("ranked", ("东门", "西门"), "2>1"), ("", ("东门", "西门"), "1")])
async def test_a_meeting_that_does_not_abstain_offers_and_takes_no_abstention(world, method, options, paper):
    hall = await room(world, listed=3, present=3)
    await settle(hall.meeting, USUAL - {"abstention"}, by=hall.chair)
    ballot = await draw(hall.item, by=hall.chair, question="设在哪里", options=options, way=Way(method=method))
    await open_ballot(ballot, by=hall.chair)
    with pytest.raises(Refusal):
        await ballotbox.cast(ballot, "abstain", by=hall.members[0])
    assert "abstain" not in dict(booth.choices(ballot))
    await ballotbox.cast(ballot, paper, by=hall.members[0])
    await close_ballot(ballot, by=hall.chair)
    assert (ballot.counts, ballot.tally().total) == ({paper: 1}, 1)


async def test_counters_are_what_the_votes_come_to(world):
    hall = await room(world, listed=5, present=5)
    ballot = await hall.ballot()
    await hall.vote(ballot, yes=2, no=2, abstain=1)
    await ballotbox.change(ballot, "abstain", by=hall.members[0], after=0)
    await close_ballot(ballot, by=hall.chair)
    assert ballot.counts == {"abstain": 2, "no": 2, "yes": 1} == (await tallying.recounted(ballot))["counts"]


async def test_the_split_is_known_to_nobody_before_the_closing(world):
    hall = await room(world, listed=3, present=3)
    ballot = await hall.ballot()
    await hall.vote(ballot, yes=2)
    now = await Ballot.get(id=ballot.id)
    assert (now.cast, now.counts, "counts" in now.figures) == (2, {}, False)
    assert now.tally().total == 0
    told = [entry for entry in await history(ballot) if entry.act.startswith("ballot.")]
    assert not any("yes" in str(entry.numbers) for entry in told)
    await close_ballot(now, by=hall.chair)
    assert now.counts == {"yes": 2}


@pytest.mark.parametrize(("microseconds", "taken"), [(-1, True), (0, False), (1, False)])
async def test_the_closing_time_itself_is_too_late(world, monkeypatch, microseconds, taken):
    hall = await room(world, listed=3, present=3)
    ballot = await draw(hall.item, by=hall.chair, proposal=await hall.proposal())
    end = clock.now() + timedelta(minutes=2)
    await open_ballot(ballot, by=hall.chair, closes_at=end)
    monkeypatch.setattr(clock, "now", lambda: end + timedelta(microseconds=microseconds))
    if taken:
        assert (await ballotbox.cast(ballot, "yes", by=hall.members[0])).news == "taken"
        assert await close_due() == 0
    else:
        with pytest.raises(Conflict):
            await ballotbox.cast(ballot, "yes", by=hall.members[0])
        assert await close_due() == 1
        assert (await Ballot.get(id=ballot.id)).stage == "closed"


async def test_a_ballot_is_closed_once_and_only_by_the_chair(world):
    hall = await room(world, listed=3, present=3)
    ballot = await hall.ballot()
    with pytest.raises(Forbidden):
        await close_ballot(await Ballot.get(id=ballot.id), by=hall.members[0])
    stale = await Ballot.get(id=ballot.id)
    await close_ballot(ballot, by=hall.chair)
    with pytest.raises(Conflict):
        await close_ballot(stale, by=hall.chair)


async def test_a_cancelled_ballot_gives_its_reason_and_a_new_round_begins_empty(world):
    hall = await room(world, listed=3, present=3)
    ballot = await hall.ballot()
    await hall.vote(ballot, yes=1)
    with pytest.raises(Refusal):
        await ballot.cancel(" ", by=hall.chair)
    await ballot.cancel("题目念错了", by=hall.chair)
    fresh = await again(ballot, by=hall.chair)
    assert (fresh.round, fresh.previous_id, fresh.cast, fresh.stage) == (2, ballot.id, 0, "drafted")
    assert await Vote.filter(ballot_id=ballot.id).count() == 1
    await open_ballot(fresh, by=hall.chair)


async def test_what_is_decided_is_not_voted_again(world):
    hall = await room(world, listed=3, present=3)
    ballot = await hall.ballot()
    await hall.vote(ballot, no=3)
    assert await hall.finish(ballot) is None
    with pytest.raises(Conflict):
        await again(ballot, by=hall.chair)


async def test_one_of_several_names_the_option_that_leads(world):
    hall = await room(world, listed=5, present=5)
    ballot = await draw(hall.item, by=hall.chair, question="健身场地面铺什么", options=("全塑胶", "青石砖", "保持原样"))
    await open_ballot(ballot, by=hall.chair)
    for member, choice in zip(hall.members, ["1", "1", "1", "2", "abstain"], strict=True):
        await ballotbox.cast(ballot, choice, by=member)
    with pytest.raises(Refusal):
        await ballotbox.cast(ballot, "4", by=hall.members[0])
    resolution = await hall.finish(ballot)
    assert resolution.text.endswith("全塑胶")
    assert sum(row.tenths for row in ballot.tally().rows) == 1000
    assert ballot.decision["arithmetic_zh_Hans_CN"][-1] == "得票最多的方案 3/5（按到会人数），须 ＞ 1/2，即 3：满足"


async def test_a_vote_ends_when_the_clock_on_the_wall_says_so(world):
    """A form gives the time in the zone of the district: on SQLite, where moments are text, that was eight hours off."""
    ballot = await draw_outside(world.grid, "同意吗", by=world.secretary)
    await open_ballot(ballot, by=world.secretary, closes_at=clock.local(clock.now() + timedelta(milliseconds=200)))
    assert await close_due() == 0
    await asyncio.sleep(0.2)
    assert await close_due() == 1


@pytest.mark.parametrize(
    ("way", "papers", "said"),
    [
        (Way("one_of_several"), ["1", "1", "2"], "得票最多的方案 2/3（按到会人数），须 ＞ 1/2，即 2：满足"),
        (Way("one_of_several"), ["1", "2", "abstain"], "没有选出方案，支持票 0/3（按到会人数），须 ＞ 1/2，即 2：不满足"),
        (Way("several_of_several", {"seats": 2}), ["1,2", "1,2", "1"], "选出的方案中得票最少的 2/3（按到会人数），须 ＞ 1/2，即 2：满足"),
        (Way("ranked"), ["1", "2", "2>1"], "最后一轮得票最多的方案 2/3（按到会人数），须 ＞ 1/2，即 2：满足"),
        (Way("points"), ["1:10", "1:2,2:3", "3:4"], "给得分最多的方案打了分的票 2/3（按到会人数），须 ＞ 1/2，即 2：满足"),
        (Way("budget", {"limit": 9}), ["1", "1,2", "2"], "勾选了至少一个入选项目的票 2/3（按到会人数），须 ＞ 1/2，即 2：满足"),
    ],
)
async def test_the_arithmetic_says_whose_votes_were_counted(world, way, papers, said):
    hall = await room(world, listed=3, present=3)
    options = tuple(f"{name} {cost}" if way.method == "budget" else name for name, cost in (("东门", 5), ("西门", 6), ("南门", 7)))
    ballot = await draw(hall.item, by=hall.chair, question="先修哪个门", options=options, way=way)
    await open_ballot(ballot, by=hall.chair)
    for member, paper in zip(hall.members, papers, strict=True):
        await ballotbox.cast(ballot, paper, by=member)
    await hall.finish(ballot)
    assert ballot.decision["arithmetic_zh_Hans_CN"][-1] == said


async def test_no_telephone_number_is_put_to_the_vote(world):
    written = ("同意由李师傅（13812345678）来修吗", "李师傅 13812345678", "王师傅 13912345678")
    ballot = await draw_outside(world.grid, written[0], by=world.secretary, options=written[1:])
    assert (ballot.question, ballot.options) == ("同意由李师傅（138****5678）来修吗", ["李师傅 138****5678", "王师傅 139****5678"])
    ballot.question = written[0]
    assert question(ballot) == "同意由李师傅（138****5678）来修吗"


async def test_a_vote_of_all_households_outside_a_meeting_is_advice(world):
    until = clock.now() + timedelta(days=3)
    ballot = await draw_outside(world.grid, "是否同意在楼下装充电桩", by=world.secretary)
    with pytest.raises(Refusal):
        await open_ballot(ballot, by=world.secretary)
    with pytest.raises(Forbidden):
        await open_ballot(ballot, by=world.resident, closes_at=until)
    await open_ballot(ballot, by=world.secretary, closes_at=until)
    assert ballot.entitled == 2
    assert (await ballotbox.cast(ballot, "yes", by=world.resident)).news == "taken"
    with pytest.raises(Forbidden):
        await ballotbox.cast(ballot, "yes", by=world.across)
    assert (await ballotbox.cast(ballot, "yes", by=world.neighbour)).news == "taken"
    resolution = await finish_outside(world, ballot)
    assert resolution.legal_effect == "ADVISORY"


async def test_a_household_matter_is_put_to_no_vote_of_others(world):
    matter = (await room(world, listed=1, present=1)).item.matter
    await matter.update_from_dict({"affair": "HOUSEHOLD", "public": False}).save()
    with pytest.raises(Conflict):
        await draw_outside(world.grid, "要不要让502换地漏", by=world.secretary, matter=matter)


async def finish_outside(world, ballot):
    from council.proceedings.resolutions import declare

    ballot.closes_at = clock.now()
    await ballot.save(update_fields=["closes_at"])
    await close_ballot(ballot, by=None)
    return await declare(ballot, by=world.secretary)


async def test_one_of_two_households_is_advice_all_the_same_and_says_how_many_took_part(world):
    ballot = await draw_outside(world.grid, "是否同意在楼下装充电桩", by=world.secretary)
    await open_ballot(ballot, by=world.secretary, closes_at=clock.now() + timedelta(days=3))
    await ballotbox.cast(ballot, "yes", by=world.resident)
    with pytest.raises(Conflict):  # the time that was given is kept while somebody may still vote
        await close_ballot(ballot, by=world.secretary)
    assert await finish_outside(world, ballot) is not None
    assert (ballot.decision["quorate"], ballot.decision["carried"], ballot.decision["legal_effect"]) == (None, True, "ADVISORY")
    assert ballot.decision["arithmetic_zh_Hans_CN"][0].startswith("参与户数 1/2")


async def test_advice_that_nobody_gave_is_no_result_and_another_round_may_follow(world):
    ballot = await draw_outside(world.grid, "是否同意在楼下装充电桩", by=world.secretary)
    await open_ballot(ballot, by=world.secretary, closes_at=clock.now() + timedelta(days=3))
    assert await finish_outside(world, ballot) is None
    assert ballot.decision["carried"] is None
    assert (await again(ballot, by=world.secretary)).round == 2


async def test_a_ballot_closes_by_itself_when_its_time_is_over(world):
    hall = await room(world, listed=3, present=3)
    keeper = Timekeeper()
    listen(keeper.hear)
    running = asyncio.create_task(keeper.run())
    try:
        ballot = await draw(hall.item, by=hall.chair, proposal=await hall.proposal())
        await open_ballot(ballot, by=hall.chair, closes_at=clock.now() + timedelta(seconds=0.6))
        await ballotbox.cast(ballot, "yes", by=hall.members[0])
        await asyncio.sleep(0.2)
        assert (await Ballot.get(id=ballot.id)).stage == "open"
        await asyncio.sleep(1)
        assert (await Ballot.get(id=ballot.id)).counts == {"yes": 1}
    finally:
        running.cancel()
        silence(keeper.hear)
