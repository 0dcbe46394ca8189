"""Meetings: called, opened, adjourned, closed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

from council import clock
from council.db import belongs, sql
from council.joined import fetch
from council.neighbourhood.offices import Standing, may, standing
from council.neighbourhood.organisations import PartyOrganisation
from council.neighbourhood.people import Actor, Person, Visitor, new_salt
from council.neighbourhood.places import Place
from council.refusals import NotFound
from council.rules import kinds
from council.rules.law import Share
from council.rules.powers import POWERS
from council.rules.thresholds import threshold

LIVE = ("called", "open", "adjourned")
DOORS = timedelta(hours=2)  # ours: earlier than this nobody is counted as present


def share(words: str) -> Share:
    """The share meant by "2/3 inclusive" or "1/2 strict"."""
    fraction, _, bound = words.partition(" ")
    return Share(Fraction(fraction), strict=bound == "strict")


class Meeting(Model):
    """One sitting of a body. `listed` is the number of listed members, quorum and majority come from the kind's rule or the body's charter.

    `wall_code` is the room number on the wall: it opens an unconfirmed seat and nothing more. `women` counts those among villagers'
    representatives (VC 29), None where nobody has said.
    """

    id = fields.IntField(primary_key=True)
    kind = fields.CharField(40)
    rule_id = fields.CharField(40, default="DELIBERATION")
    title = fields.CharField(120)
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    path = fields.CharField(120)
    organisation: fields.ForeignKeyNullableRelation[PartyOrganisation] = belongs("PartyOrganisation", null=True)
    organisation_id: int | None
    chair: fields.ForeignKeyRelation[Person] = belongs("Person")
    chair_id: int
    recorder: fields.ForeignKeyNullableRelation[Person] = belongs("Person", null=True)
    recorder_id: int | None
    stage = fields.CharField(24, default="drafted")
    private = fields.BooleanField(default=False)
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField(null=True)
    venue = fields.CharField(120, default="")
    link = fields.CharField(300, default="")
    wall_code = fields.CharField(12, default="", db_index=True)
    listed = fields.IntField(default=0)
    quorum_fraction = fields.CharField(24, default="2/3 inclusive")
    majority_fraction = fields.CharField(24, default="1/2 strict")
    notice_at = fields.DatetimeField(null=True)
    temporary_reason = fields.CharField(300, default="")
    discussed_on = fields.DateField(null=True)
    discussed_by = fields.CharField(120, default="")
    women = fields.IntField(null=True)
    follows: fields.ForeignKeyNullableRelation[Meeting] = belongs("Meeting", null=True)
    follows_id: int | None
    series: fields.ForeignKeyNullableRelation[Any] = belongs("Series", null=True)
    series_id: int | None
    opened_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    resumes_at = fields.DatetimeField(null=True)
    version = fields.IntField(default=1)
    salt = fields.CharField(32, default=new_salt)
    reason = fields.CharField(300, default="")

    class Meta:
        table = "meeting"
        indexes = (("path", "starts_at"), ("stage", "starts_at"), ("chair_id", "starts_at"), ("venue", "starts_at"), ("series_id", "id"))

    def __str__(self) -> str:
        return self.title

    @property
    def row(self) -> kinds.Kind:
        """What the rules say about meetings of this kind."""
        return kinds.kind(self.kind)

    @property
    def needed(self) -> int:
        """The smallest number of confirmed members that makes a quorum of those listed."""
        return share(self.quorum_fraction).least(self.listed)

    @property
    def personal(self) -> bool:
        """Do its members come themselves, without a substitute?"""
        return self.rule_id in kinds.PERSONAL

    @property
    def discussion_missing(self) -> bool:
        """Does the law ask that the Party organisation discusses first (RC 30, VC 28), and is that not recorded?"""
        return threshold(self.rule_id).party_discusses_first and self.discussed_on is None

    @property
    def doors_open(self) -> bool:
        """May seats be confirmed now? From two hours before the beginning until the meeting is closed."""
        waiting = self.stage == "called" and clock.now() >= self.starts_at - DOORS
        return waiting or self.stage in ("open", "adjourned")

    @property
    def next_at(self) -> datetime:
        """When it is to be held: an adjourned one when it goes on, where that was said."""
        return (self.resumes_at if self.stage == "adjourned" else None) or self.starts_at

    @property
    def announced(self) -> bool:
        """Open to everybody's eyes: noticed and not private."""
        return self.notice_at is not None and not self.private

    async def relations(self, by: Actor | None) -> set[str]:
        """Chair, recorder, overseer, invited, seated, and member: whoever holds a confirmed seat with a vote."""
        if by is None:
            return set()
        return await self._by_office(by) | await _invited(self.id, by) | await _seated(self.id, by)

    async def _by_office(self, by: Actor) -> set[str]:
        """What somebody is here by an office: it ends with the office. Only the minutes of a closed meeting wait for who chaired it."""
        if isinstance(by, Visitor):
            return set()
        held = await standing(by)
        lasting = self.stage == "closed" or any(self.path.startswith(reach) for reach in held.paths)
        named = {name for name, number in (("chair", self.chair_id), ("recorder", self.recorder_id)) if number == by.id and lasting}
        named |= {"former_chair"} if self.chair_id == by.id and not lasting else set()
        return named | ({"overseer"} if not self.private and held.reaches(POWERS["meeting.see_common"].offices, self.path) else set())

    @classmethod
    async def known_to(cls, number: int, by: Actor) -> None:
        """NotFound where `find` would say so, without fetching what a page shows."""
        rows = await sql("SELECT id FROM meeting WHERE id = ? AND notice_at IS NOT NULL AND private = ?", number, False)
        if not rows:
            await cls.find(number, by)

    @classmethod
    async def find(cls, number: int, by: Actor) -> Meeting:
        """The meeting if this person may know of it; else NotFound, as if there were none."""
        meeting = await fetch(cls, "t.id = ?", number, along=("place", "chair")) if number < 2**31 else None
        if meeting is None or not (meeting.announced or await may(by, "meeting.see", meeting)):
            raise NotFound
        return meeting


def _holds(by: Actor, kind: str) -> list[int]:
    held = [number for what, number in by.carries if what == kind] if isinstance(by, Visitor) else []
    return held or [0]


async def _invited(meeting_id: int, by: Actor) -> set[str]:
    held = _holds(by, "Invitation")
    rows = await sql(
        f"SELECT id FROM invitation WHERE meeting_id = ? AND (person_id = ? OR id IN ({_marks(held)})) LIMIT 1",  # noqa: S608
        meeting_id, by.id or 0, *held,
    )  # fmt: skip
    return {"invited"} if rows else set()


async def _seated(meeting_id: int, by: Actor) -> set[str]:
    held = _holds(by, "Seat")
    rows = await sql(
        "SELECT i.capacity AS capacity FROM seat s LEFT JOIN invitation i ON i.id = s.invitation_id "  # noqa: S608
        f"WHERE s.meeting_id = ? AND s.left_at IS NULL AND (s.person_id = ? OR s.id IN ({_marks(held)}))",
        meeting_id, by.id or 0, *held,
    )  # fmt: skip
    found = {"seated"} if rows else set()
    return found | ({"member"} if any(row["capacity"] == "MEMBER" for row in rows) else set())


def _marks(values: Iterable[object]) -> str:
    return ", ".join("?" for _ in values)


async def known_to(by: Actor, held: Standing) -> Q:
    """Which meetings somebody may find in lists: the announced ones, those within reach, those they are part of."""
    found = Q(private=False, notice_at__isnull=False)
    for code, path, _ in held.holds:
        if code in POWERS["meeting.see"].offices:
            found |= Q(path__startswith=path)
        elif code in POWERS["meeting.see_common"].offices:
            found |= Q(path__startswith=path, private=False)
    return found | await concerning(by)


async def concerning(by: Actor) -> Q:
    """The meetings somebody chairs, records, is invited to or sits in."""
    if isinstance(by, Visitor):
        seats, invitations = _holds(by, "Seat"), _holds(by, "Invitation")
        rows = await sql(
            f"SELECT meeting_id FROM seat WHERE id IN ({_marks(seats)}) AND left_at IS NULL UNION "  # noqa: S608
            f"SELECT meeting_id FROM invitation WHERE id IN ({_marks(invitations)})",
            *seats, *invitations,
        )  # fmt: skip
        return Q(id__in=[row["meeting_id"] for row in rows] or [0])
    rows = await sql("SELECT meeting_id FROM invitation WHERE person_id = ? ORDER BY id DESC LIMIT 200", by.id)
    invited = [row["meeting_id"] for row in rows]
    return Q(chair_id=by.id) | Q(recorder_id=by.id) | Q(id__in=invited or [0])
