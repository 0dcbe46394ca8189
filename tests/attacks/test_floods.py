"""More than anybody needs: what an address may begin, and what a crooked address of an own record may put into a header."""

from __future__ import annotations

import pytest

from council.proceedings.reporting import Report
from council.routes import limits
from tests.routes.steps import GAS, PARKING, reported


@pytest.fixture(autouse=True)
def counted_anew():
    limits.forget()
    yield
    limits.forget()


async def test_one_address_begins_only_so_many_reports(browser_of, world, monkeypatch):
    codes = []
    for _ in range(62):
        browser = await browser_of()
        codes.append((await browser.post("/matters/new", data={"text": PARKING}, follow_redirects=False)).status_code)
    assert codes[:60] == [303] * 60
    assert codes[60:] == [429, 429]
    assert await Report.all().count() == 60
    urgent = await (await browser_of()).post("/matters/new", data={"text": GAS})
    assert "119" in urgent.text or "12" in urgent.text
    assert urgent.url.path == "/matters/new/urgent"


@pytest.mark.parametrize("between", ["%0d%0aset-cookie:%20x=y%0d%0a", "，", "%22;%20x=%22", "%00", "%F0%9F%98%80"])
async def test_a_code_written_crookedly_puts_nothing_into_a_header(browser_of, world, between):
    browser = await browser_of()
    code = await reported(browser, world)
    picture = await browser.get(f"/progress/{code[:4]}{between}{code[4:]}/picture")
    assert picture.status_code in (200, 404, 422)
    assert picture.headers.get("content-disposition", f'attachment; filename="{code}.png"') == f'attachment; filename="{code}.png"'
    assert "set-cookie" not in picture.headers
