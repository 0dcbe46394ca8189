"""One sheet for a whole neighbourhood: look first, then all or nothing."""

from __future__ import annotations

import io
import time

import pytest
from python_calamine import CalamineWorkbook

from council.neighbourhood.households import Household
from council.neighbourhood.journal import Entry
from council.neighbourhood.offices import Office, may
from council.neighbourhood.organisations import PartyOrganisation
from council.neighbourhood.people import Person
from council.neighbourhood.places import Place
from council.neighbourhood.registers import Draft, Register, current
from council.workshop.workers import workers
from tests.client import soup
from tests.workshop.test_sheets import book

GOOD = {
    "地点": [["名称", "级别", "上级地点"], ["第三网格", "网格", "长风社区"], ["微网格甲", "微网格", "第三网格"]],
    "单位": [["名称", "类别", "地点"], ["蓝天幼儿园", "驻地单位", ""]],
    "党组织": [
        ["名称", "类别", "地点", "上级党组织", "所属单位", "负责的地点", "临时"],
        ["联合党支部", "党支部", "长风社区", "长风社区党委", "", "第三网格、第二网格", "是"],
        ["幼儿园党支部", "党支部", "", "联合党支部", "蓝天幼儿园", "", ""],
    ],
    "住户": [["网格", "楼栋", "单元", "房号"], ["第三网格", "9号楼", "1单元", "101"], ["第三网格", "9号楼", "1单元", "102"]],
    "人员": [["姓名", "地点", "手机号", "楼栋", "单元", "房号", "已满18周岁"],
           ["曾小燕", "第三网格", "13900000001", "9号楼", "1单元", "101", ""], ["曾小宝", "第三网格", "", "9号楼", "1单元", "101", "否"]],
    "职务": [["姓名", "职务", "党组织", "任期开始", "任期结束"], ["曾小燕", "书记", "联合党支部", "2026-01-01", "2030-12-31"]],
}  # fmt: skip


@pytest.fixture(autouse=True)
async def _home():
    yield
    await workers.shutdown()


async def send(browser, world, data: bytes, name: str = "资料.xlsx", **options):
    files = {"file": (name, data, "application/octet-stream")}
    return await browser.post("/registers/import", data={"place": str(world.community.id)}, files=files, **options)


async def test_the_template_is_for_those_who_may_import(world, browser_of):
    answer = await (await browser_of(world.secretary)).get("/registers/template.xlsx")
    assert "业主" in CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).sheet_names
    for other in (world.grid_worker, world.resident):
        assert (await (await browser_of(other)).get("/registers/template.xlsx")).status_code == 404
    assert (await (await browser_of()).get("/registers/import", follow_redirects=False)).status_code == 303


async def test_looking_enters_nothing_and_yes_enters_everything(world, browser_of):
    browser = await browser_of(world.secretary)
    seen = await send(browser, world, book(**GOOD))
    assert seen.status_code == 200
    assert not await Place.exists(name="第三网格")
    done = await browser.post(soup(seen).select_one("form[action$=confirmation]")["action"])
    assert done.status_code == 200
    micro = await Place.get(name="微网格甲").prefetch_related("parent__parent")
    assert (micro.parent.name, micro.parent.parent.name) == ("第三网格", "长风社区")
    branch = await PartyOrganisation.get(name="联合党支部").prefetch_related("parent")
    assert (branch.temporary, branch.parent.name) == (True, "长风社区党委")
    assert {p.name for p in await branch.covered()} == {"第三网格", "第二网格"}
    person = await Person.get(name="曾小燕").prefetch_related("household")
    assert (person.phone, person.household.address, person.name_key) == ("13900000001", "9号楼1单元101", "zeng xiao yan zxy")
    assert not (await Person.get(name="曾小宝")).adult
    assert await may(person, "household.add", at=world.other_grid)
    assert not await may(person, "household.add", at=world.grid)
    assert (await Entry.get(act="neighbourhood.imported")).numbers["people"] == 2


async def test_the_same_sheet_twice_changes_nothing_more(world, browser_of):
    browser = await browser_of(world.secretary)
    for _ in range(2):
        page = soup(await send(browser, world, book(**GOOD)))
        await browser.post(page.select_one("form[action$=confirmation]")["action"])
    assert [await Household.filter(building="9号楼").count(), await Person.filter(name__startswith="曾").count()] == [2, 2]
    assert await Office.filter(person__name="曾小燕").count() == 1


async def test_a_confirmation_works_once_and_only_for_its_sender(world, browser_of):
    browser, other = await browser_of(world.secretary), await browser_of(world.deputy)
    action = soup(await send(browser, world, book(**GOOD))).select_one("form[action$=confirmation]")["action"]
    assert (await other.post(action)).status_code == 404
    assert (await other.get(action.replace("/confirmation", ""))).status_code == 404
    assert (await browser.post(action)).status_code == 200
    assert (await browser.post(action)).status_code == 409
    assert (await Draft.get()).content_sealed == ""


async def test_what_is_kept_aside_is_sealed_and_giving_up_empties_it(world, browser_of):
    browser = await browser_of(world.secretary)
    page = soup(await send(browser, world, book(**GOOD)))
    assert "13900000001" not in (await Draft.get()).content_sealed
    draft = f"a[href='/registers/drafts/{(await Draft.get()).id}']"
    assert soup(await browser.get("/registers")).select(draft), "whoever went away finds it again"
    assert not soup(await (await browser_of(world.clerk)).get("/registers")).select(draft), "nobody else does"
    await browser.post(page.select_one("form[action$=withdrawal]")["action"])
    assert (await Draft.get()).content_sealed == ""
    assert not soup(await browser.get("/registers")).select(draft)
    assert not await Place.exists(name="第三网格")


async def test_every_mistake_is_shown_with_its_place_and_nothing_is_entered(world, browser_of):
    browser = await browser_of(world.secretary)
    bad = {
        "地点": [["名称", "级别", "上级地点"], ["第三网格", "网格", "第一网格"]],
        "住户": [["网格", "楼栋", "房号"], ["没有的网格", "1号楼", "1"], ["第一网格", "1号楼", "1"], ["第一网格", "1号楼", "1"]],
        "人员": [["姓名", "地点", "楼栋", "房号"], ["钱多", "第一网格", "99号楼", "1"], ["孙11010519491231002X", "第一网格", "", ""]],
        "职务": [["姓名", "职务"], ["无名氏", "网格员"], ["钱多", "书记"]],
    }
    page = await send(browser, world, book(**bad))
    assert page.status_code == 422
    rows = {tuple(td.text for td in tr.select("td")[:3]) for tr in soup(page).select("tbody tr") if len(tr.select("td")) == 4}
    assert {
        ("地点", "2", "上级地点"), ("住户", "2", "网格"), ("住户", "4", "房号"), ("人员", "2", "房号"), ("人员", "3", "姓名"),
        ("职务", "2", "姓名"), ("职务", "3", "党组织"),
    } <= rows  # fmt: skip
    draft = await Draft.get()
    assert (await browser.post(f"/registers/drafts/{draft.id}/confirmation")).status_code == 409
    assert not await Person.exists(name="钱多")


async def test_unreadable_cells_come_back_before_anything_is_kept(world, browser_of):
    browser = await browser_of(world.secretary)
    page = await send(browser, world, book(人员=[["姓名", "手机号"], ["钱多", "12"], ["赵一", ""]]))
    assert page.status_code == 422
    assert "手机号" in soup(page).select_one("tbody").text
    assert not await Draft.exists()


async def test_a_wrong_file_is_named_so_and_a_large_one_refused(world, browser_of):
    browser = await browser_of(world.secretary)
    wrong = await send(browser, world, b"%PDF-1.7 no sheet", "x.pdf")
    assert wrong.status_code == 422
    assert soup(wrong).select_one(".govuk-error-summary a[href='#file']")
    assert (await send(browser, world, bytes(9_000_000))).status_code == 413
    missing = await browser.post("/registers/import", data={"place": world.community.id})
    assert missing.status_code == 422


async def test_nobody_imports_beyond_her_reach(world, browser_of):
    data = book(地点=[["名称", "级别"], ["越界", "网格"]])
    beside = await browser_of(world.beside_secretary)
    assert (await send(beside, world, data)).status_code == 422
    assert (await send(await browser_of(world.resident), world, data)).status_code == 404
    assert (await send(await browser_of(), world, data, follow_redirects=False)).status_code == 303
    assert not await Draft.exists()


async def test_a_clerk_imports_people_but_gives_no_office_by_a_sheet(world, browser_of):
    browser = await browser_of(world.clerk)
    action = soup(await send(browser, world, book(**GOOD))).select_one("form[action$=confirmation]")["action"]
    assert (await browser.post(action)).status_code == 403
    assert not await Place.exists(name="第三网格")
    without = {k: v for k, v in GOOD.items() if k != "职务"}
    action = soup(await send(browser, world, book(**without))).select_one("form[action$=confirmation]")["action"]
    assert (await browser.post(action)).status_code == 200


async def test_homes_of_one_owner_are_one_person_and_a_newer_register_is_used(world, browser_of):
    browser = await browser_of(world.secretary)
    titles = ["业主姓名", "区分号", "房屋地址", "建筑面积（平方米）"]
    first = [
        titles,
        ["张三", "", "3号楼402", 88.16],
        ["张三", "", "3号楼502", "60.04"],
        ["张三", "2", "5号楼1", 50],
        ["李四、王五", "", "5号楼2", 50.5],
    ]
    for rows in (first, [*first, ["赵六", "", "5号楼3", 51.3]]):
        page = soup(await send(browser, world, book(业主=rows), "业主名册.xlsx"))
        assert (await browser.post(page.select_one("form[action$=confirmation]")["action"])).status_code == 200
    old, new = await Register.all().order_by("id")
    assert (await old.totals()).persons == 3
    assert (await old.totals()).area_cm2 == 2_487_000
    assert (await current(world.community)).id == new.id
    assert (await new.totals()).persons == 4
    assert "3号楼402、3号楼502" in (await browser.get(f"/registers/{old.id}")).text
    assert (await (await browser_of(world.grid_worker)).get(f"/registers/{old.id}")).status_code == 404
    assert (await (await browser_of(world.beside_secretary)).get(f"/registers/{old.id}")).status_code == 404


async def test_two_thousand_rows_take_seconds(world, browser_of):
    homes = [["网格", "楼栋", "房号"]] + [["第一网格", f"{n // 50 + 10}号楼", str(n)] for n in range(1000)]
    people = [["姓名", "地点", "手机号", "楼栋", "房号"]]
    people += [[f"李{chr(0x4E00 + n)}", "第一网格", 13900000000 + n, f"{n // 50 + 10}号楼", str(n)] for n in range(1000)]
    browser, began = await browser_of(world.secretary), time.process_time()
    page = soup(await send(browser, world, book(住户=homes, 人员=people)))
    assert (await browser.post(page.select_one("form[action$=confirmation]")["action"])).status_code == 200
    assert await Person.filter(household_id__gt=0, name__startswith="李").count() == 1001
    assert time.process_time() - began < 20
