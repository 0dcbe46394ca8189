"""Answers go through a box like votes: one writer a process takes all that wait into one transaction, each sheet gets an own answer after it.

The unique constraint on (consultation, voter) makes one of many, across processes, phone, paper and doorstep; where a list was frozen, a trigger
of the database lets in nobody who is not on it. The consultation's row stays locked while sheets go in, so that the end comes wholly before or
wholly after them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from council import clock
from council.db import slots, sql
from council.neighbourhood.journal import Act, note_all, writing
from council.neighbourhood.people import Actor, new_salt
from council.proceedings.box import Box
from council.proceedings.consultations import Consultation
from council.proceedings.contributions import Contribution, Remark
from council.proceedings.masking import masked_all
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
    """One answer on its way in; its words are masked when they go in. `after`: None for a first answer, else the version that was seen."""

    consultation_id: int
    voter: str
    by: Actor
    words: dict[str, str] = field(default_factory=dict)
    choices: dict[str, str] = field(default_factory=dict)
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


Answers = dict[int, Answer | Exception]  # by the identity of the sheet


class Turn:
    """All sheets of one consultation in one transaction: what they change together."""

    def __init__(self, consultation: Consultation, version: int, listed: set[str] | None, free: int) -> None:
        self.consultation, self.version, self.listed, self.free = consultation, version, listed, free
        self.now, self.acts, self.remarks = clock.now(), list[Act](), list[tuple[int, str, str, bool]]()

    def told(self, act: str, sheet: Sheet, receipt: str, **numbers: int) -> None:
        """The journal keeps who answered, not what: the words only as a digest that nobody can guess without the receipt."""
        said = json.dumps([sheet.voter, sheet.choices, sheet.words, receipt], ensure_ascii=False, sort_keys=True)
        self.acts.append(Act(act, sheet.by, {"voter": sheet.voter, "channel": sheet.channel, **numbers}, {"said": said}))


async def _take(sheets: Sequence[Sheet]) -> list[Answer | Exception]:
    """One transaction for all of them. A sheet that is refused spoils nobody else's."""
    answers: Answers = {}
    async with writing():
        for number, group in groupby(sorted(sheets, key=lambda one: one.consultation_id), key=lambda one: one.consultation_id):
            await _into(number, list(group), answers)
    return [answers[id(one)] for one in sheets]


BOX: Box[Sheet, Answer] = Box("answer box", lambda sheets: _take(sheets))


async def _into(number: int, sheets: list[Sheet], answers: Answers) -> None:
    """The sheets of one consultation, its row locked, in few statements."""
    turn = await _turn(await locked(number), sheets)
    await _mask(turn.consultation, sheets)
    for sheet in sheets:
        if why := _refused(turn, sheet):
            answers[id(sheet)] = why
    await _first(turn, [one for one in sheets if id(one) not in answers and one.after is None], answers)
    for sheet in sheets:
        if id(sheet) not in answers:
            answers[id(sheet)] = await (_stands(turn, sheet) if sheet.after is None else _again(turn, sheet))
    await _keep(turn.consultation, turn.remarks, turn.version, turn.now)
    if turn.acts:
        await note_all(turn.acts, turn.consultation)


async def locked(number: int) -> Consultation:
    """The consultation as it is now; its row is locked from here to the end of the transaction."""
    await sql("UPDATE consultation SET asked = asked WHERE id = ?", number)
    found = await Consultation.numbered(number)
    assert found is not None
    return found


async def _turn(consultation: Consultation, sheets: list[Sheet]) -> Turn:
    listed = None
    if consultation.electorate != "everyone":
        voters = [one.voter for one in sheets]
        rows = await sql(f"SELECT voter FROM asked WHERE consultation_id = ? AND voter IN {slots(1, len(voters))}", consultation.id, *voters)  # noqa: S608
        listed = {row["voter"] for row in rows}
    free = await _free(consultation) if any(one.anonymous for one in sheets) else 0
    return Turn(consultation, await newest(consultation) if consultation.form == "draft" else 1, listed, free)


async def _free(consultation: Consultation) -> int:
    """How many more sheets of nobody in particular are taken today."""
    rows = await sql(
        "SELECT COUNT(*) AS whole, SUM(CASE WHEN made_at > ? THEN 1 ELSE 0 END) AS lately FROM contribution "
        "WHERE consultation_id = ? AND voter >= 'sheet:' AND voter < 'sheet;' AND channel = 'web'",
        clock.now() - timedelta(days=1), consultation.id,
    )  # fmt: skip
    return min(A_DAY - int(rows[0]["lately"] or 0), IN_ALL - int(rows[0]["whole"]))


async def _mask(consultation: Consultation, sheets: list[Sheet]) -> None:
    """What must not be kept is taken out before anything is."""
    spoken = [(sheet, part) for sheet in sheets for part in sheet.words]
    kept = await masked_all(consultation, [sheet.words[part] for sheet, part in spoken])
    for (sheet, part), words in zip(spoken, kept, strict=True):
        sheet.words[part] = words


def _refused(turn: Turn, sheet: Sheet) -> Exception | None:
    """Why this sheet does not go in at all."""
    if not turn.consultation.running(turn.now):
        return Conflict("This consultation is closed. Nothing more is taken.")
    if turn.listed is not None and sheet.voter not in turn.listed:
        return Forbidden("This consultation asks other people. Use the personal link or the code on your slip.")
    if not sheet.anonymous or sheet.after is not None:
        return None
    if turn.consultation.signed_only_at is not None:
        return Conflict("Answers without an account are no longer taken here, because somebody flooded it. Sign in, or answer on paper.")
    turn.free -= 1
    if turn.free < 0:
        return Conflict("Very many answers without an account came in today. Sign in, answer on paper, or come back tomorrow.")
    return None


COLUMNS = "consultation_id, voter, choices, minor, channel, entered_by_id, person_id, witness, tell, version, receipt, made_at, changed_at"


async def _first(turn: Turn, sheets: list[Sheet], answers: Answers) -> None:
    """Put in what finds no answer of its voter, all with one statement: the unique key on (consultation, voter) decides."""
    by_receipt = {personal_code(): sheet for sheet in sheets}
    if not by_receipt:
        return
    values: list[Any] = []
    for receipt, one in by_receipt.items():
        values += (turn.consultation.id, one.voter, json.dumps(one.choices), one.minor, one.channel, one.by.id, one.person_id, one.witness,
                   one.tell, 1, receipt, turn.now, turn.now)  # fmt: skip
    made = await sql(
        f"INSERT INTO contribution ({COLUMNS}) VALUES {slots(len(by_receipt), 13)} ON CONFLICT DO NOTHING RETURNING id, receipt", *values  # noqa: S608
    )
    for row in made:
        sheet = by_receipt[row["receipt"]]
        answers[id(sheet)] = Answer("taken", row["id"], row["receipt"], turn.now)
        turn.remarks += [(row["id"], part, words, sheet.minor) for part, words in sheet.words.items()]
        turn.told("consultation.answer_given", sheet, row["receipt"])
    minors = sum(by_receipt[row["receipt"]].minor for row in made)
    await sql("UPDATE consultation SET answered = answered + ?, minors = minors + ? WHERE id = ?", len(made), minors, turn.consultation.id)


async def _stands(turn: Turn, sheet: Sheet) -> Answer:
    """A second answer of the same voter finds the first and changes nothing."""
    stands = await Contribution.get(consultation_id=turn.consultation.id, voter=sheet.voter)
    return Answer("already", stands.id, stands.receipt, stands.made_at)


async def _again(turn: Turn, sheet: Sheet) -> Answer | Exception:
    """Answered otherwise: what was said before is kept as taken back, what reads as before stays what it is."""
    changed = await sql(
        "UPDATE contribution SET version = version + 1, changed_at = ?, choices = ?, tell = ? "
        "WHERE consultation_id = ? AND voter = ? AND version = ? RETURNING id, receipt, minor",
        turn.now, json.dumps(sheet.choices), sheet.tell, turn.consultation.id, sheet.voter, sheet.after,
    )  # fmt: skip
    if not changed:
        return Conflict("This answer has been changed in between, by you elsewhere or by your household. Please look at it first.")
    stands, wanted = changed[0], dict(sheet.words)
    for one in await Remark.filter(contribution_id=stands["id"], withdrawn_at=None):
        if wanted.get(one.part) == one.words:
            del wanted[one.part]
        else:
            await Remark.filter(id=one.id).update(withdrawn_at=turn.now)
    turn.remarks += [(stands["id"], part, words, bool(stands["minor"])) for part, words in wanted.items()]
    turn.told("consultation.answer_changed", sheet, stands["receipt"], version=(sheet.after or 0) + 1)
    return Answer("changed", stands["id"], stands["receipt"], turn.now)


async def _keep(consultation: Consultation, remarks: list[tuple[int, str, str, bool]], version: int, now: datetime) -> None:
    """The words of all sheets, with one statement."""
    values: list[Any] = []
    for contribution_id, part, words, minor in remarks:
        values += (consultation.id, contribution_id, part, version, words, minor, now, new_salt(), "")
    if values:
        columns = "consultation_id, contribution_id, part, version, words, minor, made_at, salt, hidden_reason"
        await sql(f"INSERT INTO remark ({columns}) VALUES {slots(len(remarks), 9)}", *values)  # noqa: S608


async def say(contribution: Contribution, consultation: Consultation, words: str) -> None:
    """One opinion more in an answer that stands, masked before, within `writing()`."""
    now = clock.now()
    await _keep(consultation, [(contribution.id, "", words, contribution.minor)], await newest(consultation), now)
