"""The front page and what every answer carries."""

from __future__ import annotations

from tests.client import soup


async def test_the_front_page_offers_three_things(browser_of):
    page = await (await browser_of()).get("/")
    assert page.status_code == 200
    assert len(soup(page).select("main a[href]")) >= 3


async def test_an_unknown_address_is_a_404_in_plain_words(browser_of):
    page = await (await browser_of()).get("/nowhere")
    assert page.status_code == 404
    assert soup(page).select_one("h1")


async def test_a_post_from_another_site_does_nothing(browser_of):
    browser = await browser_of()
    answer = await browser.post("/preferences", data={"large": "on"}, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403


async def test_without_fetch_metadata_the_origin_must_be_ours(browser_of):
    browser = await browser_of()
    del browser.headers["sec-fetch-site"]
    foreign = await browser.post("/preferences", data={"large": "on"}, headers={"origin": "https://elsewhere.test"})
    own = await browser.post("/preferences", data={"large": "on"}, headers={"origin": "https://council.test"})
    assert (foreign.status_code, own.status_code) == (403, 200)


async def test_preferences_lead_only_to_own_pages(browser_of):
    browser = await browser_of()
    for evil in ("//evil.test", "https://evil.test", "/\\evil.test", "https:evil.test"):
        answer = await browser.post("/preferences", data={"large": "on", "next": evil}, follow_redirects=False)
        assert answer.headers["location"] == "/"


async def test_a_page_that_says_no_leads_back_to_where_one_came_from(browser_of):
    browser = await browser_of()
    ours = await browser.get("/nowhere", headers={"referer": "https://council.test/matters?q=x"})
    foreign = await browser.get("/nowhere", headers={"referer": "https://evil.test/matters?q=x"})
    assert soup(ours).select_one('main a[href="/matters?q=x"]')
    assert not soup(foreign).select_one('main a[href^="/matters"]')
