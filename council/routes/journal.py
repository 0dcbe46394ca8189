"""The journal held against paper: whoever has minutes or a poster checks whether the journal still begins with what they vouched for."""

from __future__ import annotations

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import gettext as _
from council.neighbourhood import treelog
from council.routes import pages

FEWEST = 8  # signs of a root somebody types from paper; nobody forges even these


async def index(request: Request) -> Response:
    asked = {name: request.query_params.get(name, "").strip() for name in ("size", "root")}
    size, root = await treelog.head()
    errors, found = await _held(asked, size) if any(asked.values()) else ({}, None)
    return pages.show(
        request, "journal/page.html", _("Hold the journal against paper"), here="postings", errors=errors, kept=asked, size=size, root=root,
        found=found,
    )  # fmt: skip


async def _held(asked: dict[str, str], newest: int) -> tuple[dict[str, str], bool | None]:
    """What is wrong with the question, or whether the journal had that root."""
    typed = re.sub(r"[^0-9a-f]", "", asked["root"].lower())
    errors: dict[str, Any] = {}
    if not asked["size"].isascii() or not asked["size"].isdecimal() or not 0 < int(asked["size"][:12]) <= newest:
        errors["size"] = _("The journal has %(size)s entries. Type the number that stands on your paper.") % {"size": newest}
    if len(typed) < FEWEST:
        errors["root"] = _("Type at least the first eight signs of the root.")
    return errors, None if errors else (await treelog.root_at(int(asked["size"]))).startswith(typed)


routes = [Route("/journal", index)]
