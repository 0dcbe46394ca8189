"""The listening desk: opinions under headings, duplicates; the answer to every group, and the end."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import may
from council.proceedings import answering, headings, moderation, recordings
from council.proceedings.answering import Reply
from council.proceedings.consultations import Consultation
from council.proceedings.headings import VERDICTS, Heading
from council.proceedings.statements import Statement
from council.proceedings.unheard import told_apart
from council.refusals import NotFound
from council.routes import forms, pages, sessions
from council.routes.consultations import find
from council.rules.manners import marked

AT_ONCE, COMPARED = 100, 600  # loose opinions on a page; opinions looked through for likeness


class Filing(forms.Shape):
    remarks: list[int] = []
    heading: Annotated[int, Field(ge=0)] = 0
    title: Annotated[str, Field(max_length=80)] = ""


class Words(forms.Shape):
    words: Annotated[str, Field(max_length=2000)] = ""


class Joining(forms.Shape):
    same_as: Annotated[int, Field(ge=0)] = 0


class Taking(forms.Shape):
    remark: Annotated[int, Field(ge=1)]


class Became(forms.Shape):
    became: Annotated[str, Field(max_length=30)] = ""


class Replying(forms.Shape):
    verdict: Annotated[str, Field(max_length=8)] = ""
    words: Annotated[str, Field(max_length=2000)] = ""
    became: Annotated[str, Field(max_length=30)] = ""


async def desk(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    consultation, by = await find(request), sessions.who(request)
    judges = await may(by, "remark.judge", at=await moderation.above(consultation))
    allowed = {act: await may(by, f"consultation.{act}", consultation) for act in ("listen", "reply")}
    if not (judges or await may(by, "consultation.see", consultation)) or consultation.stage == "drafted":
        raise NotFound
    heard, listed = await headings.listening(consultation), consultation.electorate != "everyone"
    return pages.show(
        request, "consultations/desk.html", _("What was said"), here="consultations", errors=errors, kept=kept or {}, consultation=consultation,
        heard=heard, loose=heard.loose[:AT_ONCE], allowed=allowed, judges=judges, appeals=await moderation.appeals(consultation),
        pairs=_pairs(heard) if allowed["listen"] else [], outcomes=await answering.outcomes(consultation), verdicts=list(VERDICTS.items()),
        statements=await Statement.of(consultation), words=VERDICTS, marked={one.id: marked(one.words) for one in heard.loose[:AT_ONCE]},
        held=consultation.answered - told_apart(consultation.answered) if listed and consultation.stage == "open" else 0, listed=listed,
        spoken=len(await recordings.waiting(consultation)) if await may(by, "recording.hear", consultation) else 0,
        may_guard=not listed and await may(by, "consultation.guard", consultation),
        titles=[(str(one.heading.id), one.heading.title) for one in heard.groups],
    )  # fmt: skip


def _pairs(heard: headings.Listening) -> list[dict[str, Any]]:
    """Opinions much alike, with their words and the reason."""
    own = {one.id: one for one in [*heard.loose, *(one for group in heard.groups for one in group.remarks)][:COMPARED]}
    return [{"pair": pair, "first": own[pair.first], "second": own[pair.second]} for pair in headings.suggestions(own.values())[:10]]


async def _consultation(request: Request, number: int) -> Consultation:
    return await Consultation.find(number, sessions.who(request))


def back(consultation_id: int, said: Phrase | None = None) -> Response:
    return pages.redirect(f"/consultations/{consultation_id}/remarks", said)


async def file(request: Request) -> Response:
    """Under a heading that stands, or a new one."""
    consultation, by = await find(request), sessions.person(request)
    given = await forms.read(request, Filing, desk)
    if given.title or not given.heading:
        await headings.add(consultation, given.title, by=by, remarks=given.remarks)
    else:
        heading = await Heading.get(id=given.heading, consultation_id=consultation.id)
        await headings.file(heading, consultation, given.remarks, by=by)
    return back(consultation.id)


async def take_out(request: Request) -> Response:
    heading = await Heading.find(request.path_params["id"])
    given = await forms.read(request, Taking)
    remark, consultation = await moderation.find_remark(given.remark, sessions.who(request))
    await headings.take_out(heading, remark, by=sessions.person(request))
    return back(consultation.id)


async def join(request: Request) -> Response:
    remark, consultation = await moderation.find_remark(request.path_params["id"], sessions.who(request))
    given = await forms.read(request, Joining)
    await headings.join(remark, given.same_as, by=sessions.person(request))
    return back(consultation.id)


async def reply_form(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    heading = await Heading.find(request.path_params["id"])
    consultation = await _consultation(request, heading.consultation_id)
    if not await may(sessions.who(request), "consultation.reply", consultation):
        raise NotFound
    heard = await headings.listening(consultation)
    start = {"verdict": heading.verdict, "words": heading.answer, "became": f"{heading.became}:{heading.became_id}" if heading.became else ""}
    return pages.show(
        request, "consultations/reply.html", heading.title, here="consultations", errors=errors, kept=kept or start, heading=heading,
        consultation=consultation, group=next(one for one in heard.groups if one.heading.id == heading.id), verdicts=list(VERDICTS.items()),
        outcomes=await answering.outcomes(consultation),
    )  # fmt: skip


async def reply(request: Request) -> Response:
    heading = await Heading.find(request.path_params["id"])
    given = await forms.read(request, Replying, reply_form)
    await answering.reply(heading, Reply(given.verdict, given.words, given.became), by=sessions.person(request))
    return back(heading.consultation_id, Phrase("The answer is kept. Everybody reads it once the consultation is concluded."))


async def outcome_form(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    heading = await Heading.find(request.path_params["id"])
    consultation = await _consultation(request, heading.consultation_id)
    if not await may(sessions.who(request), "consultation.report", consultation):
        raise NotFound
    start = {"became": f"{heading.became}:{heading.became_id}" if heading.became else ""}
    return pages.show(
        request, "consultations/outcome.html", heading.title, here="consultations", errors=errors, kept=kept or start, heading=heading,
        consultation=consultation, outcomes=await answering.outcomes(consultation),
    )  # fmt: skip


async def link(request: Request) -> Response:
    """A group points at what it became."""
    heading = await Heading.find(request.path_params["id"])
    given = await forms.read(request, Became, outcome_form)
    await answering.link(heading, given.became, by=sessions.person(request))
    return pages.redirect(f"/consultations/{heading.consultation_id}", Phrase("Saved."))


async def conclude(request: Request) -> Response:
    consultation = await find(request)
    given = await forms.read(request, Words, desk)
    await answering.conclude(consultation, given.words, by=sessions.person(request))
    return pages.redirect(f"/consultations/{consultation.id}", Phrase("Concluded. Those who spoke and have an account have been told."))


routes = [
    Route("/consultations/{id:int}/remarks", desk),
    Route("/consultations/{id:int}/filings", file, methods=["POST"]),
    Route("/headings/{id:int}/removals", take_out, methods=["POST"]),
    Route("/headings/{id:int}/answer", reply_form),
    Route("/headings/{id:int}/answer", reply, methods=["POST"]),
    Route("/headings/{id:int}/outcome", outcome_form),
    Route("/headings/{id:int}/outcome", link, methods=["POST"]),
    Route("/remarks/{id:int}/joining", join, methods=["POST"]),
    Route("/consultations/{id:int}/conclusion", conclude, methods=["POST"]),
]
