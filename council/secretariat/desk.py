"""The desk: what waits for an officer today, within reach, the most pressing first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tortoise.expressions import Q

from council import clock
from council.neighbourhood import listing
from council.neighbourhood.offices import Standing
from council.neighbourhood.people import Person, Visitor
from council.proceedings.ballots import CONDUCTING, Ballot
from council.proceedings.custodians import Custodian
from council.proceedings.handoffs import HandOff
from council.proceedings.matters import Matter
from council.proceedings.meetings import LIVE, Meeting, known_to
from council.proceedings.petitions import Petition
from council.proceedings.sight import Wanted, listed
from council.proceedings.tasks import Task
from council.proceedings.triage import Doubt
from council.rules.powers import POWERS
from council.secretariat.postings import Objection

MOST = 20
NOBODY = Q(id=0)


@dataclass(frozen=True)
class Waiting:
    """What waits, each list with the most pressing first."""

    handoffs: list[HandOff]
    to_confirm: list[Matter]
    doubts: list[Matter]
    raised: list[Matter]
    mine: list[Task]
    to_accept: list[Task]
    overdue: list[Task]
    meetings: list[Meeting]
    votes: list[Ballot]
    objections: list[Objection]
    petitions: list[Petition]

    def __bool__(self) -> bool:
        return any(vars(self).values())


def within(held: Standing, act: str) -> Q:
    """Rows with a `path` that the offices for an act reach."""
    found = NOBODY
    for code, path, _ in held.holds:
        if code in POWERS[act].offices:
            found |= Q(path__startswith=path)
    return found


async def waiting(by: Person, held: Standing) -> Waiting:
    matters, today = within(held, "matter.confirm"), clock.today()
    doubted = await Doubt.filter(answered_at=None).order_by("id").limit(200).values_list("matter_id", flat=True)
    tasks = Task.filter(within(held, "task.accept")).prefetch_related("matter", "unit", "person")
    return Waiting(
        await _handoffs(held),
        await Matter.filter(matters, stage="reported").order_by("due", "id").limit(MOST),
        await Matter.filter(matters, id__in=list(doubted) or [0]).order_by("id").limit(MOST),
        await _raised(held),
        await _mine(by),
        await tasks.filter(stage="done").order_by("done_at", "id").limit(MOST),
        await tasks.filter(stage="assigned", deadline__lt=today).order_by("deadline", "id").limit(MOST),
        await _meetings(by, held),
        await _votes(by, held),
        await _objections(held),
        await Petition.filter(within(held, "petition.answer"), stage="enough").prefetch_related("place").order_by("due", "id").limit(MOST),
    )


async def _objections(held: Standing) -> list[Objection]:
    """Those to postings within reach that wait for their answer, the oldest first."""
    found = Objection.filter(listing.within(held, "posting.answer", "posting__path"), answered_at=None)
    return await found.prefetch_related("posting").order_by("id").limit(MOST)


async def _handoffs(held: Standing) -> list[HandOff]:
    """Those within reach, and those not yet placed more exactly than the community: every grid worker sees these."""
    reached = within(held, "handoff.see")
    for code, path, _ in held.holds:
        if code in POWERS["handoff.see"].offices:
            steps = path.strip("/").split("/")
            reached |= Q(path__in=["/" + "/".join(steps[:n]) + "/" for n in range(1, len(steps) + 1)])
    recent = clock.now() - timedelta(days=30)
    return await HandOff.filter(reached, seen_by_id=None, at__gt=recent).order_by("-id").limit(MOST)


async def _raised(held: Standing) -> list[Matter]:
    """Raised to the street: for those whose office reaches the street itself."""
    reached = NOBODY
    for code, path, _ in held.holds:
        if code in POWERS["matter.send_back"].offices and path.count("/") <= 3:
            reached |= Q(path__startswith=path)
    return await Matter.filter(reached, level="STREET", stage__in=("confirmed", "deliberated")).order_by("due", "id").limit(MOST)


async def _mine(by: Person) -> list[Task]:
    from council.neighbourhood.offices import Office

    today = clock.today()
    term = Q(last_day=None) | Q(last_day__gte=today)
    units = await Office.filter(term, person_id=by.id, first_day__lte=today, unit_id__isnull=False).values_list("unit_id", flat=True)
    mine = Q(person_id=by.id) | Q(unit_id__in=list(units) or [0])
    return await Task.filter(mine, stage="assigned").prefetch_related("matter", "unit", "person").order_by("deadline", "id").limit(MOST)


async def _meetings(by: Person, held: Standing) -> list[Meeting]:
    soon = clock.now() + timedelta(days=14)
    found = Meeting.filter(await known_to(by, held), stage__in=("drafted", *LIVE), starts_at__lt=soon)
    return await found.order_by("starts_at").limit(MOST)


async def _votes(by: Person, held: Standing) -> list[Ballot]:
    """Votes outside meetings that are not declared: of owners, households or a list, those that close first before the others; and
    secret ones that wait for one's own code."""
    reached = Q(id__in=[one.ballot_id for one in await Custodian.filter(person_id=by.id, public_key="").limit(MOST)] or [0], stage="drafted")
    for code, path, _ in held.holds:
        if code in CONDUCTING | POWERS["handoff.see"].offices:
            reached |= Q(path__startswith=path, meeting_id=None, stage__in=("drafted", "open", "closed"))
    return await Ballot.filter(reached).order_by("closes_at", "id").limit(MOST)


async def next_meeting() -> Meeting | None:
    """The next announced meeting that anybody may know of."""
    now = clock.now() - timedelta(hours=3)
    found = Meeting.filter(private=False, notice_at__isnull=False, stage__in=LIVE, starts_at__gt=now)
    return await found.order_by("starts_at").first()


async def latest() -> list[Any]:
    """The newest public matters, for the front page."""
    return (await listed(Visitor(), Wanted(), limit=3))[:3]
