"""Road 6: a secretary sets up a second neighbourhood, in the browser and from a sheet."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import walk
from tests.journeys.conftest import ROOT
from tests.workshop.test_sheets import book

pytestmark = pytest.mark.browser

SHEET = {
    "地点": [["名称", "级别", "上级地点"], ["滨河第一网格", "网格", "滨河社区"], ["滨河第二网格", "网格", "滨河社区"]],
    "单位": [["名称", "类别", "地点"], ["滨河小学", "驻地单位", "滨河社区"]],
    "党组织": [["名称", "类别", "地点", "上级党组织", "负责的地点"],
            ["滨河联合党支部", "党支部", "滨河社区", "滨河社区党委", "滨河第一网格、滨河第二网格"]],
    "住户": [["网格", "楼栋", "房号"], *[["滨河第一网格", f"{n}号楼", str(100 + n)] for n in range(1, 9)]],
    "人员": [["姓名", "地点", "手机号", "楼栋", "房号"],
           *[[f"住户{n}号", "滨河第一网格", 13700000000 + n, f"{n}号楼", str(100 + n)] for n in range(1, 9)]],
    "职务": [["姓名", "职务", "党组织", "任期开始"], ["住户1号", "书记", "滨河联合党支部", "2026-01-01"]],
}  # fmt: skip


def fill(page, **values):
    for name, value in values.items():
        page.locator(f"[name={name}]").first.fill(value)


def test_a_second_neighbourhood_is_set_up_in_the_browser_and_from_a_sheet(open_as, server, tmp_path):
    operator = open_as("operator", size=(1280, 800))
    operator.goto("/registers")

    # the community, its Party committee, its secretary with a term
    operator.goto("/places/new")
    operator.select_option("#parent", label="丁山街道")
    operator.get_by_label("社区", exact=True).check()
    fill(operator, name="滨河社区")
    operator.get_by_role("button", name="录入").click()
    operator.goto("/organisations/new")
    fill(operator, name="滨河社区党委")
    operator.get_by_label("党委", exact=True).check()
    place = operator.locator("#place option", has_text="滨河社区").get_attribute("value")
    operator.select_option("#place", place)
    operator.get_by_role("button", name="保存").click()
    operator.goto("/people/new")
    fill(operator, name="苏晓梅", phone="13600000001")
    operator.select_option("#place", place)
    operator.get_by_role("button", name="保存").click()
    operator.get_by_role("link", name="授予职务").click()
    operator.select_option("#code", "secretary")
    operator.select_option("#organisation", label="滨河社区党委")
    operator.get_by_role("button", name="授予职务").click()
    expect(operator.locator("main")).to_contain_text("在任")

    # her link, made for her, opened by her on her own computer
    operator.get_by_role("link", name=re.compile("查看")).click()
    operator.get_by_role("button", name="生成登录链接").click()
    link = operator.locator(".key-link__address").inner_text()
    secretary = open_as(size=(1280, 800))
    secretary.goto(link)
    expect(secretary.locator("main")).to_contain_text("苏*梅")
    secretary.get_by_role("button", name="是我，登录").click()
    expect(secretary.locator(".masthead")).to_contain_text("苏晓梅")

    # the rest from one sheet: first with a mistake, then right
    secretary.goto("/registers/import")
    sheet = tmp_path / "滨河社区.xlsx"
    wrong = {**SHEET, "住户": [*SHEET["住户"], ["没有的网格", "1号楼", "1"]]}
    sheet.write_bytes(book(**wrong))
    secretary.set_input_files("#file", sheet)
    secretary.get_by_role("button", name="上传查看").click()
    expect(secretary.locator("tbody").first).to_contain_text("没有的网格")
    sheet.write_bytes(book(**SHEET))
    secretary.goto("/registers/import")
    secretary.set_input_files("#file", sheet)
    secretary.get_by_role("button", name="上传查看").click()
    secretary.get_by_role("button", name="全部录入").click()
    expect(secretary.locator(".notice--flash")).to_contain_text("已录入")

    # it is all there, found by first letters, corrected and ended, and nothing of the neighbourhood beside it
    secretary.goto("/people?q=sxm")
    expect(secretary.locator(".row__title")).to_have_text(["苏晓梅"])
    secretary.goto("/places")
    expect(secretary.locator("main")).not_to_contain_text("长风")
    secretary.get_by_role("link", name="滨河第二网格").click()
    secretary.get_by_role("link", name="更正").click()
    fill(secretary, name="滨河第二网格（南）")
    secretary.get_by_role("button", name="保存更正").click()
    expect(secretary.locator("h1")).to_contain_text("（南）")
    secretary.locator("summary", has_text="已经结束").click()
    secretary.get_by_role("button", name=re.compile("停用")).click()
    expect(secretary.locator("main")).to_contain_text("停用")
    hold_a_meeting(secretary, open_as())
    assert secretary.faults == []


def hold_a_meeting(secretary, phone):
    """The new neighbourhood's review council: called, invited, seated by slip and list, a proposal voted, closed."""
    secretary.goto("/meetings/new?kind=community_review_council")
    at = walk.plan(secretary, "学校门口怎么接送孩子", listed=5)
    secretary.goto(f"{at}/invitations?q=住户")
    for box in secretary.locator("form.card:has(#name) input[name=guest]").all()[:5]:
        box.check()
    secretary.locator("#group").select_option(index=1)
    secretary.locator("form.card:has(#name)").get_by_role("button").click()
    secretary.goto(f"{at}/agenda")
    secretary.locator("#title").fill("放学时段校门口一侧怎么走")
    secretary.locator("form:has(#title)").get_by_role("button").last.click()
    slips = walk.give_notice(secretary, at, "下周一开学，这周就要商量")
    walk.sit_by_link(phone, slips[0])
    walk.tick(secretary, at, walk.absent(secretary, at)[:3])
    assert walk.present(secretary, at) == 4
    walk.next_step(secretary, at, "宣布开会")
    walk.next_step(secretary, at, "开始下一项议题")
    walk.propose(secretary, at, "放学时段校门口一侧不停车，先试行一个月。")
    walk.second(phone, at)
    ballot = walk.put(secretary, at)
    walk.vote(phone, at, "赞成")
    secretary.goto(ballot)
    walk.close_and_declare(secretary, ballot)
    walk.conclude(secretary, at, "先试行一个月。")
    walk.close(secretary, at)
    walk.told(secretary, "已结束")


def test_without_script_a_grid_worker_enters_a_household_and_its_person(open_as):
    page = open_as("grid_worker", script=False)
    page.goto("/households/new")
    page.select_option("#place", label="第一网格")
    fill(page, building="21号楼", room="1203")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="添加人员").click()
    fill(page, name="石磊", phone="13611112222")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("h1")).to_contain_text("石磊")
    expect(page.locator("main")).to_contain_text("136****2222")
    page.get_by_role("button", name="查看号码").click()
    expect(page.locator("main")).to_contain_text("13611112222")


def test_a_mistake_keeps_what_was_typed_and_leads_to_its_field(open_as):
    page = open_as("grid_worker")
    page.goto("/people/new")
    fill(page, name="石磊二", phone="12")
    page.get_by_role("button", name="保存").click()
    summary = page.locator(".govuk-error-summary")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name=re.compile("手机号")).click()
    expect(page.locator("#phone")).to_be_focused()
    assert page.locator("#name").input_value() == "石磊二"


SMALL = """[...document.querySelectorAll('main a, main button, main select, main input:not([type=hidden], [type=checkbox], [type=radio])')]
  .filter(e => e.getClientRects().length && !e.closest('p, li, td, dd, label'))
  .map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect().height]).filter(([, h]) => h < 44)"""
PAGES = [
    "/registers", "/places", "/places/new", "/organisations/new", "/people", "/people/new", "/offices", "/registers/import", "/account", "/inbox",
    "/inbox/slips", "/sign-in", "/help", "/help/privacy",
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_pages_fit_a_narrow_phone_and_pass_axe(open_as, path):
    page = open_as("secretary", size=(320, 700))
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.evaluate((ROOT / "tests/vendor/axe.min.js").read_text())
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    assert [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found] == []
    assert page.evaluate(SMALL) == []
