"""The inbox and the slips."""

from __future__ import annotations

from council.i18n import Phrase
from council.neighbourhood.journal import writing
from council.secretariat import inbox
from council.secretariat.inbox import Delivery, Notice
from tests.client import soup

SAID = Phrase("%(name)s ends with the day you gave.", name="第一网格")


async def told(*people):
    async with writing():
        for person in people:
            await inbox.tell(person, SAID, link="/help")


async def test_the_inbox_shows_what_is_new_and_lets_it_be_read(world, browser_of):
    browser = await browser_of(world.resident)
    assert soup(await browser.get("/inbox")).select_one(".empty")
    await told(world.resident, world.neighbour)
    page = soup(await browser.get("/inbox"))
    assert len(page.select(".row--unread")) == 1
    assert page.select_one(".row__title")["href"] == "/help"
    await browser.post("/inbox/reading", data={"upto": page.select_one("input[name=upto]")["value"]})
    assert not soup(await browser.get("/inbox")).select(".row--unread")
    assert await Notice.filter(read_at=None, person_id=world.neighbour.id).count() == 1


async def test_the_inbox_is_ones_own(world, browser_of):
    await told(world.resident)
    assert soup(await (await browser_of(world.neighbour)).get("/inbox")).select_one(".empty")
    assert (await (await browser_of()).get("/inbox", follow_redirects=False)).status_code == 303


async def test_slips_wait_for_those_who_reach_the_person(world, browser_of):
    await told(world.resident, world.outsider, world.clerk)
    worker = soup(await (await browser_of(world.grid_worker)).get("/inbox/slips"))
    assert [s.text for s in worker.select(".carry__slip strong")] == ["王秀兰"]
    beside = soup(await (await browser_of(world.beside_secretary)).get("/inbox/slips"))
    assert [s.text for s in beside.select(".carry__slip strong")] == ["严明"]
    assert (await (await browser_of(world.resident)).get("/inbox/slips")).status_code == 404
    assert (await (await browser_of()).get("/inbox/slips", follow_redirects=False)).status_code == 303


async def test_a_slip_that_was_carried_counts_as_told(world, browser_of):
    await told(world.resident)
    slip = await Delivery.get(channel="slip")
    beside = await browser_of(world.beside_secretary)
    assert (await beside.post("/inbox/slips", data={"slip": slip.id})).status_code == 403
    worker = await browser_of(world.grid_worker)
    assert (await worker.post("/inbox/slips", data={})).status_code == 422
    assert (await worker.post("/inbox/slips", data={"slip": slip.id})).status_code == 200
    done = await Delivery.get(id=slip.id)
    assert (done.state, done.by_id) == ("done", world.grid_worker.id)
    assert soup(await worker.get("/inbox/slips")).select_one(".empty")


async def test_whoever_read_it_in_the_inbox_needs_no_slip(world, browser_of):
    await told(world.resident)
    await inbox.read(world.resident, 10_000, by=world.resident)
    assert soup(await (await browser_of(world.grid_worker)).get("/inbox/slips")).select_one(".empty")
