"""The papers of a meeting's calling: the notice with its code, the sign-in sheet, the entry for a calendar."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from icalendar import Calendar

from council import clock
from council.neighbourhood.journal import listen, silence
from council.proceedings import agenda
from council.proceedings.invitations import Invitation, invite, reply
from council.proceedings.meetings import Meeting
from council.secretariat import callpapers, inbox, summons
from tests.records.cast import REASON, called, drafted, guest
from tests.workshop import outside

pytestmark = pytest.mark.usefixtures("database")


async def printed(tmp_path, browser, path: str) -> str:
    page = await browser.get(path)
    assert page.status_code == 200, page.text[:400]
    assert page.headers["content-type"] == "application/pdf"
    return re.sub(r"\s", "", outside.words(tmp_path, page.content))


async def test_the_notice_says_when_where_what_who_and_by_which_rule(world, browser_of, tmp_path):
    held = await called(world)
    text = await printed(tmp_path, await browser_of(), f"/meetings/{held.meeting.id}/notice/paper")
    for words in ("关于召开社区评议会的通知", "小区停车秩序", "停车秩序维护办法", "党群服务中心二楼", "北京时间", REASON, "长风社区党委"):
        assert words in text, words
    assert f"https://council.test/meetings/{held.meeting.id}" in text
    assert "王秀兰" not in text  # it hangs on a door
    assert "草稿" not in text


async def test_a_draft_is_marked_and_only_for_those_who_prepare_it(world, browser_of, tmp_path):
    meeting = await drafted(world)
    await agenda.add(meeting, "停车秩序维护办法", by=world.secretary)
    path = f"/meetings/{meeting.id}/notice/paper"
    assert (await (await browser_of()).get(path)).status_code == 404
    await invite(meeting, "resident_representative", [guest(world.resident)], by=world.secretary)
    assert (await (await browser_of(world.resident)).get(path)).status_code == 403
    text = await printed(tmp_path, await browser_of(world.secretary), path)
    assert text.count("草") == text.count("稿") > 0


async def test_the_notice_of_a_closed_meeting_names_neither_topic_nor_neighbour(world, browser_of, tmp_path):
    meeting = await drafted(world, "grid_neighbourhood_meeting", title="402漏水")
    await agenda.add(meeting, "402漏到302", by=meeting.chair)
    text = await printed(tmp_path, await browser_of(world.grid_secretary), f"/meetings/{meeting.id}/notice/paper")
    assert "漏" not in text


async def test_the_sign_in_sheet_groups_names_and_shows_who_comes_instead(world, browser_of, tmp_path):
    held = await called(world)
    await reply(held.invited["hotel_secretary"], "substitute", by=world.hotel_secretary, substitute="孙丽")
    path = f"/meetings/{held.meeting.id}/roll/paper"
    text = await printed(tmp_path, await browser_of(world.clerk), path)
    for words in ("签到表", "王秀兰", "成员（5）", "监督人员（1）", "孙丽", "列席"):
        assert words in text, words
    assert (await (await browser_of(world.resident)).get(path)).status_code == 403
    assert (await (await browser_of(world.outsider)).get(path)).status_code == 403


async def test_the_lines_for_others_stay_together_on_the_last_page(world, browser_of, tmp_path):
    held = await called(world)
    await Invitation.bulk_create([Invitation(meeting_id=held.meeting.id, label=f"代表{n}") for n in range(5)])
    page = await (await browser_of(world.clerk)).get(f"/meetings/{held.meeting.id}/roll/paper")
    pages = outside.words(tmp_path, page.content).rstrip("\f").split("\f")
    assert ["其他到会人员" in re.sub(r"\s", "", one) for one in pages] == [False, True]


async def test_the_entry_keeps_its_uid_and_its_sequence_rises_with_every_move(world, browser_of):
    held = await called(world)
    browser, seen = await browser_of(), []
    for _ in range(2):
        event = Calendar.from_ical((await browser.get(f"/meetings/{held.meeting.id}/meeting.ics")).text).walk("VEVENT")[0]
        seen.append((str(event["uid"]), int(event["sequence"]), event.decoded("dtstart")))
        await agenda.postpone(held.meeting, clock.now() + timedelta(days=2), by=world.secretary, reason=REASON)
    await agenda.call_off(held.meeting, "停电", by=world.secretary)
    event = Calendar.from_ical((await browser.get(f"/meetings/{held.meeting.id}/meeting.ics")).text).walk("VEVENT")[0]
    assert seen[0][0] == seen[1][0] == str(event["uid"])
    assert seen[0][1] < seen[1][1] < int(event["sequence"])
    assert seen[0][2] < seen[1][2]
    assert str(event["status"]) == "CANCELLED"


async def test_a_meeting_that_goes_on_another_day_tells_its_guests_and_moves_in_their_calendars(world, browser_of):
    held = await called(world)
    desk = await browser_of(world.secretary)
    await desk.post(f"/meetings/{held.meeting.id}/opening")
    at, later = f"/meetings/{held.meeting.id}/adjournment", clock.local(clock.now() + timedelta(days=3))
    for wrong in ({"day": later.date().isoformat()}, {"hour": "19:00"}, {"day": "2020-01-01", "hour": "19:00"}):
        refused = await desk.post(at, data={"words": "人数不足"} | wrong)
        assert (refused.status_code, "人数不足" in refused.text) == (422, True)
    listen(summons.hear)
    try:
        await desk.post(at, data={"words": "人数不足", "day": later.date().isoformat(), "hour": "19:00"})
    finally:
        silence(summons.hear)
    said = f"{later.month}月{later.day}日 19:00"
    told = [str(one.phrase) for one in await inbox.Notice.filter(person_id=world.resident.id)]
    assert said in told[-1]
    assert said in (await (await browser_of(world.resident)).get(f"/meetings/{held.meeting.id}/room")).text
    event = Calendar.from_ical((await desk.get(f"/meetings/{held.meeting.id}/meeting.ics")).text).walk("VEVENT")[0]
    assert (int(event["sequence"]), clock.local(event.decoded("dtstart")).date()) == (2, later.date())
    await desk.post(f"/meetings/{held.meeting.id}/resumption")
    await desk.post(at, data={"words": "休息十分钟"})
    assert await inbox.Notice.filter(person_id=world.resident.id).count() == len(told)
    assert (await Meeting.get(id=held.meeting.id)).next_at == held.meeting.starts_at


async def test_the_address_of_a_video_meeting_is_for_those_invited_only(world, browser_of, tmp_path):
    held = await called(world, link="https://meet.example/room-7")
    for person, told in ((world.resident, True), (world.secretary, True), (world.outsider, False), (None, False)):
        browser = await browser_of(person)
        assert ("meet.example" in (await browser.get(f"/meetings/{held.meeting.id}")).text) is told
    assert "meet.example" not in await printed(tmp_path, browser, f"/meetings/{held.meeting.id}/notice/paper")
    assert any("meet.example" in line for _, lines in (await callpapers.notice(held.meeting, "", held.meeting.link)).sections for line in lines)
