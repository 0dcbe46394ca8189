"""My account: devices, details, password."""

from __future__ import annotations

from council.neighbourhood import credentials, passwords
from council.neighbourhood.credentials import Session
from council.neighbourhood.people import Person
from tests.client import soup

GOOD = "三月江水绿如蓝不下雨"


async def test_the_account_shows_devices_and_ends_one(world, browser_of):
    one = await browser_of(world.resident)
    await browser_of(world.resident)
    page = soup(await one.get("/account"))
    assert len(page.select(".device")) == 2
    await one.post(page.select_one(".device form")["action"])
    assert await Session.filter(person_id=world.resident.id).count() == 1
    assert (await one.get("/account")).url.path == "/account"


async def test_nobody_ends_the_session_of_somebody_else(world, browser_of):
    await browser_of(world.neighbour)
    theirs = await Session.get(person_id=world.neighbour.id)
    mine = await browser_of(world.resident)
    assert (await mine.post(f"/account/sessions/{theirs.id}/end")).status_code == 404
    assert await Session.exists(id=theirs.id)


async def test_an_officer_sets_a_password_and_other_devices_are_signed_out(world, browser_of):
    one, two = await browser_of(world.clerk), await browser_of(world.clerk)
    answer = await one.post("/account/password", data={"login": "jiangwen", "password": GOOD, "again": GOOD})
    assert answer.status_code == 200
    assert "/sign-in" in str((await two.get("/account")).url)
    assert await passwords.check_password("jiangwen", GOOD)


async def test_changing_a_password_asks_for_the_present_one(world, browser_of):
    await passwords.set_password(world.clerk, "jiangwen", GOOD)
    browser, new = await browser_of(world.clerk), "另外一句完全不同的话九个"
    form = {"login": "jiangwen", "password": new, "again": new}
    assert (await browser.post("/account/password", data=form)).status_code == 403
    assert (await browser.post("/account/password", data=form | {"present": "wrong wrong"})).status_code == 403
    assert (await browser.post("/account/password", data=form | {"present": GOOD})).status_code == 200


async def test_after_a_fresh_link_a_forgotten_password_is_replaced(world, browser_of):
    await passwords.set_password(world.clerk, "jiangwen", GOOD)
    browser, new = await browser_of(), "另外一句完全不同的话九个"
    await browser.post(f"/sign-in/{await credentials.issue(world.clerk)}")
    assert (await browser.post("/account/password", data={"login": "jiangwen", "password": new, "again": new})).status_code == 200


async def test_weak_unequal_and_taken_are_refused_with_the_field(world, browser_of):
    await passwords.set_password(world.secretary, "zhoumin", GOOD)
    browser = await browser_of(world.clerk)
    for form, field in (
        ({"login": "jiangwen", "password": "short", "again": "short"}, "password"),
        ({"login": "jiangwen", "password": "1234567890", "again": "1234567890"}, "password"),
        ({"login": "jiangwen", "password": GOOD, "again": "x"}, "again"),
        ({"login": "zhoumin", "password": GOOD + "呀", "again": GOOD + "呀"}, "login"),
    ):
        answer = await browser.post("/account/password", data=form)
        assert answer.status_code == 422
        assert soup(answer).select_one(f".govuk-error-summary a[href='#{field}']")
        assert GOOD not in answer.text


async def test_a_resident_needs_no_password_and_gets_none(world, browser_of):
    browser = await browser_of(world.resident)
    assert not soup(await browser.get("/account")).select("input[type=password]")
    assert (await browser.post("/account/password", data={"login": "wang", "password": GOOD, "again": GOOD})).status_code == 403


async def test_a_resident_says_how_to_reach_her_and_it_is_kept_sealed(world, browser_of):
    browser = await browser_of(world.resident)
    assert (await browser.post("/account/reach", data={"phone": "139 0000 1111", "mail": "wang@example.org"})).status_code == 200
    person = await Person.get(id=world.resident.id)
    assert (person.phone, person.mail) == ("13900001111", "wang@example.org")
    assert "13900001111" not in person.phone_sealed
    assert (await browser.post("/account/reach", data={"phone": "12", "mail": "nonsense"})).status_code == 422


async def test_the_account_is_for_those_signed_in(world, browser_of):
    answer = await (await browser_of()).get("/account", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/account")
