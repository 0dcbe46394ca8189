"""Road 2: the fitness ground of Wulongkou, two sittings. The grid's alliance council forms two proposals; the residents' representatives
decide them: 48 members, 33 present, 6 sitting in; (a) 17/12/4, (b) 31/1/1. Minutes drawn,
read by all, approved by four, sealed, posted for 15 days without names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import expect

from council import clock
from tests.journeys import neighbours, walk
from tests.journeys.conftest import Server, planted, serving
from tests.journeys.test_matters import numbered, report
from tests.journeys.walk import LAPTOP, press, send, shot, told

pytestmark = pytest.mark.browser

GROUND = "院里的健身场地坑坑洼洼，器材也旧了，能不能大家商量一下重新修一修？"
RUBBER = "健身场地全部铺设塑胶，面积约一千平方米，费用由老旧小区改造资金承担。"
BENCHES = "场地东侧的长椅予以保留，修好后刷漆。"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("ground")
    with serving(data, planted(data, "roads")) as running:
        yield running


@dataclass
class Road:
    """The pages open along the road."""

    server: Server
    open_as: Any
    script: bool
    matter: str = ""

    def page(self, key: str = "", size: tuple[int, int] = (390, 844)) -> Any:
        return self.open_as(key, size, self.script)

    def shot(self, page: Any, name: str) -> None:
        if self.script:
            shot(page, f"ground-{name}")


@pytest.mark.parametrize("script", [True, False])
def test_the_fitness_ground_of_wulongkou(server: Server, open_as: Any, script: bool) -> None:
    road = Road(server, open_as, script)
    resident, worker, director = road.page("resident"), road.page("hotel_secretary"), road.page("director", LAPTOP)
    reported(road)
    alliance(road, resident, worker)
    at = call_representatives(road, director)
    assemble(road, director, at, resident)
    decide(road, director, at, resident)
    minutes(road, director, resident, at)
    for page in (resident, worker, director):
        assert page.faults == []


def reported(road: Road) -> None:
    """The matter from a phone, confirmed by the community's secretary."""
    page = road.page("secretary", LAPTOP)
    report(road.page(), GROUND)
    road.matter = numbered(page, GROUND[:8])
    page.goto(f"/matters/{road.matter}/triage")
    assert page.get_by_label("共事").is_checked()
    page.get_by_label("公开，用下面的文字").check()
    page.locator("#title").fill("健身场地怎么修")
    press(page, "确认")


def alliance(road: Road, resident: Any, worker: Any) -> None:
    """The grid Party branch secretary chairs; units, Party and resident representatives bring two proposals into words."""
    chair = road.page("grid_secretary", LAPTOP)
    chair.goto(f"/matters/{road.matter}")
    press(chair, "列入会议议程")
    chair.get_by_role("link", name=re.compile("党建微盟议事会")).click()
    at = walk.plan(chair, "健身场地先修什么")
    told(chair, "冯丽")
    walk.find_and_invite(chair, at, "ljg", "party_representative")
    walk.invite(chair, at, "unit_representative")
    walk.invite(chair, at, "resident_representative", 3)
    told(chair, "已邀请：8")
    walk.give_notice(chair, at, "改造工程下周进场，要先定下来")
    for page in (resident, worker):
        page.goto(at)
        press(page, "进入会场")
        press(page, "我到了，签到")
    walk.tick(chair, at, walk.absent(chair, at))
    assert walk.present(chair, at) == 8
    walk.next_step(chair, at, "宣布开会")
    walk.next_step(chair, at, "开始下一项议题")
    both_proposed(chair, resident, worker, at)
    for text in (RUBBER, BENCHES):
        ballot = walk.put(chair, at)
        told(chair, text)
        walk.vote(resident, at, "赞成")
        names = walk.not_voted(chair, ballot, ["王秀兰"])
        walk.enter_papers(chair, ballot, dict(zip(names, ["yes"] * 5 + ["no", "abstain"], strict=True)))
        walk.close_and_declare(chair, ballot)
        told(chair, "没有强制力")
    walk.conclude(chair, at, "形成两项提案，交居民代表会议表决。")
    walk.close(chair, at)
    road.shot(chair, "alliance-closed")


def both_proposed(chair: Any, first: Any, second: Any, at: str) -> None:
    """Two texts that do not exclude each other, each seconded by the other's mover."""
    walk.propose(first, at, RUBBER, "孩子摔了好几次")
    walk.second(second, at)
    walk.propose(second, at, BENCHES, "老人要有地方坐")
    walk.second(first, at)
    chair.goto(f"{at}/proposals")


def call_representatives(road: Road, director: Any) -> str:
    """Chaired by the director: seven of the committee, 41 representatives, six who sit in."""
    director.goto(f"/matters/{road.matter}")
    press(director, "列入会议议程")
    director.get_by_role("link", name=re.compile("居民代表会议")).click()
    at = walk.plan(director, "健身场地改造两项提案")
    told(director, "钱芳")
    walk.find_and_invite(director, at, "zk", "resident")
    walk.find_and_invite(director, at, "罗琴", "resident")
    for group in ("committee_member", "resident_representative", "unit_representative"):
        walk.invite(director, at, group)
    told(director, "已邀请：54")
    road.shot(director, "invited")
    walk.give_notice(director, at, "施工队下周进场")
    return at


def assemble(road: Road, director: Any, at: str, resident: Any) -> None:
    """Not before the Party organisation has discussed, and no vote below two thirds of 48."""
    members = [name for name in walk.absent(director, at) if not sits_in(name)]
    observers = [name for name in walk.absent(director, at) if sits_in(name)]
    assert (len(members), len(observers)) == (48, 6)
    walk.next_step(director, at, "宣布开会")
    told(director, "党组织")
    director.locator("#discussed_on").fill(clock.today().isoformat())
    director.locator("#discussed_by").fill("长风社区党委会议")
    road.shot(director, "discussed-first")
    press(director, "保存")
    walk.next_step(director, at, "宣布开会")
    resident.goto(at)
    press(resident, "进入会场")
    press(resident, "我到了，签到")
    walk.tick(director, at, [name for name in members if not name.startswith("王秀兰")][:30] + observers)
    assert walk.present(director, at) == 31
    road.shot(director, "roll")


def sits_in(label: str) -> bool:
    return label.split()[0] in ("郑凯", "罗琴", "韩雪", "方敏", "石磊", "白雪")


def decide(road: Road, director: Any, at: str, resident: Any) -> None:
    """31 are too few; with 33 both are carried, although the observers raise their hands as well."""
    observer = road.page("grid_worker")
    walk.next_step(director, at, "开始下一项议题")
    walk.propose(resident, at, RUBBER, "议事会一致同意提交")
    director.goto(f"{at}/desk")
    mover = road.page("neighbour")
    mover.goto(at)
    press(mover, "进入会场")
    walk.second(mover, at)
    walk.propose(mover, at, BENCHES, "老人要有地方坐")
    walk.second(resident, at)
    heard(road, director, observer, at)
    walk.try_to_put(director, at)
    told(director, "没有达到法定人数：实到 31 人，需要 32 人")
    walk.tick(director, at, [name for name in walk.absent(director, at) if not sits_in(name)][:2])
    assert walk.present(director, at) == 33
    first = walk.open_vote(director, at)
    assert send(observer, f"{first}/votes", choice="yes").status == 403
    walk.vote(resident, at, "赞成")
    papers(road, director, first, yes=16, no=12, abstain=4)
    walk.close_and_declare(director, first)
    told(director, "通过", "17", "33")
    road.shot(director, "result-a")
    second = walk.put(director, at)
    papers(road, director, second, yes=31, no=1, abstain=1)
    walk.close_and_declare(director, second)
    told(director, "通过", "31")
    walk.conclude(director, at, "两项提案均通过：全铺塑胶，长椅保留。")
    walk.close(director, at)


def heard(road: Road, director: Any, observer: Any, at: str) -> None:
    """Who sits in asks to speak and is called; the page says why there is no vote."""
    observer.goto(f"{at}/room")
    told(observer, "可以发言，不能投票")
    press(observer, "我要发言")
    director.goto(f"{at}/desk")
    told(director, "郑凯")
    director.get_by_role("button", name="下一位发言").click()
    observer.goto(f"{at}/room")
    told(observer, "请您发言")
    road.shot(observer, "observer-speaks")


def papers(road: Road, director: Any, ballot: str, yes: int, no: int, abstain: int) -> None:
    """What has not been voted by phone, on paper."""
    names = walk.not_voted(director, ballot, ["王秀兰"] if yes == 16 else [])
    walk.enter_papers(director, ballot, dict(zip(names, ["yes"] * yes + ["no"] * no + ["abstain"] * abstain, strict=True)))


def minutes(road: Road, director: Any, resident: Any, at: str) -> None:
    """Drawn up, filled in, sealed, hung up without names; an objection is answered."""
    director.goto(at)
    press(director, "起草会议纪要")
    told(director, "应到", "48", "33", "郑凯", "长风社区党委会议")
    press(director, "修改补充")
    director.locator("#points").fill("郑凯：施工期间安排专人看护。")
    press(director, "保存")
    road.shot(director, "minutes")
    sealed(road, director, resident)
    director.reload()
    director.locator("#contact").fill("长风社区居委会 028-85551234")
    director.locator("#board").fill("南门公告栏")
    press(director, "公示")
    director.wait_for_url(re.compile(r"/postings/\d+$"))
    posting = director.url
    visitor = road.page()
    visitor.goto(posting)
    last = json.loads(road.server.run("dates", "--json", text=json.dumps({"op": "posting", "published": clock.today().isoformat(),
    "days": 15})).stdout)
    told(visitor, "塑胶", "17", "1/2", day_in_words(last["last_day"]))
    names = [one["name"] for key, one in road.server.cast.items() if key != "operator"]
    assert [name for name in (*names, *neighbours.COMMITTEE) if name in visitor.content()] == []
    road.shot(visitor, "posting")
    visitor.locator("#text").fill("塑胶味道大，请公布环保检测结果。")
    press(visitor, "提交异议")
    director.goto(posting)
    director.locator("textarea[name=answer]").fill("进场前公布检测报告，完工后再测一次。")
    press(director, "公开答复")
    visitor.goto(posting)
    told(visitor, "进场前公布检测报告")
    expect(visitor.locator(".objection .notice--done")).to_be_visible()
    road.shot(visitor, "objection-answered")


def sealed(road: Road, director: Any, resident: Any) -> None:
    """Shown to all who were there: the chair, a recorder, a representative by phone and one on paper approve; before that nothing hangs."""
    press(director, "发给到会人员核对")
    press(director, "纪要没有问题，我确认")
    told(director, "还需确认")
    expect(director.locator("#contact")).to_have_count(0)
    resident.goto("/inbox")
    press(resident, "您参加的会议，纪要已写好")
    told(resident, "请您确认")
    road.shot(resident, "minutes-to-approve")
    press(resident, "纪要没有问题，我确认")
    clerk = road.page("clerk", LAPTOP)
    clerk.goto(director.url)
    press(clerk, "纪要没有问题，我确认")
    clerk.get_by_text("有代表在纸上签了名").click()
    clerk.locator("#invitation").select_option(index=0)
    press(clerk, "登记签名")
    told(clerk, "封存", "纸质签名")
    road.shot(clerk, "minutes-sealed")


def day_in_words(day: str) -> str:
    year, month, date = (int(part) for part in day.split("-"))
    return f"{year}年{month}月{date}日"
