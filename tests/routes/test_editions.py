"""Drafting through the pages: comments, comparing, agreeing, templates, ready articles."""

from __future__ import annotations

import pytest

from council.partnership.agreements import Agreement, Signatory
from council.partnership.skeletons import Skeleton
from tests.client import soup
from tests.five import five, reviewed


@pytest.fixture
async def made(world):
    return await five(world)


@pytest.fixture
async def agreement(made):
    return await reviewed(made)


async def test_a_party_comments_and_agrees_and_the_page_says_who_has(agreement, made, browser_of, world):
    browser = await browser_of(made.signers[1])
    page = await browser.post(f"/agreements/{agreement.id}/comments", data={"clause": "3", "text": "建议写明每季一次"})
    assert "建议写明每季一次" in soup(page).select_one("#comments").text
    empty = await browser.post(f"/agreements/{agreement.id}/comments", data={"clause": "3", "text": ""})
    assert empty.status_code == 422
    wrong = await browser.post(f"/agreements/{agreement.id}/consents", data={"edition": "9"})
    assert wrong.status_code == 409
    await browser.post(f"/agreements/{agreement.id}/consents", data={"edition": "1"})
    page = soup(await (await browser_of(world.clerk)).get(f"/agreements/{agreement.id}"))
    assert ["已同意文本" in row.text for row in page.select(".signatory")] == [False, True, False, False, False]
    for outsider in (world.resident, world.beside_secretary):
        other = await browser_of(outsider)
        assert (await other.post(f"/agreements/{agreement.id}/comments", data={"text": "外人"})).status_code == 404
        assert (await other.get(f"/agreements/{agreement.id}/versions")).status_code == 404


async def form_of(browser, agreement):
    page = soup(await browser.get(f"/agreements/{agreement.id}/wording"))
    found = {field["name"]: field.get("value", "") for field in page.select("main input[name]")}
    return found | {field["name"]: field.text.strip("\n") for field in page.select("main textarea[name]")}


async def test_a_ready_article_is_added_without_losing_what_was_typed(agreement, made, browser_of, world):
    browser = await browser_of(world.clerk)
    form = await form_of(browser, agreement) | {"title": "还没保存的名称"}
    page = await browser.post(f"/agreements/{agreement.id}/wording", data=form | {"add": "SHARED_VENUES.1"})
    assert soup(page).select_one("#title")["value"] == "还没保存的名称"
    place = len(agreement.clauses) + 1
    assert soup(page).select_one(f"#heading_{place}")["value"] == "预约和使用"
    assert (await Agreement.get(id=agreement.id)).title == agreement.title, "nothing is saved yet"
    assert soup(page).select("main form button")[0].get("name") is None, "Enter saves"
    assert len(soup(await browser.post(f"/agreements/{agreement.id}/wording", data=form | {"add": "X.9"})).select("[name^=heading]")) > 0


async def test_two_wordings_are_compared(agreement, made, browser_of, world):
    browser = await browser_of(world.clerk)
    form = await form_of(browser, agreement)
    await browser.post(f"/agreements/{agreement.id}/wording", data=form | {"body_1": form["body_1"].replace("自愿平等", "自愿、平等、诚信")})
    page = soup(await browser.get(f"/agreements/{agreement.id}/versions"))
    assert any("诚信" in ins.text for ins in page.select(".diff ins"))
    assert not soup(await browser.get(f"/agreements/{agreement.id}/versions?old=1&new=1")).select(".diff")
    assert (await browser.get(f"/agreements/{agreement.id}/versions?old=7&new=1")).status_code == 404


async def test_templates_are_made_and_used_and_stay_in_their_community(made, browser_of, world):
    browser = await browser_of(world.clerk)
    page = await browser.get("/skeletons/new")
    text = soup(page).select_one("textarea").text
    assert "〔共建内容〕" in text
    form = {"place": str(world.community.id), "name": "食堂共建", "text": "序言。\n# 目的\n〔甲方〕办好食堂。"}
    page = await browser.post("/skeletons", data=form)
    assert page.url.path == f"/skeletons/{(await Skeleton.get(name='食堂共建')).id}"
    assert (await browser.post("/skeletons", data=form | {"text": "# 目的\n由〔谁〕办好食堂吧"})).status_code == 422
    own = await Skeleton.get(name="食堂共建")
    assert "食堂共建" in (await browser.get("/agreements/new")).text
    beside = await browser_of(world.beside_secretary)
    assert "食堂共建" not in (await beside.get("/skeletons")).text
    assert (await beside.get(f"/skeletons/{own.id}")).status_code == 404
    assert (await beside.post("/skeletons", data=form)).status_code == 422
    for outsider in (world.resident, world.hotel_secretary):
        assert (await (await browser_of(outsider)).get("/skeletons")).status_code == 404
    partner = await Signatory.all().count()
    given = {"place": str(world.community.id), "title": "食堂协议", "category": "MUTUAL_SERVICE", "partners": str(made.partners[0]),
             "first_day": "2027-01-01", "last_day": "2027-12-31", "skeleton": str(own.id)}  # fmt: skip
    await browser.post("/agreements", data=given)
    agreement = await Agreement.get(title="食堂协议")
    assert agreement.clauses == [{"heading": "目的", "body": "长风社区党委办好食堂。"}]
    assert await Signatory.all().count() == partner + 2
    assert (await browser.post("/agreements", data=given | {"skeleton": "999"})).status_code == 422
