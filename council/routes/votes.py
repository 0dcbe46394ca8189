"""Voting: choose, look once more, cast; change; papers entered by the recorder; count sheets of votes on paper."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import may
from council.neighbourhood.people import Actor, Person
from council.proceedings import ballotboard, ballotbox, papercounts, paperlist, proxies, reaching
from council.proceedings.ballots import Ballot, PaperCount
from council.proceedings.resolutions import count_paper
from council.refusals import Conflict, Forbidden, NotFound, Refusal
from council.routes import ballots, booth, evenness, forms, guard, outcomes, pages, sessions, standing
from council.rules.methods import voting_method
from council.rules.tally import MOST_OPTIONS

AGAIN = "again:"  # before the key of a voter whose paper was misread: never what a stale page sends by mistake
METRES = re.compile(r"\d{1,9}(\.\d{1,2})?")
NEWS = {
    "taken": (Phrase("Your vote has been taken."), "done"),
    "changed": (Phrase("Your vote has been changed."), "done"),
    "already": (Phrase("You have voted already. Nothing was changed."), "note"),
}


def _square_metres(text: object) -> int:
    """12,640.00 m² as 126400000 cm²; a ValueError says how it is written."""
    plain = str(text).replace(",", "").replace("，", "").replace("．", ".").strip()
    if not METRES.fullmatch(plain):
        raise ValueError(str(Phrase("Write square metres with at most two decimals, such as 12640.00.")))
    whole, _point, rest = plain.partition(".")
    return int(whole) * 10_000 + int(rest.ljust(2, "0") or 0) * 100


def _no_less(number: int) -> int:
    if number < 0:
        raise ValueError(str(Phrase("The number is at least %(ge)s.", ge=0)))
    return number


Area = Annotated[int, BeforeValidator(_square_metres)]
Persons = Annotated[int, AfterValidator(_no_less)]


MARKS: dict[str, Any] = {
    f"mark_{n}": (Annotated[int, Field(ge=0, le=100)] | None, Field(None, alias=f"mark.{n}")) for n in range(1, MOST_OPTIONS + 1)
}  # fmt: skip
Marked: Any = forms.shape("Marked", forms.Shape, **MARKS)


class Filled(Marked):  # type: ignore[misc]
    """A paper as it is filled in: what is ticked, and a number at the place of an option. `proxy` is the authority it is cast on."""

    choice: list[Annotated[str, Field(max_length=40)]] = []
    after: Annotated[int, Field(ge=0)] | None = None
    proxy: int | None = None

    def marks(self) -> dict[int, int]:
        found = {n: getattr(self, f"mark_{n}") for n in range(1, MOST_OPTIONS + 1)}
        return {n: number for n, number in found.items() if number is not None}


class Choice(forms.Shape):
    choice: Annotated[str, Field(max_length=120)]
    after: Annotated[int, Field(ge=0)] | None = None
    proxy: int | None = None


class Paper(Filled):
    """A paper somebody brings in. With a witness it was collected at the door."""

    voter: Annotated[str, Field(max_length=40)]
    witness: Annotated[str, Field(max_length=50)] = ""
    photo: UploadFile | None = None


class Sheet(forms.Shape):
    """A count sheet: persons and square metres of every line."""

    most = 2**53  # cm²

    took_part: Persons = Field(alias="participating.persons")
    took_part_area: Area = Field(alias="participating.area_cm2")
    yes: Persons = Field(alias="yes.persons")
    yes_area: Area = Field(alias="yes.area_cm2")
    no: Persons = Field(alias="no.persons")
    no_area: Area = Field(alias="no.area_cm2")
    abstain: Persons = Field(alias="abstain.persons")
    abstain_area: Area = Field(alias="abstain.area_cm2")
    spoiled: Persons = Field(alias="spoiled.persons")
    spoiled_area: Area = Field(alias="spoiled.area_cm2")

    def figures(self) -> dict[str, dict[str, int]]:
        numbers = list(self.model_dump().values())
        pairs = zip(papercounts.LINES, numbers[::2], numbers[1::2], strict=True)
        return {line: {"persons": persons, "area_cm2": area} for line, persons, area in pairs}


def filled(ballot: Ballot, given: Filled) -> str:
    """What stands on the paper, or a Refusal: nothing, too much, or what is not offered."""
    method = voting_method(ballot.method)
    choice = method.read(given.choice, given.marks())
    if not (given.choice or given.marks()):
        raise Refusal("Choose first what you vote for.", field="choice")
    if not choice:
        raise Refusal("This paper cannot be read: look at what you marked once more.", field="choice")
    return method.check(choice, ballot.options, ballot.terms)


def private(request: Request, ballot: Ballot) -> None:
    """A secret paper never travels where others could read along; in the demonstration nothing is at stake."""
    if ballot.secret and guard.insecure(request) and not pages.Site.demo:
        raise Forbidden("This connection is not encrypted, so no secret vote is taken here. Use the https address or paper.")


async def whose(ballot: Ballot, number: int | None, by: Actor) -> str:
    """In whose stead a paper is cast, as the list says; NotFound for an authority that is another's."""
    if not number:
        return ""
    held = {one.id: label for one, label, _stands in await proxies.entrusted(ballot, by)}
    if number not in held:
        raise NotFound
    return held[number]


async def confirm(request: Request) -> Response:
    """One look more before the paper goes in. Nothing is recorded here."""
    ballot = await ballots.find(request)
    given = await forms.read(request, Filled, ballots.show)
    private(request, ballot)
    choice = filled(ballot, given)
    if not ballot.running():
        raise Conflict("This vote is closed. Nothing more is taken.")
    word = voting_method(ballot.method).words(choice, ballot.options)
    answer = pages.show(
        request, "ballots/confirmation.html", _("Check your vote"), here="meetings", ballot=ballot, choice=choice, word=word,
        question=ballotboard.question(ballot), after=given.after, proxy=given.proxy, whose=await whose(ballot, given.proxy, sessions.who(request)),
        filling=evenness.filling(ballot, choice, word), even=evenness.even(ballot, choice),
    )  # fmt: skip
    # Compressed on its way, pages that are equally long would not be so any more.
    answer.headers["cache-control"] = "no-store, no-transform"
    return answer


async def cast(request: Request) -> Response:
    ballot = await ballots.known(request)
    given = await forms.read(request, Choice, ballots.show)
    private(request, ballot)
    who = sessions.who(request)
    answer = await ballotbox.cast(ballot, given.choice, by=who, proxy=await ballots.authority(ballot, given.proxy, who))
    return pages.redirect(f"/ballots/{ballot.id}", *NEWS[answer.news])


async def change(request: Request) -> Response:
    ballot = await ballots.known(request)
    given = await forms.read(request, Choice, ballots.show)
    private(request, ballot)
    answer = await ballotbox.change(ballot, given.choice, by=sessions.who(request), after=given.after or 0)
    return pages.redirect(f"/ballots/{ballot.id}", *NEWS[answer.news])


async def _allowed(request: Request, act: str) -> Ballot:
    ballot = await ballots.find(request)
    if not await may(sessions.who(request), act, ballot):
        raise NotFound
    return ballot


async def papers(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    ballot = await _allowed(request, "ballot.enter_paper")
    q = standing.asked(request, "q")["q"]
    again = await paperlist.entered(ballot, sessions.who(request), q)
    waiting = [(one.voter, one.label) for one in await paperlist.waiting(ballot, q)]
    voters = waiting + [(AGAIN + one.voter, _("%(name)s, entered by you: enter it anew") % {"name": one.label}) for one in again]
    return pages.show(
        request, "ballots/papers.html", _("Enter a paper"), here="meetings", errors=errors, kept=kept or {}, ballot=ballot, q=q,
        waiting=bool(waiting), voters=voters, choices=booth.choices(ballot), paper=outcomes.paper(ballot),
        door=ballot.meeting_id is None and not ballot.secret,
    )  # fmt: skip


async def enter_paper(request: Request) -> Response:
    ballot, who = await ballots.find(request), sessions.who(request)
    given = await forms.read(request, Paper, papers)
    private(request, ballot)
    channel, photo = "door" if given.witness else "paper", await given.photo.read() if given.photo else b""
    voter = given.voter.removeprefix(AGAIN)
    if voter != given.voter:
        answer = await ballotbox.correct_paper(ballot, await paperlist.own_entry(ballot, voter, who), filled(ballot, given), by=who)
    else:
        answer = await ballotbox.enter_paper(ballot, voter, filled(ballot, given), by=who, channel=channel, witness=given.witness)
    if photo:
        await reaching.keep_photo(ballot, voter, photo, by=sessions.person(request))
    return pages.redirect(f"/ballots/{ballot.id}/papers", Phrase("The paper has been entered. Receipt: %(code)s", code=answer.receipt))


async def counts(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    ballot, who = await _allowed(request, "ballot.count"), sessions.who(request)
    shown = await papercounts.sheets(ballot, who) if isinstance(who, Person) else []
    return pages.show(
        request, "ballots/counts.html", _("Enter the count"), here="meetings", errors=errors, kept=kept or _mine(shown, who), ballot=ballot,
        shown=shown, lines=papercounts.LINES, differing=papercounts.differing([count for count, _person in shown]),
    )  # fmt: skip


def _mine(shown: list[tuple[PaperCount, Person | None]], who: Actor) -> dict[str, str]:
    """One's own numbers again, to mend those that differ."""
    own = next((count.figures for count, person in shown if person and person.id == who.id), {})
    pairs = {f"{line}.persons": str(pair["persons"]) for line, pair in own.items()}
    return pairs | {f"{line}.area_cm2": f"{pair['area_cm2'] // 10_000}.{pair['area_cm2'] % 10_000 // 100:02}" for line, pair in own.items()}


async def enter_count(request: Request) -> Response:
    ballot, who = await _allowed(request, "ballot.count"), sessions.who(request)
    given = await forms.read(request, Sheet, counts)
    assert isinstance(who, Person)
    await count_paper(ballot, given.figures(), by=who)
    now = await Ballot.get(id=ballot.id)
    if now.stage == "declared":
        return pages.redirect(f"/ballots/{ballot.id}", Phrase("Both counts agree. The result is declared."))
    return pages.redirect(f"/ballots/{ballot.id}/counts", Phrase("Your count is kept. It needs an equal one by a second person."), "note")


routes = [
    Route("/ballots/{id:int}/confirmation", confirm, methods=["POST"]),
    Route("/ballots/{id:int}/votes", cast, methods=["POST"]),
    Route("/ballots/{id:int}/changes", change, methods=["POST"]),
    Route("/ballots/{id:int}/papers", papers),
    Route("/ballots/{id:int}/papers", enter_paper, methods=["POST"], max_body_size=forms.PHOTO),
    Route("/ballots/{id:int}/counts", counts),
    Route("/ballots/{id:int}/counts", enter_count, methods=["POST"]),
]
