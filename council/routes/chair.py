"""The chair's desk, and every act of the chair."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import clock
from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import must
from council.neighbourhood.people import Person
from council.proceedings import calling, chair, diary
from council.proceedings.agenda import AgendaItem
from council.proceedings.meetings import Meeting
from council.refusals import NotFound, Refusal
from council.routes import forms, pages, sessions
from council.routes.meetings import at, found, path
from council.routes.standing import me, signed_in
from council.secretariat import announcements, desks, scenes


class WordsForm(forms.Shape):
    words: Annotated[str, Field(max_length=2000)] = ""


class BreakForm(WordsForm):
    """`day` and `hour` only where the meeting goes on another day."""

    day: date | None = None
    hour: Annotated[str, Field(pattern=r"^(([01]?\d|2[0-3])[:：][0-5]\d)?$")] = ""

    @property
    def resumes_at(self) -> datetime | None:
        if self.day is None and not self.hour:
            return None
        if self.day is None or not self.hour:
            raise Refusal("Give both the day and the hour at which it goes on, or neither.", field="hour" if self.day else "day")
        return at(self.day, self.hour)


class ChairForm(forms.Shape):
    person: int


async def chaired(request: Request) -> Meeting:
    """The meeting, for its chair; for everybody else there is no desk."""
    meeting = await found(request)
    if "chair" not in await meeting.relations(me(request)):
        raise NotFound
    return meeting


async def _item(request: Request) -> tuple[AgendaItem, Meeting]:
    item, meeting = await AgendaItem.find(request.path_params["id"], sessions.who(request))
    await must(me(request), "item.take_up", meeting)
    return item, meeting


@signed_in
async def desk(request: Request) -> Response:
    meeting = await found(request)
    if "former_chair" in await meeting.relations(me(request)):
        return pages.redirect(path(meeting, "chair"), Phrase("Your term of office has ended: hand the chair over."), "stop")
    meeting = await chaired(request)
    number = await diary.sequence(meeting)
    return pages.show(
        request, "meetings/desk.html", meeting.title, here="meetings", meeting=meeting, caption=announcements.when(meeting),
        at=clock.now().timestamp(),
        stream=f"{path(meeting, 'stream')}?page=desk&after={number}", block="desk", **await scenes.common(meeting),
        **await desks.desk(meeting, me(request)),
    )  # fmt: skip


@signed_in
async def open_meeting(request: Request) -> Response:
    meeting = await found(request)
    if meeting.discussion_missing and meeting.chair_id == me(request).id:
        return pages.redirect(path(meeting, "discussion"), Phrase("The law asks that the Party organisation discusses first."), "stop")
    await chair.open(meeting, by=me(request))
    return pages.redirect(path(meeting, "desk"))


async def ask(request: Request, meeting: Meeting, title: str, text: str, verb: str, action: str, **more: Any) -> Response:
    """A page that asks once before an act that cannot be undone, or for its words."""
    return pages.show(
        request, "meetings/asking.html", title, here="meetings", meeting=meeting, text=text, verb=verb, action=action, back=path(meeting, "desk"),
        **({"label": "", "hint": "", "errors": None, "kept": {}, "quote": "", "facts": (), "choice": None, "later": False} | more),
    )  # fmt: skip


@signed_in
async def adjournment(request: Request, errors: Any = None, kept: Any = None) -> Response:
    meeting = await chaired(request)
    return await ask(
        request, meeting, _("Adjourn the meeting"), _("Seats and the queue are kept. Before you go on, the roll is called again."), _("Adjourn"),
        path(meeting, "adjournment"), label=_("Why, and until when?"), errors=errors, kept=kept or {}, later=True,
    )  # fmt: skip


@signed_in
async def adjourn(request: Request) -> Response:
    meeting = await found(request)
    given = await forms.read(request, BreakForm, again=adjournment)
    await chair.adjourn(meeting, given.words, by=me(request), resumes_at=given.resumes_at)
    return pages.redirect(path(meeting, "desk"))


@signed_in
async def closing(request: Request, errors: Any = None, kept: Any = None) -> Response:
    meeting = await chaired(request)
    text = _("A closed meeting cannot be opened again. Items that were not taken up are put off to another meeting.")
    return await ask(request, meeting, _("Close the meeting"), text, _("Close the meeting"), path(meeting, "closing"), errors=errors)


@signed_in
async def close(request: Request) -> Response:
    meeting = await found(request)
    await forms.read(request, WordsForm, again=closing)
    await chair.close(meeting, by=me(request))
    return pages.redirect(path(meeting), Phrase("The meeting is closed."))


@signed_in
async def handing(request: Request, errors: Any = None, kept: Any = None) -> Response:
    meeting = await found(request)
    await must(me(request), "meeting.hand_over", meeting)
    people = [(str(one.id), one.name) for one in await chair.deputies(meeting)]
    return pages.show(
        request, "meetings/handing.html", _("Hand over the chair"), here="meetings", errors=errors, kept=kept or {}, meeting=meeting, people=people
    )


@signed_in
async def hand_over(request: Request) -> Response:
    meeting = await found(request)
    given = await forms.read(request, ChairForm, again=handing)
    able: dict[int, Person] = {one.id: one for one in await chair.deputies(meeting)}
    if given.person not in able:
        raise Refusal("Choose one of the answers shown.", field="person")
    await chair.hand_over(meeting, able[given.person], by=me(request))
    return pages.redirect(path(meeting), Phrase("%(name)s has the chair now.", name=able[given.person].name))


@signed_in
async def recording(request: Request, errors: Any = None, kept: Any = None) -> Response:
    meeting = await found(request)
    await must(me(request), "meeting.change", meeting)
    people = [(str(one.id), one.name) for one in await calling.recorders(meeting)]
    return pages.show(
        request, "meetings/recording.html", _("Who keeps the record?"), here="meetings", errors=errors, meeting=meeting, people=people,
        kept=kept or {"person": meeting.recorder_id or ""},
    )  # fmt: skip


@signed_in
async def name_recorder(request: Request) -> Response:
    meeting = await found(request)
    given = await forms.read(request, ChairForm, again=recording)
    able: dict[int, Person] = {one.id: one for one in await calling.recorders(meeting)}
    if given.person not in able:
        raise Refusal("Choose one of the answers shown.", field="person")
    await calling.appoint_recorder(meeting, able[given.person], by=me(request))
    return pages.redirect(path(meeting), Phrase("Saved."))


@signed_in
async def take_up(request: Request) -> Response:
    item, meeting = await _item(request)
    await chair.take_up(item, meeting, by=me(request))
    return pages.redirect(path(meeting, "desk"))


@signed_in
async def conclusion(request: Request, errors: Any = None, kept: Any = None) -> Response:
    item, meeting = await _item(request)
    ballot = await scenes.last_ballot(item)
    said = ballot.question if ballot and ballot.decision.get("carried") else ""
    return await ask(
        request, meeting, _("Conclude this item"), item.title, _("Conclude this item"), f"/items/{item.id}/conclusion",
        label=_("What came of it, in one or two sentences"), errors=errors, kept=kept or {"words": said},
    )  # fmt: skip


@signed_in
async def conclude(request: Request) -> Response:
    item, meeting = await _item(request)
    given = await forms.read(request, WordsForm, again=conclusion)
    if len(given.words) < 2:
        raise Refusal("Write what came of it.", field="words")
    await chair.conclude(item, meeting, given.words, by=me(request))
    return pages.redirect(path(meeting, "desk"))


@signed_in
async def deferral(request: Request, errors: Any = None, kept: Any = None) -> Response:
    item, meeting = await _item(request)
    return await ask(
        request, meeting, _("Put this item off"), item.title, _("Put this item off"), f"/items/{item.id}/deferral", label=_("Why? (may stay empty)"),
        errors=errors, kept=kept or {},
    )  # fmt: skip


@signed_in
async def defer(request: Request) -> Response:
    item, meeting = await _item(request)
    given = await forms.read(request, WordsForm, again=deferral)
    await chair.defer(item, meeting, by=me(request), reason=given.words)
    return pages.redirect(path(meeting, "desk"))


@signed_in
async def promise(request: Request, errors: Any = None, kept: Any = None) -> Response:
    item, meeting = await _item(request)
    return await ask(
        request, meeting, _("Write down what was promised"), item.title, _("Record the promise"), f"/items/{item.id}/promise",
        label=_("Who promises what, and until when?"), hint=_("Read it aloud to both sides first. Only those in this meeting can read it later."),
        errors=errors, kept=kept or {},
    )  # fmt: skip


@signed_in
async def promised(request: Request) -> Response:
    item, meeting = await _item(request)
    given = await forms.read(request, WordsForm, again=promise)
    await chair.record_promise(item, given.words, by=me(request))
    return pages.redirect(path(meeting, "desk"), Phrase("The promise is recorded."))


routes = [
    Route("/meetings/{id:int}/desk", desk),
    Route("/meetings/{id:int}/opening", open_meeting, methods=["POST"]),
    *[
        route
        for address, ask, act in (
            ("/meetings/{id:int}/adjournment", adjournment, adjourn), ("/meetings/{id:int}/closing", closing, close),
            ("/meetings/{id:int}/chair", handing, hand_over), ("/meetings/{id:int}/recorder", recording, name_recorder),
            ("/items/{id:int}/conclusion", conclusion, conclude),
            ("/items/{id:int}/deferral", deferral, defer), ("/items/{id:int}/promise", promise, promised),
        )
        for route in (Route(address, ask), Route(address, act, methods=["POST"]))
    ],
    Route("/items/{id:int}/taking-up", take_up, methods=["POST"]),
]  # fmt: skip
