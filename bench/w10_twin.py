"""The twin of W10: bare Starlette and sqlite3. A link is a name under a keyed hash; its page is shown, its click writes a session and a seat in one
durable commit and sets a cookie. `hashes N`: so many bare argon2id checks, nothing else."""

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
<body><main><h1>{{ title }}</h1><dl>{% for name, value in facts %}<dt>{{ name }}</dt><dd>{{ value }}</dd>{% endfor %}</dl><ol>
{% for item in items %}<li>{{ item }}</li>{% endfor %}</ol><form method="post" action="{{ path }}/seat"><h2>{{ who }}</h2>
<label><input type="radio" name="where" value="room" checked>在现场</label><label><input type="radio" name="where" value="remote">远程</label>
<button type="submit">进入会场</button></form></main></body></html>""")
SHAPE = """PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
CREATE TABLE invitation (id INTEGER PRIMARY KEY, label TEXT); CREATE TABLE session (digest TEXT PRIMARY KEY, seat INT, at TEXT);
CREATE TABLE seat (id INTEGER PRIMARY KEY, invitation INT UNIQUE, place TEXT, at TEXT);"""
FACTS = [("时间", "11月22日 19:30"), ("地点", "党群服务中心二楼"), ("主持", "周敏")]


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
    database.executemany("INSERT INTO invitation VALUES (?, ?)", [(k, f"代表{k}") for k in range(n)])

    writer = ThreadPoolExecutor(1)

    def sit(number: int, place: str) -> str:
        key, now = secrets.token_urlsafe(32), datetime.now(UTC).isoformat()
        database.execute("BEGIN IMMEDIATE")
        seat = database.execute("INSERT INTO seat (invitation, place, at) VALUES (?, ?, ?)", (number, place, now)).lastrowid
        database.execute("INSERT INTO session VALUES (?, ?, ?)", (hashlib.sha256(key.encode()).hexdigest(), seat, now))
        database.execute("COMMIT")
        return key

    async def page(request: Request) -> Response:
        number = checked(request.path_params["token"])
        who = database.execute("SELECT label FROM invitation WHERE id = ?", (number,)).fetchone()[0]
        return HTMLResponse(PAGE.render(title="停车评议会", facts=FACTS, items=["地面停车怎么安排"], path=request.url.path, who=who))

    async def seat(request: Request) -> Response:
        form = await request.form()
        key = await asyncio.get_running_loop().run_in_executor(writer, sit, checked(request.path_params["token"]), str(form["where"]))
        response = RedirectResponse("/meetings/1/room", 303)
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
