"""Two consultations of the demonstration: a draft pact on sorting waste, open now; a question that has been answered."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from council import clock
from council.neighbourhood.people import Visitor
from council.proceedings import answering, answers, asking, endings, headings, statements, wordings
from council.proceedings.answering import Reply
from council.proceedings.answers import Said
from council.proceedings.consultations import Consultation, Plan
from council.proceedings.contributions import Remark
from council.proceedings.headings import Heading
from council.proceedings.matters import Matter

if TYPE_CHECKING:
    from council.secretariat.demo import Demo

CLAUSES = (
    "厨余垃圾每天早晚两次投放，早上七点到九点，晚上六点到八点。", "其他时间投放点关闭，大件垃圾提前一天预约。",
    "每月公布一次分类情况，做得好的楼栋挂流动红旗。",
)  # fmt: skip
SECOND = ("厨余垃圾每天早晚两次投放，早上六点半到九点，晚上六点到九点。", *CLAUSES[1:])
SAID = (
    ("王秀兰", {"1": "早上六点半就要出门送孩子，七点太晚。", "": "总的很好，就是时间要放宽。"}),
    ("李建国", {"1": "晚上八点关太早，下夜班赶不上。"}),
    ("陈思远", {"2": "投放点夜里关了，有人会扔在门口，要有人管。"}),
)
FITNESS = (
    ("先修地面，老人走着容易绊倒。", "地面"), ("地面坑坑洼洼，先把地面修平。", "地面"), ("长椅留着，老人要坐。", "长椅"),
    ("晚上要有灯。", "灯"), ("想要一个滑梯", "灯"),
)  # fmt: skip


async def plant(demo: Demo, rubbish: Matter, fitness: Matter) -> None:
    """The matters are public; both places and people are those of the demonstration."""
    await _pact(demo, rubbish)
    await _ground(demo, fitness)


async def _pact(demo: Demo, matter: Matter) -> None:
    by = demo.people["周敏"]
    plan = Plan(
        "draft", "垃圾分类公约草案，您看行不行？", "投放点夏天味道大，离低层窗户近，大家想一起定个规矩。", "投放时间、开放办法、怎样公布。",
        "投放点总数不变，清运由环卫负责。", "社区评议会十二月讨论，居民代表会议表决", "households", CLAUSES, matter=matter,
    )  # fmt: skip
    made = await statements.prepare(demo.places["community"], plan, by=by)
    await asking.open_consultation(made, clock.now() + timedelta(days=9), by=by)
    for name, words in SAID:
        await answers.answer(made, Said(words), by=demo.people[name])
    await wordings.publish(made, list(SECOND), by=by, reason="早上提前半小时，晚上延长一小时，照顾送孩子和下夜班的人", after=1)


async def _ground(demo: Demo, matter: Matter) -> None:
    by = demo.people["周敏"]
    plan = Plan(
        "question", "院子里的健身场地，先修哪里？", "场地坑洼不平，有老人绊倒过。", "先修什么、铺什么、长椅摆在哪里。", "位置不变，经费三万元以内。",
        "社区评议会本月决定", "everyone", matter=matter,
    )  # fmt: skip
    made = await statements.prepare(demo.places["community"], plan, by=by)
    await asking.open_consultation(made, clock.now() + timedelta(days=2), by=by)
    for n, (words, _group) in enumerate(FITNESS):
        await answers.answer(made, Said({"": words}, child="滑梯" in words, nonce=f"demo-sheet-{n}"), by=Visitor())
    await endings.close(made, by=by)
    await _answered(await Consultation.get(id=made.id), demo)


async def _answered(made: Consultation, demo: Demo) -> None:
    by, remarks = demo.people["周敏"], await Remark.of(made)
    replies = {
        "地面": Reply("taken", "先修地面，施工队下周进场，十天完工。"), "长椅": Reply("taken", "长椅保留，位置不动。"),
        "灯": Reply("partly", "加两盏庭院灯；滑梯这次经费不够，明年再议。"),
    }  # fmt: skip
    for title, reply in replies.items():
        group = [one.id for one, (_words, name) in zip(remarks, FITNESS, strict=True) if name == title]
        heading = await headings.add(made, title, by=by, remarks=group)
        await answering.reply(await Heading.get(id=heading.id), reply, by=by)
    await answering.conclude(made, "多数人要先修平地面，长椅留着；灯加两盏。", by=by)
