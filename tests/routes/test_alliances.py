"""Alliances in the setting-up area: who may see and change them, who belongs to them, how they end."""

from __future__ import annotations

import pytest
from tortoise.exceptions import IntegrityError

from council import clock
from council.neighbourhood import alliances
from council.neighbourhood.journal import Entry
from council.neighbourhood.organisations import Alliance, AllianceMember
from tests.client import soup


async def made(world, **more):
    return await alliances.ally("长风社区党建联盟", world.community, [world.committee, world.hotel], by=world.operator, **more)


async def test_an_alliance_is_added_filled_corrected_and_ended(world, browser_of):
    browser = await browser_of(world.secretary)
    assert "还没有" in (await browser.get("/alliances")).text
    page = await browser.post("/alliances", data={"name": "第一网格党建微盟", "kind": "micro_alliance", "place": world.grid.id})
    alliance = await Alliance.get(name="第一网格党建微盟")
    assert page.url.path == f"/alliances/{alliance.id}"
    assert "还没有成员" in page.text
    for member in (f"organisation-{world.hotel_branch.id}", f"unit-{world.hotel.id}"):
        page = await browser.post(f"/alliances/{alliance.id}/members", data={"member": member})
    assert [row.text.strip() for row in soup(page).select(".row__name")] == ["和平宾馆党支部", "和平宾馆"]
    again = await browser.post(f"/alliances/{alliance.id}/members", data={"member": f"unit-{world.hotel.id}"})
    assert again.status_code == 422
    [first, _] = await alliances.members(alliance)
    page = await browser.post(f"/alliances/{alliance.id}/members/{first.id}/end")
    assert "和平宾馆党支部" not in [row.text.strip() for row in soup(page).select(".row__name")]
    await browser.post(f"/alliances/{alliance.id}/members", data={"member": f"organisation-{world.hotel_branch.id}"})
    assert len(await alliances.members(alliance)) == 2
    form = {"name": "第一网格微盟", "kind": "alliance", "place": world.community.id}
    assert "第一网格微盟" in (await browser.post(f"/alliances/{alliance.id}/correction", data=form)).text
    assert "第一网格微盟" in (await browser.get("/alliances?q=网格&kind=alliance")).text
    assert "第一网格微盟" not in (await browser.get("/alliances?kind=micro_alliance")).text
    await browser.post(f"/alliances/{alliance.id}/end", data={"last_day": clock.today().isoformat()})
    assert "第一网格微盟" not in soup(await browser.get("/alliances")).select_one("main").text
    assert (await browser.post(f"/alliances/{alliance.id}/members", data={"member": f"organisation-{world.branch.id}"})).status_code == 409
    acts = await Entry.filter(subject="Alliance").order_by("id").values_list("act", flat=True)
    wanted = "made joined joined left joined corrected ended".split()
    assert acts == [f"alliance.{word}" for word in wanted]


async def test_an_alliance_is_for_officers_within_reach(world, browser_of):
    alliance = await made(world)
    [member, _] = await alliances.members(alliance)
    today = {"last_day": clock.today().isoformat()}
    for outsider in (world.beside_secretary, world.resident, world.hotel_secretary, world.former):
        browser = await browser_of(outsider)
        for path in ("", "/correction"):
            assert (await browser.get(f"/alliances/{alliance.id}{path}")).status_code == 404
        for path, form in (("/end", today), ("/members", {"member": f"unit-{world.property.id}"}), (f"/members/{member.id}/end", {})):
            assert (await browser.post(f"/alliances/{alliance.id}{path}", data=form)).status_code == 404
    worker = await browser_of(world.grid_worker)
    assert (await worker.get(f"/alliances/{alliance.id}")).status_code == 404, "a grid worker reaches the grid, not the community"
    assert len(await alliances.members(alliance)) == 2
    secretary = await browser_of(world.secretary)
    page = await secretary.post(f"/alliances/{alliance.id}/members", data={"member": f"unit-{world.property.id}"})
    assert "安居物业公司" in page.text, "control: within reach it joins"


async def test_nothing_from_beyond_joins_and_no_name_stands_twice(world, browser_of):
    alliance = await made(world)
    browser = await browser_of(world.secretary)
    beyond = await alliances.ally("新华联盟", world.beside, [], by=world.beside_secretary)
    for member in (f"organisation-{world.working_committee.id}", "unit-999999", "place-1", ""):
        assert (await browser.post(f"/alliances/{alliance.id}/members", data={"member": member})).status_code == 422
    assert (await browser.post("/alliances", data={"name": "越界", "kind": "alliance", "place": world.beside.id})).status_code == 422
    twice = await browser.post("/alliances", data={"name": alliance.name, "kind": "alliance", "place": world.community.id})
    assert twice.status_code == 422
    assert soup(twice).select_one("#name")["value"] == alliance.name
    assert (await browser.get(f"/alliances/{beyond.id}")).status_code == 404


async def test_a_member_is_an_organisation_or_a_unit_and_stands_once(world):
    alliance = await made(world)
    for wrong in ({}, {"organisation_id": world.branch.id, "unit_id": world.hotel.id}, {"unit_id": world.hotel.id}):
        with pytest.raises(IntegrityError):
            await AllianceMember.create(alliance=alliance, **wrong)


async def test_a_unit_says_to_which_alliances_it_belongs(world, browser_of):
    await made(world)
    browser = await browser_of(world.secretary)
    for path in (f"/units/{world.hotel.id}", f"/organisations/{world.committee.id}"):
        assert "长风社区党建联盟" in (await browser.get(path)).text
    assert "长风社区党建联盟" not in (await browser.get(f"/units/{world.property.id}")).text
