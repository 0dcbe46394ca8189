"""What goes on in the demonstration neighbourhood: matters on their way, meetings called, an agreement about to be signed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from council import clock
from council.neighbourhood.people import Visitor
from council.partnership.drafting import Draft, draft
from council.partnership.needs import Wish, add_need
from council.partnership.projects import Plan as ProjectPlan
from council.partnership.projects import add_project
from council.partnership.resources import Offer, add_resource
from council.proceedings import agenda, calling, handoffs, invitations, triage
from council.proceedings.invitations import Guest
from council.proceedings.matters import Matter
from council.proceedings.meetings import Meeting
from council.proceedings.reporting import Told, report
from council.proceedings.tasks import Order, assign
from council.secretariat import demo_consulting, demo_partners

if TYPE_CHECKING:
    from council.secretariat.demo import Demo

TITLES = {
    "parking": "家属院停车难，盼定个办法", "fitness": "健身场地不平，盼先修地面", "lamps": "院灯不亮", "rubbish": "垃圾投放点移位",
    "manhole": "滨河路人行道井盖破损", "street_light": "市场东路口路灯不亮", "leak": "楼上漏水到厨房",
}  # fmt: skip
# key, words, place, spot, affair
REPORTS = (
    ("parking", "我们这边原来是厂里的家属院，车位一直不够，晚上车子乱停，早上孩子上学都绕不过去。希望社区牵头定个停车办法，收费也行，大家商量着来。",
     "one", "3号楼北侧空地", "COLLABORATIVE"),
    ("fitness", "院子北边那块健身场地坑洼不平，老人走着容易绊倒。能不能先把地面修好，长椅请留着。", "two", "8号楼北侧", "COLLABORATIVE"),
    ("lamps", "2号楼到5号楼之间的院灯坏了两盏，晚上看不清路，请换成亮一点的。", "one", "2号楼与5号楼之间", "COLLABORATIVE"),
    ("rubbish", "垃圾投放点夏天味道大，离低层住户窗户太近，希望挪到东墙边，再商量一下开放时间。", "three", "南门东侧", "COLLABORATIVE"),
    ("manhole", "滨河路人行道上有一个井盖碎了，路过的人差点踩空，请尽快换。", "market", "滨河路公交站旁", "OFFICIAL"),
    ("street_light", "大街上靠近农贸市场路口的路灯半个月不亮了，晚上过马路很危险。", "market", "市场东路口", "OFFICIAL"),
    ("leak", "楼上卫生间一直往我家厨房天花板滴水，找过他家两回没有结果，请网格帮忙约着谈一谈。", "one", "3号楼402", "HOUSEHOLD"),
    ("canteen", "社区里独居老人多，能不能办一个老年食堂，地方可以和周边单位一起想办法。", "two", "", ""),
    ("dogs", "早晚遛狗不牵绳的多，草坪上狗粪没人收拾，建议大家定个养犬公约。", "three", "中心花园", ""),
)  # fmt: skip


async def plant(demo: Demo) -> None:
    """Everything that moves, after the standing records."""
    matters = {key: await _report(demo, key, text, place, spot, affair) for key, text, place, spot, affair in REPORTS}
    await handoffs.record("楼道里闻到很浓的煤气味", ["GAS", "119"], demo.places["one"], "demo-gas", by=Visitor())
    await _department(demo, matters["manhole"])
    await demo_consulting.plant(demo, matters["rubbish"], matters["fitness"])
    await _review_council(demo, matters)
    await _neighbourhood_meeting(demo, matters["leak"])
    await _agreement(demo)
    await demo_partners.plant(demo)


async def _report(demo: Demo, key: str, text: str, place: str, spot: str, affair: str) -> Matter:
    """Reported by a resident, and confirmed by a person where an affair is given."""
    reporter = demo.people["王秀兰"] if key in ("parking", "leak") else None
    told = Told(text, demo.places[place], spot, name="", phone="13800000001" if reporter else "", nonce=f"demo-{key}")
    matter, _ = await report(told, by=reporter or Visitor())
    if affair:
        publish = "no" if affair == "HOUSEHOLD" else "yes"
        await triage.confirm(matter, triage.Finding(affair, "现场看过，情况属实", title=TITLES[key], publish=publish), by=demo.people["周敏"])
    return matter


async def _department(demo: Demo, matter: Matter) -> None:
    """An official matter on its way through a department."""
    order = Order("三日内更换井盖并拍照反馈", clock.today() + timedelta(days=3), unit=demo.units["enforcement"])
    await assign(order, by=demo.people["吴江"], matter=matter)


def _soon(hours: int) -> datetime:
    """A full quarter of an hour, some hours from now."""
    now = clock.now() + timedelta(hours=hours)
    return now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0) + timedelta(minutes=15)


async def _review_council(demo: Demo, matters: dict[str, Matter]) -> Meeting:
    """Called for today with 23 listed members, so that its room can be tried at once."""
    from council.secretariat.demo_cast import COUNCILLORS

    by, people = demo.people["周敏"], demo.people
    plan = calling.Plan(title="长风社区十一月评议会", starts_at=_soon(1), venue="党群服务中心二楼会议室")
    meeting = await calling.call("community_review_council", demo.places["community"], plan, by=by)
    await calling.appoint_recorder(meeting, people["蒋文"], by=by)
    for group, names in (
        ("grid_head", ("唐伟", "潘虹", "方圆")),
        ("property_manager", ("许强",)),
        ("owners_committee_head", ("崔健民",)),
        ("resident_representative", COUNCILLORS),
        ("resident", ("王秀兰", "李建国", "陈思远")),
        ("supervisor", ("汪洁",)),
    ):
        await invitations.invite(meeting, group, [Guest(name, person=people[name]) for name in names], by=by)
    for key in ("parking", "lamps"):
        await agenda.add(meeting, matters[key].title, by=by, matter=matters[key])
    await agenda.give_notice(meeting, by=by, temporary_reason="演示会议，当天召开")
    return meeting


async def _neighbourhood_meeting(demo: Demo, leak: Matter) -> None:
    """Two neighbours and a leak: closed to everybody else."""
    by, people = demo.people["冯丽"], demo.people
    plan = calling.Plan(title="3号楼漏水协商", starts_at=_soon(2), venue="第一网格党群服务站")
    meeting = await calling.call("grid_neighbourhood_meeting", demo.places["one"], plan, by=by)
    await invitations.invite(meeting, "concerned", [Guest(n, person=people[n]) for n in ("王秀兰", "李建国")], by=by)
    await invitations.invite(meeting, "grid_worker", [Guest("郑凯", person=people["郑凯"])], by=by)
    await agenda.add(meeting, leak.title, by=by, matter=leak)
    await agenda.give_notice(meeting, by=by, temporary_reason="双方同意尽快见面")


async def _agreement(demo: Demo) -> None:
    """Three lists and a draft in the shape of five parties, open for review."""
    by, community, organisations = demo.people["蒋文"], demo.places["community"], demo.organisations
    meals = await add_need(community, Wish("独居老人午餐", "第二网格", "独居老人四十余户", "urgent", "工作日中午"), by=by)
    classes = await add_need(community, Wish("老年人智能手机课", "老年居民", "六十岁以上居民", "usual", "每月两次"), by=by)
    vans = Offer("宾馆后厨与送餐车", "equipment", "每日四十份", "工作日十点至十二点", "提前一天报数")
    kitchen = await add_resource(community, organisations["hotel"], vans, by=by)
    teachers = await add_resource(community, organisations["college"], Offer("志愿讲师", "skills", "两名", "每月第一、三周周六", "自备教材"), by=by)
    year = clock.today().year
    first, last = clock.today(), clock.today().replace(year=year + 1) - timedelta(days=1)
    dinner = await add_project(
        community, organisations["hotel"], ProjectPlan("家门口的午餐桌", "惠安医院党支部", first, last, "每月不少于八百份", "韩雪"),
        by=by, need=meals, resource=kitchen,
    )  # fmt: skip
    lessons = await add_project(
        community, organisations["college"], ProjectPlan("手机课堂", "长风社区党委", first, last, indicator="全年二十四次", responsible="田野"),
        by=by, need=classes, resource=teachers,
    )  # fmt: skip
    partners = tuple(organisations[key].id for key in ("hotel", "hospital", "college", "owners"))
    given = Draft(
        "长风社区“党建联盟”共建协议", "MUTUAL_SERVICE", first, last, partners, contents=("MUTUAL_SERVICE", "SHARED_VENUES"),
        projects=(dinner.id, lessons.id),
    )  # fmt: skip
    agreement = await draft(community, given, by=by)
    await agreement.review(by=by)
