"""The twin of W10: bare Starlette and sqlite3. A link is a name under a keyed hash; its page is shown, its click writes a session and a seat in one
durable commit and sets a cookie. `hashes N`: so many bare argon2id checks, nothing else.

It reads what it shows (meeting, agenda, name) and, before it gives a seat, whether the meeting is open: knowing them by heart is no way to serve a
second meeting, or to close the first. It has no account, no office, no term that may have ended, no quorum, no journal, no language, no frame.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from jinja2 import Environment

KEY = b"twin"
PAGE = Environment(autoescape=True).from_string("""<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><title>入场</title></head>
<body><main><h1>社区评议会 {{ who }}，邀请您参加会议</h1><dl>{% for name, value in facts %}<dt>{{ name }}</dt><dd>{{ value }}</dd>{% endfor %}</dl>
<h2>是您本人吗？</h2><p>{{ who }}</p><form method="post" action="{{ path }}/seat"><button type="submit" name="where" value="room">我到会场了</button>
<button type="submit" name="where" value="remote">我在别处参加</button></form><p>如果不是您本人，请关掉页面。系统没有记下任何内容。</p><h2>议程</h2>
<ol>{% for item in items %}<li>{{ item }}</li>{% endfor %}</ol></main></body></html>""")
SHAPE = """PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
CREATE TABLE meeting (id INTEGER PRIMARY KEY, title TEXT, starts TEXT, venue TEXT, chair TEXT, stage TEXT);
CREATE TABLE item (id INTEGER PRIMARY KEY, meeting INT, title TEXT);
CREATE TABLE invitation (id INTEGER PRIMARY KEY, meeting INT, label TEXT, capacity TEXT);
CREATE TABLE session (digest TEXT PRIMARY KEY, seat INT, at TEXT);
CREATE TABLE seat (id INTEGER PRIMARY KEY, invitation INT UNIQUE, place TEXT, at TEXT);"""
FACTS = ("议题", "您的身份", "时间", "在哪里", "主持人")
SHOWN = """SELECT i.label, m.id, m.title, i.capacity, m.starts, m.venue, m.chair FROM invitation i JOIN meeting m ON m.id = i.meeting
WHERE i.id = ?"""
OPEN = "SELECT m.id FROM invitation i JOIN meeting m ON m.id = i.meeting WHERE i.id = ? AND m.stage = 'open'"


def token(number: int) -> str:
    return f"{number}.{hmac.new(KEY, str(number).encode(), hashlib.sha256).hexdigest()}"


def checked(given: str) -> int:
    number = int(given.partition(".")[0])
    if not hmac.compare_digest(given, token(number)):
        raise PermissionError
    return number


def application(file: str, n: int) -> Any:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
    from starlette.routing import Route

    database = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    database.executescript(SHAPE)
    database.execute("INSERT INTO meeting VALUES (1, '停车评议会', '11月22日 19:30', '党群服务中心二楼', '周敏', 'open')")
    database.execute("INSERT INTO item VALUES (1, 1, '地面停车怎么安排')")
    database.executemany("INSERT INTO invitation VALUES (?, 1, ?, '成员')", [(k, f"代表{k}") for k in range(n)])

    writer = ThreadPoolExecutor(1)

    def sit(number: int, place: str) -> tuple[str, int]:
        key, now = secrets.token_urlsafe(32), datetime.now(UTC).isoformat()
        database.execute("BEGIN IMMEDIATE")
        (meeting,) = database.execute(OPEN, (number,)).fetchone()
        seat = database.execute("INSERT INTO seat (invitation, place, at) VALUES (?, ?, ?)", (number, place, now)).lastrowid
        database.execute("INSERT INTO session VALUES (?, ?, ?)", (hashlib.sha256(key.encode()).hexdigest(), seat, now))
        database.execute("COMMIT")
        return key, meeting

    async def page(request: Request) -> Response:
        number = checked(request.path_params["token"])
        who, meeting, *facts = database.execute(SHOWN, (number,)).fetchone()
        items = [title for (title,) in database.execute("SELECT title FROM item WHERE meeting = ? ORDER BY id", (meeting,))]
        return HTMLResponse(PAGE.render(facts=zip(FACTS, facts, strict=True), items=items, path=request.url.path, who=who))

    async def seat(request: Request) -> Response:
        form = await request.form()
        key, meeting = await asyncio.get_running_loop().run_in_executor(writer, sit, checked(request.path_params["token"]), str(form["where"]))
        response = RedirectResponse(f"/meetings/{meeting}/room", 303)
        response.set_cookie("session", key, httponly=True, samesite="lax")
        return response

    health = Route("/health", lambda request: PlainTextResponse("ok"))
    return Starlette(routes=[Route("/i/{token}", page), Route("/i/{token}/seat", seat, methods=["POST"]), health])


def hashes(n: int) -> float:
    """Processor seconds of one argon2id check of the kind the application uses."""
    import time

    from argon2 import PasswordHasher

    hasher = PasswordHasher()
    kept = hasher.hash("a password of three words")
    begun = time.process_time()
    for _ in range(n):
        hasher.verify(kept, "a password of three words")
    return (time.process_time() - begun) / n


if __name__ == "__main__":
    if sys.argv[1] == "hashes":
        print(hashes(int(sys.argv[2])))
    else:
        import uvicorn

        uvicorn.run(application(sys.argv[2], int(sys.argv[3])), port=int(sys.argv[1]), access_log=False, log_level="warning")
