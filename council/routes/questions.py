"""Drawing up what is voted: on a proposal, between options, of the owners, of the people of a place."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import may
from council.neighbourhood.registers import Register, current, in_use
from council.proceedings.agenda import AgendaItem
from council.proceedings.ballots import Ballot
from council.proceedings.electorates import NAMES, OF_AREA
from council.proceedings.matters import Matter
from council.proceedings.meetings import Meeting
from council.proceedings.questions import Way, draw, draw_outside
from council.proceedings.resolutions import Resolution
from council.refusals import NotFound, Refusal
from council.routes import forms, pages, proposals, sessions
from council.rules.methods import METHODS
from council.rules.thresholds import threshold

OWNERS_ITEMS: dict[int, Phrase] = {
    1: Phrase("Rules of procedure of the owners' assembly"), 2: Phrase("The management covenant"),
    3: Phrase("Electing the owners' committee or changing its members"), 4: Phrase("Hiring or dismissing the property company"),
    5: Phrase("Using the maintenance fund"), 6: Phrase("Raising the maintenance fund"), 7: Phrase("Rebuilding buildings and facilities"),
    8: Phrase("Changing the use of common parts, or business on them"), 9: Phrase("Another great matter of common ownership"),
}  # fmt: skip


SECRECY = {
    "named": (Phrase("By name"), Phrase("The recorder sees afterwards who voted how.")),
    "sealed": (
        Phrase("Secret"),
        Phrase("Papers are sealed to three custodians; nobody sees who voted how. Fewer than five papers: only the outcome is told."),
    ),
}
HOLDING = {
    "sheet": Phrase("On paper: two people count all papers, each for themselves"),
    "each": Phrase("One by one: by phone, or each paper entered"),
}


class Question(forms.Shape):
    """`owners_item` 0: none of the items of Civil Code art. 278. `lawful`: the RC art. 31 check has been made.

    `electorate` is "households", "persons", "representatives" or the number of an imported list.
    """

    most = 2**53  # yuan of a budget

    owners_item: Annotated[int, Field(ge=0, le=9)]
    lawful: Literal["yes"]
    question: Annotated[str, Field(max_length=2000)] = ""
    options: Annotated[str, Field(max_length=1500)] = ""
    method: Annotated[str, Field(max_length=24)] = ""
    secrecy: Literal["named", "sealed"] = "named"
    electorate: Annotated[str, Field(max_length=24)] = "households"
    holding: Literal["sheet", "each"] = "sheet"
    fewest: Annotated[int, Field(ge=0, le=12)] = Field(0, alias="least")
    highest: Annotated[int, Field(ge=0, le=12)] = Field(0, alias="most")
    seats: Annotated[int, Field(ge=0, le=12)] = 0
    points: Annotated[int, Field(ge=0, le=100)] = 0
    limit: Annotated[int, Field(ge=0)] = 0

    def way(self) -> Way:
        numbers = {"least": self.fewest, "most": self.highest, "seats": self.seats, "points": self.points, "limit": self.limit}
        return Way(
            self.method, {name: number for name, number in numbers.items() if number}, self.secrecy,
            self.electorate if self.electorate in OF_AREA else "households", self.holding,
        )  # fmt: skip

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(self.options.splitlines())


async def _form(request: Request, ballot: Ballot, action: str, flags: list[str], errors: Any, kept: Any, **more: Any) -> Response:
    """What whoever draws up a vote fills in. A matter that needs its owners proposes item 8, the commonest."""
    back = f"/meetings/{ballot.meeting_id}/proposals" if ballot.meeting_id else action.removesuffix("/ballots")
    if not await may(sessions.who(request), "ballot.draw", ballot):
        raise NotFound
    proposed = {"secrecy": "named", "holding": "sheet"} | ({"owners_item": "8"} if "NEEDS_OWNERS_VOTE" in flags else {})
    return pages.show(
        request, "ballots/new.html", _("Draw up a vote"), here="meetings", errors=errors, kept=kept or proposed, action=action, back=back,
        question=ballot.question, rule=threshold(ballot.rule_id) if ballot.rule_id else None,
        items=[(str(n), f"{n}. {word}") for n, word in OWNERS_ITEMS.items()],
        **{"register": None, "totals": None, "choice": False, "methods": [], "electorates": [], "holdings": [],
           "secrecy": [(code, *about) for code, about in SECRECY.items()]} | more,
    )  # fmt: skip


def _methods() -> list[tuple[str, str, str]]:
    return [(code, str(method.name), str(method.rule)) for code, method in METHODS.items()]


async def _electorates(ballot: Ballot, place_id: int) -> list[tuple[str, str]]:
    """The people of the area, or one of the lists imported for it, the owners' apart."""
    lists = [one for one in await in_use(place_id) if one.kind != "owners"]
    return [(code, str(NAMES[code])) for code in OF_AREA] + [(str(one.id), f"{NAMES[one.kind]}：{one.source}") for one in lists]


async def _list(given: Question, place_id: int) -> Register | None:
    """The imported list that was chosen, if one was."""
    return next((one for one in await in_use(place_id) if str(one.id) == given.electorate), None)


async def for_proposal(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    proposal, meeting = await proposals.find(request)
    matter = await proposal.item.about()
    ballot = Ballot(meeting_id=meeting.id, question=proposal.text, rule_id=meeting.rule_id, path=meeting.path)
    flags = matter.flags if matter and not proposal.amends_id else []
    return await _form(request, ballot, f"/proposals/{proposal.id}/ballots", flags, errors, kept)


async def draw_for_proposal(request: Request) -> Response:
    proposal, _meeting = await proposals.find(request)
    given = await forms.read(request, Question, for_proposal)
    way = Way(secrecy=given.secrecy)
    ballot = await draw(proposal.item, by=sessions.who(request), proposal=proposal, owners_item=given.owners_item or None, way=way)
    return pages.redirect(f"/ballots/{ballot.id}", Phrase("The vote is drawn up. Read the question aloud, then open it."))


async def for_item(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    item = await AgendaItem.get(id=request.path_params["id"])
    meeting = await Meeting.find(item.meeting_id, sessions.who(request))
    ballot = Ballot(meeting_id=meeting.id, question="", rule_id=meeting.rule_id, path=meeting.path)
    return await _form(request, ballot, f"/items/{item.id}/ballots", [], errors, kept, choice=True, methods=_methods())


async def draw_for_item(request: Request) -> Response:
    item = await AgendaItem.get(id=request.path_params["id"])
    await Meeting.find(item.meeting_id, sessions.who(request))
    given = await forms.read(request, Question, for_item)
    ballot = await draw(
        item, by=sessions.who(request), question=given.question, options=given.lines, owners_item=given.owners_item or None, way=given.way(),
    )  # fmt: skip
    return pages.redirect(f"/ballots/{ballot.id}", Phrase("The vote is drawn up. Read the question aloud, then open it."))


async def for_owners(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    resolution = await Resolution.seen_by(sessions.who(request), request.path_params["id"])
    register = await current(resolution.place)
    ballot = Ballot(question=resolution.text, rule_id="", path=resolution.path)
    return await _form(
        request, ballot, f"/resolutions/{resolution.id}/ballots", ["NEEDS_OWNERS_VOTE"] if resolution.needs_owners else [], errors, kept,
        register=register or False, totals=await register.totals() if register else None, holdings=list(HOLDING.items()), secrecy=[],
    )  # fmt: skip


async def draw_for_owners(request: Request) -> Response:
    resolution = await Resolution.seen_by(sessions.who(request), request.path_params["id"])
    given = await forms.read(request, Question, for_owners)
    if (register := await current(resolution.place)) is None:
        raise Refusal("There is no register of owners for this place. Enter it first.", field="owners_item")
    ballot = await draw_outside(
        resolution.place, resolution.text, by=sessions.who(request), matter=resolution.matter, register=register,
        owners_item=given.owners_item or None, way=Way(holding=given.holding),
    )  # fmt: skip
    return pages.redirect(f"/ballots/{ballot.id}", Phrase("The owners' vote is drawn up. Open it and hand out the papers."))


async def for_matter(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    matter = await Matter.seen_by(sessions.who(request), request.path_params["id"])
    ballot = Ballot(question="", rule_id="ADVICE_HOUSEHOLDS", path=matter.path)
    return await _form(
        request, ballot, f"/matters/{matter.id}/ballots", matter.flags, errors, kept, choice=True, methods=_methods(),
        electorates=await _electorates(ballot, matter.place_id),
    )  # fmt: skip


async def draw_for_matter(request: Request) -> Response:
    matter = await Matter.seen_by(sessions.who(request), request.path_params["id"])
    given = await forms.read(request, Question, for_matter)
    ballot = await draw_outside(
        await matter.place, given.question, by=sessions.who(request), matter=matter, options=given.lines, way=given.way(),
        register=await _list(given, matter.place_id), owners_item=given.owners_item or None,
    )  # fmt: skip
    return pages.redirect(f"/ballots/{ballot.id}", Phrase("The vote is drawn up. Say until when it runs, and open it."))


routes = [
    Route("/proposals/{id:int}/ballots/new", for_proposal),
    Route("/proposals/{id:int}/ballots", draw_for_proposal, methods=["POST"]),
    Route("/items/{id:int}/ballots/new", for_item),
    Route("/items/{id:int}/ballots", draw_for_item, methods=["POST"]),
    Route("/resolutions/{id:int}/ballots/new", for_owners),
    Route("/resolutions/{id:int}/ballots", draw_for_owners, methods=["POST"]),
    Route("/matters/{id:int}/ballots/new", for_matter),
    Route("/matters/{id:int}/ballots", draw_for_matter, methods=["POST"]),
]
