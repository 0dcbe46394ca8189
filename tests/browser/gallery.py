"""Shows every piece and every designed page with sample data: `python -m tests.browser.gallery [port]`.

All people and organisations are invented."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from council import i18n
from council.markup import POLICY, STATIC, Imprint, Page, Visitor, render

ROWS = [
    {
        "href": "/m/1",
        "title": "地面停车位不足，晚上找不到地方停车",
        "affair": "COLLABORATIVE",
        "stage": "正在协商",
        "tone": "now",
        "facts": ["社区评议会", "3号楼北侧", "11月18日"],
    },
    {
        "href": "/m/2",
        "title": "2单元自来水水压低，六楼以上经常断水",
        "affair": "OFFICIAL",
        "stage": "已转街道",
        "facts": ["街道联席会", "11月17日"],
    },
    {
        "href": "/m/3",
        "title": "垃圾分类投放点夏天气味大，希望移位",
        "affair": "COLLABORATIVE",
        "stage": "办结，请您评价",
        "tone": "done",
        "facts": ["南门东侧", "11月9日"],
        "note": "投放点已移到西墙边，每天冲洗两次。",
    },
]
TIMELINE = [
    {"word": "预计 11月30日 公布结果", "when": "", "state": "next"},
    {"word": "现在：等社区评议会开会", "when": "11月25日（周三）19:00，党群服务中心二楼", "state": "now"},
    {
        "word": "社区党委确认为“共事”",
        "when": "11月18日 10:41",
        "text": "理由：停车秩序关系小区居民共同利益，先由社区评议会协商。",
    },
    {"word": "王**提交事项（附 1 张照片）", "when": "11月18日 09:12"},
]
AGENDA = [
    {"title": "通报上次会议落实情况", "word": "已完成", "tone": "done"},
    {"title": "小区停车秩序维护办法", "word": "正在表决", "tone": "now", "current": True},
    {"title": "南门垃圾投放点移位", "word": "未开始", "tone": "wait"},
]
SPEAKERS = [
    {"name": "王桂芳", "who": "3号楼居民", "word": "发言中 1:42", "speaking": True},
    {"name": "李建国", "who": "长风物业", "word": "下一位"},
    {"name": "陈思远", "who": "卫生服务站", "word": "等候"},
]
VOTES = [("赞成", 11, "yes"), ("反对", 3, "no"), ("弃权", 2, "abstain")]
CAPTION = "2026年11月25日 周三 19:00"
MEETING = SimpleNamespace(id=1, title="长风社区评议会", link="", wall_code="482917")
QUORUM = {"present": 18, "entitled": 23, "needed": 16}
CHOICES = [("yes", "赞成"), ("no", "反对"), ("abstain", "弃权", "到会但不表示意见")]

GALLERY: dict[str, Any] = {
    "trail": [("首页", "/"), ("事项", "/matters")],
    "caption": "样例",
    "rows": ROWS,
    "timeline": TIMELINE,
    "votes": VOTES,
    "filters": [
        {"name": "affair", "label": "类别", "chosen": "", "options": [("", "全部"), ("OFFICIAL", "公事")]}
    ],
    "empty": {"text": "还没有人反映事情。", "verb": "我来反映"},
    "choices": CHOICES,
    "places": [("", "请选择"), ("3", "3号楼")],
    "tags": [("等待", "wait"), ("进行中", "now"), ("已办结", "done"), ("已拒绝", "stop"), ("草稿", "plain")],
    "facts": [("地点", "3号楼北侧"), ("牵头", "长风社区党委"), ("经办人", "周敏", "/edit", "修改")],
    "notice": {"title": "您代表 3号楼402（一户一票）", "text": "本次为记名表决，结果张榜公布。"},
    "signatories": [
        {
            "organisation": "长风社区党委",
            "person": "周敏 书记",
            "word": "已签",
            "tone": "done",
            "when": "11月19日 10:21",
        },
        {"organisation": "区第二小学党支部", "person": "赵倩 书记", "word": "待您签署", "tone": "now"},
    ],
    "labels": {
        "title": "什么事？",
        "hint": "一句话就行",
        "amount": "金额",
        "unit": "元",
        "words": "详细说说",
        "choice": "您的意见",
        "partners": "涉及谁",
        "place": "在哪里",
        "day": "从哪天开始",
        "photo": "照片",
        "photo_hint": "可以拍照，也可以从相册选",
        "sheet": "表格",
        "code": "查询码",
        "agree": "我已读完，同意提交",
        "hand": "请在方框里手写签名",
        "send": "提交",
        "later": "以后再说",
        "drop": "撤回",
        "votes": "票",
    },
    "kept": {"title": "停车难", "choice": "no"},
}
HOME: dict[str, Any] = {
    "asked": None,
    "votes": [],
    "rows": ROWS,
    "more": "/matters",
    "contact": {"name": "网格员 刘洋", "telephone": "023-00000000"},
    "meeting": {
        "href": "/meetings/1",
        "title": "长风社区评议会：小区停车秩序",
        "stage": "已通知",
        "facts": ["11月25日（周三）19:00", "党群服务中心二楼"],
    },
}
RECEIPT: dict[str, Any] = {
    "code": "K7MQ2XWH9RTP",
    "link": "http://127.0.0.1/p/K7MQ2XWH9RTP",
    "picture": "/picture.png",
    "matter": SimpleNamespace(open_by_code=True),
    "contact": {"name": "网格员 刘洋", "telephone": "023-00000000"},
    "timeline": TIMELINE[2:],
    "steps": [
        ("网格员和您联系，核实情况", "11月20日前"),
        ("社区党委确认由谁来办，并告诉您理由", "11月23日前"),
        ("办完以后请您评价", ""),
    ],
    "sorting": {
        "affair": "COLLABORATIVE",
        "settled": False,
        "meaning": "这是小区居民共同的事。",
        "meeting": "社区评议会",
        "convenor": "社区党组织",
        "words": "“停车位”、“消防通道”",
    },
}
ROOM: dict[str, Any] = {
    "meeting": MEETING,
    "caption": CAPTION,
    "quorum": QUORUM,
    "agenda": AGENDA,
    "speakers": SPEAKERS,
    "clock": {"since": 1795293674.2, "limit": 120, "from": "19:32"},
    "documents": [],
    "stream": "",
    "address": "/room",
    "running": True,
    "point": None,
    "lost": False,
    "undo": None,
    "speeches": [],
    "is_chair": False,
    "jitter": 300,
    "at": 1795293690.5,
    "result": None,
    "unit": "票",
    "options": [],
    "now": {"word": "正在表决", "text": "是否同意《小区停车秩序维护办法》？", "tone": "now"},
    "turnout": {"cast": 12, "entitled": 16},
    "mine": {
        "seat": {"text": "王桂芳 3号楼402：您可以投票。", "may_vote": True, "reason": ""},
        "voting": True,
        "back": "",
        "opinions": "",
        "propose": "",
        "points": "",
        "sit": False,
        "code": False,
        "leave": "/seats/9/leaving",
        "hand": {
            "action": "/items/2/speakers",
            "word": "我要发言",
            "place": "您前面还有 2 人。",
            "stances": (("pro", "我支持"), ("contra", "我反对")),
        },
    },
}


def step(word: str, action: str = "", **more: str) -> dict[str, Any]:
    """A button of the desk."""
    return {"word": word, "action": action, "href": "", "hint": "", "key": "", "kind": "second", "fields": {}} | more


DESK: dict[str, Any] = {
    **ROOM,
    "item": {
        "caption": "第 2 项，共 3 项",
        "title": "小区停车秩序维护办法",
        "text": "动议：自 2027年1月1日 起，小区地面停车实行登记管理，消防通道禁止停车，收支每季度公示。",
    },
    "next": step("结束表决", href="/ballots/1", hint="还有 4 人没有投票。结束后才看得到结果。", key="n"),
    "others": [step("休会", href="/meetings/1/adjournment", key="p"), step("本项留到下次", href="/items/2/deferral")],
    "call": step("下一位发言", "/items/2/speakers/next", key=" "),
    "requests": [step("确认签到", "/seats/9/confirmation", name="赵秀英（5号楼）")],
}
WALL: dict[str, Any] = {**ROOM, "link": "http://127.0.0.1/r/482917", "number": "482917"}
DECLARED = {
    **WALL,
    "result": VOTES,
    "turnout": None,
    "now": {"word": "表决结果：通过", "text": "是否同意《小区停车秩序维护办法》？", "tone": "done"},
    "clock": None,
}

PAGES: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "/": ("home.html", "首页", "home", HOME),
    "/gallery": ("gallery.html", "样例", "matters", GALLERY),
    "/receipt": ("matters/receipt.html", "已收到您反映的事项", "report", RECEIPT),
    "/room": ("meetings/room.html", "长风社区评议会", "meetings", ROOM),
    "/desk": ("meetings/desk.html", "主持台", "meetings", DESK),
    "/wall": ("meetings/wall.html", "投影页", "meetings", WALL),
    "/wall-declared": ("meetings/wall.html", "投影页", "meetings", DECLARED),
}
ERRORS = {"title": "请写一句话，说明是什么事", "choice": "请选择一个意见"}


def show(request: Request) -> HTMLResponse:
    template, title, here, sample = PAGES[request.url.path]
    asked = request.query_params
    language = i18n.choose(asked.get("language"))
    page = Page(
        title=title,
        site="长风社区邻里议事",
        path=str(request.url.path),
        here=here,
        language=language,
        modes=frozenset(asked.getlist("mode")),
        demo="plain" not in asked,
        insecure="insecure" in asked,
        who=Visitor("周敏", ("社区党委书记",)) if "who" in asked else None,
        errors=ERRORS if "errors" in asked else {},
        imprint=Imprint("长风社区居民委员会", "023-00000000", ""),
    )
    with i18n.speaking(language):
        return HTMLResponse(
            render(template, page=page, **sample), headers={"Content-Security-Policy": POLICY}
        )


async def back(request: Request) -> RedirectResponse:
    return RedirectResponse("/", 303)


async def part(request: Request) -> HTMLResponse:
    """What the room fetches by itself: the vote with its one button, and no proposals."""
    vote = '<a class="govuk-button" href="/ballots/1">去投票</a>'
    return HTMLResponse(vote if request.path_params["part"] == "ballot" else "")


app = Starlette(
    routes=[
        *(Route(path, show) for path in PAGES),
        Route("/meetings/1/{part}", part),
        Route("/preferences", back, methods=["POST"]),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
)


@contextmanager
def serving(port: int = 0) -> Iterator[str]:
    """The gallery in a thread; gives its address."""
    i18n.compile_catalogues()
    i18n.translations.cache_clear()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


if __name__ == "__main__":
    with serving(int(sys.argv[1]) if len(sys.argv) > 1 else 8123) as address:
        print(address, flush=True)
        threading.Event().wait()
