"""Meetings at the door: every address works for those it is for, and for nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from council import clock
from council.neighbourhood import journal
from council.proceedings import agenda, slips
from council.proceedings.agenda import AgendaItem
from council.proceedings.invitations import Invitation
from council.proceedings.meetings import Meeting
from council.secretariat import summons
from tests.client import soup
from tests.records.cast import REASON, called, drafted


def hour(delta: timedelta = timedelta(hours=1)) -> dict[str, str]:
    at = clock.local(clock.now() + delta)
    return {"day": at.date().isoformat(), "hour": f"{at:%H:%M}"}


def plan(world, **more) -> dict[str, str]:
    return {"kind": "community_review_council", "place": str(world.community.id), "title": "小区停车秩序", "venue": "二楼会议室", **hour()} | more


def words(page) -> str:
    return soup(page).select_one("main").get_text(" ", strip=True)


async def test_a_meeting_is_called_through_the_pages(world, browser_of):
    browser = await browser_of(world.secretary)
    kinds = await browser.get("/meetings/new")
    assert soup(kinds).select_one('a[href="/meetings/new?kind=community_review_council"]')
    assert (await browser.get("/meetings/new?kind=community_review_council")).status_code == 200
    page = await browser.post("/meetings", data=plan(world))
    assert page.status_code == 200, words(page)
    meeting = await Meeting.get()
    assert meeting.title in words(page)
    at = f"/meetings/{meeting.id}"
    draft = await browser.get(at)
    assert soup(draft).select_one(f'.todo a[href="{at}/notice"]').text == "发会议通知"
    assert soup(draft).select_one(f'a[href="{at}/free-times"]')
    assert (await browser.post(f"{at}/items", data={"title": "停车秩序维护办法", "words": "登记管理"})).status_code == 200
    listed = await browser.get(f"{at}/invitations")
    keys = [box["value"] for box in soup(listed).select('input[name="guest"]')]
    assert f"property_manager|person:{world.manager.id}" in keys
    assert f"unit_representative|person:{world.hotel_secretary.id}" in keys
    await browser.post(f"{at}/invitations", data={"group": "property_manager", "guest": [f"person:{world.manager.id}"]})
    found = await browser.get(f"{at}/invitations?q=wxl")
    assert "王秀兰 3号楼402" in words(found)
    await browser.post(f"{at}/invitations", data={"group": "resident_representative", "guest": [f"person:{world.resident.id}"], "name": "张三"})
    assert {i.label for i in await Invitation.all_of(meeting)} == {"许强 安居物业公司", "王秀兰 3号楼402", "张三"}
    refused = await browser.post(f"{at}/notice", data={})
    assert refused.status_code == 422
    assert soup(refused).select_one("#temporary_reason-error")
    given = await browser.post(f"{at}/notice", data={"temporary_reason": REASON})
    assert given.status_code == 200, words(given)
    assert (await Meeting.get()).stage == "called"
    page = soup(await browser.get(at))
    left = {link["href"].removeprefix(f"{at}/") for link in page.select(".todo a")}
    assert left == {"agenda", "invitations", "recorder", "slips"}, "what may still be added or named is found after the notice too"
    made = await browser.post(f"{at}/slips")
    assert len(soup(made).select(".slip__code")) == 3
    assert made.headers["cache-control"] == "no-store"
    again = await browser.get(f"{at}/slips")
    assert not soup(again).select(".slip__code")


async def test_what_was_typed_stays_when_a_plan_is_refused(world, browser_of):
    browser = await browser_of(world.secretary)
    page = await browser.post("/meetings", data=plan(world, day="2020-01-01"))
    assert page.status_code == 422
    assert soup(page).select_one("#title")["value"] == "小区停车秩序"
    assert soup(page).select_one('.govuk-error-summary a[href="#day"]')
    ends = await browser.post("/meetings", data=plan(world, day=(clock.today() + timedelta(days=7)).isoformat(), hour="19:00", until="18:00"))
    assert soup(ends).select_one("#until-error")
    assert not await Meeting.exists()
    for wrong in ({"hour": "25:00"}, {"title": ""}, {"place": "9999"}, {"link": "javascript:alert(1)"}, {"listed": "-1"}, {"kind": "x"}):
        assert (await browser.post("/meetings", data=plan(world, **wrong))).status_code == 422


async def test_whoever_may_not_call_meetings_finds_no_such_page(world, browser_of):
    assert (await (await browser_of(world.resident)).get("/meetings/new")).status_code == 404
    assert (await (await browser_of(world.secretary)).get("/meetings/new")).status_code == 200
    visitor = await browser_of()
    assert (await visitor.get("/meetings/new", follow_redirects=False)).headers["location"].startswith("/sign-in")
    beside = await browser_of(world.beside_secretary)
    assert (await beside.post("/meetings", data=plan(world))).status_code == 422
    assert not await Meeting.exists()


PREPARING = ("correction", "notice", "agenda", "invitations", "cancellation", "discussion", "recorder")


@pytest.mark.parametrize("part", PREPARING)
async def test_pages_of_preparation_are_for_those_who_prepare(world, browser_of, part):
    meeting = await drafted(world)
    assert (await (await browser_of(world.secretary)).get(f"/meetings/{meeting.id}/{part}")).status_code == 200
    for person in (world.resident, world.beside_secretary, world.outsider):
        assert (await (await browser_of(person)).get(f"/meetings/{meeting.id}/{part}")).status_code == 404
    answer = await (await browser_of()).get(f"/meetings/{meeting.id}/{part}", follow_redirects=False)
    assert answer.status_code == 303
    assert "/sign-in" in answer.headers["location"]


async def test_a_wrong_method_is_refused_in_words(world, browser_of):
    cast = await called(world)
    browser = await browser_of(world.secretary)
    for address in (f"/meetings/{cast.meeting.id}/opening", f"/items/{cast.item.id}/taking-up", f"/items/{cast.item.id}/speakers"):
        assert (await browser.get(address)).status_code == 405
    assert (await browser.post(f"/meetings/{cast.meeting.id}/desk")).status_code == 405


async def test_outsiders_read_counts_and_no_names(world, browser_of):
    cast = await called(world)
    page = await (await browser_of()).get(f"/meetings/{cast.meeting.id}")
    assert page.status_code == 200
    assert "正式成员 5" in words(page) or "成员 5" in words(page)
    for name in ("王秀兰", "李建国", "许强"):
        assert name not in page.text
    inside = await (await browser_of(world.resident)).get(f"/meetings/{cast.meeting.id}")
    assert "李建国" in inside.text


async def test_a_closed_meeting_does_not_exist_for_outsiders_anywhere(world, browser_of):
    meeting = await drafted(world, "grid_neighbourhood_meeting", title="楼上漏水")
    from council.proceedings.invitations import invite
    from tests.records.cast import guest

    item = await agenda.add(meeting, "厨房漏水", by=world.grid_secretary)
    await invite(meeting, "concerned", [guest(world.resident)], by=world.grid_secretary)
    await agenda.give_notice(meeting, by=world.grid_secretary, temporary_reason=REASON)
    pages = [f"/meetings/{meeting.id}{part}" for part in ("", "/room", "/stream", "/wall", "/meeting.ics", "/roll",
    "/desk")] + [f"/r/{meeting.wall_code}"]
    for person in (None, world.neighbour, world.beside_secretary, world.outsider):
        browser = await browser_of(person)
        for page in pages:
            answer = await browser.get(page, follow_redirects=False)
            assert answer.status_code in (404, 303), page
            assert "漏水" not in answer.text
        for which in ("coming", "past", "mine"):
            assert "漏水" not in (await browser.get(f"/meetings?which={which}")).text
        assert (await browser.post(f"/items/{item.id}/speakers")).status_code == 404
    own = await browser_of(world.resident)
    for page in ("", "/room", "/wall", "/meeting.ics"):
        assert (await own.get(f"/meetings/{meeting.id}{page}")).status_code == 200
    assert "漏水" in (await own.get("/meetings")).text
    assert "漏水" not in (await own.get(f"/meetings/{meeting.id}/meeting.ics")).text


async def test_the_list_says_when_it_is_empty_and_has_parts(world, browser_of):
    visitor = await browser_of()
    assert soup(await visitor.get("/meetings")).select_one(".empty")
    for number in range(22):
        meeting = await drafted(world, title=f"会议{number:02}", starts_at=clock.now() + timedelta(days=number + 1))
        await Meeting.filter(id=meeting.id).update(notice_at=clock.now(), stage="called")
    first = soup(await visitor.get("/meetings"))
    assert len(first.select(".row")) == 20
    second = soup(await visitor.get(first.select_one('a[rel="next"]')["href"]))
    assert len(second.select(".row")) == 2
    assert not {r.a["href"] for r in first.select(".row")} & {r.a["href"] for r in second.select(".row")}
    for strange in ("x~y", "2026-01-01~99999999999", "~", "2026-01-01T00:00:00~3"):
        assert (await visitor.get("/meetings", params={"after": strange})).status_code == 200


async def test_a_calendar_entry_keeps_its_name_and_grows_with_every_move(world, browser_of):
    cast = await called(world)
    visitor = await browser_of()
    first = (await visitor.get(f"/meetings/{cast.meeting.id}/meeting.ics")).text
    await agenda.postpone(cast.meeting, clock.now() + timedelta(days=30), by=world.secretary)
    second = (await visitor.get(f"/meetings/{cast.meeting.id}/meeting.ics")).text
    line = lambda text, key: next(row for row in text.splitlines() if row.startswith(key))  # noqa: E731
    assert line(first, "UID") == line(second, "UID")
    assert (line(first, "SEQUENCE"), line(second, "SEQUENCE")) == ("SEQUENCE:1", "SEQUENCE:2")
    assert line(first, "DTSTART") != line(second, "DTSTART")


async def test_those_invited_hear_in_their_inbox(world, browser_of):
    from council.secretariat.inbox import Notice

    journal.listen(summons.hear)
    try:
        cast = await called(world)
        assert await Notice.filter(person_id=world.resident.id, subject="Meeting", subject_id=cast.meeting.id).count() == 1
        assert not await Notice.exists(person_id=world.outsider.id)
        await (await browser_of(world.secretary)).post(f"/meetings/{cast.meeting.id}/cancellation", data={"reason": "停电"})
        assert await Notice.filter(person_id=world.resident.id).count() == 2
    finally:
        journal.silence(summons.hear)


async def test_a_called_off_meeting_says_why_and_lets_nobody_in(world, browser_of):
    cast = await called(world)
    browser = await browser_of(world.secretary)
    assert (await browser.post(f"/meetings/{cast.meeting.id}/cancellation", data={"reason": ""})).status_code == 422
    await browser.post(f"/meetings/{cast.meeting.id}/cancellation", data={"reason": "全楼停电"})
    visitor = await browser_of()
    assert "全楼停电" in words(await visitor.get(f"/meetings/{cast.meeting.id}"))
    assert (await visitor.get(f"/r/{cast.meeting.wall_code}")).status_code == 404


async def test_the_agenda_is_struck_and_ordered_on_a_draft_and_locked_after_the_notice(world, browser_of):
    meeting = await drafted(world)
    browser = await browser_of(world.secretary)
    for title in ("一二", "三四"):
        await browser.post(f"/meetings/{meeting.id}/items", data={"title": title})
    _, second = await AgendaItem.of(meeting)
    await browser.post(f"/items/{second.id}/place")
    assert [item.title for item in await AgendaItem.of(meeting)] == ["三四", "一二"]
    assert (await (await browser_of(world.outsider)).post(f"/items/{second.id}/withdrawal")).status_code == 404
    await browser.post(f"/items/{second.id}/withdrawal")
    assert [item.title for item in await AgendaItem.of(meeting)] == ["一二"]
    cast = await called(world)
    assert (await browser.post(f"/items/{cast.item.id}/withdrawal")).status_code == 409
    assert (await browser.post(f"/meetings/{meeting.id}/items", data={})).status_code == 422


async def test_a_matter_comes_onto_the_agenda_from_its_own_page(world, browser_of):
    from council.proceedings.matters import Matter
    from tests.records.test_agenda import matter_of

    matter = await matter_of(world, "COLLABORATIVE", world.grid)
    browser = await browser_of(world.secretary)
    await browser.post("/meetings", data=plan(world, matter=str(matter.id)))
    assert (await Matter.get(id=matter.id)).stage == "listed"
    assert (await AgendaItem.get()).matter_id == matter.id


async def test_moving_a_meeting_asks_for_a_reason_when_it_is_near(world, browser_of):
    cast = await called(world)
    browser = await browser_of(world.secretary)
    near = await browser.post(f"/meetings/{cast.meeting.id}/time", data=hour(timedelta(hours=5)))
    assert near.status_code == 422
    assert (await browser.post(f"/meetings/{cast.meeting.id}/time", data=hour(timedelta(days=30)))).status_code == 200
    assert (await Meeting.get()).version == 2


async def test_slips_are_for_those_who_keep_the_roll(world, browser_of):
    cast = await called(world)
    for person in (world.resident, world.grid_worker):
        assert (await (await browser_of(person)).post(f"/meetings/{cast.meeting.id}/slips")).status_code == 403
    assert (await (await browser_of(world.clerk)).post(f"/meetings/{cast.meeting.id}/slips")).status_code == 200


async def test_a_personal_link_shows_and_does_nothing_until_it_is_clicked(world, browser_of):
    cast = await called(world)
    slip = next(s for s in await slips.issue(cast.meeting, by=world.secretary) if s.invitation.label == "王秀兰")
    visitor = await browser_of()
    page = await visitor.get(f"/i/{slip.token}")
    assert "王秀兰" in words(page)
    from council.proceedings import roll

    assert (await roll.quorum(cast.meeting)).present == 0
    room = await visitor.post(f"/i/{slip.token}/seat", data={"where": "room"})
    assert room.status_code == 200
    assert room.url.path == f"/meetings/{cast.meeting.id}/room"
    assert (await roll.quorum(cast.meeting)).present == 1
    assert (await visitor.get("/i/unknown-token")).status_code == 404


async def test_somebody_elses_link_is_refused_while_signed_in(world, browser_of):
    cast = await called(world)
    slip = next(s for s in await slips.issue(cast.meeting, by=world.secretary) if s.invitation.label == "王秀兰")
    other = await browser_of(world.neighbour)
    assert (await other.post(f"/i/{slip.token}/seat", data={"where": "room"})).status_code == 409
    own = await browser_of(world.resident)
    assert (await own.post(f"/i/{slip.token}/seat", data={"where": "room"})).status_code == 200


async def test_an_answer_by_link_is_kept(world, browser_of):
    from council.proceedings import roll  # noqa: F401

    cast = await called(world)
    await Meeting.filter(id=cast.meeting.id).update(starts_at=clock.now() + timedelta(days=9))
    slip = (await slips.issue(cast.meeting, by=world.secretary))[0]
    visitor = await browser_of()
    assert (await visitor.post(f"/i/{slip.token}/reply", data={"answer": "substitute"})).status_code == 422
    assert (await visitor.post(f"/i/{slip.token}/reply", data={"answer": "substitute", "substitute": "王小明"})).status_code == 200
    assert (await Invitation.get(id=slip.invitation.id)).substitute == "王小明"
    early = await visitor.post(f"/i/{slip.token}/seat", data={"where": "room"})
    assert early.status_code == 409
