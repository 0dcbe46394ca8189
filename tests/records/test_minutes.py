"""Minutes: drawn from the records, corrected without losing a word, approved, posted without a name."""

from __future__ import annotations

from datetime import timedelta

import pytest

from council import clock
from council.neighbourhood.journal import writing
from council.neighbourhood.people import Visitor
from council.proceedings import chair, opinions, points
from council.proceedings.agenda import AgendaItem, add
from council.proceedings.conduct import open_ballot
from council.proceedings.invitations import Invitation
from council.proceedings.meetings import Meeting
from council.proceedings.petitions import Petition
from council.proceedings.questions import draw
from council.proceedings.resolutions import Resolution
from council.proceedings.roll import Seat, leave
from council.proceedings.speakers import Speaker
from council.refusals import Conflict, NotFound, Refusal
from council.rules.calendar import posting as posting_days
from council.secretariat import approvals, course
from council.secretariat.minutes import Minutes, public_text
from council.secretariat.postings import Posting
from tests.client import soup
from tests.minutes import approve_all
from tests.room import room

CONTACT = "长风社区居委会 028-85551234"


@pytest.fixture
async def held(world):
    """A closed meeting: 11 of 16 for the parking plan after one amendment, 2 observers, one who spoke."""
    hall = await room(world, listed=23, present=16, observers=2)
    await Invitation.filter(meeting_id=hall.meeting.id).update(told_at=clock.now())
    speaker = await Seat.filter(meeting_id=hall.meeting.id).first()
    await Speaker.create(item_id=hall.item.id, seat_id=speaker.id, stance="pro", asked_at=clock.now(), called_at=clock.now())
    proposal = await hall.proposal()
    amendment = await proposal.amend(proposal.text.replace("24个", "20个"), by=hall.members[2])
    await amendment.second(by=hall.members[0])
    for text, owners_item in ((amendment, None), (proposal, 8)):
        await text.refresh_from_db()
        ballot = await draw(hall.item, by=hall.chair, proposal=text, owners_item=owners_item)
        await open_ballot(ballot, by=hall.chair)
        await hall.vote(ballot, yes=11, no=3, abstain=2)
        await hall.finish(ballot)
    await chair.conclude(await AgendaItem.get(id=hall.item.id), hall.meeting, "通过停车方案，报街道支持。", by=hall.chair)
    await chair.close(hall.meeting, by=hall.chair)
    return hall


async def test_everything_that_minutes_must_hold_is_drawn_from_the_records(held):
    minutes = await Minutes.draw(held.meeting, by=held.world.clerk)
    facts = minutes.facts
    assert (facts["chair"], facts["recorder"], facts["rule_id"]) == ("周敏", "蒋文", "DELIBERATION")
    assert (facts["listed"], facts["needed"], len(facts["present"]), len(facts["absent"]), len(facts["observers"])) == (23, 16, 16, 7, 2)
    assert facts["notice"]["told"] == 25
    assert facts["notice"]["at"]
    topic = facts["topics"][0]
    assert topic["speeches"] == [{"name": "代表1", "stance": "pro"}]
    assert [p["stage"] for p in topic["proposals"]] == ["carried", "carried"]
    assert topic["proposals"][0]["seconds"] == ["代表2"]
    assert [[word, votes] for word, votes, _ in topic["votes"][1]["rows"]] == [["In favour", 11], ["Against", 3], ["Abstain", 2]]
    assert topic["votes"][1]["decision"]["needed"] == 9
    assert topic["resolutions"][0]["needs_owners"]
    assert "代表1（赞成）：" in minutes.written["points"] or "代表1（for）：" in minutes.written["points"]


async def test_the_course_what_was_written_and_points_of_order_stand_in_the_minutes(world, browser_of):
    hall = await room(world, listed=3, present=2, observers=1)
    seats = await Seat.filter(meeting_id=hall.meeting.id).order_by("id")
    await opinions.hand_in(hall.item, seats[0], "我家腿脚不便，请留一条坡道。", by=hall.members[0])
    point = await points.raise_point(hall.meeting, seats[1], "time", by=hall.members[1])
    await points.rule(point, hall.meeting, "upheld", by=hall.chair)
    await leave(seats[1], hall.meeting, by=world.clerk)
    await chair.adjourn(hall.meeting, "人数不足，改日再开", by=hall.chair)
    await Meeting.filter(id=hall.meeting.id).update(stage="closed", closed_at=clock.now())
    minutes = await Minutes.draw(await Meeting.get(id=hall.meeting.id), by=world.clerk)
    assert [one["act"] for one in minutes.facts["course"]] == ["meeting.quorum_lost", "meeting.adjourned"]
    page = (await (await browser_of(world.clerk)).get(f"/minutes/{minutes.id}")).text
    for shown in ("我家腿脚不便", "发言超时了", "主持人裁定：成立", "法定人数不足", "会议休会"):
        assert shown in page, shown
    assert "我家腿脚不便" not in public_text(minutes.facts)
    await Minutes.filter(id=minutes.id).update(facts={key: value for key, value in minutes.facts.items() if key != "course"})
    assert (await (await browser_of(world.clerk)).get(f"/minutes/{minutes.id}")).status_code == 200


async def test_the_minutes_say_who_took_part_from_elsewhere_and_where_a_topic_comes_from(world, browser_of):
    hall = await room(world, listed=3, present=3, observers=1)
    await Seat.filter(meeting_id=hall.meeting.id, invitation__label__in=["代表2", "列席1"]).update(remote=True)
    await Meeting.filter(id=hall.meeting.id).update(stage="called")
    added = await add(await Meeting.get(id=hall.meeting.id), "南门垃圾投放点移位", by=world.clerk)
    petition = await Petition.create(
        rule_id="PETITION_RC_REPS", title="商量停车", place=world.community, path=world.community.path, base=20, signed=5, opened_by_id=1,
        opened_at=clock.now(), meeting_id=hall.meeting.id,
    )  # fmt: skip
    await AgendaItem.filter(id=hall.item.id).update(stage="decided")
    await Meeting.filter(id=hall.meeting.id).update(stage="closed", closed_at=clock.now())
    minutes = await Minutes.draw(await Meeting.get(id=hall.meeting.id), by=world.clerk)
    assert minutes.facts["remote"] == {"present": [1], "others": [0]}
    assert [one["by"] for one in minutes.facts["topics"]] == ["", world.clerk.name]
    page = (await (await browser_of(world.clerk)).get(f"/minutes/{minutes.id}")).text
    for shown in ("代表1、代表2（线上参加）、代表3", "列席1（线上参加）", f"来源：由{world.clerk.name}列入议程", "商量停车：已有 5 人签名，须 4 人"):
        assert shown in page, shown
    assert (added.title, petition.needed) == ("南门垃圾投放点移位", 4)


async def test_a_topic_that_was_put_off_is_said_to_be_so_inside_and_on_the_board(world, browser_of):
    hall = await room(world, listed=3, present=3)
    await Meeting.filter(id=hall.meeting.id).update(stage="called")
    await add(await Meeting.get(id=hall.meeting.id), "南门垃圾投放点移位", by=world.clerk)
    await Meeting.filter(id=hall.meeting.id).update(stage="open")
    await chair.defer(await AgendaItem.get(id=hall.item.id), hall.meeting, by=hall.chair, reason="等物业报价")
    await chair.close(await Meeting.get(id=hall.meeting.id), by=hall.chair)
    minutes = await Minutes.draw(await Meeting.get(id=hall.meeting.id), by=world.clerk)
    page = (await (await browser_of(world.clerk)).get(f"/minutes/{minutes.id}")).text
    assert page.count("留到下次会议") == 2
    assert "等物业报价" in page
    assert "结论：等物业报价" not in page
    assert public_text(minutes.facts).splitlines()[2:] == [
        f"1. {hall.item.title}", "留到下次会议。", "等物业报价", "", "2. 南门垃圾投放点移位", "留到下次会议。"
    ]  # fmt: skip


async def test_the_minutes_say_on_which_day_a_meeting_goes_on(world):
    hall = await room(world, listed=3, present=1)
    day = clock.local(clock.now() + timedelta(days=3))
    await chair.adjourn(hall.meeting, "人数不足", by=hall.chair, resumes_at=day)
    said = [str(words) for _, words in course.lines({"course": await course.course(hall.meeting)})]
    assert said == [f"会议休会，{day.year}年{day.month}月{day.day}日 {day:%H:%M}继续。"]


async def test_nothing_is_drawn_while_the_meeting_runs(world):
    hall = await room(world, listed=3, present=3)
    with pytest.raises(Conflict):
        await Minutes.draw(hall.meeting, by=world.clerk)


async def test_two_who_correct_at_once_lose_no_word(held):
    minutes = await Minutes.draw(held.meeting, by=held.world.clerk)
    other = await Minutes.get(id=minutes.id)
    await minutes.correct({"points": "代表1：支持划线。"}, 1, by=held.world.clerk)
    with pytest.raises(Conflict):
        await other.correct({"points": "代表1：反对。"}, 1, by=held.chair)
    await other.refresh_from_db()
    await other.correct({"remarks": "会后征求了未到代表意见。"}, 2, by=held.chair)
    kept = await Minutes.get(id=minutes.id)
    assert (kept.version, kept.written["points"]) == (3, "代表1：支持划线。")
    assert [one["version"] for one in kept.earlier] == [1, 2]


async def test_nobody_approves_a_wording_they_have_not_read(held):
    minutes = await Minutes.draw(held.meeting, by=held.world.clerk)
    await minutes.correct({"dissent": "一名代表要求写明：担心消防通道。"}, 1, by=held.world.clerk)
    with pytest.raises(Conflict):
        await (await Minutes.get(id=minutes.id)).circulate(1, by=held.world.clerk)
    await minutes.circulate(2, by=held.world.clerk)
    with pytest.raises(Conflict):
        await approvals.approve(minutes, 1, by=held.chair)
    assert not await approvals.given(minutes)


async def test_posted_minutes_hang_fifteen_days_and_name_nobody(held):
    await Invitation.filter(meeting_id=held.meeting.id, label="代表1").update(label="王秀兰")
    await AgendaItem.filter(id=held.item.id).update(title="王秀兰家门口的停车（电话13800001234）")
    minutes = await Minutes.draw(held.meeting, by=held.world.clerk)
    with pytest.raises(Conflict):
        await minutes.post(by=held.chair, contact=CONTACT)
    minutes = await approve_all(minutes, held.chair, held.world.clerk)
    posting = await minutes.post(by=held.chair, contact=CONTACT, board="南门公告栏")
    today = clock.today()
    assert (posting.first_day, posting.last_day) == (today, posting_days(today, 15).last_day)
    for hidden in ("王秀兰", "代表2", "周敏", "13800001234"):
        assert hidden not in posting.body
    for shown in ("11/16", "20个车位"):
        assert shown in posting.body
    assert (await Minutes.get(id=minutes.id)).stage == "posted"


async def test_the_desk_says_which_minutes_wait_for_whom(held, browser_of):
    recorder, chairs = await browser_of(held.world.clerk), await browser_of(held.chair)

    async def told(browser) -> list[str]:
        rows = soup(await browser.get("/desk")).select("main .row")
        return [row.select_one(".tag").text for row in rows if held.meeting.title in row.text]

    assert (await told(recorder), await told(chairs)) == (["待起草"], ["待起草"])
    minutes = await Minutes.draw(held.meeting, by=held.world.clerk)
    assert await told(recorder) == ["待补写、发出核对"]
    [resolution] = await Resolution.all()
    assert soup(await recorder.get(f"/minutes/{minutes.id}")).select(f'a[href="/resolutions/{resolution.id}"]'), "nobody carries it out yet"
    await minutes.circulate(minutes.version, by=held.world.clerk)
    await approvals.approve(await Minutes.get(id=minutes.id), minutes.version, by=held.world.clerk)
    assert (await told(recorder), await told(chairs)) == ([], ["等您确认"])
    await approvals.approve(await Minutes.get(id=minutes.id), minutes.version, by=held.chair)
    assert await told(chairs) == ["已封存，待公示"]
    await (await Minutes.get(id=minutes.id)).post(by=held.chair, contact=CONTACT)
    assert (await told(recorder), await told(chairs)) == ([], [])


async def test_a_household_meeting_is_never_posted(world):
    hall = await room(world, listed=2, present=2, kind="grid_neighbourhood_meeting", private=True, place=world.grid, path=world.grid.path)
    await Resolution.promise(hall.item, "月底前换好地漏。", by=hall.chair)
    async with writing():
        await Meeting.filter(id=hall.meeting.id).update(stage="closed")
    minutes = await Minutes.draw(await Meeting.get(id=hall.meeting.id), by=world.clerk)
    minutes = await approve_all(minutes, hall.chair, world.clerk)
    with pytest.raises(Refusal):
        await minutes.post(by=hall.chair, contact=CONTACT)
    assert not await Posting.exists()


async def test_the_inside_minutes_are_seen_by_those_invited_and_by_the_offices_of_the_place(held):
    minutes = await Minutes.draw(held.meeting, by=held.world.clerk)
    for inside in (held.members[0], held.world.clerk, held.chair):
        assert await Minutes.seen_by(inside, minutes.id)
    for outside in (Visitor(), held.world.resident, held.world.beside_secretary):
        with pytest.raises(NotFound):
            await Minutes.seen_by(outside, minutes.id)
