"""Road 4: a leak between two neighbours. Reported, sorted as a household matter, talked over in private, a promise recorded, settled, rated;
and through all of it nobody outside sees, finds, counts or exports anything of it.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys import walk
from tests.journeys.test_matters import numbered, report
from tests.journeys.walk import LAPTOP, press, shot, told
from tests.routes.steps import COVER, LEAK

pytestmark = pytest.mark.browser

CONTACT = {"phone": "13800000001", "name": "王秀兰"}
PROMISE = "李建国三日内请人修好卫生间水管，王秀兰家天花板的粉刷费两家各出一半。"
WORDS = ("漏水", "天花板", "李建国", "13800000001", "修好卫生间")
# Nobody, a resident of another grid, a secretary of another community, a unit. The attack tests ask for all others and all addresses.
OUTSIDE = ("", "across", "beside_secretary", "manager")
LISTS = ("/", "/matters", "/matters?q=漏水", "/meetings", "/resolutions", "/postings")


def seen(open_as: Any, script: bool) -> dict[tuple[str, str], tuple[int, str]]:
    """What everybody outside reads on every list: how many rows, and every word."""
    found = {}
    for key in OUTSIDE:
        page = open_as(key, script=script)
        for path in LISTS:
            page.goto(path)
            found[key, path] = (page.locator("main .row").count(), walk.body(page))
        page.context.close()
    return found


def test_the_leak_with_script(open_as: Any) -> None:
    leak(open_as, True)


def test_the_leak_without_script(open_as: Any) -> None:
    leak(open_as, False)


def leak(open_as: Any, script: bool) -> None:
    control = "长风街" + COVER if script else "南门" + COVER
    secretary = open_as("grid_secretary", LAPTOP, script)
    published(open_as("resident", script=script), secretary, control)
    before = seen(open_as, script)
    assert control[:8] in before["", "/matters"][1], "a public matter is seen outside: the lists are alive"
    resident, neighbour = open_as("resident", script=script), open_as("neighbour", script=script)
    code = reported(resident, script)
    number = confirmed(secretary, script)
    at = invited(secretary, number, script)
    talked_over(secretary, resident, neighbour, at, script)
    settled(resident, code, script)
    after = seen(open_as, script)
    assert after == before, [where for where in after if after[where] != before[where]]
    closed_to_outsiders(open_as, number, at, code, script)
    found_by_those_it_concerns(resident, neighbour, secretary, number, at)
    assert not resident.faults + neighbour.faults + secretary.faults


def published(resident: Any, secretary: Any, text: str) -> None:
    """The control: a matter that everybody may see."""
    report(resident, text)
    number = numbered(secretary, text[:8])
    secretary.goto(f"/matters/{number}/triage")
    secretary.get_by_label("公开，用下面的文字").check()
    press(secretary, "确认")


def reported(resident: Any, script: bool) -> str:
    """Step 4 says that nobody outside sees it; the receipt that the digits are needed."""
    code = report(resident, LEAK, **CONTACT)
    told(resident, "家事", "后 4 位")
    if script:
        shot(resident, "leak-receipt")
    return code


def confirmed(secretary: Any, script: bool) -> str:
    """Whatever is ticked about publishing, a household matter is never shown."""
    number = numbered(secretary, LEAK[:8])
    secretary.goto(f"/matters/{number}/triage")
    assert secretary.get_by_label("家事").first.is_checked()
    secretary.get_by_label("公开，用下面的文字").check()
    press(secretary, "确认")
    told(secretary, "不公开")
    if script:
        shot(secretary, "leak-confirmed")
    return number


def invited(secretary: Any, number: str, script: bool) -> str:
    """A grid neighbourhood meeting: both neighbours and the grid worker."""
    press(secretary, "列入会议议程")
    secretary.get_by_role("link", name=re.compile("网格邻里会")).click()
    at = walk.plan(secretary, "两家坐下来谈")
    for name in ("wxl", "ljg"):
        walk.find_and_invite(secretary, at, name, "concerned")
    walk.invite(secretary, at, "grid_worker")
    walk.give_notice(secretary, at, "天花板天天滴水，双方同意尽快见面")
    return at


def talked_over(secretary: Any, resident: Any, neighbour: Any, at: str, script: bool) -> None:
    """Both come by phone; what is promised is written down, and read only by those in the room."""
    for page in (resident, neighbour):
        page.goto(at)
        press(page, "进入会场")
        press(page, "我到了，签到")
    walk.tick(secretary, at, walk.absent(secretary, at))
    walk.next_step(secretary, at, "宣布开会")
    walk.next_step(secretary, at, "开始下一项议题")
    walk.next_step(secretary, at, "记下双方的约定")
    secretary.locator("#words").fill(PROMISE)
    if script:
        shot(secretary, "leak-promise")
    press(secretary, "记下约定")
    walk.close(secretary, at)


def settled(resident: Any, code: str, script: bool) -> None:
    """The promise settles the matter: who reported it reads it with the code and the digits, and rates."""
    resident.goto(f"/progress/{code}")
    told(resident, PROMISE, "等您评价")
    if script:
        shot(resident, "leak-settled")
    resident.get_by_role("button", name="非常满意").click()
    expect(resident.locator("[aria-current=step]")).to_contain_text("已办结")


def closed_to_outsiders(open_as: Any, number: str, at: str, code: str, script: bool) -> None:
    """By its address, and by its code without the digits."""
    for key in OUTSIDE:
        page = open_as(key, script=script)
        for path in (f"/matters/{number}", at, f"/progress/{code}"):
            page.goto(path)
            assert [word for word in WORDS if word in page.content()] == [], f"{key} {path}"
        page.context.close()


def found_by_those_it_concerns(resident: Any, neighbour: Any, secretary: Any, number: str, at: str) -> None:
    """The control of all that is not seen outside."""
    secretary.goto("/matters?q=漏水")
    expect(secretary.locator("main .row").first).to_contain_text("漏水")
    resident.goto(f"/matters/{number}")
    told(resident, "漏水")
    neighbour.goto(at)
    told(neighbour, "两家坐下来谈")
