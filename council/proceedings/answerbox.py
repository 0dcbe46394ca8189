"""Answers go through a box like votes: one writer a process takes all that wait into one transaction, each sheet gets an own answer after it.

The unique constraint on (consultation, voter) makes one of many, across processes, phone, paper and doorstep; where a list was frozen, a trigger
of the database lets in nobody who is not on it. The consultation's row stays locked while sheets go in, so that the end comes wholly before or
wholly after them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from council import clock
from council.db import sql
from council.neighbourhood.journal import note, writing
from council.neighbourhood.people import Actor
from council.proceedings.asking import Asked
from council.proceedings.box import Box
from council.proceedings.consultations import Consultation
from council.proceedings.contributions import Contribution, Remark
from council.proceedings.wordings import newest
from council.refusals import Conflict, Forbidden
from council.rules.numbering import personal_code

# Sheets of nobody in particular: what an open consultation takes in a day and in all. Whoever has an account, a slip or a paper is not counted.
A_DAY, IN_ALL = 1_000, 10_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an answer. `news`: taken, changed, or already (one stood, this one changed nothing)."""

    news: str
    contribution_id: int
    receipt: str
    at: datetime


@dataclass(eq=False, slots=True)
class Sheet:
    """One answer on its way in, its words already masked. `after`: None for a first answer, else the version that was seen."""

    consultation_id: int
    voter: str
    by: Actor
    words: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    minor: bool = False
    channel: str = "web"
    person_id: int | None = None
    witness: str = ""
    tell: str = ""
    after: int | None = None

    @property
    def anonymous(self) -> bool:
        """Sent by nobody in particular: without an account, a slip, or somebody who entered it."""
        return self.voter.startswith("sheet:") and self.channel == "web"


@dataclass
class _Room:
    """A consultation while sheets go into it."""

    consultation: Consultation
    version: int
    listed: set[str] | None
    free: int
    answered: int = 0
    minors: int = 0


async def _take(sheets: Sequence[Sheet]) -> list[Answer | Exception]:
    """One transaction for all of them. A sheet that is refused spoils nobody else's."""
    answers: dict[int, Answer | Exception] = {}
    async with writing():
        for number, group in groupby(sorted(sheets, key=lambda one: one.consultation_id), key=lambda one: one.consultation_id):
            await _into(number, list(group), answers)
    return [answers[id(one)] for one in sheets]


BOX: Box[Sheet, Answer] = Box("answer box", lambda sheets: _take(sheets))


async def _into(number: int, sheets: list[Sheet], answers: dict[int, Answer | Exception]) -> None:
    """The sheets of one consultation, its row locked."""
    consultation = await locked(number)
    room = await _room(consultation, sheets)
    for sheet in sheets:
        answers[id(sheet)] = _refused(room, sheet) or await (_first(room, sheet) if sheet.after is None else _again(room, sheet))
    if room.answered:
        await sql("UPDATE consultation SET answered = answered + ?, minors = minors + ? WHERE id = ?", room.answered, room.minors, number)


async def locked(number: int) -> Consultation:
    """The consultation as it is now; its row is locked from here to the end of the transaction."""
    await sql("UPDATE consultation SET asked = asked WHERE id = ?", number)
    return await Consultation.get(id=number)


async def _room(consultation: Consultation, sheets: list[Sheet]) -> _Room:
    voters, listed = [one.voter for one in sheets], None
    if consultation.electorate != "everyone":
        found = await Asked.filter(consultation_id=consultation.id, voter__in=voters).values_list("voter", flat=True)
        listed = {str(one) for one in found}
    free = await _free(consultation) if any(one.anonymous for one in sheets) else 0
    return _Room(consultation, await newest(consultation), listed, free)


async def _free(consultation: Consultation) -> int:
    """How many more sheets of nobody in particular are taken today."""
    rows = await sql(
        "SELECT COUNT(*) AS whole, SUM(CASE WHEN made_at > ? THEN 1 ELSE 0 END) AS lately FROM contribution "
        "WHERE consultation_id = ? AND voter >= 'sheet:' AND voter < 'sheet;' AND channel = 'web'",
        clock.now() - timedelta(days=1), consultation.id,
    )  # fmt: skip
    return min(A_DAY - int(rows[0]["lately"] or 0), IN_ALL - int(rows[0]["whole"]))


def _refused(room: _Room, sheet: Sheet) -> Exception | None:
    """Why this sheet does not go in at all."""
    if not room.consultation.running():
        return Conflict("This consultation is closed. Nothing more is taken.")
    if room.listed is not None and sheet.voter not in room.listed:
        return Forbidden("This consultation asks other people. Use the personal link or the code on your slip.")
    if sheet.anonymous and sheet.after is None and room.consultation.signed_only_at is not None:
        return Conflict("Answers without an account are no longer taken here, because somebody flooded it. Sign in, or answer on paper.")
    return None


async def _first(room: _Room, sheet: Sheet) -> Answer | Exception:
    """A first answer goes in; a second one of the same voter finds the first and changes nothing."""
    if sheet.anonymous and room.free <= 0:
        return Conflict("Very many answers without an account came in today. Sign in, answer on paper, or come back tomorrow.")
    now, receipt, number = clock.now(), personal_code(), room.consultation.id
    made = await sql(
        "INSERT INTO contribution (consultation_id, voter, choices, minor, channel, entered_by_id, person_id, witness, tell, version, receipt, "
        "made_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id",
        number, sheet.voter, json.dumps(dict(sheet.choices)), sheet.minor, sheet.channel, sheet.by.id, sheet.person_id, sheet.witness, sheet.tell,
        receipt, now, now,
    )  # fmt: skip
    if not made:
        stands = await Contribution.get(consultation_id=number, voter=sheet.voter)
        return Answer("already", stands.id, stands.receipt, stands.made_at)
    room.answered, room.minors, room.free = room.answered + 1, room.minors + sheet.minor, room.free - sheet.anonymous
    for part, words in sheet.words.items():
        await say(room.consultation, made[0]["id"], part, words, version=room.version, minor=sheet.minor)
    await room.consultation.note("consultation.answer_given", sheet.by, voter=sheet.voter, channel=sheet.channel)
    return Answer("taken", made[0]["id"], receipt, now)


async def _again(room: _Room, sheet: Sheet) -> Answer | Exception:
    """Answered otherwise: what was said before is kept as taken back, what reads as before stays what it is."""
    number, now = room.consultation.id, clock.now()
    changed = await sql(
        "UPDATE contribution SET version = version + 1, changed_at = ?, choices = ?, tell = ? "
        "WHERE consultation_id = ? AND voter = ? AND version = ? RETURNING id, receipt, minor",
        now, json.dumps(dict(sheet.choices)), sheet.tell, number, sheet.voter, sheet.after,
    )  # fmt: skip
    if not changed:
        return Conflict("This answer has been changed in between, by you elsewhere or by your household. Please look at it first.")
    wanted, stands = dict(sheet.words), changed[0]
    for one in await Remark.filter(contribution_id=stands["id"], withdrawn_at=None):
        if wanted.get(one.part) == one.words:
            del wanted[one.part]
        else:
            await Remark.filter(id=one.id).update(withdrawn_at=now)
    for part, words in wanted.items():
        await say(room.consultation, stands["id"], part, words, version=room.version, minor=bool(stands["minor"]))
    await room.consultation.note("consultation.answer_changed", sheet.by, voter=sheet.voter, version=(sheet.after or 0) + 1)
    return Answer("changed", stands["id"], stands["receipt"], now)


async def say(consultation: Consultation, contribution_id: int, part: str, words: str, *, version: int, minor: bool = False) -> Remark:
    """One opinion in words, masked before, within `writing()`."""
    made = await Remark.create(
        consultation_id=consultation.id, contribution_id=contribution_id, part=part, version=version, words=words, minor=minor, made_at=clock.now(),
    )  # fmt: skip
    await note("remark.made", made, None, consultation=consultation.id, texts={"words": words})
    return made
