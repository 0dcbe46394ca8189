"""300 people who have answered 24 statements: in three groups, and the same answers shuffled, so that nobody answers like anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from council import clock
from council.neighbourhood.journal import writing
from council.proceedings import asking, statements
from council.proceedings.consultations import Consultation, Plan
from council.proceedings.contributions import Contribution
from council.proceedings.statements import Stance, Statement
from tests.rules.test_opinion_map import PEOPLE, STATEMENTS, planted, shuffled
from tests.world import World
from tests.world import build as cast

PLAN = Plan(
    "statements", "小区的车怎么停？", "车多位少。", "收费和时间。", "车位总数不变。", "居民代表会议", "everyone",
    tuple(f"关于停车的第{n}句话" for n in range(1, STATEMENTS + 1)),
)  # fmt: skip


async def answer(asked: Consultation, rows: list[list[int | None]], first: int) -> None:
    """Their answers, put into the tables at once; `first` is the first number of a person."""
    now, shown = clock.now(), await Statement.of(asked)
    async with writing():
        await Contribution.bulk_create([
            Contribution(id=n, consultation_id=asked.id, voter=f"sheet:{n}", receipt=f"R{n:07}", made_at=now, changed_at=now)
            for n in range(first, first + len(rows))
        ])  # fmt: skip
        await Stance.bulk_create([
            Stance(statement_id=one.id, contribution_id=n, value=value, at=now)
            for n, row in enumerate(rows, first) for one, value in zip(shown, row, strict=False) if value is not None
        ])  # fmt: skip


async def build() -> World:
    world, rows = await cast(), planted()[0]
    for n, said in enumerate((rows, shuffled(rows))):
        asked = await statements.prepare(world.community, replace(PLAN, question=PLAN.question + "（再问）" * n), by=world.secretary)
        await asking.open_consultation(asked, clock.now() + timedelta(days=7), by=world.secretary)
        await answer(asked, said, 1 + n * PEOPLE)
    return world
