"""Taking back in the browser, by code and signed in; who may not, finds no button and no form."""

from __future__ import annotations

import pytest

from council.proceedings.matters import Matter
from council.routes import limits
from tests.client import soup
from tests.routes.steps import LEAK, confirmed, reported

CONTACT = {"name": "王秀兰", "phone": "13800001234"}


@pytest.fixture(autouse=True)
def counted_anew():
    limits.forget()


async def test_by_code_without_an_account(browser_of, world):
    code = await reported(await browser_of(), world)
    stranger = await browser_of()
    page = await stranger.get(f"/progress/{code}")
    assert soup(page).find("a", href=f"/progress/{code}/withdrawal")
    form = soup(await stranger.get(f"/progress/{code}/withdrawal"))
    assert not form.select("[name=reason][checked]")
    missing = await stranger.post(f"/progress/{code}/withdrawal", data={"words": "搬家了"})
    assert missing.status_code == 422
    assert soup(missing).select_one("[name=words]").text.strip() == "搬家了"
    done = await stranger.post(f"/progress/{code}/withdrawal", data={"reason": "SOLVED", "words": "邻居帮忙修好了"})
    assert "反映人已撤回" in soup(done).select_one("[aria-current=step]").text
    assert not soup(done).find("a", href=f"/progress/{code}/withdrawal")
    again = await stranger.post(f"/progress/{code}/withdrawal", data={"reason": "SOLVED"})
    assert again.status_code == 409


async def test_signed_in_from_the_page_of_the_matter(browser_of, world):
    resident = await browser_of(world.resident)
    await reported(resident, world)
    matter = await Matter.first()
    await confirmed(await browser_of(world.secretary), matter.id, "COLLABORATIVE")
    assert soup(await resident.get(f"/matters/{matter.id}")).find("a", href=f"/matters/{matter.id}/withdrawal")
    assert "公开的列表" in (await resident.get(f"/matters/{matter.id}/withdrawal")).text
    done = await resident.post(f"/matters/{matter.id}/withdrawal", data={"reason": "TWICE"})
    assert "已撤回" in done.text
    assert "没有" in soup(await (await browser_of()).get("/matters")).select_one(".empty").text


async def test_nobody_else_finds_a_button_or_a_form(browser_of, world):
    await reported(await browser_of(world.resident), world)
    matter = await Matter.first()
    for key, status in (("", 404), ("neighbour", 404), ("secretary", 409), ("grid_worker", 409)):
        browser = await browser_of(world.people[key] if key else None)
        assert (await browser.get(f"/matters/{matter.id}/withdrawal")).status_code == status
        assert (await browser.post(f"/matters/{matter.id}/withdrawal", data={"reason": "SOLVED"})).status_code in (403, 404)
        assert f"/matters/{matter.id}/withdrawal" not in (await browser.get(f"/matters/{matter.id}")).text
    assert (await Matter.first()).stage == "reported"


async def test_a_household_matter_needs_the_digits_first(browser_of, world):
    code = await reported(await browser_of(), world, LEAK, **CONTACT)
    stranger = await browser_of()
    assert (await stranger.get(f"/progress/{code}/withdrawal")).status_code == 404
    assert (await stranger.post(f"/progress/{code}/withdrawal", data={"reason": "SOLVED"})).status_code == 404
    await stranger.post("/progress", data={"code": code, "digits": "1234"})
    assert "漏水" in (await stranger.get(f"/progress/{code}/withdrawal")).text
    assert (await stranger.post(f"/progress/{code}/withdrawal", data={"reason": "SOLVED"})).status_code == 200


async def test_once_it_is_on_an_agenda_or_answered_there_is_no_button(browser_of, world):
    code = await reported(await browser_of(), world)
    await (await Matter.first()).reply("已办好。", by=world.grid_worker)
    stranger = await browser_of()
    assert f"/progress/{code}/withdrawal" not in (await stranger.get(f"/progress/{code}")).text
    assert (await stranger.get(f"/progress/{code}/withdrawal")).status_code == 409
