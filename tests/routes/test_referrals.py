"""Handing over in the browser: the button, the form with what was typed, what the reporter then reads."""

from __future__ import annotations

import pytest

from council.proceedings.matters import Matter
from council.routes import limits
from tests.client import soup
from tests.routes.steps import LEAK, PARKING, confirmed, reported

HANDED = {"to": "POLICE", "name": "丁山派出所", "phone": "028-85551234", "words": "派出所已受理，请直接问他们。"}


@pytest.fixture(autouse=True)
def counted_anew():
    limits.forget()


async def test_an_officer_hands_over_and_the_reporter_reads_where_it_is(browser_of, world):
    code = await reported(await browser_of(), world)
    matter, officer = await Matter.first(), await browser_of(world.secretary)
    page = await officer.get(f"/matters/{matter.id}")
    assert soup(page).find("a", href=f"/matters/{matter.id}/referral/new")
    assert (await officer.get(f"/matters/{matter.id}/referral/new")).status_code == 200
    done = await officer.post(f"/matters/{matter.id}/referral", data=HANDED)
    assert "已转交" in done.text
    assert soup(done).find("a", href=f"/matters/{matter.id}/referral/return")
    assert not soup(done).find("a", href=f"/matters/{matter.id}/referral/new")
    read = await (await browser_of()).get(f"/progress/{code}")
    assert soup(read).select_one(".elsewhere a")["href"] == "tel:02885551234"
    assert "请直接问他们" in soup(read).select_one(".elsewhere").text
    back = await officer.post(f"/matters/{matter.id}/referral/return", data={"words": "派出所说不归他们管"})
    assert "期限重新计算" in back.text
    assert soup(await (await browser_of()).get(f"/progress/{code}")).select_one(".elsewhere") is None


async def test_what_was_typed_stays_when_something_is_missing(browser_of, world):
    await reported(await browser_of(), world)
    matter, officer = await Matter.first(), await browser_of(world.secretary)
    page = await officer.post(f"/matters/{matter.id}/referral", data=HANDED | {"name": ""})
    assert page.status_code == 422
    assert soup(page).select_one("title").text.startswith("错误：")
    assert soup(page).select_one("[name=words]").text.strip() == HANDED["words"]
    assert soup(page).select_one("[name=to][value=POLICE]").has_attr("checked")


async def test_who_has_no_office_here_finds_no_such_page(browser_of, world):
    await reported(await browser_of(), world)
    matter = await Matter.first()
    for stranger in (None, world.neighbour, world.beside_secretary, world.hotel_secretary, world.former):
        browser = await browser_of(stranger)
        for path in ("referral/new", "referral/return"):
            assert (await browser.get(f"/matters/{matter.id}/{path}")).status_code == 404
        for path in ("referral", "referral/return"):
            assert (await browser.post(f"/matters/{matter.id}/{path}", data=HANDED)).status_code == 404
    assert (await Matter.first()).stage == "reported"


async def test_everybody_reads_where_a_public_matter_went_and_nobody_what_was_told_of_a_private_one(browser_of, world):
    officer = await browser_of(world.secretary)
    for text, affair in ((PARKING, "COLLABORATIVE"), (LEAK, "HOUSEHOLD")):
        await reported(await browser_of(), world, text)
        matter = await Matter.all().order_by("-id").first()
        await confirmed(officer, matter.id, affair)
        await officer.post(f"/matters/{matter.id}/referral", data=HANDED)
    public, private = await Matter.all().order_by("id")
    stranger = await browser_of()
    assert "丁山派出所" in (await stranger.get(f"/matters/{public.id}")).text
    assert (await stranger.get(f"/matters/{private.id}")).status_code == 404
    assert str(private.id) not in {link["href"].split("/")[-1] for link in soup(await stranger.get("/matters")).select("main .row a")}
