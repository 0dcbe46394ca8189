"""A household matter stays between those it concerns: in every list, search, count, timeline, photo, meeting, calendar, stream and export."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from council import clock
from council.neighbourhood.journal import Entry, listen, silence, writing
from council.proceedings import agenda, calling, chair, reporting
from council.proceedings.calling import Plan
from council.proceedings.invitations import Guest, Invitation, invite
from council.proceedings.matters import Matter
from council.proceedings.meetings import Meeting
from council.proceedings.triage import Finding, confirm
from council.refusals import Refusal
from council.routes import limits
from council.secretariat import search
from council.secretariat.minutes import Minutes
from council.secretariat.postings import Posting, post_resolution
from council.secretariat.search import SearchEntry
from tests.attacks.household import CANARY, OUTSIDE, PHONE, REASON, household, supervised
from tests.client import soup
from tests.routes.steps import LEAK, confirmed, reported

# Every channel that gathers many records, with every way of asking that could single one out.
LISTS = (
    "/", "/matters", "/matters?affair=HOUSEHOLD", "/matters?affair=HOUSEHOLD&state=finished", "/matters?state=under_way", "/matters?grid=4",
    f"/matters?q={CANARY}", "/matters?q=漏水", f"/matters?q={PHONE}", "/matters?q=402", "/matters?before=999", "/meetings", "/meetings?which=past",
    "/meetings?which=mine", "/resolutions", "/resolutions?effect=ADVISORY",
    "/postings", f"/postings?q={CANARY}", "/agreements", f"/agreements?q={CANARY}",
    "/needs", "/projects", "/resources", "/board", "/venues", "/statistics", "/mediations", "/tasks", "/desk", "/inbox", "/inbox/slips",
    "/people", f"/people?q={PHONE}", "/places", "/account", "/registers",
    "/progress", "/help/privacy", "/series", "/series/new", "/chains", "/chains/new", "/petitions", "/petitions/new", "/consultations",
    "/consultations/new", "/feed", "/alliances", "/households", "/meetings/new",
)  # fmt: skip


@pytest.fixture(autouse=True)
def counted_anew():
    limits.forget()


async def pages(browsers) -> dict[tuple[str, str], str]:
    """What everybody outside reads on every list, fragments too."""
    found = {}
    for key, browser in browsers:
        for path in LISTS:
            for headers in ({}, {"hx-request": "true"}):
                answer = await browser.get(path, headers=headers)
                found[key, f"{path} {headers}"] = f"{answer.status_code} {answer.text}"
    return found


async def outsiders(browser_of, world):
    return [(key, await browser_of(world.people[key] if key else None)) for key in (*OUTSIDE, "")]


async def test_no_list_search_or_count_changes_for_anybody_outside(browser_of, world, caplog):
    """Byte for byte the same page before and after: not a word, not a number, not a badge more."""
    caplog.set_level(logging.DEBUG)
    await supervised(world)
    browsers = await outsiders(browser_of, world)
    before = await pages(browsers)
    await household(world)
    after = await pages(browsers)
    for (key, path), page in after.items():
        assert CANARY not in page if CANARY not in path else page == before[key, path], f"{key} {path}"
        assert PHONE not in page if PHONE not in path else page == before[key, path], f"{key} {path}"
    changed = {where for where, page in after.items() if page != before[where]}
    # Five organisations were entered for the agreement: their needs, resources and projects are public, listed and counted. Nothing else may differ.
    assert {path.split()[0] for _key, path in changed} <= {"/needs", "/projects", "/resources", "/venues", "/statistics"}
    logged = " ".join(record.getMessage() for record in caplog.records if record.name.startswith("council"))
    assert CANARY not in logged
    assert PHONE not in logged


async def test_those_it_concerns_find_it(browser_of, world):
    """The control for the test above."""
    scene = await household(world)
    officer, reporter = await browser_of(world.grid_secretary), await browser_of(world.resident)
    assert CANARY in (await officer.get("/matters?affair=HOUSEHOLD")).text
    assert f"/matters/{scene.matter.id}" in (await officer.get(f"/matters?q={CANARY}")).text
    assert f"/matters/{scene.matter.id}" in (await reporter.get("/matters")).text
    assert CANARY in (await officer.get("/meetings")).text
    assert CANARY in (await (await browser_of(world.grid_worker)).get("/tasks")).text


async def test_it_stands_in_no_public_record(world):
    scene = await household(world)
    assert not await SearchEntry.filter(public=True).exists()
    assert not await Posting.all().exists()
    assert CANARY not in str(await Entry.all().values())
    assert PHONE not in str(await Matter.all().values())
    minutes, promise = await Minutes.of(await Meeting.get(id=scene.over.id)), await _promise(scene)
    with pytest.raises(Refusal):
        await minutes.post(by=world.secretary, contact="社区办公室")
    with pytest.raises(Refusal):
        await post_resolution(promise, by=world.secretary, contact="社区办公室")


async def _promise(scene):
    from council.proceedings.resolutions import Resolution

    return await Resolution.get(id=scene.numbers["resolutions"][0])


async def test_its_room_has_no_number_no_stream_and_no_calendar_for_anybody_outside(browser_of, world):
    await supervised(world)
    scene = await household(world)
    for _key, browser in await outsiders(browser_of, world):
        for path in (
            f"/r/{scene.live.wall_code}",
            *[f"/meetings/{scene.live.id}/{part}" for part in ("stream", "room", "wall", "meeting.ics", "ballot", "proposals")],
        ):
            assert (await browser.get(path)).status_code == 404, path
        for path in ("seats", "codes"):
            assert (await browser.post(f"/r/{scene.live.wall_code}/{path}", data={"code": "ABCDEFGH"})).status_code == 404


async def test_its_calendar_entry_says_no_word_of_it(browser_of, world):
    scene = await household(world)
    entry = await (await browser_of(world.resident)).get(f"/meetings/{scene.live.id}/meeting.ics")
    assert "SUMMARY:" in entry.text
    assert "漏水" not in entry.text


async def test_the_code_of_a_matter_with_a_telephone_opens_nothing_without_its_digits(browser_of, world):
    scene = await household(world)
    browser = await browser_of()
    for part in ("", "/receipt", "/picture", f"/photos/{scene.photo}"):
        answer = await browser.get(f"/progress/{scene.code}{part}")
        assert CANARY not in answer.text
        assert "漏水" not in answer.text
    for guess in ("0000", "", "1111", PHONE[-3:], "9999"):
        assert (await browser.post("/progress", data={"code": scene.code, "digits": guess})).status_code == 422
    assert (await browser.post("/progress", data={"code": scene.code, "digits": PHONE[-4:]})).status_code == 429


async def test_digits_guessed_all_at_the_same_moment_are_counted_one_by_one(browser_of, world):
    import asyncio

    scene = await household(world)
    browsers = [await browser_of() for _ in range(24)]
    answers = await asyncio.gather(*[b.post("/progress", data={"code": scene.code, "digits": f"{n:04}"}) for n, b in enumerate(browsers)])
    assert sorted({answer.status_code for answer in answers}) == [422, 429]
    assert sum(answer.status_code == 422 for answer in answers) <= 5


async def test_the_code_alone_of_one_without_a_telephone_tells_only_its_stage(browser_of, world):
    browser, officer = await browser_of(), await browser_of(world.grid_secretary)
    code = await reported(browser, world, LEAK)
    matter = await Matter.with_code(code)
    await confirmed(officer, matter.id, "HOUSEHOLD", publish="no", title="楼上李家漏水", reason="楼上李家与王家")
    meeting = await _talk(world, "李家与王家漏水")
    await agenda.add(meeting, "漏水", by=world.grid_secretary, matter=await Matter.get(id=matter.id))
    for part in ("", "/receipt"):
        said = soup(await (await browser_of()).get(f"/progress/{code}{part}")).text
        assert "李家" not in said
        assert "漏水" not in said


async def _talk(world, title: str) -> Meeting:
    plan = Plan(title=title, starts_at=clock.now() + timedelta(hours=1), venue="服务站")
    meeting = await calling.call("grid_neighbourhood_meeting", world.grid, plan, by=world.grid_secretary)
    await invite(meeting, "concerned", [Guest("王秀兰", person=world.resident)], by=world.grid_secretary)
    return meeting


async def test_what_was_said_while_it_was_private_stays_private_when_it_is_published_later(browser_of, world):
    """Two homes first, then found to concern the whole stairway: the public timeline begins there."""
    listen(search.hear)
    try:
        by = world.grid_secretary
        matter, _code = await reporting.report(reporting.Told("楼上漏水", world.grid, name="孟某"), by=world.resident)
        await confirm(matter, Finding("HOUSEHOLD", f"两家吵起来了{CANARY}"), by=by)
        meeting = await _talk(world, f"李家王家{CANARY}")
        item = await agenda.add(meeting, "漏水", by=by, matter=await Matter.get(id=matter.id))
        await agenda.give_notice(meeting, by=by, temporary_reason=REASON)
        await chair.open(meeting, by=by)
        await chair.take_up(await agenda.AgendaItem.get(id=item.id), meeting, by=by)
        await chair.defer(await agenda.AgendaItem.get(id=item.id), meeting, by=by, reason=CANARY)
        await confirm(await Matter.get(id=matter.id), Finding("COLLABORATIVE", "整个单元的水管", "水管老化", "单元水管老化漏水", "yes"), by=by)
    finally:
        silence(search.hear)
    public = await (await browser_of()).get(f"/matters/{matter.id}")
    assert "水管老化" in public.text
    assert CANARY not in public.text
    assert CANARY not in (await (await browser_of()).get(f"/matters?q={CANARY}")).text.replace(f'value="{CANARY}"', "").replace(f"={CANARY}", "")
    assert "两家吵起来了" in (await (await browser_of(by)).get(f"/matters/{matter.id}")).text


async def test_a_clash_with_a_closed_meeting_names_its_kind_only(browser_of, world):
    await _talk(world, f"李家王家{CANARY}")
    plan = Plan(title="另一个会", starts_at=clock.now() + timedelta(hours=1), venue="别处")
    other = await calling.call("grid_neighbourhood_meeting", world.other_grid, plan, by=world.secretary)
    async with writing():
        await Meeting.all().update(chair_id=world.secretary.id)
    page = await (await browser_of(world.clerk)).get(f"/meetings/{other.id}")
    assert soup(page).select_one(".notice--warn")
    assert CANARY not in page.text


async def test_a_household_matter_reaches_no_open_meeting_and_no_vote(browser_of, world):
    officer = await browser_of(world.secretary)
    matter, _code = await reporting.report(reporting.Told(LEAK, world.grid), by=world.resident)
    await confirm(matter, Finding("HOUSEHOLD", "两家的事"), by=world.secretary)
    plan = Plan(title="评议会", starts_at=clock.now() + timedelta(days=9), venue="二楼")
    council = await calling.call("community_review_council", world.community, plan, by=world.secretary)
    assert (await officer.post(f"/meetings/{council.id}/items", data={"matter": str(matter.id)})).status_code == 422
    ballot = {"question": "谁对", "owners_item": "0", "lawful": "yes"}
    assert (await officer.post(f"/matters/{matter.id}/ballots", data=ballot)).status_code in (404, 409)
    answer = await confirmed(officer, matter.id, "HOUSEHOLD", publish="yes")
    assert answer.status_code == 200
    assert not (await Matter.get(id=matter.id)).public
    assert not await Invitation.filter(meeting_id=council.id).exists()
