"""Help in both languages for everybody."""

from __future__ import annotations

import re

import pytest

from council.routes.help import PAGES
from tests.client import soup


@pytest.mark.parametrize("name", PAGES)
async def test_each_page_is_there_in_both_languages(world, browser_of, name):
    browser = await browser_of()
    chinese = soup(await browser.get(f"/help/{name}")).select_one(".prose").text
    assert len(re.findall(r"[\u4e00-\u9fff]", chinese)) > 150
    browser.cookies.set("language", "en")
    english = soup(await browser.get(f"/help/{name}")).select_one(".prose").text
    assert not re.findall(r"[\u4e00-\u9fff]", english)
    assert len(english.split()) > 90


async def test_the_index_leads_to_every_page_and_nowhere_else(world, browser_of):
    browser = await browser_of()
    page = soup(await browser.get("/help"))
    assert {a["href"] for a in page.select(".row__title")} == {f"/help/{name}" for name in PAGES}
    for wrong in ("base", "../base", "zh_Hans_CN", "nothing"):
        assert (await browser.get(f"/help/{wrong}")).status_code == 404
