"""How pages are shown: language, large type, high contrast. Kept in cookies that say nothing about a person."""

from __future__ import annotations

from typing import Literal

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import i18n
from council.routes import forms, guard, pages, sessions


class Preferences(forms.Shape):
    next: str = "/"
    language: str | None = None
    large: Literal["on", "off"] | None = None
    contrast: Literal["on", "off"] | None = None


async def choose(request: Request) -> Response:
    given = await forms.read(request, Preferences)
    response = pages.redirect(guard.own_path(given.next))
    for name, value in (("large", given.large), ("contrast", given.contrast)):
        if value:
            response.headers.append("set-cookie", sessions.place_cookie(name, value, request))
    if given.language in i18n.LANGUAGES:
        response.headers.append("set-cookie", sessions.place_cookie("language", given.language, request))
    return response


routes = [Route("/preferences", choose, methods=["POST"], name="preferences")]
