"""Search: two-character words are found, and nobody finds what they may not see."""

from __future__ import annotations

import pytest

from council.neighbourhood.journal import listen, silence
from council.neighbourhood.people import Visitor
from council.proceedings.reporting import Told, report
from council.proceedings.sight import Wanted, listed
from council.proceedings.triage import Finding, confirm
from council.secretariat import search


async def found(question, by):
    return [line.id for line in await listed(by, Wanted(among=await search.matters(question, by)))]


@pytest.fixture
async def three(world):
    listen(search.hear)
    texts = (("王大妈说小区停车位不够，3号楼北侧Parking难", "COLLABORATIVE"), ("人行道井盖破了，走路差点踩空", "OFFICIAL"), ("楼上李家漏水到我家",
    "HOUSEHOLD"))
    made = []
    for text, affair in texts:
        matter, _ = await report(Told(text, world.grid, name="王大妈"), by=Visitor())
        await confirm(matter, Finding(affair, "看过了，属实", publish="yes"), by=world.secretary)
        made.append(matter.id)
    yield made
    silence(search.hear)


@pytest.mark.parametrize(
    ("text", "expected"), [("停车位", "停车 车位 位"), ("A1栋，停车", "a1 栋 停车 车"), ("", ""), ("３号", "3 号"), ("!?", "")]
)
def test_a_text_becomes_overlapping_pairs(text, expected):
    assert search.grams(text) == expected


@pytest.mark.parametrize("question", ["停车", "停车位", "位", "停", "3号楼", "parking", "PARK", "停车 北侧", "车位不够"])
async def test_a_matter_is_found_by_words_of_any_length(world, three, question):
    assert await found(question, Visitor()) == [three[0]]


@pytest.mark.parametrize("question", ["停电", "车停", "停车 井盖", "位停", "%", "_", '"', "停车%' OR 1=1 --", "长" * 10_000])
async def test_what_is_not_there_is_not_found(world, three, question):
    listing = await found(question, Visitor())
    assert listing in ([], [three[1], three[0]])
    if question not in ("%", "_", '"'):
        assert not listing


async def test_a_household_matter_is_found_only_within_reach(world, three):
    for stranger in (Visitor(), world.neighbour, world.outsider, world.beside_secretary, world.officer):
        assert not await found("漏水", stranger)
        assert await found("井盖", stranger) == [three[1]]
    assert await found("漏水", world.grid_worker) == [three[2]]
    assert await found("漏水", Visitor(frozenset({("Matter", three[2])}))) == [three[2]]


async def test_a_name_taken_out_of_the_public_words_is_not_found_by_the_public(world, three):
    assert not await found("王大妈", Visitor())
    assert await found("王大妈", world.secretary) == [three[2], three[1], three[0]]


async def test_what_becomes_private_is_no_longer_found(world, three):
    from council.proceedings.matters import Matter

    assert await found("停车", Visitor())
    await confirm(await Matter.get(id=three[0]), Finding("HOUSEHOLD", "只是两家的事"), by=world.secretary)
    assert not await found("停车", Visitor())


async def test_what_was_written_while_nobody_listened_is_entered_at_the_start(world):
    matter, _ = await report(Told("路灯不亮", world.grid), by=Visitor())
    assert not await found("路灯", world.secretary)
    assert await search.catch_up() == 1
    assert await found("路灯", world.secretary) == [matter.id]
    assert await search.catch_up() == 0
