"""Standing records in the browser: add, correct, end, find; within reach and nowhere else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from council import clock
from council.neighbourhood.households import Household
from council.neighbourhood.journal import Entry
from council.neighbourhood.offices import Office, may
from council.neighbourhood.organisations import Coverage, PartyOrganisation, Unit
from council.neighbourhood.people import Person
from council.neighbourhood.places import Place
from council.neighbourhood.registry import add_person
from tests.client import soup

NOUNS = ("places", "organisations", "units", "households", "people", "offices")


@pytest.mark.parametrize("noun", NOUNS)
async def test_lists_are_for_officers_within_reach(world, browser_of, noun):
    assert (await (await browser_of(world.secretary)).get(f"/{noun}")).status_code == 200
    assert (await (await browser_of(world.resident)).get(f"/{noun}")).status_code == 404
    assert (await (await browser_of(world.hotel_secretary)).get(f"/{noun}")).status_code == 404
    assert (await (await browser_of()).get(f"/{noun}", follow_redirects=False)).headers["location"] == f"/sign-in?next=/{noun}"
    beside = await (await browser_of(world.beside_secretary)).get(f"/{noun}")
    assert beside.status_code == 200
    assert "长风" not in soup(beside).select_one("main").text
    assert "王秀兰" not in beside.text


async def records(world) -> dict[str, int]:
    office = await Office.get(person_id=world.grid_worker.id)
    return {
        "places": world.grid.id, "organisations": world.branch.id, "units": world.hotel.id, "households": world.households["h402"].id,
        "people": world.resident.id, "offices": office.id,
    }  # fmt: skip


@pytest.mark.parametrize("noun", NOUNS)
async def test_a_record_out_of_reach_does_not_exist(world, browser_of, noun):
    number = (await records(world))[noun]
    assert (await (await browser_of(world.secretary)).get(f"/{noun}/{number}")).status_code == 200
    for outsider in (world.beside_secretary, world.outsider, world.resident if noun != "people" else world.neighbour, world.former):
        browser = await browser_of(outsider)
        assert (await browser.get(f"/{noun}/{number}")).status_code == 404
        assert (await browser.get(f"/{noun}/{number}/correction")).status_code == 404
        assert (await browser.post(f"/{noun}/{number}/end", data={"last_day": clock.today().isoformat()})).status_code == 404
        assert (await browser.get(f"/{noun}/new")).status_code == (200 if outsider is world.beside_secretary else 404)
    assert (await (await browser_of(world.secretary)).get(f"/{noun}/2147483649")).status_code == 404


@pytest.mark.parametrize("noun", NOUNS)
async def test_the_wrong_method_changes_nothing(world, browser_of, noun):
    number, secretary = (await records(world))[noun], await browser_of(world.secretary)
    before = await Entry.all().count()
    assert (await secretary.put(f"/{noun}/{number}")).status_code == 405
    assert (await secretary.get(f"/{noun}/{number}/end")).url.path == f"/{noun}/{number}"
    assert await Entry.all().count() == before


async def test_a_grid_is_added_corrected_and_ended(world, browser_of):
    browser = await browser_of(world.secretary)
    form = {"name": "第三网格", "level": "GRID", "parent": world.community.id}
    assert "第三网格" in (await browser.post("/places", data=form)).text
    grid = await Place.get(name="第三网格")
    await browser.post(f"/places/{grid.id}/correction", data={"name": "第三网格（北）", "exclusive": "yes", "phone": "0351-4000000"})
    grid = await Place.get(id=grid.id)
    assert (grid.name, grid.exclusive, grid.phone) == ("第三网格（北）", True, "03514000000")
    await browser.post(f"/places/{grid.id}/end", data={"last_day": clock.today().isoformat()})
    assert "第三网格" not in soup(await browser.get("/places")).select_one("main").text
    assert (await Place.get(id=grid.id)).last_day == clock.today()
    acts = await Entry.filter(subject="Place", subject_id=grid.id).order_by("id").values_list("act", flat=True)
    assert acts == ["place.added", "place.corrected", "place.ended"]


async def test_a_grid_belongs_to_a_community_and_a_place_with_something_in_it_does_not_end(world, browser_of):
    browser = await browser_of(world.street_secretary)
    wrong = await browser.post("/places", data={"name": "悬空网格", "level": "GRID", "parent": world.street.id})
    assert wrong.status_code == 422
    assert "悬空网格" in soup(wrong).select_one("#name")["value"]
    full = await browser.post(f"/places/{world.grid.id}/end", data={"last_day": clock.today().isoformat()})
    assert full.status_code == 409
    assert (await Place.get(id=world.grid.id)).last_day is None


async def test_a_secretary_cannot_reach_beyond_her_community_by_making_up_ids(world, browser_of):
    browser = await browser_of(world.secretary)
    for path, form in (
        ("/places", {"name": "越界", "level": "GRID", "parent": world.beside.id}),
        ("/units", {"name": "越界", "kind": "business", "place": world.beside.id}),
        ("/organisations", {"name": "越界", "kind": "branch", "place": world.beside.id}),
        ("/organisations", {"name": "越界", "kind": "branch", "place": world.community.id, "covers": world.beside.id}),
        ("/households", {"place": world.beside.id, "building": "1", "room": "1"}),
        ("/people", {"name": "越界", "place": world.beside.id}),
        ("/offices", {"person": world.resident.id, "code": "clerk", "place": world.street.id}),
        ("/offices", {"person": world.resident.id, "code": "secretary", "organisation": world.working_committee.id}),
        ("/offices", {"person": world.outsider.id, "code": "clerk", "place": world.community.id}),
    ):
        assert (await browser.post(path, data=form)).status_code == 422, path
    assert not await Place.exists(name="越界")
    assert not await Person.exists(name="越界")


async def test_a_branch_secretary_gives_no_office_in_the_committee_above(world, browser_of):
    browser = await browser_of(world.grid_secretary)
    form = {"person": world.grid_secretary.id, "code": "secretary", "organisation": world.committee.id, "place": world.grid.id}
    assert (await browser.post("/offices", data=form)).status_code == 422
    assert not await may(world.grid_secretary, "household.add", at=world.other_grid)


async def test_one_branch_leads_several_grids_and_its_secretary_reaches_both(world, browser_of):
    browser = await browser_of(world.secretary)
    form = {
        "name": "联合党支部", "kind": "branch", "place": world.community.id, "covers": [world.grid.id, world.other_grid.id],
        "parent": world.committee.id, "temporary": "yes",
    }  # fmt: skip
    assert (await browser.post("/organisations", data=form)).status_code == 200
    branch = await PartyOrganisation.get(name="联合党支部")
    assert branch.temporary
    await browser.post("/offices", data={"person": world.neighbour.id, "code": "secretary", "organisation": branch.id})
    assert await may(world.neighbour, "household.add", at=world.grid)
    assert await may(world.neighbour, "household.add", at=world.other_grid)
    page = await browser.get(f"/organisations/{branch.id}/correction")
    assert len(soup(page).select("input[name=covers][checked]")) == 2
    await browser.post(f"/organisations/{branch.id}/correction", data={**form, "covers": [world.grid.id]})
    assert await Coverage.filter(organisation_id=branch.id).count() == 1
    assert not await may(world.neighbour, "household.add", at=world.other_grid)


async def test_a_unit_is_entered_and_found(world, browser_of):
    browser = await browser_of(world.clerk)
    await browser.post("/units", data={"name": "<b>蓝天</b>幼儿园", "kind": "resident_unit", "place": world.community.id, "phone": "0351-4111111"})
    page = await browser.get("/units?q=幼儿园")
    assert [a.text for a in soup(page).select(".row__title")] == ["<b>蓝天</b>幼儿园"]
    assert soup(await browser.get("/units?q=没有的")).select_one(".empty")
    unit = await Unit.get(name="<b>蓝天</b>幼儿园")
    await browser.post(f"/units/{unit.id}/correction", data={"name": "蓝天幼儿园", "kind": "resident_unit", "place": world.grid.id})
    assert (await Unit.get(id=unit.id)).place_id == world.grid.id


async def test_a_household_is_entered_once_and_found_as_people_say_it(world, browser_of):
    browser = await browser_of(world.grid_worker)
    form = {"place": world.grid.id, "building": "5号楼", "unit": "2单元", "room": "301"}
    assert (await browser.post("/households", data=form)).status_code == 200
    assert (await browser.post("/households", data=form)).status_code == 422
    assert len(soup(await browser.get("/households?q=5号楼2单元301")).select(".row__title")) == 1
    home = await Household.get(room="301")
    await browser.post(f"/households/{home.id}/correction", data=form | {"room": "302"})
    assert (await Household.get(id=home.id)).room == "302"


async def test_a_household_with_people_in_it_does_not_end(world, browser_of):
    browser, home = await browser_of(world.grid_worker), world.households["h402"]
    day = {"last_day": clock.today().isoformat()}
    assert (await browser.post(f"/households/{home.id}/end", data=day)).status_code == 409
    await (await browser_of(world.secretary)).post(f"/people/{world.resident.id}/end")
    assert (await browser.post(f"/households/{home.id}/end", data=day)).status_code == 200


async def test_people_are_found_by_name_letters_and_number(world, browser_of):
    browser = await browser_of(world.secretary)
    for q in ("秀兰", "wxl", "WXL", "xiu"):
        found = await browser.post("/people/search", data={"q": q})
        assert [a.text for a in soup(found).select(".row__title")] == ["王秀兰"], q
        assert found.url.params["q"] == q
    one = await browser.post("/people/search", data={"q": "138 0000 0001"})
    assert one.url.path == f"/people/{world.resident.id}"
    assert soup(await browser.post("/people/search", data={"q": "13800000009"})).select_one(".empty")


async def test_a_telephone_number_stands_in_no_address(world, browser_of):
    browser = await browser_of(world.secretary)
    form = soup(await browser.get("/people")).select_one("form.search")
    assert (form["method"], form["action"]) == ("post", "/people/search")
    for number in ("13800000001", "13800000009"):
        answer = await browser.post("/people/search", data={"q": number})
        assert not any(number in str(step.url) for step in (*answer.history, answer))
    assert soup(await browser.get("/people?q=13800000001")).select_one(".empty")
    assert (await browser.get("/people/search")).url.path == "/people"


async def test_a_number_is_sought_only_within_reach(world, browser_of):
    beside = await browser_of(world.beside_secretary)
    assert soup(await beside.post("/people/search", data={"q": "13800000001"})).select_one(".empty")
    assert (await (await browser_of(world.resident)).post("/people/search", data={"q": "13800000001"})).status_code == 404


async def test_a_number_is_masked_until_asked_for_and_the_look_is_written_down(world, browser_of):
    browser = await browser_of(world.grid_worker)
    for path in ("/people", f"/people/{world.resident.id}"):
        assert "13800000001" not in (await browser.get(path)).text
    assert "13800000001" in (await browser.post(f"/people/{world.resident.id}/phone")).text
    entry = await Entry.get(act="person.phone_seen")
    assert (entry.by_id, entry.subject_id) == (world.grid_worker.id, world.resident.id)
    operator = await browser_of(world.operator)
    assert (await operator.post(f"/people/{world.resident.id}/phone")).status_code == 403
    assert "13800000001" not in (await operator.get(f"/people/{world.resident.id}/correction")).text


async def test_an_operator_who_corrects_a_name_keeps_the_number(world, browser_of):
    browser = await browser_of(world.operator)
    form = {"name": "王秀蘭", "place": world.grid.id, "building": "3号楼", "room": "402", "adult": "yes", "phone": "13911112222"}
    assert (await browser.post(f"/people/{world.resident.id}/correction", data=form)).status_code == 200
    person = await Person.get(id=world.resident.id)
    assert (person.name, person.phone, person.household_id) == ("王秀蘭", "13800000001", world.households["h402"].id)


async def test_a_person_is_entered_with_home_and_never_with_an_identity_number(world, browser_of):
    browser = await browser_of(world.grid_worker)
    form = {"name": "买买提·艾力", "place": world.grid.id, "building": "3号楼", "room": "502", "adult": "yes", "phone": "138-0000-0077"}
    assert (await browser.post("/people", data=form)).status_code == 200
    person = await Person.get(name="买买提·艾力")
    assert (person.household_id, person.phone) == (world.households["h502"].id, "13800000077")
    assert (await browser.post("/people", data=form | {"name": "张三 11010519491231002X"})).status_code == 422
    assert (await browser.post("/people", data=form | {"room": "999"})).status_code == 422
    assert (await browser.post("/people", data=form | {"name": "=cmd|' /C calc'!A0"})).status_code == 422
    assert (await browser.post("/people", data=form | {"name": "a\u202eb"})).status_code == 200


async def test_a_long_list_goes_on_and_each_part_has_its_address(world, browser_of):
    for n in range(65):
        await add_person(f"张{chr(0x4E00 + n)}", world.grid, by=world.operator)
    browser, seen, path = await browser_of(world.secretary), [], "/people?q=张"
    while path:
        page = soup(await browser.get(path))
        seen += [a.text for a in page.select(".row__title")]
        more = page.select_one("a[rel=next]")
        path = more["href"] if more else ""
    assert len(seen) == len(set(seen)) == 65


async def test_an_office_has_a_term_and_ends_with_its_last_day(world, browser_of, monkeypatch):
    browser, today = await browser_of(world.secretary), clock.today()
    form = {"person": world.across.id, "code": "building_head", "place": world.other_grid.id, "first_day": today.isoformat()}
    late = await browser.post("/offices", data=form | {"last_day": (today - timedelta(days=3)).isoformat()})
    assert late.status_code == 422
    assert (await browser.post("/offices", data=form | {"code": "emperor"})).status_code == 422
    assert (await browser.post("/offices", data=form | {"code": "secretary"})).status_code == 422
    assert (await browser.post("/offices", data=form)).status_code == 200
    office = await Office.get(person_id=world.across.id)
    await browser.post(f"/offices/{office.id}/end", data={"last_day": today.isoformat()})
    assert (await Office.get(id=office.id)).last_day == today
    monkeypatch.setattr(clock, "today", lambda: today + timedelta(days=1))
    assert (await browser.post(f"/offices/{office.id}/end", data={"last_day": today.isoformat()})).status_code == 404


async def test_a_clerk_gives_no_offices(world, browser_of):
    browser = await browser_of(world.clerk)
    assert (await browser.get("/offices/new")).status_code == 404
    assert (await browser.post("/offices", data={"person": world.resident.id, "code": "clerk", "place": world.grid.id})).status_code == 404
    assert not await Office.exists(person_id=world.resident.id)


async def test_fields_nobody_offers_are_ignored(world, browser_of):
    browser = await browser_of(world.grid_worker)
    extra = {"demo": "1", "path": "/", "id": "1", "salt": "x", "erased_at": "2026-01-01", "name_key": "a"}
    await browser.post("/people", data={"name": "孙明", "place": world.grid.id, **extra})
    person = await Person.get(name="孙明")
    assert (person.erased_at, person.name_key, person.adult) == (None, "sun ming sm", False)


async def test_the_way_in_shows_what_each_may_do(world, browser_of):
    secretary, worker = await browser_of(world.secretary), await browser_of(world.grid_worker)
    assert soup(await secretary.get("/registers")).select_one("a[href='/registers/import']")
    assert not soup(await worker.get("/registers")).select_one("a[href='/registers/import']")
    assert (await (await browser_of(world.resident)).get("/registers")).status_code == 404
