"""The room under bad input and abuse: people of elsewhere, codes that are over, a meeting that moved, clocks that are wrong, endless speeches."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from council import clock
from council.neighbourhood.journal import Entry
from council.proceedings import agenda, chair, opinions, slips
from council.proceedings.agenda import AgendaItem
from council.proceedings.invitations import Invitation, reply
from council.proceedings.meetings import Meeting
from council.proceedings.opinions import Opinion
from council.proceedings.roll import Seat
from council.refusals import Refusal
from council.routes import limits
from council.secretariat import summons
from council.secretariat.inbox import Notice
from tests.client import soup
from tests.records.cast import called
from tests.room import room
from tests.routes.test_room import opened, slip_of


@pytest.fixture(autouse=True)
def counted_anew():
    limits.forget()


async def test_neighbours_of_another_grid_and_of_elsewhere_find_no_room_and_do_nothing_in_it(world, browser_of):
    made = await room(world, listed=2, present=2, kind="grid_neighbourhood_meeting", private=True, place=world.grid, path=world.grid.path,
                      chair=world.grid_secretary, wall_code="123456")  # fmt: skip
    at = f"/meetings/{made.meeting.id}"
    for person in (None, world.across, world.outsider, world.beside_secretary, world.former):
        browser = await browser_of(person)
        for part in ("", "/room", "/wall", "/desk", "/roll", "/stream", "/pack", "/ballot"):
            assert (await browser.get(at + part, follow_redirects=False)).status_code in (303, 403, 404), (person, part)
        assert (await browser.get("/r/123456")).status_code == 404
        for act in (f"{at}/seats", f"{at}/roll", f"{at}/closing", f"/items/{made.item.id}/speakers", f"/items/{made.item.id}/opinions"):
            data = {"invitation": "1", "words": "我也要说"}
            assert (await browser.post(act, data=data, follow_redirects=False)).status_code in (303, 403, 404, 409), (person, act)
    assert await Seat.filter(meeting_id=made.meeting.id).count() == 2
    assert not await Opinion.exists()
    assert (await Meeting.get(id=made.meeting.id)).stage == "open"
    inside = await browser_of(world.grid_secretary)
    assert [(await inside.get(f"{at}/{part}")).status_code for part in ("desk", "wall", "room")] == [200, 200, 200]


async def test_a_link_used_on_two_devices_leaves_one_of_them_in_the_room(world, browser_of):
    cast = await opened(world)
    slip, at = await slip_of(world, cast, "王秀兰"), f"/meetings/{cast.meeting.id}/room"
    first, second = await browser_of(), await browser_of()
    for browser in (first, second):
        assert soup(await browser.post(f"/i/{slip.token}/seat")).select_one(".seat--may")
    assert await Seat.filter(invitation_id=slip.invitation.id, left_at=None).count() == 1
    assert soup(await second.get(at)).select_one(".seat--may")
    assert not soup(await first.get(at)).select_one(".seat--may")
    assert (await first.post(f"/items/{cast.item.id}/speakers")).status_code in (403, 409)


async def test_codes_and_links_end_with_the_meeting_and_with_a_new_slip(world, browser_of):
    cast = await opened(world)
    door = f"/r/{cast.meeting.wall_code}/codes"
    old = await slip_of(world, cast, "李建国")
    new = next(one for one in await slips.issue(cast.meeting, by=world.secretary, only=[old.invitation.id]))
    replaced = await (await browser_of()).post(door, data={"code": old.code})
    assert (replaced.status_code, bool(soup(replaced).select_one("#code-error"))) == (422, True)
    assert (await (await browser_of()).post(f"/i/{old.token}/seat")).status_code == 404
    await AgendaItem.filter(meeting_id=cast.meeting.id).update(stage="deferred")
    await chair.close(await Meeting.get(id=cast.meeting.id), by=world.secretary)
    assert (await (await browser_of()).post(door, data={"code": new.code})).status_code == 404
    assert (await (await browser_of()).post(f"/i/{new.token}/seat")).status_code == 409
    assert not await Seat.exists(meeting_id=cast.meeting.id, invitation_id=old.invitation.id)


async def test_a_meeting_that_moves_asks_again_and_its_slips_still_open_it(world, browser_of, monkeypatch):
    cast = await called(world)
    slip = await slip_of(world, cast, "王秀兰")
    await reply(cast.invited["resident"], "yes", by=world.resident)
    await agenda.postpone(cast.meeting, cast.meeting.starts_at, by=world.secretary, venue="三楼")
    assert (await Invitation.get(id=cast.invited["resident"].id)).reply == "yes"
    later = clock.now() + timedelta(days=20)
    await agenda.postpone(cast.meeting, later, by=world.secretary)
    assert (await Invitation.get(id=cast.invited["resident"].id)).reply == ""
    for entry in await Entry.filter(act="meeting.moved").order_by("id"):
        await summons.hear(entry)
    told = [str(one.phrase) for one in await Notice.filter(person_id=world.resident.id).order_by("id")]
    assert ["请重新" in one for one in told[-2:]] == [False, True]
    page = await (await browser_of()).get(f"/i/{slip.token}")
    assert f"{clock.local(later).day}日" in page.text
    assert (await (await browser_of()).post(f"/i/{slip.token}/seat")).status_code == 409
    monkeypatch.setattr(clock, "now", lambda: later - timedelta(minutes=5))
    assert soup(await (await browser_of()).post(f"/i/{slip.token}/seat")).select_one(".seat--may")


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Kiritimati"])
async def test_a_clock_in_another_zone_moves_no_meeting_and_no_day(world, browser_of, monkeypatch, zone):
    """Half past midnight on the 23rd here is still the 22nd in UTC, and yesterday where the server or the phone thinks it is."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 22, 16, 30, tzinfo=UTC))
        browser = await browser_of(world.secretary)
        form = {"kind": "community_review_council", "place": str(world.community.id), "title": "停车", "day": "2026-11-27", "hour": "19:00"}
        page = await browser.post("/meetings", data=form)
        meeting = await Meeting.get()
        assert meeting.starts_at.astimezone(UTC) == datetime(2026, 11, 27, 11, 0, tzinfo=UTC)
        assert "2026年11月27日" in page.text
        assert "19:00" in page.text
        assert agenda.in_time(meeting, meeting.starts_at).days == 3  # Tuesday to Thursday: notice on the 23rd
        offset = {"starts_at": "2026-11-28T06:00:00-05:00"}
        assert (await browser.post(f"/meetings/{meeting.id}/free-times", data=offset)).status_code == 200
        assert clock.local((await Meeting.get()).starts_at) == datetime(2026, 11, 28, 19, 0, tzinfo=clock.ZONE)
        assert (await browser.post(f"/meetings/{meeting.id}/free-times", data={"starts_at": "2026-11-28T19:00"})).status_code == 422
        await Meeting.filter(id=meeting.id).update(notice_at=clock.now(), stage="called")
        event = Calendar.from_ical((await browser.get(f"/meetings/{meeting.id}/meeting.ics")).text).walk("VEVENT")[0]
        assert event["DTSTART"].dt == datetime(2026, 11, 28, 11, 0, tzinfo=UTC)
    finally:
        monkeypatch.undo()
        time.tzset()


async def test_a_speech_of_ten_thousand_signs_is_refused_in_words_and_none_of_it_is_lost(world, browser_of):
    cast = await opened(world)
    await cast.seat("resident", world.secretary)
    phone, speech = await browser_of(world.resident), "我家楼下天天堵车，" * 1112
    page = await phone.post(f"/items/{cast.item.id}/opinions", data={"words": speech})
    assert page.status_code == 422
    assert soup(page).select_one("textarea[name=words]").text.strip() == speech
    assert f"{len(speech)}" in soup(page).select_one("#words-error").text
    assert not await Opinion.exists()
    assert (await phone.post(f"/items/{cast.item.id}/opinions", data={"words": speech[: opinions.LONGEST]})).status_code == 200
    with pytest.raises(Refusal):
        await opinions.hand_in(cast.item, await Seat.get(person_id=world.resident.id), "甲" * (opinions.LONGEST + 1), by=world.resident)
    for address, field in ((f"/items/{cast.item.id}/proposals", "text"), (f"/items/{cast.item.id}/proposals", "reason")):
        data = {"text": "门口划六个临时车位", "reason": ""} | {field: speech}
        answer = await phone.post(address, data=data)
        assert answer.status_code == 422, (address, field)
        assert soup(answer).select_one(f"[name={field}]").text.strip() == speech
