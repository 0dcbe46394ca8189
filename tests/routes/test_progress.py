"""Following by code: without an account, and a household matter only with the telephone's last digits."""

from __future__ import annotations

import pytest

from council.neighbourhood.people import Visitor
from council.proceedings.matters import Matter
from council.proceedings.triage import Doubt
from council.routes import limits
from tests.client import soup
from tests.routes.steps import COVER, LEAK, PARKING, confirmed, jpeg, reported

CONTACT = {"name": "王秀兰", "phone": "13800001234"}


@pytest.fixture(autouse=True)
def counted_anew():
    limits.forget()


async def test_a_code_opens_the_timeline_with_where_it_stands_first(browser_of, world):
    code = await reported(await browser_of(), world)
    stranger = await browser_of()
    page = await stranger.post("/progress", data={"code": f"{code[:4]} {code[4:8].lower()}-{code[8:]}"})
    entries = soup(page).select(".timeline__word")
    assert page.status_code == 200
    assert soup(page).select_one("[aria-current=step] .timeline__word").text.startswith("现在：")
    assert entries[-1].text == "已收到"


async def test_a_household_matter_needs_the_last_digits_and_says_no_more_than_an_unknown_code(browser_of, world):
    code = await reported(await browser_of(), world, LEAK, **CONTACT)
    stranger = await browser_of()
    unknown = await stranger.post("/progress", data={"code": "AAAABBBBCCCC", "digits": "1234"})
    wrong = await stranger.post("/progress", data={"code": code, "digits": "9999"})
    none = await stranger.post("/progress", data={"code": code})
    assert unknown.status_code == wrong.status_code == none.status_code == 422
    same = [page.text.replace(code, "CODE").replace("AAAABBBBCCCC", "CODE") for page in (unknown, wrong, none)]
    assert same[0] == same[1] == same[2]
    address = [(await stranger.get(f"/progress/{one}")).text.replace(one, "CODE") for one in (code, "AAAABBBBCCCC")]
    assert address[0] == address[1]
    assert "漏水" not in address[0]
    for path in ("receipt", "picture", "photos/1"):
        assert (await stranger.get(f"/progress/{code}/{path}")).status_code == 404
    right = await stranger.post("/progress", data={"code": code, "digits": "1234"})
    assert "漏水" in right.text
    assert "漏水" in (await stranger.get(f"/progress/{code}")).text


async def test_guessing_the_digits_ends_after_five_tries(browser_of, world):
    code = await reported(await browser_of(), world, LEAK, **CONTACT)
    stranger = await browser_of()
    for digits in ("0000", "0001", "0002", "0003", "0004"):
        assert (await stranger.post("/progress", data={"code": code, "digits": digits})).status_code == 422
    assert (await stranger.post("/progress", data={"code": code, "digits": "1234"})).status_code == 429


async def test_a_household_matter_without_a_telephone_shows_only_its_stage(browser_of, world):
    code = await reported(await browser_of(), world, LEAK, photo=jpeg())
    page = (await (await browser_of()).get(f"/progress/{code}")).text
    assert "漏水" not in page
    assert "现在：" in page
    matter = await Matter.with_code(code)
    assert (await (await browser_of()).get(f"/progress/{code}/photos/{matter.id}")).status_code == 404


async def test_a_photo_is_seen_with_its_matter_only(browser_of, world):
    browser = await browser_of()
    code = await reported(browser, world, PARKING, photo=jpeg())
    number = (await Matter.with_code(code)).id
    source = soup(await browser.get(f"/progress/{code}")).select_one(".shot img")["src"]
    assert (await (await browser_of()).get(source)).headers["content-type"] == "image/webp"
    plain = f"/matters/{number}/photos/{source.rsplit('/', 1)[1]}"
    for who in (None, world.neighbour, world.beside_secretary):
        assert (await (await browser_of(who)).get(plain)).status_code == 404
    officer = await browser_of(world.secretary)
    assert (await officer.get(plain)).status_code == 200
    await confirmed(officer, number, "COLLABORATIVE")
    assert (await (await browser_of()).get(plain)).status_code == 200
    await confirmed(officer, number, "HOUSEHOLD")
    assert (await (await browser_of()).get(plain)).status_code == 404


async def test_one_tap_says_that_it_is_sorted_wrongly(browser_of, world):
    browser = await browser_of()
    code = await reported(browser, world)
    answer = await browser.post(f"/progress/{code}/doubts", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/progress/{code}")
    await browser.post(f"/progress/{code}/doubts")
    assert await Doubt.all().count() == 1
    assert "分错" in (await (await browser_of(world.secretary)).get("/desk")).text


async def test_a_rating_is_asked_for_when_there_is_a_result_and_not_before(browser_of, world):
    browser = await browser_of()
    code = await reported(browser, world, COVER)
    early = await browser.post(f"/progress/{code}/rating", data={"score": "satisfied"})
    assert early.status_code == 409
    matter = await Matter.with_code(code)
    await matter.reply("已换新井盖。", by=world.grid_worker)
    page = soup(await browser.get(f"/progress/{code}"))
    assert [one["value"] for one in page.select(".face")] == ["very_satisfied", "satisfied", "fairly_satisfied", "dissatisfied", "not_solved"]
    again = await browser.post(f"/progress/{code}/rating", data={"score": "not_solved"})
    assert "重新办理" in again.text
    await (await Matter.with_code(code)).reply("又换了一次。", by=world.grid_worker)
    last = await browser.post(f"/progress/{code}/rating", data={"score": "not_solved"})
    assert "12345" in last.text
    assert (await Matter.with_code(code)).stage == "closed"


async def test_whoever_reported_with_an_account_rates_where_the_inbox_leads(browser_of, world):
    mine = await browser_of(world.resident)
    matter = await Matter.with_code(await reported(mine, world, COVER))
    at = f"/matters/{matter.id}"
    assert not soup(await mine.get(at)).select(".face")
    await matter.reply("已换新井盖。", by=world.grid_worker)
    form = soup(await mine.get(at)).select_one(".rating form")
    assert form["action"] == f"{at}/rating"
    other = await browser_of(world.neighbour)
    assert (await other.post(f"{at}/rating", data={"score": "satisfied"})).status_code in (403, 404)
    assert not soup(await (await browser_of(world.secretary)).get(at)).select(".face")
    answer = await mine.post(f"{at}/rating", data={"score": "satisfied"})
    assert "谢谢" in answer.text
    assert (await Matter.get(id=matter.id)).stage == "closed"
    assert not soup(await mine.get(at)).select(".face")


@pytest.mark.parametrize("score", ["", "excellent", "0"])
async def test_a_score_nobody_offered_is_refused(browser_of, world, score):
    browser = await browser_of()
    code = await reported(browser, world, COVER)
    await (await Matter.with_code(code)).reply("已换新井盖。", by=world.grid_worker)
    assert (await browser.post(f"/progress/{code}/rating", data={"score": score})).status_code == 422


@pytest.mark.parametrize("path", ["doubts", "rating"])
async def test_acts_need_the_right_code(browser_of, path):
    assert (await (await browser_of()).post(f"/progress/AAAABBBBCCCC/{path}", data={"score": "satisfied"})).status_code == 404


async def test_a_badly_typed_code_says_what_a_code_looks_like(browser_of):
    page = await (await browser_of()).post("/progress", data={"code": "123"})
    assert page.status_code == 422
    assert "12" in soup(page).select_one(".govuk-error-summary").text


async def test_an_officer_who_only_looks_does_not_rate(browser_of, world):
    code = await reported(await browser_of(), world, LEAK, **CONTACT)
    await (await Matter.with_code(code)).reply("谈好了。", by=world.grid_worker)
    officer = await browser_of(world.grid_worker)
    assert (await officer.get(f"/progress/{code}")).status_code == 200
    assert (await officer.post(f"/progress/{code}/rating", data={"score": "satisfied"})).status_code == 403


async def test_no_page_of_a_stranger_holds_a_telephone_number_or_name(browser_of, world):
    code = await reported(await browser_of(), world, PARKING, **CONTACT)
    number = (await Matter.with_code(code)).id
    await confirmed(await browser_of(world.secretary), number, "COLLABORATIVE", reason="王秀兰说得对，13800001234")
    stranger = await browser_of()
    for path in ("/", "/matters", f"/matters/{number}"):
        page = (await stranger.get(path)).text
        assert "13800001234" not in page
        assert "王秀兰" not in page
    assert "停车太乱" in page
    assert await Matter.seen_by(Visitor(), number)
