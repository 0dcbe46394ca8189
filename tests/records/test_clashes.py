"""One secretary chairs several grids, one room serves them all: what stands in the way is named, and free times are proposed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from council import clock
from council.i18n import dated, hour
from council.proceedings import agenda, calling, chair, clashes
from council.proceedings.calling import Plan
from council.refusals import Forbidden, Refusal
from tests.client import soup
from tests.records.cast import called, drafted


async def beside(world, **more):
    """A council of the other grid, chaired by the community's secretary."""
    plan = Plan(**{"title": "第二网格议事", "starts_at": clock.now() + timedelta(days=20), "venue": "二号楼"} | more)
    return await calling.call("alliance_council", world.other_grid, plan, by=world.secretary)


@pytest.mark.parametrize(("hours", "clash"), [(0, True), (2.4, True), (-2.4, True), (2.6, False), (-2.6, False)])
async def test_a_secretary_who_chairs_several_grids_is_never_in_two_rooms(world, hours, clash):
    start = clock.now() + timedelta(days=20)
    first = await drafted(world, starts_at=start)
    second = await beside(world, starts_at=start + timedelta(hours=hours))
    assert [(c.meeting.id, str(c.what)) for c in await clashes.clashes(second)] == ([(first.id, "主持人相同")] if clash else [])
    assert bool(await clashes.clashes(first)) is clash


async def test_a_room_is_taken_once_within_its_community(world):
    start = clock.now() + timedelta(days=20)
    first = await drafted(world, "alliance_council", starts_at=start, venue="活动室")
    second = await beside(world, starts_at=start, venue="活动室")
    assert [str(c.what) for c in await clashes.clashes(second)] == ["场地相同"]
    await agenda.call_off(first, "改期", by=world.grid_secretary)
    assert not await clashes.clashes(second)


async def test_a_long_meeting_is_in_the_way_until_its_end(world):
    start = clock.now() + timedelta(days=20)
    await drafted(world, starts_at=start, ends_at=start + timedelta(hours=6))
    assert await clashes.clashes(await beside(world, starts_at=start + timedelta(hours=5)))


async def test_free_times_leave_out_what_the_chair_has_and_can_be_taken(world):
    first = await beside(world)
    [early, *_] = await clashes.free(first)
    await drafted(world, starts_at=early)
    assert early not in await clashes.free(first)
    chosen = (await clashes.free(first))[0]
    first.ends_at = first.starts_at + timedelta(hours=1)
    await calling.move_draft(first, chosen, by=world.secretary)
    assert (first.starts_at, first.ends_at) == (chosen, chosen + timedelta(hours=1))
    with pytest.raises(Refusal):
        await calling.move_draft(first, clock.now(), by=world.secretary)
    with pytest.raises(Forbidden):
        await calling.move_draft(first, chosen, by=world.resident)


async def test_the_page_names_the_clash_and_one_press_takes_a_free_time(world, browser_of):
    start = clock.now() + timedelta(days=20)
    await drafted(world, title="社区停车", starts_at=start)
    second = await beside(world, starts_at=start)
    browser = await browser_of(world.secretary)
    assert "社区停车（主持人相同）" in soup(await browser.get(f"/meetings/{second.id}")).select_one("main").text
    page = await browser.get(f"/meetings/{second.id}/free-times")
    wanted = soup(page).select_one('input[name="starts_at"]')["value"]
    after = await browser.post(f"/meetings/{second.id}/free-times", data={"starts_at": wanted})
    assert "主持人相同" not in after.text
    await second.refresh_from_db()
    assert second.starts_at.isoformat() == clock.datetime.fromisoformat(wanted).astimezone(clock.UTC).isoformat()
    for wrong in ("", "gestern", "2020-01-01T19:00:00+08:00", "2026-12-01T19:00:00"):
        assert (await browser.post(f"/meetings/{second.id}/free-times", data={"starts_at": wrong})).status_code == 422


async def test_after_the_notice_a_clash_is_named_too_and_the_page_that_moves_tells_free_times(world, browser_of):
    made = await called(world)
    other = await beside(world, starts_at=made.meeting.starts_at)
    browser = await browser_of(world.secretary)
    page = soup(await browser.get(f"/meetings/{made.meeting.id}"))
    assert "第二网格议事（主持人相同）" in page.select_one("main").text
    assert page.select_one(f'a[href="/meetings/{made.meeting.id}/time"]')
    assert "成员中 0 人来，0 人不能来，5 人还没答复；须到 4 人" in page.text
    free = (await clashes.free(made.meeting))[0]
    assert f"{dated(free)} {hour(free)}" in (await browser.get(f"/meetings/{made.meeting.id}/time")).text
    outside = (await (await browser_of()).get(f"/meetings/{made.meeting.id}")).text
    assert other.title not in outside
    assert "还没答复" not in outside


async def test_a_meeting_broken_off_is_in_the_way_where_it_goes_on(world):
    made = await called(world)
    await chair.open(made.meeting, by=world.secretary)
    later = clock.now() + timedelta(days=20)
    second = await beside(world, starts_at=later)
    assert not await clashes.clashes(second)
    await chair.adjourn(made.meeting, "人数不足", by=world.secretary, resumes_at=later)
    assert [one.meeting.id for one in await clashes.clashes(second)] == [made.meeting.id]
