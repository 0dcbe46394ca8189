"""Figures of the partnership by category, street and unit: a page and a table to take along."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood import listing
from council.partnership import statistics
from council.partnership.statistics import COLUMNS, OF_CATEGORY, OF_UNIT
from council.routes import pages, sessions

SCORE = Phrase("Evaluation (of 5)")


async def _parts(request: Request) -> list[tuple[Phrase, tuple[str, ...], list[Any]]]:
    reach = listing.reach(sessions.held(request), "partnership.see_scores")
    return [
        (Phrase("By category"), OF_CATEGORY, await statistics.by_category()),
        (Phrase("By street and community"), tuple(COLUMNS), await statistics.by_street()),
        (Phrase("By unit"), OF_UNIT, await statistics.by_unit(reach)),
    ]


def _scored(request: Request) -> Phrase | None:
    return SCORE if listing.reach(sessions.held(request), "partnership.see_scores") else None


async def page(request: Request) -> Response:
    return pages.show(
        request, "statistics/page.html", _("Figures"), here="agreements", parts=await _parts(request), columns=COLUMNS, score=_scored(request),
    )  # fmt: skip


async def data(request: Request) -> Response:
    headers = {"content-disposition": 'attachment; filename="partnership.csv"', "cache-control": "private"}
    made = statistics.table(await _parts(request), _scored(request))
    return Response(made, media_type="text/csv; charset=utf-8", headers=headers)


routes = [Route("/statistics", page), Route("/statistics.csv", data)]
