"""Answering: the sheet on a phone, one statement after another, papers and doorstep."""

from __future__ import annotations

import secrets
from dataclasses import replace
from functools import lru_cache
from typing import Annotated, Any

from pydantic import Field
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase, moment
from council.i18n import gettext as _
from council.neighbourhood.offices import may
from council.neighbourhood.people import Actor, Person, Visitor
from council.proceedings import answers, contributions, recordings, statements, unheard
from council.proceedings.answers import Said
from council.proceedings.asking import Asked
from council.proceedings.consultations import Consultation
from council.proceedings.contributions import STANCES, TELL
from council.proceedings.statements import Statement
from council.refusals import NotFound
from council.routes import forms, limits, pages, sessions, standing
from council.routes.consultations import find, voice
from council.routes.heard import parts
from council.settings import settings

Words = Annotated[str, Field(max_length=answers.LONGEST)]
STOOD = Phrase("An answer stands here already, given by you elsewhere or by your household. This is it: you can change it.")
BODY = recordings.LARGEST + 300_000  # bytes: a recording, and the words beside it


class Sheet(forms.Shape):
    """What every sheet has; the parts of a consultation come to it as `part_1`, `choice_1`."""

    words: Words = ""
    child: str = ""
    nonce: Annotated[str, Field(max_length=30)] = ""
    after: Annotated[int, Field(ge=0)] = 0
    asked: Annotated[int, Field(ge=0)] = 0
    channel: Annotated[str, Field(max_length=8)] = "paper"
    witness: Annotated[str, Field(max_length=50)] = ""
    stance: Annotated[str, Field(max_length=10)] = ""
    tell: Annotated[str, Field(max_length=8)] = ""
    recording: UploadFile | None = None


async def sheet(consultation: Consultation) -> type[Sheet]:
    """The form of this consultation."""
    return _sheet_of(tuple(one["key"] for one in await parts(consultation)))


@lru_cache(64)
def _sheet_of(keys: tuple[str, ...]) -> type[Sheet]:
    found: dict[str, Any] = {}
    for key in keys:
        found |= {f"part_{key}": (Words, ""), f"choice_{key}": (Annotated[str, Field(max_length=8)], "")}
    return forms.shape("Sheet", Sheet, **found) if keys else Sheet


async def said(consultation: Consultation, given: Sheet) -> Said:
    keys = [one["key"] for one in await parts(consultation)]
    words = {"": given.words} | {key: getattr(given, f"part_{key}") for key in keys}
    choices = {key: getattr(given, f"choice_{key}") for key in keys if getattr(given, f"choice_{key}")}
    return Said(words, choices, bool(given.child), given.nonce, given.tell, spoken=given.recording is not None)


async def form(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    """The sheet: empty, or with what stands. Whoever may not answer reads why on the page of the consultation."""
    consultation = await find(request)
    by = await voice(request, consultation)
    if not await answers.may_answer(consultation, by):
        return pages.redirect(f"/consultations/{consultation.id}")
    mine = await contributions.mine(consultation, by)
    if consultation.form == "statements":
        return await _deck(request, consultation, errors, kept)
    return pages.show(
        request, "consultations/answer.html", consultation.question, here="consultations", errors=errors, consultation=consultation, mine=mine,
        kept=kept or (await _standing(mine) if mine else {}), parts=await parts(consultation), longest=answers.LONGEST,
        stances=list(STANCES.items()), nonce=(kept or {}).get("nonce") or secrets.token_hex(8), listed=consultation.electorate != "everyone",
        ways=ways(by, consultation),
    )  # fmt: skip


def ways(by: Actor, consultation: Consultation) -> list[tuple[str, Phrase]]:
    """How whoever answers can be told what became of it: only what is really possible."""
    account, mail = isinstance(by, Person), isinstance(by, Person) and bool(by.mail_sealed and settings().smtp)
    possible = {"inbox": account, "mail": mail, "slip": account or consultation.electorate in ("households", "persons"), "none": True}
    return [(way, word) for way, word in TELL.items() if possible[way]]


async def _standing(mine: contributions.Contribution) -> dict[str, Any]:
    words = await contributions.words_of(mine)
    return {"words": words.get("", ""), "after": mine.version, "tell": mine.tell} | {f"part_{k}": v for k, v in words.items() if k} | {
        f"choice_{k}": v for k, v in mine.choices.items()
    }  # fmt: skip


async def _deck(request: Request, consultation: Consultation, errors: Any, kept: Any) -> Response:
    """One statement at a time, large enough to touch."""
    return pages.show(
        request, "consultations/deck.html", consultation.question, here="consultations", errors=errors, kept=kept or {}, consultation=consultation,
        deck=await statements.deck(consultation, await voice(request, consultation)), stances=list(statements.STANCES.items()), own=statements.OWN,
        longest=statements.LONGEST, nonce=(kept or {}).get("nonce") or secrets.token_hex(8), words=statements.STANCES,
    )  # fmt: skip


async def answer(request: Request) -> Response:
    consultation = await Consultation.known_to(sessions.who(request), request.path_params["id"])
    by = await voice(request, consultation)
    given = await forms.read(request, await sheet(consultation), form)
    _bounded(request, consultation, by, given.after)
    sound = await _sound(given)
    if given.after and (mine := await contributions.mine(consultation, by)) is not None:
        kept = await said(consultation, given)
        await answers.change(mine, replace(kept, spoken=kept.spoken or await recordings.waits(mine)), by=by, after=given.after)
        await _attached(mine.id, sound, by)
        return pages.redirect(f"/consultations/{consultation.id}", Phrase("Your answer has been changed."))
    made = await answers.answer(consultation, await said(consultation, given), by=by)
    await _carry(request, consultation, by, made.contribution_id)
    if made.news == "already":
        return pages.redirect(f"/consultations/{consultation.id}/contribution", STOOD, "note")
    await _attached(made.contribution_id, sound, by)
    until = moment(consultation.closes_at) if consultation.closes_at else ""
    thanks = Phrase("Thank you. You have been heard. You can change it until %(until)s.", until=until)
    return pages.redirect(f"/consultations/{consultation.id}", thanks)


def _bounded(request: Request, consultation: Consultation, by: Actor, after: int) -> None:
    """A sheet of nobody in particular counts against its address; whoever is known answers once anyway, and only changing it is counted."""
    if isinstance(by, Visitor) and consultation.electorate == "everyone":
        limits.take(request, "answer")
    elif after:
        limits.take(request, "change", voter=f"{consultation.id}:{by.id or sorted(sessions.carries(request, 'Asked'))}")


async def _sound(given: Sheet) -> bytes:
    """The recording that came with a sheet, refused before anything is kept."""
    sound = await given.recording.read(recordings.LARGEST + 1) if given.recording else b""
    if sound:
        recordings.kind_of(sound)
    return sound


async def _attached(contribution_id: int, sound: bytes, by: Actor) -> None:
    if sound:
        await recordings.attach(contribution_id, sound, by=by)


async def _carry(request: Request, consultation: Consultation, by: Actor, contribution_id: int) -> None:
    """Whoever has neither account nor slip knows their answer again by this browser alone."""
    if isinstance(by, Visitor) and consultation.electorate == "everyone":
        await sessions.carry(request, "Contribution", contribution_id)


async def take(request: Request) -> Response:
    """Agree, disagree or pass; the next statement follows."""
    statement, consultation = await Statement.find(request.path_params["id"], sessions.who(request))
    given = await forms.read(request, Sheet)
    limits.take(request, "stance")
    sheet_of = Said({}, {}, bool(given.child), given.nonce)
    made = await statements.take(statement, consultation, given.stance, sheet_of, by=(by := await voice(request, consultation)))
    await _carry(request, consultation, by, made.id)
    return pages.redirect(f"/consultations/{consultation.id}/contribution")


async def add(request: Request) -> Response:
    consultation = await find(request)
    given = await forms.read(request, Sheet, form)
    limits.take(request, "answer")
    sheet_of = Said({}, {}, bool(given.child), given.nonce)
    made = await statements.add(consultation, given.words, sheet_of, by=(by := await voice(request, consultation)))
    await _carry(request, consultation, by, made.contribution_id or 0)
    return pages.redirect(f"/consultations/{consultation.id}/contribution", Phrase("Your statement is added. Others can agree or disagree with it."))


async def allowed(request: Request, act: str) -> Consultation:
    consultation = await find(request)
    if not await may(sessions.who(request), act, consultation):
        raise NotFound
    return consultation


async def papers(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    consultation = await allowed(request, "consultation.enter_paper")
    q = standing.asked(request, "q")["q"]
    listed = await unheard.waiting(consultation, q, by=sessions.who(request))
    return pages.show(
        request, "consultations/papers.html", _("Enter what somebody said"), here="consultations", errors=errors, kept=kept or {}, q=q,
        consultation=consultation, parts=await parts(consultation), doors=[(str(one.id), one.label) for one in listed],
        longest=answers.LONGEST, stances=list(STANCES.items()), nonce=(kept or {}).get("nonce") or secrets.token_hex(8),
    )  # fmt: skip


async def enter(request: Request) -> Response:
    consultation = await find(request)
    given = await forms.read(request, await sheet(consultation), papers)
    place = await Asked.get(id=given.asked, consultation_id=consultation.id) if given.asked else None
    sound = await _sound(given)
    made = await answers.enter(
        consultation, place, await said(consultation, given), by=sessions.person(request), channel=given.channel, witness=given.witness
    )
    await _attached(made.contribution_id, sound, sessions.who(request))
    return pages.redirect(f"/consultations/{consultation.id}/papers", Phrase("It has been entered. Receipt: %(code)s", code=made.receipt))


routes = [
    Route("/consultations/{id:int}/contribution", form),
    Route("/consultations/{id:int}/contributions", answer, methods=["POST"], max_body_size=BODY),
    Route("/consultations/{id:int}/statements", add, methods=["POST"]),
    Route("/statements/{id:int}/stances", take, methods=["POST"]),
    Route("/consultations/{id:int}/papers", papers),
    Route("/consultations/{id:int}/papers", enter, methods=["POST"], max_body_size=BODY),
]
