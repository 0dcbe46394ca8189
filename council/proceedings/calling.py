"""Calling a meeting: what is planned, who chairs it, what the law asks before it, and calling it off."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from tortoise.expressions import Q

from council import clock
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import Office, must
from council.neighbourhood.people import Person
from council.neighbourhood.places import Place
from council.proceedings.meetings import Meeting
from council.refusals import Refusal
from council.rules import kinds, stages, villages
from council.rules.law import Share
from council.rules.thresholds import threshold

SHARES = ("2/3 inclusive", "1/2 strict", "1/2 inclusive", "3/5 inclusive", "3/4 inclusive")


def in_words(part: Share) -> str:
    """A share as it is kept: "2/3 inclusive"."""
    return f"{part} {'strict' if part.strict else 'inclusive'}"


async def presiding(place: Place, row: kinds.Kind) -> Office:
    """The office that chairs meetings of a kind at a place: it is found, never chosen.

    It belongs to the Party organisation that leads the place; a grid without its own is led by its community's.
    """
    above = [await place.at_level("COMMUNITY")] if place.level == "GRID" else []
    for led in (place, *above):
        for office in await holding(row.chair.office):
            if await _leads(office, led):
                return office
    raise Refusal("Nobody holds the office that chairs here: %(office)s. Enter it first.", field="place", office=row.chair.name)


async def holding(code: str) -> list[Office]:
    """Every office of a code that is in force today, with person, organisation and place."""
    today = clock.today()
    term = Q(last_day=None) | Q(last_day__gte=today)
    found = Office.filter(term, code=code, first_day__lte=today).order_by("id")
    return await found.prefetch_related("person", "organisation", "place")


async def _leads(office: Office, place: Place) -> bool:
    if office.organisation is None:
        return office.place_id == place.id
    if office.organisation.unit_id:
        return False
    return place.id in {covered.id for covered in await office.organisation.covered()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What whoever calls a meeting decides about it. Empty words mean what the kind's rule says."""

    title: str
    starts_at: datetime
    ends_at: datetime | None = None
    venue: str = ""
    link: str = ""
    rule_id: str = ""
    listed: int = 0
    quorum: str = ""
    majority: str = ""

    def checked(self, row: kinds.Kind) -> dict[str, Any]:
        """The fields of the record; a Refusal names what cannot stand."""
        rule = threshold(row.rule(self.rule_id))
        if self.starts_at <= clock.now():
            raise Refusal("This time is past. Choose a later one.", field="day")
        if self.ends_at and self.ends_at <= self.starts_at:
            raise Refusal("The meeting ends before it begins.", field="until")
        if self.link and not _address(self.link):
            raise Refusal("Write the whole address of the video meeting, beginning with https://.", field="link")
        assert rule.quorum is not None
        return {
            "title": self.title, "starts_at": self.starts_at, "ends_at": self.ends_at, "venue": self.venue,
            "link": self.link, "rule_id": rule.id, "listed": self.listed,
            "quorum_fraction": _configured(rule.configurable, "quorum", self.quorum, in_words(rule.quorum)),
            "majority_fraction": _configured(rule.configurable, "majority", self.majority, in_words(rule.majority)),
        }  # fmt: skip


def _address(link: str) -> bool:
    """Is it the whole https address of some host, without signs that an address does not have?"""
    try:
        parts = urlsplit(link)
        return parts.scheme == "https" and bool(parts.hostname) and not re.search(r"[\s\\<>\"]", link)
    except ValueError:
        return False


def _configured(configurable: tuple[str, ...], what: str, wanted: str, default: str) -> str:
    """What the charter sets where it may; the law's own share is nobody's to change."""
    if not wanted or wanted == default:
        return default
    if what not in configurable or wanted not in SHARES:
        raise Refusal("The law fixes this share: it cannot be set here.", field=what)
    return wanted


async def call(kind: str, place: Place, plan: Plan, *, by: Person) -> Meeting:
    """Draw up a meeting. Its chair follows from the office; it is closed to others where its kind is private."""
    row = kinds.kind(kind)
    if place.level != row.level.value:
        raise Refusal("A %(kind)s is held at the level: %(level)s.", field="place", kind=row.name, level=row.level.label)
    plan = _under_its_law(plan, row, place)
    async with writing():
        await must(by, "meeting.call", at=place)
        office = await presiding(place, row)
        meeting = await Meeting.create(
            kind=kind, place=place, path=place.path, organisation_id=office.organisation_id, chair=office.person,
            private=row.private, **plan.checked(row),
        )  # fmt: skip
        await note("meeting.drafted", meeting, by, meeting_id=meeting.id, kind=kind, texts={"title": plan.title})
    return meeting


def _under_its_law(plan: Plan, row: kinds.Kind, place: Place) -> Plan:
    """The plan with the rule by which it decides: of the law that holds at the place."""
    fitting = [code for code in row.rules if villages.applies(code, [(place.name, place.code)])]
    if plan.rule_id and row.rule(plan.rule_id) not in fitting:
        raise Refusal("This law does not hold here: a city community and a village each have their own.", field="rule")
    return replace(plan, rule_id=plan.rule_id or fitting[0])


async def change(meeting: Meeting, plan: Plan, *, by: Person) -> None:
    """Correct a draft. A meeting already announced is moved instead, so that those invited are told."""
    async with writing():
        await must(by, "meeting.change", meeting)
        stages.check("Meeting", meeting.stage, "called")
        plan = _under_its_law(plan, meeting.row, await Place.get(id=meeting.place_id))
        await meeting.update_from_dict(plan.checked(meeting.row)).save()
        await note("meeting.changed", meeting, by, meeting_id=meeting.id, texts={"title": plan.title})


async def move_draft(meeting: Meeting, starts_at: datetime, *, by: Person) -> None:
    """Give a draft another time; it lasts as long as before."""
    if starts_at <= clock.now():
        raise Refusal("This time is past. Choose a later one.", field="starts_at")
    async with writing():
        await must(by, "meeting.change", meeting)
        stages.check("Meeting", meeting.stage, "called")
        if meeting.ends_at is not None:
            meeting.ends_at += starts_at - meeting.starts_at
        meeting.starts_at = starts_at
        await meeting.save(update_fields=["starts_at", "ends_at"])
        await note("meeting.changed", meeting, by, meeting_id=meeting.id, starts_at=starts_at.isoformat())


RECORDING = ("clerk", "deputy_secretary", "director", "committee_member", "grid_worker")


async def recorders(meeting: Meeting) -> list[Person]:
    """Who can keep the record: officers whose place lies around the meeting's or inside it, the chair left out."""
    around = {int(part) for part in meeting.path.strip("/").split("/")}
    found = [office for code in RECORDING for office in await holding(code)]
    near = [one for one in found if one.place_id in around or one.place.path.startswith(meeting.path)]
    return list({one.person_id: one.person for one in near if one.person_id != meeting.chair_id}.values())


async def appoint_recorder(meeting: Meeting, recorder: Person, *, by: Person) -> None:
    """Name who keeps the record, and with it enters papers and ticks the roll; until the meeting opens."""
    async with writing():
        await must(by, "meeting.change", meeting)
        meeting.recorder = recorder
        await meeting.save(update_fields=["recorder_id"])
        await note("meeting.recorder_named", meeting, by, meeting_id=meeting.id, person=recorder.id)


async def record_discussion(meeting: Meeting, day: date, body: str, *, by: Person, women: int | None = None) -> None:
    """When and by whom the Party organisation discussed the matter first (RC 30, VC 28); in a village how many representatives are women (VC 29)."""
    if day > clock.today():
        raise Refusal("This day has not come yet.", field="discussed_on")
    async with writing():
        await must(by, "meeting.change", meeting)
        meeting.discussed_on, meeting.discussed_by, meeting.women = day, body, women
        await meeting.save(update_fields=["discussed_on", "discussed_by", "women"])
        await note("meeting.discussed_first", meeting, by, meeting_id=meeting.id, day=day.isoformat(), women=women, texts={"body": body})
