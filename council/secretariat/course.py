"""The course of a meeting between its opening and its end, from the journal: what the minutes must say of quorum, breaks and the chair."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from council.i18n import Phrase, moment
from council.neighbourhood.journal import Entry
from council.neighbourhood.people import Person
from council.proceedings.meetings import Meeting
from council.proceedings.points import ABOUT as ABOUT
from council.proceedings.points import RULINGS as RULINGS

WORDS: dict[str, Phrase] = {
    "meeting.adjourned": Phrase("The meeting was adjourned."),
    "meeting.resumed": Phrase("The roll was called and the meeting went on: %(present)s members present, %(needed)s needed."),
    "meeting.quorum_lost": Phrase("The quorum was lost: %(present)s members present, %(needed)s needed."),
    "meeting.quorum_reached": Phrase("The quorum was reached again: %(present)s members present, %(needed)s needed."),
    "meeting.handed_over": Phrase("The chair was handed over to %(name)s."),
}


async def course(meeting: Meeting) -> list[dict[str, Any]]:
    """Plain values for the facts of the minutes: {at, act, present, needed, name, resumes}."""
    entries = await Entry.filter(meeting_id=meeting.id, act__in=sorted(WORDS)).order_by("sequence", "id")
    people = await Person.filter(id__in=[one.numbers.get("person") or 0 for one in entries] or [0])
    names = {one.id: one.name for one in people}
    return [
        {"at": one.at.isoformat(), "act": one.act, "present": one.numbers.get("present", 0), "needed": one.numbers.get("needed", 0),
         "name": names.get(one.numbers.get("person") or 0, ""), "resumes": one.numbers.get("resumes_at") or ""}
        for one in entries
    ]  # fmt: skip


def lines(facts: dict[str, Any]) -> list[tuple[str, Phrase]]:
    """Moment and sentence. Minutes drawn by an earlier release have none."""
    return [(moment(datetime.fromisoformat(one["at"])), _said(one)) for one in facts.get("course", [])]


def _said(one: dict[str, Any]) -> Phrase:
    if one.get("resumes"):
        return Phrase("The meeting was adjourned, to go on at %(moment)s.", moment=moment(datetime.fromisoformat(one["resumes"])))
    words = WORDS[one["act"]]
    return Phrase(words.message, present=one["present"], needed=one["needed"], name=one["name"])
