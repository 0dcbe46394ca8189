"""A draw: the list before the seed, drawn once, accepted, declined, replaced in order."""

from __future__ import annotations

from collections import Counter

import pytest

from council.neighbourhood import generations
from council.neighbourhood.journal import listen, silence
from council.neighbourhood.people import Person
from council.neighbourhood.registry import add_person
from council.proceedings import draws
from council.proceedings.draws import Draw, Drawable
from council.refusals import Conflict, Forbidden, Refusal
from council.rules.sortition import seal
from council.secretariat import draws as telling
from council.secretariat.inbox import Notice
from tests.client import soup


async def test_list_seed_acceptance_replacement(world, browser_of):
    with pytest.raises(Forbidden):
        await draws.publish(world.community, "垃圾分类居民小组", 3, by=world.resident)
    draw = await draws.publish(world.community, "垃圾分类居民小组", 3, by=world.secretary)
    assert seal(await draw.listing()) == draw.digest
    assert "王秀兰" not in await draw.listing()
    with pytest.raises(Refusal):
        await draws.throw(draw, "1", "院子里掷骰子", by=world.secretary)
    await draws.throw(draw, "3 1 6 2 2 5", "十一月二十一日院子里当众掷骰子", by=world.secretary)
    with pytest.raises(Conflict):
        await draws.throw(await Draw.get(id=draw.id), "6 6 6 6 6 6", "再掷一次", by=world.secretary)
    drawn = await draws.seated(draw)
    assert [one.state for one in drawn] == ["asked"] * 3
    with pytest.raises(Forbidden):
        await draws.reply(drawn[0], "accepted", by=world.outsider)
    await draws.reply(drawn[0], "accepted", by=await drawn[0].person)
    follower = await draws.reply(drawn[1], "declined", by=world.secretary)
    assert (follower.state, follower.instead_of) == ("asked", drawn[1].number)
    with pytest.raises(Conflict):
        await draws.reply(await Drawable.get(id=drawn[1].id), "accepted", by=world.secretary)
    front = soup(await (await browser_of()).get("/consultations")).select_one("a[href='/draws']")["href"]
    assert soup(await (await browser_of()).get(front)).select(f"a[href='/draws/{draw.id}']")
    public = await (await browser_of()).get(f"/draws/{draw.id}")
    assert "3 1 6 2 2 5" in public.text
    assert not any(one.person.name in public.text for one in drawn)
    assert (await (await browser_of()).get(f"/draws/{draw.id}/list")).text == await draw.listing()
    assert "import hashlib" in (await (await browser_of()).get("/draws/redraw.py")).text


async def test_strata_are_made_of_building_generation_and_tenure(world, browser_of):
    for n in range(12):
        person = await add_person(f"邻居{n:02}", world.grid, by=world.operator, household=world.households["h402"])
        await generations.tell(person, 1960 if n < 6 else 1990, by=world.secretary)
    own = await browser_of(world.resident)
    assert (await own.post("/account/generation", data={"born": "1965"})).status_code == 422
    assert (await own.post("/account/generation", data={"born": "1960"})).status_code == 200
    assert (await Person.get(id=world.resident.id)).born == 1960
    with pytest.raises(Forbidden):
        await generations.tell(world.neighbour, 1960, by=world.resident)
    office = await browser_of(world.secretary)
    assert "60后" in (await office.get(f"/people/{world.neighbour.id}/generation")).text
    draw = await draws.publish(world.community, "居民议事小组", 4, by=world.secretary)
    found = Counter(one.stratum for one in await draw.entrants())
    assert (found["3号楼 60后 非业主"], found["3号楼 90后 非业主"]) == (7, 6)
    assert all(size >= 5 for name, size in found.items() if name != "其他"), found
    assert "1960" not in await draw.listing()


async def test_whoever_is_drawn_and_whoever_comes_in_for_them_hears_of_it(world):
    draw = await draws.publish(world.community, "垃圾分类居民小组", 2, by=world.secretary)
    listen(telling.hear)
    try:
        await draws.throw(draw, "3 1 6 2 2 5", "十一月二十一日院子里当众掷骰子", by=world.secretary)
        drawn = await draws.seated(draw)
        assert {one.person_id for one in await Notice.filter(link=f"/draws/{draw.id}")} == {one.person_id for one in drawn}
        await draws.reply(drawn[0], "accepted", by=await drawn[0].person)
        follower = await draws.reply(drawn[1], "declined", by=await drawn[1].person)
    finally:
        silence(telling.hear)
    told = [one.person_id for one in await Notice.filter(link=f"/draws/{draw.id}").order_by("id")]
    assert told[2:] == [follower.person_id], "only whoever comes in is told anew"
