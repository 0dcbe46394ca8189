"""Hearings: who is asked hears that a consultation is open, who spoke hears what became of it; its hour ends it; its report."""

from __future__ import annotations

import asyncio
import csv
import io
import logging
from typing import Any

from council import clock, i18n
from council.db import sql
from council.i18n import DEFAULT, Phrase, speaking
from council.i18n import gettext as _
from council.neighbourhood.journal import Entry, writing
from council.neighbourhood.listing import in_force
from council.neighbourhood.offices import Office, may
from council.neighbourhood.people import Actor, Person
from council.neighbourhood.places import Place
from council.proceedings import answering, endings, moderation, recordings
from council.proceedings.agenda import AgendaItem
from council.proceedings.asking import Asked
from council.proceedings.ballots import Ballot
from council.proceedings.consultations import ELECTORATES, FORMS, Consultation
from council.proceedings.contributions import STANCES, counts
from council.proceedings.headings import VERDICTS, Group, listening
from council.proceedings.matters import hold
from council.proceedings.meetings import Meeting
from council.refusals import Conflict
from council.rules.powers import POWERS
from council.secretariat import inbox, tellings
from council.secretariat.postings import DAYS, Posting, post

log = logging.getLogger(__name__)
LOOKS = 60.0  # seconds
FEWEST = 5  # no figure shown stands for fewer people

SAID = {
    "consultation.opened": Phrase("You are asked: %(question)s Please answer by %(day)s."),
    "consultation.concluded": Phrase("You answered “%(question)s”. Read what became of it."),
    "consultation.cancelled": Phrase("The consultation “%(question)s” was called off."),
}


WAYS = {"inbox": frozenset[str](), "slip": frozenset({"slip"}), "mail": frozenset({"mail"}), "": inbox.ALL_WAYS}


async def hear(entry: Entry) -> None:
    """A listener of the journal: everybody who is asked, or who answered, by the way they chose; the level above of an appeal."""
    if entry.act == "remark.appealed":
        await _appealed(entry.numbers["consultation"])
    if entry.act == "ballot.declared":
        await _decided(await Ballot.get(id=entry.subject_id))
    if entry.act not in SAID:
        return
    consultation = await Consultation.get(id=entry.subject_id)
    phrase = Phrase(SAID[entry.act].message, question=consultation.question, day=consultation.closes_at)
    told = {"": await _asked(consultation)} if entry.act == "consultation.opened" else await answering.spoke_by_way(consultation)
    async with writing():
        await _tell(consultation, phrase, told)
        if entry.act == "consultation.concluded":
            await tellings.prepare(consultation)
        if entry.act == "consultation.cancelled":
            await recordings.drop(await recordings.waiting(consultation), None)


async def _tell(consultation: Consultation, phrase: Phrase, told: dict[str, list[int]]) -> None:
    """Each by the way they chose; whoever wants to hear nothing hears nothing."""
    for way, people in told.items():
        if people and way in WAYS:
            await inbox.tell_all(people, phrase, link=f"/consultations/{consultation.id}", subject=consultation, ways=WAYS[way])


async def _decided(ballot: Ballot) -> None:
    """Who spoke hears how the vote ended that their words led to."""
    for consultation in await answering.rests_on(ballot):
        phrase = Phrase("You answered “%(question)s”. It has been voted on: read the result.", question=consultation.question)
        async with writing():
            await _tell(consultation, phrase, await answering.spoke_by_way(consultation))


async def _appealed(number: int) -> None:
    """Those who decide on an appeal hear that one waits."""
    consultation = await Consultation.get(id=number)
    place = await moderation.above(consultation)
    held = await Office.filter(in_force(), code__in=sorted(POWERS["remark.judge"].offices), place_id=place.id).only("id", "person_id")
    phrase = Phrase("An appeal against hiding waits for you: “%(question)s”.", question=consultation.question)
    async with writing():
        await inbox.tell_all(sorted({one.person_id for one in held}), phrase, link=f"/consultations/{number}/remarks", subject=consultation)


async def _asked(consultation: Consultation) -> list[int]:
    """The people on the list, and the adults of the households on it."""
    voters = [one.voter.partition(":") for one in await Asked.filter(consultation_id=consultation.id).only("id", "voter")]
    homes = {int(number) for kind, _colon, number in voters if kind == "household"}
    people = {int(number) for kind, _colon, number in voters if kind == "person"}
    if homes:
        rows = await sql(
            "SELECT p.id AS id, p.household_id AS home FROM person p JOIN place l ON l.id = p.place_id "
            "WHERE l.path LIKE ? AND p.adult = ? AND p.erased_at IS NULL AND p.last_day IS NULL",
            f"{consultation.path}%", True,
        )  # fmt: skip
        people |= {row["id"] for row in rows if row["home"] in homes}
    return sorted(people)


async def run() -> None:
    """End what has run out, for as long as this process serves."""
    while True:
        try:
            await endings.end_overdue()
        except Exception:
            log.exception("ending consultations failed")
        await asyncio.sleep(LOOKS)


def few(number: int) -> str:
    """A figure fit for everybody: one that stands for one to four people is not said."""
    return str(number) if number == 0 or number >= FEWEST else str(Phrase("fewer than %(n)s", n=FEWEST))


def shown(cells: list[int]) -> bool:
    """May these figures stand side by side? None stands for one to four people, and where all of a few say the same, nobody's answer is told."""
    alike = sum(number > 0 for number in cells) == 1 and sum(cells) < 2 * FEWEST
    return not alike and all(number == 0 or number >= FEWEST for number in cells)


async def figures(consultation: Consultation) -> list[dict[str, Any]]:
    """How often each option or place in the order was chosen by adults. A part with a figure of one to four shows none but its total."""
    found = await counts(consultation)
    words = {key: str(word) for key, word in STANCES.items()}
    rows = []
    for part in consultation.parts:
        chosen = found[part["key"]]
        codes = list(STANCES) if consultation.form == "options" else [str(n) for n in range(1, len(consultation.parts) + 1)]
        cells = [(words.get(code, str(Phrase("place %(n)s", n=code))), chosen.get(code, 0)) for code in codes]
        total = sum(number for _word, number in cells)
        safe = shown([number for _word, number in cells])
        points = sum((len(codes) + 1 - int(code)) * chosen.get(code, 0) for code in codes if code.isdigit())
        summed = safe or (consultation.form == "wishes" and total >= 2 * FEWEST)  # a sum over ten tells of nobody what she chose
        rows.append({"part": part, "cells": cells if safe else [], "total": total if total >= FEWEST else 0, "points": points if summed else 0})
    return sorted(rows, key=lambda one: -one["points"]) if consultation.form == "wishes" else rows


async def report(consultation: Consultation) -> dict[str, Any]:
    """Everything the report shows, for everybody: no person anywhere in it."""
    heard = await listening(consultation)
    found, trail = await answering.became(consultation), await answering.trail(consultation)
    became = {f"{type(one).__name__}:{one.id}": step for one, step in zip(found, trail, strict=True)}
    return {
        "consultation": consultation, "place": await consultation.place, "heard": heard, "verdicts": VERDICTS, "figures": await figures(consultation),
        "became": {one.heading.id: _became(one, became) for one in heard.groups}, "forms": FORMS, "electorates": ELECTORATES,
        "log": await moderation.log(consultation), "trail": trail,
    }  # fmt: skip


def _became(group: Group, known: dict[str, answering.Step]) -> tuple[str, str] | None:
    """Words and address of what a group became."""
    step = known.get(f"{group.heading.became}:{group.heading.became_id}")
    return (f"{step.kind} · {step.words[:40]}", step.path) if step else None


async def summary(consultation: Consultation) -> list[str]:
    """The result in sentences, in the language of the papers: for the board, the meeting papers and the minutes."""
    with speaking(DEFAULT):
        heard = await listening(consultation)
        lines = [
            consultation.question,
            _("%(answered)s answers, from %(day)s to %(last)s.") % {
                "answered": few(consultation.answered), "day": i18n.day(consultation.opened_at or clock.now()),
                "last": i18n.day(consultation.closed_at or clock.now()),
            },
            consultation.conclusion,
        ]  # fmt: skip
        for number, group in enumerate(heard.groups, 1):
            heading = group.heading
            verdict = VERDICTS[heading.verdict] if heading.verdict else ""
            lines.append(f"{number}. {heading.title}（{_('%(n)s opinions') % {'n': group.voices}}）：{verdict}。{heading.answer}")
        return [line for line in lines if line]


async def drafted_meetings(consultation: Consultation, by: Actor) -> list[Meeting]:
    """Meetings being prepared in the same place, above or below it, whose agenda can still take a topic."""
    found = await Meeting.filter(stage__in=["drafted", "called"], private=False).order_by("starts_at").limit(100)
    near = [one for one in found if one.path.startswith(consultation.path) or consultation.path.startswith(one.path)]
    return [one for one in near if await may(by, "item.add", one)]


async def post_result(consultation: Consultation, *, by: Person, contact: str, board: str = "", days: int = DAYS) -> Posting:
    """Hang the result on the board (RC art. 34(5): results of consultation and what becomes of them are made public)."""
    async with writing():
        await hold(consultation)
        if consultation.stage != "answered" or consultation.posting_id is not None:
            raise Conflict("There is no result to hang up, or it hangs on the board already.")
        place = await Place.get(id=consultation.place_id)
        made = await post(
            consultation, consultation.question, "\n".join(await summary(consultation)), place, by=by, contact=contact, board=board, days=days
        )
        consultation.posting_id = made.id
        await consultation.save(update_fields=["posting_id"])
    return made


async def prior(item: AgendaItem) -> list[dict[str, Any]]:
    """The discussions before the meeting that an item rests on, for its papers and minutes."""
    return [{"id": one.id, "question": one.question, "lines": await summary(one)} for one in await answering.before(item)]


async def open_data(consultation: Consultation) -> str:
    """What was said as a table for anybody: heading, part, words, voices, verdict, answer. No person, no hour, no channel, no order of arrival."""
    heard = await listening(consultation)
    target = io.StringIO()
    table = csv.writer(target)
    table.writerow(["heading", "part", "version", "words", "voices", "verdict", "answer"])
    several = await versions_told(consultation)
    for group in heard.groups:
        rows = sorted([one.part, one.version if several else "", _cell(one.words), 1 + len(heard.joined.get(one.id, []))] for one in group.remarks)
        for row in rows:
            table.writerow([_cell(group.heading.title), *row, group.heading.verdict, _cell(group.heading.answer)])
    return "\ufeff" + target.getvalue()


async def versions_told(consultation: Consultation) -> bool:
    """May it be said on which version of a draft an opinion was written? Only where five at least answered on each: it tells when they came."""
    rows = await sql(
        "SELECT COUNT(DISTINCT contribution_id) AS n FROM remark WHERE consultation_id = ? AND withdrawn_at IS NULL GROUP BY version", consultation.id
    )
    return all(row["n"] >= FEWEST for row in rows)


def _cell(text: str) -> str:
    """No cell begins like a formula."""
    return f"'{text}" if text.startswith(tuple("=+-@＝＋－＠\t\r\n")) else text
