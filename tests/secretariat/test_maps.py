"""The opinion map of a consultation: drawn once, after the end, without persons; children are not in it."""

from __future__ import annotations

from datetime import timedelta

from council import clock
from council.neighbourhood.people import Visitor
from council.proceedings import asking, endings, statements
from council.proceedings.answers import Said
from council.proceedings.consultations import Consultation, Plan
from council.proceedings.statements import Stance, Statement
from council.secretariat import jobs, maps
from tests.client import soup
from tests.journeys.plant_statements import answer
from tests.rules.test_opinion_map import planted

PLAN = Plan(
    "statements", "垃圾分类点怎么管？", "夏天味道大。", "地点和时间。", "总数不变。", "居民代表会议", "everyone",
    tuple(f"关于投放点的第{n}句话" for n in range(1, 10)),
)  # fmt: skip


async def opened(world) -> Consultation:
    made = await statements.prepare(world.community, PLAN, by=world.secretary)
    await asking.open_consultation(made, clock.now() + timedelta(days=7), by=world.secretary)
    return made


async def people(asked: Consultation, number: int = 120) -> None:
    await answer(asked, planted()[0][:number], 1)


async def test_statements_are_answered_one_by_one_and_said_again_replace(world):
    asked = await opened(world)
    said = Said(nonce="s" * 16)
    first, second = (await Statement.of(asked))[:2]
    answer = await statements.take(first, asked, "agree", said, by=world.resident)
    await statements.take(first, asked, "disagree", said, by=world.resident)
    await statements.take(second, asked, "pass", said, by=world.resident)
    assert await Stance.filter(contribution_id=answer.id).order_by("statement_id").values_list("value", flat=True) == [-1, 0]
    deck = await statements.deck(asked, world.resident)
    assert (len(deck.said), deck.total) == (2, 9)
    own = await statements.add(asked, "我家孩子也会分，电话13800000001", said, by=world.resident)
    assert "13800000001" not in own.words
    child = await statements.take(first, asked, "agree", Said(child=True, nonce="c" * 16), by=Visitor())
    assert child.minor
    assert len(await statements.matrix(asked)) == 1, "a child's answer is heard and not counted"
    await asked.refresh_from_db()
    assert (asked.answered, asked.minors) == (2, 1)


async def test_the_map_is_drawn_after_the_end_in_a_worker(world, browser_of):
    asked = await opened(world)
    await people(asked)
    browser = await browser_of()
    assert "结束以后" in (await browser.get(f"/consultations/{asked.id}/map")).text
    await endings.close(asked, by=world.secretary)
    await maps.draw({"consultation": asked.id})
    found = (await maps.of(asked)).drawn
    assert found["why"] == "", found
    assert len(found["groups"]) == 3
    assert sum(cell[3] for cell in found["cells"]) + found["elsewhere"] == found["people"]
    assert all(cell[3] >= 5 for cell in found["cells"])
    page = soup(await browser.get(f"/consultations/{asked.id}/map"))
    assert len(page.select("svg.map, .map svg")) == 1
    assert len(page.select("tbody tr")) == 9
    assert "R0" not in page.text
    assert not await jobs.Job.exists(kind="opinion_map"), "no listener runs in this test"


async def test_the_end_asks_for_the_map(world):
    from council.neighbourhood.journal import listen, silence

    asked = await opened(world)
    listen(maps.hear)
    try:
        await endings.close(asked, by=world.secretary)
    finally:
        silence(maps.hear)
    assert await jobs.Job.exists(kind="opinion_map", dedupe=f"opinion_map:{asked.id}")
