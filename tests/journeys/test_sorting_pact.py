"""A pact on sorting waste: three versions, forty opinions by phone, paper and door, every group answered, then a meeting votes on it."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from council import clock
from tests.journeys import walk
from tests.journeys.conftest import Server
from tests.journeys.walk import LAPTOP, number, plan, press, send, shot, told

pytestmark = pytest.mark.browser

FIRST = "厨余垃圾早上七点到九点投放。\n投放点夜里关闭。\n每月公布分类情况。"
SECOND = "厨余垃圾早上六点半到九点投放。\n投放点夜里关闭。\n每月公布分类情况。"
THIRD = SECOND + "\n行动不便的，志愿者上门收。"
GROUPS = {"投放时间": "早上七点太晚，第{n}家要送孩子", "夜里关门": "夜里关门会有人扔在门口，{n}楼见过", "上门收": "腿脚不便，{n}单元希望有人上门收"}


def asked(secretary: Any) -> str:
    """Prepared and opened; the address of the consultation."""
    secretary.goto("/consultations")
    press(secretary, "发起征求意见")
    for name, words in (
        ("question", "垃圾分类公约草案，您看行不行？"), ("why", "夏天味道大，大家想定个规矩。"), ("changeable", "投放时间和办法。"),
        ("fixed", "投放点总数不变。"), ("decides", "社区评议会讨论，居民代表会议表决"), ("lines", FIRST),
    ):  # fmt: skip
        secretary.locator(f"#{name}").fill(words)
    secretary.get_by_label("草案逐条征求意见").check()
    secretary.get_by_label("有链接的人都可以").check()
    press(secretary, "拟好")
    secretary.wait_for_url(re.compile(r"/consultations/\d+$"))
    at = f"/consultations/{number(secretary.url)}"
    until = clock.local(clock.now() + timedelta(days=5))
    secretary.locator("#until").fill(f"{until:%Y-%m-%dT%H:%M}")
    press(secretary, "开放征求意见")
    told(secretary, "已经开放")
    return at


def said(visitor: Any, worker: Any, crowd: Any, at: str) -> None:
    """One on a phone, changed once; one at the door; the others as the same sheet sends them."""
    visitor.goto("/")
    visitor.get_by_role("link", name="垃圾分类公约草案").click()
    press(visitor, "我来说说")
    visitor.locator("#part_1").fill("七点太晚，电话13800000001")
    press(visitor, "提交我的意见")
    told(visitor, "收到了", "138****0001")
    press(visitor, "修改我的意见")
    visitor.locator("#part_1").fill("早上七点太晚，要送孩子")
    shot(visitor, "pact-sheet")
    press(visitor, "修改我的意见")
    told(visitor, "已经改好")
    worker.goto(f"{at}/papers")
    worker.get_by_label("上门口述").check()
    worker.locator("#part_2").fill("奶奶说夜里关门她就不会扔了")
    press(worker, "录入")
    told(worker, "见证人")
    worker.locator("#witness").fill("唐伟")
    worker.get_by_label("上门口述").check()
    press(worker, "录入")
    told(worker, "已录入")
    for n in range(38):
        words = list(GROUPS.values())[n % 3].format(n=n + 1)
        assert send(crowd, f"{at}/contributions", **{f"part_{n % 3 + 1}": words, "nonce": f"sheet-{n:06}"}).status == 303


def version(secretary: Any, at: str, lines: str, reason: str) -> None:
    secretary.goto(at)
    secretary.get_by_text("公布草案下一稿").click()
    secretary.locator("#lines").fill(lines)
    secretary.locator("form[action$=versions] #reason").fill(reason)
    press(secretary, "公布下一稿")
    told(secretary, reason)


def sorted_out(secretary: Any, at: str) -> None:
    """Every opinion under a heading; what two say alike joined by hand; one hidden with its reason."""
    secretary.goto(f"{at}/remarks")
    shot(secretary, "pact-desk")
    for title, words in (("投放时间", "七点"), ("夜里关门", "夜里"), ("上门收", "腿脚")):
        secretary.goto(f"{at}/remarks")
        boxes = secretary.locator("li.remark", has_text=words).locator("input[name=remarks]")
        boxes.first.check()
        boxes.evaluate_all("boxes => boxes.forEach(box => { box.checked = true })")
        secretary.locator("#title").fill(title)
        press(secretary, "归类")
        expect(secretary.locator("article h3", has_text=title)).to_be_visible()
    told(secretary, "每条意见都已归类")


def answered(secretary: Any, at: str) -> None:
    secretary.goto(at)
    press(secretary, "现在结束")
    press(secretary, "答复这一类")
    secretary.get_by_label("采纳", exact=True).check()
    secretary.locator("#words").fill("早上提前到六点半。")
    press(secretary, "保存答复")
    secretary.wait_for_url(re.compile("/remarks$"))
    left = secretary.get_by_role("link", name="答复这一类")
    expect(left).to_have_count(2)
    for link in left.all():
        words = "夜里留一个口，保安看着。" if "headings/2" in str(link.get_attribute("href")) else "志愿者每周上门两次。"
        assert send(secretary, str(link.get_attribute("href")), verdict="taken", words=words).status == 303
    secretary.goto(f"{at}/remarks")
    secretary.locator("#words").fill("大家赞成分类，时间放宽，行动不便的上门收。")
    press(secretary, "办结并告知")
    told(secretary, "早上提前到六点半", "志愿者每周上门两次")


def before_a_meeting(secretary: Any, at: str) -> str:
    """The result stands on the agenda and in the notice; the address of the meeting."""
    secretary.goto("/meetings/new?kind=community_review_council")
    meeting = plan(secretary, "社区评议会：垃圾分类公约", listed=3)
    secretary.goto(f"{at}/report")
    secretary.locator("#meeting").select_option(label="社区评议会：垃圾分类公约")
    press(secretary, "列入议程")
    secretary.wait_for_url(re.compile(f"{meeting}$"))
    told(secretary, "垃圾分类公约草案")
    return meeting


def voted(secretary: Any, resident: Any, other: Any, meeting: str, members: list[int]) -> str:
    """The pact as it reads in its third version is proposed, seconded, voted by three and declared; the address of the ballot."""
    for person in members:
        assert send(secretary, f"{meeting}/invitations", guest=f"person:{person}", group="resident_representative", capacity="MEMBER").status == 303
    secretary.goto(f"{meeting}/notice")
    secretary.locator("#temporary_reason").fill("夏天快到了，投放点味道大，当周就要定")
    press(secretary, "现在发通知")
    secretary.wait_for_url(re.compile("/slips$"))
    walk.tick(secretary, meeting, walk.absent(secretary, meeting))
    walk.next_step(secretary, meeting, "宣布开会")
    walk.next_step(secretary, meeting, "开始下一项议题")
    walk.propose(resident, meeting, THIRD, "按大家说的改过两稿")
    walk.second(other, meeting)
    expect(other.get_by_role("button", name="附议")).to_have_count(0)
    ballot = walk.put(secretary, meeting)
    walk.vote(resident, meeting, "赞成")
    names = walk.not_voted(secretary, ballot, ["王秀兰"])
    walk.enter_papers(secretary, ballot, dict(zip(names, ["yes", "abstain"], strict=True)))
    walk.close_and_declare(secretary, ballot)
    told(secretary, "通过")
    return ballot


def followed(secretary: Any, visitor: Any, at: str, ballot: str) -> None:
    """From what was said to what was decided, for everybody; a group points at the vote it became."""
    secretary.goto(at)
    press(secretary, "注明这一类变成了什么")
    secretary.locator("#became").select_option(value=f"Ballot:{number(ballot)}")
    press(secretary, "保存")
    secretary.wait_for_url(re.compile(f"{at}$"))
    visitor.goto(at)
    told(visitor, "您说了，我们这样办", "夜里留一个口", "行动不便的，志愿者上门收")
    expect(visitor.locator(".trail")).to_contain_text("通过")
    expect(visitor.locator(".said-did").first.get_by_role("link")).to_have_attribute("href", ballot)
    shot(visitor, "pact-result")
    assert visitor.request.get(f"{visitor.url}/paper").headers["content-type"] == "application/pdf"


def test_the_sorting_pact(server: Server, open_as: Any) -> None:
    """The residents' side without script, the office's with it."""
    secretary, worker, visitor = open_as("secretary", LAPTOP), open_as("grid_worker"), open_as("", script=False)
    at = asked(secretary)
    crowd = open_as()
    crowd.goto(at)
    said(visitor, worker, crowd, at)
    version(secretary, at, SECOND, "早上提前半小时")
    assert send(secretary, f"{at}/versions", after=2, lines=THIRD, reason="加一条上门收").status == 303
    sorted_out(secretary, at)
    answered(secretary, at)
    meeting = before_a_meeting(secretary, at)
    resident = open_as("resident")
    members = [server.cast[key]["id"] for key in ("resident", "neighbour", "across")]
    ballot = voted(secretary, resident, open_as("neighbour"), meeting, members)
    followed(secretary, visitor, at, ballot)
    assert not [*secretary.faults, *visitor.faults, *resident.faults]


def test_a_stranger_draws_the_panel_again(server: Server, open_as: Any, tmp_path: Path) -> None:
    """The list is published, dice are thrown; whoever has neither account nor our program saves list and script and draws the same."""
    secretary, stranger = open_as("secretary", LAPTOP), open_as()
    secretary.goto("/draws/new")
    secretary.locator("#title").fill("垃圾分类居民小组")
    secretary.locator("#seats").fill("4")
    press(secretary, "公布名单")
    secretary.wait_for_url(re.compile(r"/draws/\d+$"))
    secretary.locator("#seed").fill("3 1 6 2 2 5 4 1 6 3")
    secretary.locator("#source").fill("十一月二十二日院子里当众掷骰子")
    press(secretary, "抽签")
    told(secretary, "抽中的人")
    stranger.goto(secretary.url)
    told(stranger, "抽中的人", "3 1 6 2 2 5 4 1 6 3")
    (tmp_path / "list.csv").write_bytes(stranger.request.get(f"{stranger.url}/list").body())
    (tmp_path / "redraw.py").write_bytes(stranger.request.get(f"{server.address}/draws/redraw.py").body())
    command = [sys.executable, "-I", "-S", "redraw.py", "list.csv", "3 1 6 2 2 5 4 1 6 3", "4"]
    again = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True).stdout
    shown = sorted(int(n) for n in re.findall(r"(\d+)", " ".join(stranger.locator(".remark b").all_inner_texts())))
    assert f"Drawn: {','.join(map(str, shown))}\n" in again
    assert len(shown) == 4
    assert hashlib.sha256((tmp_path / "list.csv").read_bytes()).hexdigest() in stranger.content()
    shot(stranger, "draw")
