"""Road 5 and the resident's end of road 1 in a real browser: reported, confirmed, assigned, done, rated; and a smell of gas.

That going back keeps what was typed, that wrong input is told in words, that a code alone opens no household matter: test_details.py.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.routes.steps import COVER, GAS, PARKING, jpeg

pytestmark = pytest.mark.browser


def report(page, text, photo=b"", phone="", name=""):
    """Through the four steps with the buttons one sees; the query code."""
    page.goto("/")
    page.locator("main").get_by_role("link", name=re.compile("反映事情")).first.click()
    page.get_by_label("什么事？").fill(text)
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("地点").fill("公交站旁")
    page.get_by_label("第一网格").first.check()
    page.get_by_role("button", name="下一步").click()
    if photo:
        page.locator("#photo").set_input_files(files=[{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo}])
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("怎么称呼您？").fill(name)
    page.get_by_label("电话").fill(phone)
    page.get_by_role("button", name="提交").click()
    page.wait_for_url("**/receipt")
    return page.url.split("/")[-2]


def numbered(page, title):
    """The number of the matter with this title, from the officer's list."""
    page.goto("/matters")
    return page.get_by_role("link", name=title).first.get_attribute("href").rsplit("/", 1)[1]


@pytest.mark.parametrize("script", [True, False])
def test_a_broken_cover_goes_to_a_department_and_is_rated(open_as, script):
    resident, street, officer = open_as(script=script), open_as("street_secretary", (1280, 800), script), open_as("officer", script=script)
    text = COVER if script else "长风街人行道的井盖破了一个大洞，有人差点踩空。"
    code = report(resident, text)
    number = numbered(street, text[:10])
    street.goto(f"/matters/{number}/triage")
    assert street.get_by_label("公事").is_checked()
    street.get_by_label("公开，用下面的文字").check()
    street.get_by_role("button", name="确认").click()
    street.locator("a[href$='/tasks/new']").click()
    street.get_by_label("落实办理").check()
    street.locator("#words").fill("更换井盖")
    street.locator("#responsible").select_option(label="丁山街道综合行政执法队")
    street.locator("#deadline").fill("2030-01-01")
    street.locator("main form button[type=submit]").last.click()
    officer.goto("/desk")
    officer.get_by_role("link", name="更换井盖").first.click()
    officer.locator("#proof").fill("已换新井盖并加固。")
    officer.locator("#photo").set_input_files(files=[{"name": "b.jpg", "mimeType": "image/jpeg", "buffer": jpeg((900, 600))}])
    officer.get_by_role("button", name="报告完成").click()
    expect(officer.locator(".shot img")).to_be_visible()
    street.goto("/desk")
    street.get_by_role("link", name="更换井盖").first.click()
    street.get_by_label("到现场看过").check()
    street.get_by_label("看到或听到了什么").fill("井盖平整牢固。")
    street.get_by_role("button", name="办好了，通过").click()
    resident.goto(f"/progress/{code}")
    expect(resident.locator("[aria-current=step]")).to_contain_text("等您评价")
    resident.get_by_role("button", name="没有解决").click()
    expect(resident.locator("main")).to_contain_text("重新办理")
    street.goto(f"/matters/{number}")
    street.locator("#words").fill("又加固了一次，请再看看。")
    street.get_by_role("button", name="答复").click()
    resident.goto(f"/progress/{code}")
    resident.get_by_role("button", name="非常满意").click()
    expect(resident.locator("[aria-current=step]")).to_contain_text("已办结")
    assert not resident.faults + street.faults + officer.faults


@pytest.mark.parametrize("script", [True, False])
def test_a_smell_of_gas_shows_the_number_at_once_and_the_grid_worker_sees_it(open_as, script):
    resident, worker = open_as(script=script), open_as("grid_worker", script=script)
    resident.goto("/matters/new")
    resident.get_by_label("什么事？").fill(GAS)
    resident.get_by_role("button", name="下一步").click()
    call = resident.locator(".urgent__call").first
    assert call.get_attribute("href") == "tel:119"
    assert call.bounding_box()["y"] + call.bounding_box()["height"] < 844
    resident.locator("#spot").fill("3号楼402")
    resident.get_by_label("第一网格").first.check()
    resident.get_by_role("button", name="告诉网格员地点").click()
    worker.goto("/desk")
    expect(worker.locator("main")).to_contain_text("3号楼402")
    worker.get_by_role("button", name="我来跟进").first.click()
    expect(worker.locator("main")).not_to_contain_text("3号楼402")


@pytest.mark.parametrize("script", [True, False])
def test_parking_is_reported_with_a_photo_and_followed_without_an_account(open_as, script):
    resident, stranger = open_as(script=script), open_as(script=script)
    code = report(resident, PARKING, jpeg((900, 600)), "13800001234", "王阿姨")
    expect(resident.locator(".receipt__code")).to_contain_text(code[:4])
    expect(resident.locator("main")).to_contain_text("共事")
    with resident.expect_download() as saved:
        resident.get_by_role("link", name="保存为图片").click()
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")
    stranger.goto("/progress")
    stranger.get_by_label("查询码").fill(f"{code[:4]} {code[4:8]} {code[8:]}".lower())
    stranger.locator("main").get_by_role("button", name="查进度").click()
    expect(stranger.locator("[aria-current=step]")).to_contain_text("现在：")
    expect(stranger.locator(".shot img")).to_be_visible()
    resident.goto(f"/progress/{code}")
    resident.get_by_role("button", name="我觉得分错了").click()
    expect(resident.locator(".notice--flash")).to_contain_text("重新看分类")
