"""Moderation: opinions hidden one by one or many at once, a flood stopped, the author's appeal, the answer of the level above."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import clock
from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import may
from council.proceedings import floods, moderation
from council.proceedings.consultations import Consultation
from council.proceedings.moderation import Appeal
from council.proceedings.statements import Statement
from council.refusals import NotFound
from council.routes import forms, limits, pages, sessions
from council.routes.consultations import find, voice
from council.routes.headings import back, desk

HIDDEN = Phrase("It is hidden; the reason can be read by everybody.")


class Reason(forms.Shape):
    reason: Annotated[str, Field(max_length=300)] = ""


class Words(forms.Shape):
    words: Annotated[str, Field(max_length=2000)] = ""


class Judging(forms.Shape):
    verdict: Annotated[str, Field(max_length=8)] = ""
    answer: Annotated[str, Field(max_length=1000)] = ""


class Many(Reason):
    remarks: list[int] = []


class Guard(forms.Shape):
    guard: Annotated[str, Field(max_length=300)] = ""


class Flood(forms.Shape):
    flood: Annotated[str, Field(max_length=300)] = ""
    begun: datetime
    ended: datetime

    def moments(self) -> tuple[datetime, datetime]:
        """What the form gives is the district's wall clock; the last minute counts to its end."""
        begun, ended = (one if one.tzinfo else one.replace(tzinfo=clock.ZONE) for one in (self.begun, self.ended))
        return begun, ended.replace(second=59, microsecond=999_999)


async def hiding(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    remark, consultation = await moderation.find_remark(request.path_params["id"], sessions.who(request))
    if not await may(sessions.who(request), "consultation.listen", consultation):
        raise NotFound
    return _asked_why(request, consultation, f"/remarks/{remark.id}/hiding", remark.words, errors, kept)


def _asked_why(request: Request, consultation: Consultation, action: str, words: str, errors: Any, kept: Any) -> Response:
    return pages.show(
        request, "consultations/hiding.html", _("Hide an opinion"), here="consultations", errors=errors, kept=kept or {}, action=action,
        words=words, consultation=consultation,
    )  # fmt: skip


async def hide(request: Request) -> Response:
    remark, consultation = await moderation.find_remark(request.path_params["id"], sessions.who(request))
    given = await forms.read(request, Reason, hiding)
    await moderation.hide(remark, given.reason, by=sessions.person(request))
    return back(consultation.id, HIDDEN)


async def unhide(request: Request) -> Response:
    remark, consultation = await moderation.find_remark(request.path_params["id"], sessions.who(request))
    await moderation.show_again(remark, by=sessions.person(request))
    return back(consultation.id)


async def hiding_statement(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    statement, consultation = await Statement.find(request.path_params["id"], sessions.who(request))
    if not await may(sessions.who(request), "consultation.listen", consultation):
        raise NotFound
    return _asked_why(request, consultation, f"/statements/{statement.id}/hiding", statement.words, errors, kept)


async def hide_statement(request: Request) -> Response:
    statement, consultation = await Statement.find(request.path_params["id"], sessions.who(request))
    given = await forms.read(request, Reason, hiding_statement)
    await moderation.hide_statement(statement, consultation, given.reason, by=sessions.person(request))
    return back(consultation.id, HIDDEN)


async def hide_many(request: Request) -> Response:
    consultation = await find(request)
    given = await forms.read(request, Many, desk)
    count = await floods.hide_many(consultation, given.remarks, given.reason, by=sessions.person(request))
    return back(consultation.id, Phrase("%(n)s opinions are hidden; the reason can be read by everybody.", n=count))


async def hide_flood(request: Request) -> Response:
    consultation = await find(request)
    given = await forms.read(request, Flood, desk)
    count = await floods.hide_flood(consultation, *given.moments(), given.flood, by=sessions.person(request))
    return back(consultation.id, Phrase("%(n)s opinions are hidden; the reason can be read by everybody.", n=count))


async def guard(request: Request) -> Response:
    consultation = await find(request)
    given = await forms.read(request, Guard, desk)
    await floods.signed_only(consultation, given.guard, by=sessions.person(request))
    return back(consultation.id, Phrase("From now on only those with an account, a slip or a paper answer. Everybody reads why."))


async def unguard(request: Request) -> Response:
    consultation = await find(request)
    await floods.for_everyone(consultation, by=sessions.person(request))
    return back(consultation.id, Phrase("Everybody with the link can answer again."))


async def appeal(request: Request) -> Response:
    remark, consultation = await moderation.find_remark(request.path_params["id"], sessions.who(request))
    return await _appealed(request, remark, consultation.id)


async def appeal_statement(request: Request) -> Response:
    statement, consultation = await moderation.find_statement(request.path_params["id"], sessions.who(request))
    return await _appealed(request, statement, consultation.id)


async def _appealed(request: Request, hidden: moderation.Hidden, consultation_id: int) -> Response:
    given = await forms.read(request, Words)
    limits.take(request, "objection")
    await moderation.appeal(hidden, given.words, by=await voice(request, await moderation.of(hidden)))
    told = Phrase("Your appeal is with the level above. Its answer will stand on this page.")
    return pages.redirect(f"/consultations/{consultation_id}", told)


async def judge(request: Request) -> Response:
    case, consultation = await Appeal.find(request.path_params["id"], sessions.who(request))
    given = await forms.read(request, Judging)
    await moderation.decide_appeal(case, given.verdict, given.answer, by=sessions.person(request))
    return back(consultation.id, Phrase("The answer has been published."))


routes = [
    Route("/remarks/{id:int}/hiding", hiding),
    Route("/remarks/{id:int}/hiding", hide, methods=["POST"]),
    Route("/remarks/{id:int}/showing", unhide, methods=["POST"]),
    Route("/statements/{id:int}/hiding", hiding_statement),
    Route("/statements/{id:int}/hiding", hide_statement, methods=["POST"]),
    Route("/consultations/{id:int}/hidings", hide_many, methods=["POST"]),
    Route("/consultations/{id:int}/floods", hide_flood, methods=["POST"]),
    Route("/consultations/{id:int}/guard", guard, methods=["POST"]),
    Route("/consultations/{id:int}/guard/end", unguard, methods=["POST"]),
    Route("/remarks/{id:int}/appeals", appeal, methods=["POST"]),
    Route("/statements/{id:int}/appeals", appeal_statement, methods=["POST"]),
    Route("/appeals/{id:int}/answer", judge, methods=["POST"]),
]
