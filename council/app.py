"""The assembled application: middleware, routes, handlers, lifespan; nothing else."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from council import db, i18n, markup
from council.routes import Directory, routes
from council.routes.guard import SameOrigin, SecureHeaders
from council.routes.pages import Bounded, Site, handlers
from council.routes.sessions import Sessions
from council.secretariat.listening import HANDED, Hold

BODY = 100_000  # bytes of a form
YOUNG = 10_000  # objects made before the collector looks among them for what is garbage: a burst of requests holds thousands that are not


class Kept(StaticFiles):
    """Files whose address changes with their content are kept by the browser for ever."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        lasting = b"v=" in scope["query_string"]
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if lasting else "public, max-age=3600"
        return response


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    i18n.compile_catalogues()
    markup.environment()
    async with db.connected():
        await Site.read()
        from council.secretariat import office

        async with office.open_hours():
            # What is loaded by now stays for good: the collector need not look through it again and again.
            gc.freeze()
            gc.set_threshold(YOUNG, 20, 20)
            gc.enable()
            yield


class Council(Starlette):
    """Takes over what outlives its request: a live stream is held here, with nothing around it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        handed: list[Hold] = []
        scope[HANDED] = handed
        await super().__call__(scope, receive, send)
        if handed:
            await handed.pop()(scope, receive, send)


def application() -> Starlette:
    app = Council(
        routes=[Mount("/static", GZipMiddleware(Kept(directory=markup.STATIC), minimum_size=500)), Directory(routes())],
        middleware=[Middleware(SecureHeaders), Middleware(SameOrigin), Middleware(Sessions), Middleware(Bounded, most=BODY)],
        exception_handlers=handlers(),
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # done by `pages.http_fault`
    return app
