"""Votes between several options in real browsers, secret and by name: what everybody sees, and what nobody learns."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Server
from tests.journeys.test_room import hold
from tests.journeys.test_room_details import SMALLEST, come_in, drawn_anew, tap
from tests.journeys.walk import LAPTOP, close, close_and_declare, conclude, next_step, press, shot, told, vote

pytestmark = pytest.mark.browser
# As many options as there may be, each as long as people write them.
TWELVE = """() => { const list = document.querySelector(".wall__options"), one = list.querySelector("li");
  one.textContent = "南门外侧道路与3号楼北侧空地之间建一处带雨棚和充电桩的停车棚，装监控";
  list.replaceChildren(...Array.from({length: 12}, () => one.cloneNode(true)));
  list.dispatchEvent(new CustomEvent("htmx:after:swap", {bubbles: true})); }"""
PROJECTS = ("修路灯", "种树", "添一排带靠背的长椅")
# What each gives: all to one, or spread; nothing of it may be told by how much is sent.
PAPERS = {"王秀兰": (10, 0, 0), "李建国": (3, 3, 4), "manager": (0, 2, 8)}


def present(open_as: Any, at: str, slips: dict[str, str]) -> dict[str, Any]:
    """Three phones in the room, one of them of somebody with an account."""
    phones = {"manager": open_as("manager"), **{name: come_in(open_as, at, slips[name]) for name in ("王秀兰", "李建国")}}
    phones["manager"].goto(f"{at}/room")
    tap(phones["manager"], 'form[action$="/seats"] button')
    return phones


def drawn_up(desk: Any, at: str, points: int = 0, secret: bool = False) -> str:
    """A choice between projects, drawn up at the desk: one of them, or points shared out among them."""
    next_step(desk, at, "去提案和表决")
    shot(desk, "options-offered")
    press(desk, "对几个方案表决")
    desk.locator("#question").fill("公共收益的余款先做什么？")
    desk.locator("#options").fill("\n".join(PROJECTS))
    if points:
        desk.get_by_text("换一种表决方式").click()
        desk.locator('input[name=method][value="points"]').check()
        desk.locator("#points").fill(str(points))
    desk.locator(f'input[name=secrecy][value="{"sealed" if secret else "named"}"]').check()
    desk.locator('input[name=owners_item][value="0"]').check()
    desk.locator("#lawful").check()
    shot(desk, "options-new")
    press(desk, "拟定表决")
    desk.wait_for_url(re.compile(r"/ballots/\d+$"))
    told(desk, *PROJECTS)
    return urlsplit(desk.url).path


def kept_by_three(desk: Any, open_as: Any, ballot: str) -> list[str]:
    """The custodians are named, each makes a code on the own phone; the codes."""
    keepers = {"chair": "secretary", "scrutineer": "clerk", "street": "street_secretary"}
    desk.goto(ballot)
    press(desk, "指定保管人")
    for seat, key in keepers.items():
        desk.locator(f"#{seat}").select_option(str(desk.server.cast[key]["id"]))
    press(desk, "指定这三位")
    expect(desk.locator("main").get_by_text("还没有码")).to_have_count(3)
    codes = []
    for key in keepers.values():
        phone = open_as(key)
        phone.goto(ballot)
        press(phone, "生成我的码")
        press(phone, "现在显示我的码")
        codes.append(phone.locator(".receipt__code").inner_text())
        shot(phone, f"code-{key}")
        phone.goto(f"{ballot}/code")
        expect(phone.locator(".receipt__code")).to_have_count(0)
        phone.context.close()
    return codes


def fill_in(phone: Any, ballot: str, points: tuple[int, ...]) -> list[int]:
    """Give points and look once more; how many bytes went over the line: to the look, back from it, to the box."""
    phone.goto(ballot)
    for n, given in enumerate(points, 1):
        phone.locator(f'[id="mark.{n}"]').fill(str(given) if given else "")
    with phone.expect_response(lambda one: one.url.endswith("/confirmation")) as looked:
        press(phone, "投票")
    shot(phone, "secret-confirmation")
    shown = len(looked.value.body())
    with phone.expect_request(lambda one: one.url.endswith("/votes")) as cast:
        press(phone, "确认投票")
    told(phone, "回执")
    receipt = phone.locator(".notice--done").last.inner_text()
    assert not [word for word in PROJECTS if word in receipt], "a receipt tells no choice"
    return [len(looked.value.request.post_data), shown, len(cast.value.post_data)]


def test_nobody_learns_what_somebody_chose(open_as: Any, server: Server) -> None:
    desk, at, slips = hold(open_as)
    desk.server = server
    phones = present(open_as, at, slips)
    next_step(desk, at, "宣布开会")
    next_step(desk, at, "")
    ballot = drawn_up(desk, at, points=10, secret=True)
    codes = kept_by_three(desk, open_as, ballot)
    desk.goto(ballot)
    press(desk, "开始表决")
    told(desk, "正在表决")

    lengths = {name: fill_in(phone, ballot, PAPERS[name]) for name, phone in phones.items()}
    assert lengths["王秀兰"] == lengths["李建国"], "two with slips, who see the same page but for their choice"
    assert [line[0::2] for line in lengths.values()] == [lengths["manager"][0::2]] * 3, lengths

    desk.goto(ballot)
    press(desk, "结束并计票")
    press(desk, "开启选票")
    for field, code in (("first", codes[0]), ("second", codes[2])):
        desk.locator(f"#{field}").fill(code)
    press(desk, "开启选票")
    press(desk, "宣布结果")
    # Three papers: whose was whose could be guessed from numbers, so nobody is told any, on no page.
    told(desk, "通过", "当选", "修路灯", "只公布结果，不公布票数")
    shot(desk, "secret-result")
    wall = open_as("secretary", size=LAPTOP)
    wall.goto(f"{at}/wall")
    expect(wall.locator("#now")).to_contain_text("表决结果：通过")
    expect(wall.locator("#now")).to_contain_text("当选：修路灯")
    expect(wall.locator(".bars")).to_have_count(0)
    shot(wall, "secret-wall")
    conclude(desk, at, "先修路灯。")
    minutes = put_off_and_close(desk, at)
    told(desk, "只公布结果，不公布票数", "通过", "修路灯")
    assert "13" not in desk.locator("main").get_by_text("公共收益的余款先做什么").first.inner_text(), minutes
    for page in (desk, wall, *phones.values()):
        assert page.faults == [], page.faults


def put_off_and_close(desk: Any, at: str) -> str:
    """The second topic waits for another day; the minutes are drawn up."""
    desk.goto(f"{at}/desk")
    desk.locator(".desk__next").get_by_role("button").first.click()
    desk.get_by_role("link", name="本项留到下次").first.click()
    desk.wait_for_url(re.compile("/deferral$"))
    tap(desk, "main form button")
    desk.wait_for_url(re.compile("/desk$"))
    close(desk, at)
    press(desk, "起草会议纪要")
    desk.wait_for_url(re.compile(r"/minutes/\d+$"))
    return urlsplit(desk.url).path


def only_its_own_marks(phone: Any, at: str, ballot: str) -> None:
    """What is chosen stays while the room goes on; the next vote, should the phone have slept through all between, begins empty."""
    phone.goto(f"{at}/room")
    choice = phone.locator("#ballot").get_by_label(PROJECTS[1])
    choice.check()
    drawn_anew(phone, "ballot")
    expect(choice).to_be_checked()

    def another(route: Any) -> None:
        answer = route.fetch()
        number = ballot.rpartition("/")[2]
        route.fulfill(response=answer, body=answer.text().replace(f"paper-{number}", "paper-9999").replace(ballot, "/ballots/9999"))

    phone.route("**/ballot", another)
    drawn_anew(phone, "ballot")
    expect(phone.locator("#paper-9999")).to_be_visible()
    expect(choice).not_to_be_checked()
    phone.unroute("**/ballot")


def test_everybody_sees_between_what_is_chosen_and_what_was(open_as: Any) -> None:
    desk, at, slips = hold(open_as)
    phones = present(open_as, at, slips)
    next_step(desk, at, "宣布开会")
    next_step(desk, at, "")
    ballot = drawn_up(desk, at)
    press(desk, "开始表决")
    told(desk, "正在表决")
    only_its_own_marks(phones["王秀兰"], at, ballot)
    wall, visitor = open_as("secretary", size=LAPTOP), open_as()
    wall.goto(f"{at}/wall")
    expect(wall.locator("#now li")).to_have_text(PROJECTS)
    assert wall.evaluate("document.scrollingElement.scrollHeight") <= LAPTOP[1]
    shot(wall, "options-wall")
    wall.evaluate(TWELVE)
    expect(wall.locator("#now li")).to_have_count(12)
    assert wall.evaluate("document.scrollingElement.scrollHeight") <= LAPTOP[1]
    assert wall.evaluate(SMALLEST) >= 22
    shot(wall, "options-wall-twelve")
    visitor.goto(ballot)
    told(visitor, *PROJECTS)
    for name, phone in phones.items():
        vote(phone, at, PROJECTS[name == "manager"])
    close_and_declare(desk, ballot)
    told(desk, "当选", "66.7%")
    expect(wall.locator("#now")).to_contain_text("表决结果：通过")
    expect(wall.locator("#now")).to_contain_text("66.7%")
    shot(wall, "options-wall-result")
    conclude(desk, at, "先修路灯。")
    put_off_and_close(desk, at)
    told(desk, "修路灯 2，种树 1", "通过")
    shot(desk, "options-minutes")
    for page in (desk, wall, visitor, *phones.values()):
        assert page.faults == [], page.faults
