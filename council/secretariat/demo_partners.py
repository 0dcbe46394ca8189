"""What partners do in the demonstration neighbourhood: needs on the board, a hall that is lent, a project under way, a settlement being drafted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from council import clock
from council.neighbourhood.registry import grant
from council.partnership import advances, mediations, venues
from council.partnership.claims import claim
from council.partnership.needs import Wish, add_need
from council.partnership.projects import Project
from council.partnership.resources import Offer, add_resource
from council.partnership.venues import Asked

if TYPE_CHECKING:
    from council.secretariat.demo import Demo


async def plant(demo: Demo) -> None:
    await _board(demo)
    await _hall(demo)
    await _progress(demo)
    await _settlement(demo)


async def _board(demo: Demo) -> None:
    """One need that a unit has taken on, one that waits beside what fits, one that nothing fits yet."""
    by, organisations, places = demo.people["蒋文"], demo.organisations, demo.places
    clinic = Wish("每月一次义诊和用药指导", "第一网格", "慢性病居民约六十人", "soon", "每月第二个周六上午", "people")
    doctors = Offer("全科医生义诊", "people", "医生两名、护士一名", "每月第二个周六上午", "社区准备场地和桌椅")
    need = await add_need(places["one"], clinic, by=demo.people["郑凯"])
    offered = await add_resource(places["community"], organisations["hospital"], doctors, by=demo.people["林岚"])
    await claim(need, organisations["hospital"], by=demo.people["林岚"], resource=offered)
    choir = Wish("合唱队排练场地", "第二网格合唱队", "退休居民二十五人", "usual", "周三下午两小时", "venue")
    await add_need(places["two"], choir, by=demo.people["苏晴"])
    await add_need(places["three"], Wish("暑期孩子托管", "第三网格", "双职工家庭十余户", "usual", "七、八月工作日"), by=by)


async def _hall(demo: Demo) -> None:
    """A hall with one booking that stands and one that waits for an answer."""
    offer = Offer("老年大学多功能厅", "venue", "可容六十人", "周一至周五 14:00—20:00", "用后恢复原状，提前三天申请")
    hall = await add_resource(demo.places["community"], demo.organisations["college"], offer, by=demo.people["田野"])
    day = clock.today() + timedelta(days=3)
    first = await venues.ask(hall, Asked(day, 14 * 60, 16 * 60, "长风合唱队排练", 25), by=demo.people["王秀兰"])
    await first.confirm(by=demo.people["田野"])
    await venues.ask(hall, Asked(day + timedelta(days=2), 18 * 60 + 30, 20 * 60, "小区消防讲座", 40), by=demo.people["郑凯"])


async def _progress(demo: Demo) -> None:
    project, lead = await Project.get(title="家门口的午餐桌"), demo.people["韩雪"]
    await project.move("running", by=lead)
    await advances.report(project, "前两周送餐四百一十份，无一延误。", "每日签收表存党群服务中心二楼", 15, by=lead)
    await advances.report(project, "第一个月共送八百二十六份，新增老人六户。", "签收表和满意度回访二十份", 35, by=lead)


async def _settlement(demo: Demo) -> None:
    """The leak between two floors: settled, being drafted for the signatures of both and of the mediator."""
    mediator = await demo.person("钱守和", "community")
    await grant(mediator, "mediator", by=demo.operator, place=demo.places["community"])
    given = mediations.Settlement(
        mediator.id, [demo.people[name].id for name in ("王秀兰", "李建国")], "502室卫生间渗水，损坏402室厨房吊顶。",
        "一、502室十日内请人修好漏水处。\n二、502室补偿402室吊顶修理费四百元，修好当日付清。", clock.today() + timedelta(days=20),
    )  # fmt: skip
    await mediations.draft(demo.places["one"], given, by=demo.people["蒋文"])
