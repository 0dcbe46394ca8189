"""The opinion map of a consultation: computed once, when it has ended, in a worker; kept, so that everybody sees the same."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.neighbourhood.journal import Entry, writing
from council.proceedings.consultations import Consultation
from council.proceedings.statements import Statement, matrix
from council.rules.opinion_map import SEED, K, Map, Point
from council.secretariat import jobs
from council.workshop import workers

SECONDS = 300.0  # of processor time
CELLS = 7  # the picture is this many cells wide and high
WHOLE = 1000


class OpinionMap(Model):
    """What was computed from the answers as they stood at the end. `drawn` holds groups, lines and cells of the picture, no person."""

    id = fields.IntField(primary_key=True)
    consultation: fields.OneToOneRelation[Consultation] = fields.OneToOneField("council.Consultation", related_name=False, on_delete=fields.RESTRICT)
    consultation_id: int
    seed = fields.IntField(default=SEED)
    drawn: dict[str, Any] = fields.JSONField(default=dict)
    made_at = fields.DatetimeField()

    class Meta:
        table = "opinion_map"


async def hear(entry: Entry) -> None:
    """A listener of the journal: a consultation with statements has ended."""
    if entry.act == "consultation.closed":
        async with writing():
            if await Consultation.exists(id=entry.subject_id, form="statements"):
                await jobs.later("opinion_map", {"consultation": entry.subject_id}, dedupe=f"opinion_map:{entry.subject_id}")


@jobs.does("opinion_map")
async def draw(payload: dict[str, Any]) -> None:
    """Compute it outside the web process, and keep it."""
    consultation = await Consultation.get(id=payload["consultation"])
    shown, answers = await Statement.of(consultation), await matrix(consultation)
    found: Map = await workers.patient.run("council.rules.opinion_map:drawn", answers, seconds=SECONDS)
    words = [one.words for one in shown]
    async with writing():
        await OpinionMap.filter(consultation_id=consultation.id).delete()
        await OpinionMap.create(consultation_id=consultation.id, drawn=kept(found, words), made_at=clock.now())


def kept(found: Map, words: list[str]) -> dict[str, Any]:
    """The map as plain values: sizes, figures that stand for five people at least, cells that hold as many."""
    lines = [
        {"words": words[line.statement], "kind": line.kind, "shares": [[one.asked, one.agree, one.disagree, one.band] for one in line.shares]}
        for line in found.lines
    ]
    cells, elsewhere = cells_of(found)
    return {
        "why": found.why, "people": found.people, "statements": found.statements, "groups": list(found.groups), "lines": lines,
        "chance": list(found.chance), "steady": found.steady, "cells": cells, "elsewhere": elsewhere, "middles": middles(found),
    }  # fmt: skip


def _scaled(places: tuple[Point, ...]) -> list[tuple[float, float]]:
    """Between 0 and 1 on both axes."""
    spans = [(min(axis), (max(axis) - min(axis)) or 1.0) for axis in zip(*places, strict=True)]
    return [((x - spans[0][0]) / spans[0][1], (y - spans[1][0]) / spans[1][1]) for x, y in places]


def cells_of(found: Map) -> tuple[list[list[int]], int]:
    """Column, row, group and people of each cell of the picture that holds five of one group; and how many people stand in none of these."""
    if not found.places:
        return [], 0
    counted: Counter[tuple[int, int, int]] = Counter()
    for (x, y), group in zip(_scaled(found.places), found.labels, strict=True):
        counted[min(int(x * CELLS), CELLS - 1), min(int(y * CELLS), CELLS - 1), group] += 1
    shown = [[*place, number] for place, number in sorted(counted.items()) if number >= K]
    return shown, sum(number for number in counted.values() if number < K)


def middles(found: Map) -> list[list[int]]:
    """The middle of each group in thousandths of the picture."""
    out = []
    for group in range(len(found.groups)):
        own = [place for place, label in zip(_scaled(found.places), found.labels, strict=True) if label == group]
        out.append([int(sum(x for x, _y in own) / len(own) * WHOLE), int(sum(y for _x, y in own) / len(own) * WHOLE)])
    return out


async def of(consultation: Consultation) -> OpinionMap | None:
    return await OpinionMap.get_or_none(consultation_id=consultation.id)
