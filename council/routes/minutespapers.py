"""The minutes as a paper: what page, print and Word file all show, and the lines to sign on."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import clock, i18n, markup
from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood import treelog
from council.routes import pages, sessions
from council.rules import kinds, stages
from council.rules.law import Effect
from council.rules.thresholds import threshold
from council.secretariat import approvals, course, remonstrances
from council.secretariat.minutes import Minutes
from council.workshop import pdf, word


async def find(request: Request) -> Minutes:
    return await Minutes.seen_by(sessions.who(request), request.path_params["id"])


def gathered(minutes: Minutes) -> dict[str, Any]:
    """What page and paper both show."""
    facts = minutes.facts
    return {
        "minutes": minutes, "facts": facts, "kind": kinds.kind(facts["kind"]).name, "rule": threshold(facts["rule_id"]),
        "said": {key: when(facts[key]) for key in ("starts_at", "opened_at", "closed_at")} | {"discussed": on(facts["discussed"]["on"])},
        "notice_at": when(facts["notice"]["at"]),
        "days": {task["deadline"]: on(task["deadline"]) for task in _tasks(facts)},
        "arithmetic": f"arithmetic_{i18n.language()}", "stages": stages.NAMES, "abouts": course.ABOUT, "rulings": course.RULINGS,
        "stage": stages.name("Minutes", minutes.stage), "members": len(facts["present"]), "course": course.lines(facts),
    }  # fmt: skip


def _tasks(facts: dict[str, Any]) -> list[dict[str, str]]:
    return [task for topic in facts["topics"] for one in topic["resolutions"] for task in one["tasks"]]


def when(kept: str) -> str:
    return i18n.moment(datetime.fromisoformat(kept)) if kept else "—"


def on(kept: str) -> str:
    return i18n.day(date.fromisoformat(kept)) if kept else "—"


async def paper(request: Request) -> Response:
    """The minutes on paper, with lines to sign by hand. A draft says so across the page."""
    minutes = await find(request)
    name = f'attachment; filename="minutes-{minutes.id}-{minutes.version}.pdf"'
    return Response(await printed(minutes), media_type="application/pdf", headers={"content-disposition": name})


async def printed(minutes: Minutes) -> bytes:
    """A draft says so across the page; what is sealed names who approved and carries its seal."""
    html = markup.render(
        "papers/minutes.html", paper={"demo": pages.Site.demo, "watermark": _draft(minutes)}, hands=await _hands(minutes),
        posting=await minutes.posting(), objections=await remonstrances.of(minutes), journal=await treelog.head(), **gathered(minutes),
    )  # fmt: skip
    return (await pdf.render(html)).pdf


def _draft(minutes: Minutes) -> str:
    return _("Draft") if minutes.stage in ("drawn", "circulated") else ""


async def word_file(request: Request) -> Response:
    """The minutes as a Word file, for whoever must hand them on in that form; what holds is the paper that was sealed."""
    minutes = await find(request)
    word.must_be_installed()
    body = markup.render("minutes/word.html", objections=await remonstrances.of(minutes), posting=await minutes.posting(), **gathered(minutes))
    made = await asyncio.to_thread(word.document, minutes.facts["title"], body, await _around(minutes))
    name = f'attachment; filename="minutes-{minutes.id}-{minutes.version}.docx"'
    return Response(made, media_type=word.TYPE, headers={"content-disposition": name})


async def _around(minutes: Minutes) -> word.Around:
    """The same head, lines to sign and seal as the printed paper has."""
    facts, seal = minutes.facts, minutes.seal
    hands = [word.Hand(str(one["word"]), one["name"], one["how"], _("Day"), one["day"]) for one in await _hands(minutes)]
    foot = [_("Sealed. SHA-256: %(digest)s. The sealed PDF holds, not this file.") % {"digest": seal}] if seal else []
    version = _("version %(n)s") % {"n": minutes.version}
    return word.Around(
        masthead=facts["place"] + _("Minutes of the meeting"), left=str(kinds.kind(facts["kind"]).name), right=when(facts["opened_at"]),
        number=" · ".join([_("Minutes of the meeting"), str(stages.name("Minutes", minutes.stage)), version]),
        head="　".join(filter(None, [_draft(minutes), _("Demonstration data · no legal effect") if pages.Site.demo else ""])),
        pages=(_("Page %(page)s of %(pages)s") % {"page": "¦", "pages": "¦"}).split("¦"), hands_word=_("Approved and signed"), hands=hands,
        foot=foot, language="zh-CN" if i18n.language() == i18n.DEFAULT else "en",
    )  # fmt: skip


async def _hands(minutes: Minutes) -> list[dict[str, Any]]:
    """A line for each who is to sign, the approvals already given on the first of their role; in a meeting of the Party for all who came."""
    signed, wanted = await approvals.given(minutes), await approvals.wanted(minutes)
    found = []
    for role, title in approvals.ROLES.items():
        given = [one for one in signed if one.role == role]
        found += [_hand(title, one) for one in given] + [_hand(title, None)] * (wanted[role] - len(given))
    inside = threshold(minutes.facts["rule_id"]).effect is Effect.PARTY_INTERNAL
    return found + [_hand(name, None) for name in minutes.facts["present"] if inside]


def _hand(title: Phrase | str, one: approvals.Approval | None) -> dict[str, Any]:
    if one is None:
        return {"word": title, "name": "", "how": "", "day": ""}
    how = _("signed on paper, entered by %(name)s") % {"name": one.entered_by.name} if one.entered_by else _("approved in the system")
    return {"word": title, "name": one.name, "how": how, "day": i18n.day(clock.local(one.at))}


routes = [
    Route("/minutes/{id:int}/paper", paper),
    Route("/minutes/{id:int}/word", word_file),
]
