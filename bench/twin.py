"""The limit twin: bare Starlette, sqlite3 and Jinja2; a page of 20 rows, and a start with an initialised Tortoise."""

from __future__ import annotations

import sqlite3
import sys

import uvicorn
from jinja2 import Environment
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

PAGE = Environment(autoescape=True).from_string(
    "<!doctype html><html lang=zh><title>事项</title><main><h1>事项</h1><ul>"
    "{% for r in rows %}<li><h2><a href='/matters/{{ r[0] }}'>{{ r[1] }}</a></h2><p>{{ r[2] }} {{ r[3] }} {{ r[4] }}</p></li>{% endfor %}"
    "</ul></main></html>"
)


def rows_page(file: str) -> Starlette:
    database = sqlite3.connect(file)

    async def rows(request: Request) -> Response:
        found = database.execute(
            "SELECT id, title, affair, stage, reported_at FROM matter WHERE public = 1 ORDER BY id DESC LIMIT 20"
        ).fetchall()
        return HTMLResponse(PAGE.render(rows=found))

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
