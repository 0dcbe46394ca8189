"""Proposals besides their vote: one merged into another, and the answer of the office."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import must
from council.proceedings import merging
from council.refusals import Refusal
from council.routes import forms, pages, proposals
from council.routes.standing import me, signed_in


class MergingForm(forms.Shape):
    into: int


class AnswerForm(forms.Shape):
    words: Annotated[str, Field(max_length=2000)] = ""


@signed_in
async def merging_form(request: Request, errors: Any = None, kept: Any = None) -> Response:
    proposal, meeting = await proposals.find(request)
    await must(me(request), "proposal.merge", proposal)
    return pages.show(
        request, "proposals/merging.html", _("Merge it into another"), here="meetings", errors=errors, kept=kept or {}, proposal=proposal,
        meeting=meeting, targets=[(str(one.id), one.text) for one in await merging.targets(proposal)],
    )  # fmt: skip


@signed_in
async def merge(request: Request) -> Response:
    proposal, meeting = await proposals.find(request)
    given = await forms.read(request, MergingForm, again=merging_form)
    into = next((one for one in await merging.targets(proposal) if one.id == given.into), None)
    if into is None:
        raise Refusal("Choose another proposal on the same item.", field="into")
    await merging.merge(proposal, into, by=me(request))
    return pages.redirect(f"/meetings/{meeting.id}/proposals", Phrase("Merged. Its text stays to be read."))


@signed_in
async def answer_form(request: Request, errors: Any = None, kept: Any = None) -> Response:
    proposal, meeting = await proposals.find(request)
    await must(me(request), "proposal.answer", proposal, at=await meeting.place)
    return pages.show(
        request, "proposals/answer.html", _("Answer of the office"), here="meetings", errors=errors, kept=kept or {"words": proposal.answer},
        proposal=proposal, meeting=meeting,
    )  # fmt: skip


@signed_in
async def answer(request: Request) -> Response:
    proposal, _meeting = await proposals.find(request)
    given = await forms.read(request, AnswerForm, again=answer_form)
    await merging.answer(proposal, given.words, by=me(request))
    return pages.redirect(f"/proposals/{proposal.id}", Phrase("The answer stands under the proposal."))


routes = [
    Route("/proposals/{id:int}/merging", merging_form),
    Route("/proposals/{id:int}/merging", merge, methods=["POST"]),
    Route("/proposals/{id:int}/answer", answer_form),
    Route("/proposals/{id:int}/answer", answer, methods=["POST"]),
]
