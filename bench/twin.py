"""The limit twin: bare Starlette, sqlite3 and Jinja2; a page of 20 rows, and a start with an initialised Tortoise.

The page says what ours says, 6 kB of it: kind, state, grid and day of each row in words, a search with filters, the key of the next page. It has
no session, no permission, no language to choose, no frame for the signed-in person, no policy in its headers.
"""

from __future__ import annotations

import sqlite3
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

import uvicorn
from jinja2 import Environment
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

SHANGHAI = ZoneInfo("Asia/Shanghai")
PAGE = Environment(autoescape=True).from_string("""<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><title>事项</title></head>
<body><main><h1>事项</h1><form method="get" action="/matters" role="search"><label for="q">搜索事项</label><input id="q" name="q" value="{{ q }}">
{% for name, label, options in filters %}<label for="{{ name }}">{{ label }}</label><select id="{{ name }}" name="{{ name }}">
{% for value, word in options %}<option value="{{ value }}">{{ word }}</option>{% endfor %}</select>{% endfor %}
<button type="submit">搜索</button></form><ul class="rows">
{% for r in rows %}<li class="row"><a href="/matters/{{ r[0] }}">{{ r[1] }}</a><p>
<span class="tag tag--{{ r[2] }}">{{ kinds[r[2]] }}</span><span class="tag tag--{{ r[3] }}">{{ states[r[3]] }}</span>
<span>{{ r[4] }}</span><span>{{ day(r[5]) }}</span></p></li>
{% endfor %}</ul><p class="more"><a rel="next" href="/matters?before={{ rows[-1][0] }}">显示更多</a></p></main></body></html>""")
KINDS = {"OFFICIAL": "公事", "COLLABORATIVE": "共事", "HOUSEHOLD": "家事"}
STATES = {"reported": "已收到", "confirmed": "已确认", "listed": "已列入议程", "deliberated": "已商议", "settled": "已办结"}
LIST = """SELECT m.id, m.title, m.affair, m.stage, p.name, m.reported_at FROM matter m JOIN place p ON p.id = m.place_id
WHERE m.public = 1 ORDER BY m.id DESC LIMIT 20"""


def day(text: str) -> str:
    moment = datetime.fromisoformat(text).astimezone(SHANGHAI)
    return f"{moment.month}月{moment.day}日"


def rows_page(file: str) -> Starlette:
    database = sqlite3.connect(file)

    grids = [(str(number), name) for number, name in database.execute("SELECT id, name FROM place WHERE level = 'GRID'")]
    filters = [("affair", "类别", [("", "全部"), *KINDS.items()]), ("grid", "网格", [("", "全部"), *grids])]

    async def rows(request: Request) -> Response:
        found = database.execute(LIST).fetchall()
        return HTMLResponse(PAGE.render(rows=found, q="", filters=filters, kinds=KINDS, states=STATES, day=day))

    return Starlette(routes=[Route("/matters", rows), Route("/health", lambda request: PlainTextResponse("ok"))])


def bare_start(file: str) -> Starlette:
    from contextlib import asynccontextmanager

    from tortoise import Tortoise

    @asynccontextmanager
    async def lifespan(app: Starlette):  # type: ignore[no-untyped-def]
        await Tortoise.init(db_url=f"sqlite://{file}", modules={"models": ["bench.twin_record"]}, _enable_global_fallback=True)
        yield
        await Tortoise.close_connections()

    return Starlette(routes=[Route("/health", lambda request: PlainTextResponse("ok"))], lifespan=lifespan)


if __name__ == "__main__":
    what, port, file = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    app = rows_page(file) if what == "rows" else bare_start(file)
    uvicorn.run(app, port=port, access_log=False, log_level="warning")
