"""The door: links that act only on a click, passwords that lock, ways out."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from council import clock
from council.neighbourhood import credentials, guesses, passwords
from council.neighbourhood.credentials import Password, Session, SignInLink
from council.routes.pages import Site
from tests.client import soup

# As it is in earnest, kept before the tests make guesses cheap for themselves.
IN_EARNEST = passwords._hasher()


@pytest.fixture(autouse=True)
def counted_anew():
    guesses.forget()


async def test_opening_a_link_shows_a_masked_name_and_changes_nothing(world, browser_of):
    token = await credentials.make_link(world.resident, by=world.grid_worker)
    visitor = await browser_of()
    for _ in range(3):
        page = await visitor.get(f"/sign-in/{token}")
        assert page.status_code == 200
        assert "王*兰" in page.text
        assert "王秀兰" not in page.text
    assert await SignInLink.filter(used_at=None).count() == 1
    assert not await Session.filter(person_id=world.resident.id).exists()


async def test_the_click_signs_in_once_with_a_new_session(world, browser_of):
    token = await credentials.make_link(world.resident, by=world.grid_worker)
    first, second = await browser_of(), await browser_of()
    done = await first.post(f"/sign-in/{token}")
    assert done.status_code == 200
    assert "王秀兰" in done.text
    assert (await second.post(f"/sign-in/{token}")).status_code == 409
    assert (await second.get(f"/sign-in/{token}")).status_code == 404
    assert await Session.filter(person_id=world.resident.id, means="link").count() == 1


async def test_of_many_clicks_at_once_one_wins(world, browser_of):
    token = await credentials.make_link(world.resident, by=world.grid_worker)
    browsers = [await browser_of() for _ in range(6)]
    answers = await asyncio.gather(*[b.post(f"/sign-in/{token}", follow_redirects=False) for b in browsers])
    assert sorted(a.status_code for a in answers) == [303] + [409] * 5


async def test_a_link_out_of_date_is_like_one_that_never_was(world, browser_of, monkeypatch):
    token = await credentials.issue(world.resident, lasts=timedelta(minutes=1))
    visitor = await browser_of()
    assert (await visitor.get(f"/sign-in/{token}")).status_code == 200
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=2))
    late, never = await visitor.get(f"/sign-in/{token}"), await visitor.get("/sign-in/nothing")
    assert late.status_code == never.status_code == 404
    assert soup(late).select_one("main").text == soup(never).select_one("main").text


async def test_a_new_sign_in_ends_the_session_before_it(world, browser_of):
    browser = await browser_of(world.neighbour)
    old = browser.cookies["__Host-session"]
    answer = await browser.post(f"/sign-in/{await credentials.issue(world.resident)}", follow_redirects=False)
    assert answer.cookies["__Host-session"] != old
    replayed = await browser_of()
    replayed.cookies.set("__Host-session", old)
    assert "/sign-in" in str((await replayed.get("/account")).url)


async def test_the_table_keeps_digests_only(world):
    token = await credentials.issue(world.resident)
    link = await SignInLink.get()
    assert link.digest == credentials.digest(token)
    assert token not in str(vars(link))


def test_whoever_stole_the_hashes_pays_64_megabytes_and_three_rounds_a_guess():
    hashed = IN_EARNEST.hash("三月江水绿如蓝不下雨")
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert IN_EARNEST.verify(hashed, "三月江水绿如蓝不下雨")
    assert passwords._hasher() is not IN_EARNEST, "the other tests guess cheaply"


@pytest.fixture
async def password(world):
    await passwords.set_password(world.secretary, "zhoumin", "三月江水绿如蓝不下雨")
    return {"login": "ZhouMin", "password": "三月江水绿如蓝不下雨"}


async def test_an_officer_signs_in_with_a_password_and_is_led_back(world, browser_of, password):
    browser = await browser_of()
    answer = await browser.post("/sign-in", data=password | {"next": "/places"})
    assert answer.status_code == 200
    assert answer.url.path == "/places"


async def test_unknown_wrong_and_locked_look_alike(world, browser_of, password):
    browser = await browser_of()
    pages = [await browser.post("/sign-in", data={"login": name, "password": "not this one"}) for name in ("nobody", "zhoumin")]
    for _ in range(4):
        await browser.post("/sign-in", data={"login": "zhoumin", "password": "nor this one"})
    pages.append(await browser.post("/sign-in", data=password))
    assert {p.status_code for p in pages} == {403}
    texts = {soup(p).select_one(".govuk-error-summary").text for p in pages}
    assert len(texts) == 1
    assert "登录名或密码不对" in texts.pop()


async def guess(browser, times=5):
    for n in range(times):
        await browser.post("/sign-in", data={"login": "zhoumin", "password": f"wrong wrong {n}"})


async def test_five_wrong_tries_close_the_place_each_time_longer(world, browser_of, password, monkeypatch):
    browser, start = await browser_of(), clock.now()
    for minutes, wait in ((0, 1), (10, 2), (20, 4)):
        monkeypatch.setattr(clock, "now", lambda at=minutes: start + timedelta(minutes=at))
        await guess(browser)
        monkeypatch.setattr(clock, "now", lambda at=minutes + wait: start + timedelta(minutes=at, seconds=-5))
        assert (await browser.post("/sign-in", data=password)).status_code == 403
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(minutes=24, seconds=5))
    assert (await browser.post("/sign-in", data=password)).status_code == 200


async def test_whoever_knows_the_name_does_not_shut_its_owner_out(world, browser_of, password):
    owner, elsewhere, guesser = await browser_of(), await browser_of(address="192.0.2.7"), await browser_of()
    assert (await owner.post("/sign-in", data=password)).status_code == 200
    await owner.post("/sign-out")
    await guess(guesser)
    assert (await guesser.post("/sign-in", data=password)).status_code == 403
    assert (await (await browser_of()).post("/sign-in", data=password)).status_code == 403
    assert (await owner.post("/sign-in", data=password)).status_code == 200
    assert (await elsewhere.post("/sign-in", data=password)).status_code == 200


async def test_guesses_from_everywhere_close_the_name_to_strange_devices_alone(world, browser_of, password):
    owner = await browser_of()
    await owner.post("/sign-in", data=password)
    await owner.post("/sign-out")
    for n in range(6):
        await guess(await browser_of(address=f"192.0.2.{n}"))
    assert (await (await browser_of(address="198.51.100.1")).post("/sign-in", data=password)).status_code == 403
    assert (await owner.post("/sign-in", data=password)).status_code == 200


async def test_a_known_device_has_few_tries_too_and_its_mark_is_not_to_be_forged(world, browser_of, password):
    owner, forger = await browser_of(), await browser_of()
    await owner.post("/sign-in", data=password)
    await owner.post("/sign-out")
    await guess(owner)
    assert (await owner.post("/sign-in", data=password)).status_code == 403
    await guess(forger)
    forger.cookies.set("__Host-device", owner.cookies["__Host-device"][:-1] + "x")
    assert (await forger.post("/sign-in", data=password)).status_code == 403


async def test_a_new_password_makes_every_device_strange(world, browser_of, password):
    owner = await browser_of()
    await owner.post("/sign-in", data=password)
    shown = owner.cookies["__Host-device"]
    assert guesses.known(await Password.get(), shown)
    await passwords.set_password(world.secretary, "zhoumin", "两岸青山相对出孤帆一片")
    assert not guesses.known(await Password.get(), shown)


async def test_guesses_at_the_same_moment_are_counted_one_by_one(world, browser_of, password):
    browser = await browser_of()
    await asyncio.gather(*[browser.post("/sign-in", data={"login": "zhoumin", "password": f"guess {n} guess"}) for n in range(8)])
    assert (await Password.get()).tries == 5


async def test_a_password_is_refused_on_an_unencrypted_network_address_outside_the_demo(world, browser_of, password):
    browser = await browser_of()
    browser.base_url = "http://192.168.1.5"
    assert "密码" in (await browser.get("/sign-in")).text
    assert (await browser.post("/sign-in", data=password, follow_redirects=False)).status_code == 403
    Site.demo = True
    assert (await browser.post("/sign-in", data=password, follow_redirects=False)).status_code == 303
    Site.demo = False


async def test_sign_in_leads_only_to_own_pages(world, browser_of, password):
    for evil in ("//evil.test", "https://evil.test", "/\\evil.test", "https:evil", "/ok\r\nx: y"):
        browser = await browser_of()
        answer = await browser.post("/sign-in", data=password | {"next": evil}, follow_redirects=False)
        assert answer.headers["location"] == "/"


async def test_signing_out_ends_the_session_and_everywhere_ends_all(world, browser_of):
    one, two, three = [await browser_of(world.resident) for _ in range(3)]
    await one.post("/sign-out")
    assert await Session.filter(person_id=world.resident.id).count() == 2
    await two.post("/sign-out/everywhere")
    assert "/sign-in" in str((await three.get("/account")).url)


async def test_no_page_of_the_door_acts_on_get(world, browser_of):
    browser = await browser_of(world.resident)
    assert (await browser.get("/sign-out")).status_code in (404, 405)
    assert (await browser.get("/account")).status_code == 200


async def test_a_person_struck_off_cannot_sign_in(world, browser_of, password):
    from council.neighbourhood.corrections import end_person

    browser, held = await browser_of(), await browser_of(world.secretary)
    token = await credentials.issue(world.secretary)
    await end_person(world.secretary, by=world.operator)
    assert (await browser.post(f"/sign-in/{token}")).status_code == 409
    assert (await browser.post("/sign-in", data=password)).status_code == 403
    assert "/sign-in" in str((await held.get("/account")).url)


async def test_a_grid_worker_makes_no_link_for_an_officer(world, browser_of):
    worker, secretary = await browser_of(world.grid_worker), await browser_of(world.secretary)
    assert (await worker.post(f"/people/{world.resident.id}/links")).status_code == 200
    assert (await worker.post(f"/people/{world.grid_secretary.id}/links")).status_code == 403
    assert (await secretary.post(f"/people/{world.grid_secretary.id}/links")).status_code == 200
    assert (await secretary.post(f"/people/{world.street_secretary.id}/links")).status_code == 404


async def test_a_link_shown_to_an_officer_has_its_qr_and_works(world, browser_of):
    worker, visitor = await browser_of(world.grid_worker), await browser_of()
    page = soup(await worker.post(f"/people/{world.resident.id}/links"))
    assert page.select_one(".qr svg")
    address = page.select_one(".key-link__address").text
    assert (await visitor.post(address)).status_code == 200


async def test_an_outsider_makes_no_links(world, browser_of):
    outsider = await browser_of(world.beside_secretary)
    assert (await outsider.post(f"/people/{world.resident.id}/links")).status_code == 404
    visitor = await browser_of()
    assert "/sign-in" in str((await visitor.post(f"/people/{world.resident.id}/links")).url)
