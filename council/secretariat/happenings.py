"""What happened in a meeting, gathered from its records for the minutes: plain values, names included, nothing computed twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from council.neighbourhood.journal import Entry
from council.neighbourhood.people import Person
from council.proceedings.agenda import AgendaItem
from council.proceedings.ballots import Ballot
from council.proceedings.invitations import Invitation
from council.proceedings.matters import Matter
from council.proceedings.meetings import Meeting
from council.proceedings.opinions import Opinion
from council.proceedings.paperrecords import PaperRecord
from council.proceedings.petitions import Petition
from council.proceedings.points import PointOfOrder
from council.proceedings.proposals import Proposal, Second
from council.proceedings.resolutions import Resolution
from council.proceedings.roll import Seat
from council.proceedings.speakers import Speaker
from council.proceedings.tasks import Task
from council.secretariat.course import course
from council.secretariat.hearings import prior

CHOSEN = {"yes": "In favour", "no": "Against", "abstain": "Abstain", "spoiled": "Spoiled"}


def moment(value: Any) -> str:
    return value.isoformat() if value else ""


async def happenings(meeting: Meeting) -> dict[str, Any]:
    """Everything that minutes must hold (domain rules, RC arts 34 and 39) and that the records know."""
    place, chair = await meeting.place, await meeting.chair
    recorder = await Person.get_or_none(id=meeting.recorder_id or 0)
    invitations = await Invitation.filter(meeting_id=meeting.id).prefetch_related("person").order_by("id")
    return {
        "title": meeting.title, "kind": meeting.kind, "rule_id": meeting.rule_id, "place": place.name, "venue": meeting.venue,
        "link": meeting.link, "private": meeting.private, "starts_at": moment(meeting.starts_at), "opened_at": moment(meeting.opened_at),
        "closed_at": moment(meeting.closed_at), "chair": chair.name, "recorder": recorder.name if recorder else "",
        "notice": {"at": moment(meeting.notice_at), "told": sum(one.told_at is not None for one in invitations),
                   "temporary_reason": meeting.temporary_reason},
        "discussed": {"on": moment(meeting.discussed_on), "by": meeting.discussed_by},
        "listed": meeting.listed or sum(one.capacity == "MEMBER" for one in invitations), "needed": meeting.needed,
        **await _roll(meeting, invitations), "paper": await _paper(meeting), "course": await course(meeting),
        "petition": await _petition(meeting),
        "topics": [await _topic(item) for item in await AgendaItem.filter(meeting_id=meeting.id).order_by("order", "id")],
    }  # fmt: skip


async def _roll(meeting: Meeting, invitations: list[Invitation]) -> dict[str, Any]:
    """Who came, as member or to sit in, who did not and what they had answered. `names` are to be masked where it is posted."""
    seats = await Seat.filter(meeting_id=meeting.id, invitation_id__isnull=False).order_by("id")
    came = {seat.invitation_id: seat.remote for seat in seats}  # whoever changed places is where they sat last
    members = [one for one in invitations if one.capacity == "MEMBER"]
    present = [one for one in members if one.id in came]
    observers, supervisors = ([one for one in invitations if one.capacity == what and one.id in came] for what in ("OBSERVER", "SUPERVISOR"))
    return {
        "present": [_name(one) for one in present],
        "absent": [{"name": _name(one), "reply": one.reply} for one in members if one.id not in came],
        "observers": [_name(one) for one in observers],
        "supervisors": [_name(one) for one in supervisors],
        "remote": {"present": _remote(present, came), "others": _remote([*observers, *supervisors], came)},
        "names": [name for one in invitations for name in _people(one)],
    }


def _remote(people: Sequence[Invitation], came: dict[int | None, bool]) -> list[int]:
    """Which of these took part from elsewhere, by their place in the list."""
    return [n for n, one in enumerate(people) if came[one.id]]


async def _petition(meeting: Meeting) -> dict[str, Any]:
    """The petition that the meeting answers; empty where nobody asked for it so."""
    found = await Petition.get_or_none(meeting_id=meeting.id)
    return {"title": found.title, "signed": found.signed, "needed": found.needed} if found else {}


async def _paper(meeting: Meeting) -> dict[str, Any]:
    """Who entered a meeting that was held on paper, who compared it with the scan, and the digests of that; empty for any other."""
    record = await PaperRecord.of(meeting)
    if record is None or record.confirmed_by is None:
        return {}
    return {
        "entered_by": record.entered_by.name, "entered_at": moment(record.entered_at), "confirmed_by": record.confirmed_by.name,
        "confirmed_at": moment(record.confirmed_at), "scans": await record.digests(),
    }  # fmt: skip


def _people(invitation: Invitation) -> list[str]:
    """Who is to be masked: the invited person by name alone, and whoever came instead. A unit is none."""
    label = invitation.person.name if invitation.person else invitation.label.partition(" ")[0]
    own = [] if invitation.unit_id or invitation.organisation_id else [label, invitation.label]
    return [*own, *([invitation.substitute] if invitation.substitute else [])]


def _name(invitation: Invitation) -> str:
    name = invitation.person.name if invitation.person else invitation.label
    return f"{name}（{invitation.substitute}）" if invitation.substitute else name


async def _topic(item: AgendaItem) -> dict[str, Any]:
    matter = await Matter.get_or_none(id=item.matter_id or 0)
    return {
        "id": item.id, "title": item.title, "words": item.words, "notified": item.notified, "stage": item.stage,
        "outcome": item.outcome, "matter": matter.id if matter else None, "matter_title": matter.title if matter else "",
        "opinions": [{"name": _seated(one.seat), "words": one.words} for one in await Opinion.of(item)], "points": await _points(item),
        "speeches": await _speeches(item), "proposals": await _proposals(item), "votes": await _votes(item),
        "resolutions": await _resolutions(item), "consulted": await prior(item),
        "by": "" if matter else await _who_added(item),
    }  # fmt: skip


async def _who_added(item: AgendaItem) -> str:
    """Who put a topic of its own on the agenda."""
    entry = await Entry.get_or_none(act="item.added", subject="AgendaItem", subject_id=item.id)
    person = await Person.get_or_none(id=entry.by_id or 0) if entry else None
    return person.name if person else ""


def _seated(seat: Seat) -> str:
    return _name(seat.invitation) if seat.invitation else seat.label


async def _points(item: AgendaItem) -> list[dict[str, str]]:
    """Points of order that were raised on the item, and how the chair ruled."""
    raised = await PointOfOrder.filter(item_id=item.id).select_related("seat__invitation__person").order_by("id")
    return [{"name": _seated(one.seat), "about": one.about, "ruling": one.ruling} for one in raised]


async def _speeches(item: AgendaItem) -> list[dict[str, str]]:
    spoken = Speaker.filter(item_id=item.id, called_at__isnull=False).select_related("seat__invitation__person").order_by("called_at")
    return [
        {"name": _name(one.seat.invitation) if one.seat.invitation else one.seat.label, "stance": one.stance} for one in await spoken
    ]


async def _proposals(item: AgendaItem) -> list[dict[str, Any]]:
    found = await Proposal.filter(item_id=item.id).select_related("mover__person").order_by("id")
    return [
        {
            "id": one.id, "amends": one.amends_id, "text": one.text, "original": one.original, "version": one.version,
            "reason": one.reason, "cost": one.cost, "stage": one.stage, "answer": one.answer,
            "merged_into": one.merged_into_id, "mover": _name(one.mover) if one.mover else "",
            "seconds": [_name(s.invitation) for s in await Second.filter(proposal_id=one.id).select_related("invitation__person")],
        }
        for one in found
    ]  # fmt: skip


async def _votes(item: AgendaItem) -> list[dict[str, Any]]:
    """Every ballot on the item, cancelled ones with their reason; the split only of what has been closed."""
    return [
        {
            "question": one.question, "round": one.round, "stage": one.stage, "reason": one.reason, "entitled": one.entitled,
            "cast": one.cast, "amendment": await one.on_amendment(), "proposal": one.proposal_id is not None, "decision": one.decision,
            "rows": [[CHOSEN.get(row.code, str(row.label)), row.votes, row.code] for row in one.tally().rows] if one.counts else [],
        }
        for one in await Ballot.filter(item_id=item.id).order_by("id")
    ]  # fmt: skip


async def _resolutions(item: AgendaItem) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id, "number": one.number, "text": one.text, "effect": one.legal_effect, "needs_owners": one.needs_owners,
            "tasks": [_task(task) for task in await Task.filter(resolution_id=one.id).prefetch_related("unit", "person").order_by("id")],
        }
        for one in await Resolution.filter(item_id=item.id).order_by("id")
    ]  # fmt: skip


def _task(task: Task) -> dict[str, str]:
    return {"words": task.words, "responsible": str(task.unit or task.person or ""), "deadline": task.deadline.isoformat()}
