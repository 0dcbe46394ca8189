"""Numbers and questions in an address that no page of ours ever wrote: an answer, never a fault."""

from __future__ import annotations

import re

import pytest

from council.routes import limits
from tests.test_urls import addresses

LONG = ("2147483648", str(2**63), "9" * 5000)
ODD = ("²", "１２", "abc", "-1", "9" * 30, "\x00", "%", "0001-01-01T00:00:00+14:00~1", "9999-12-31T23:59:59-12:00~²", "\u202e'\"<x>")
ASKED = (
    "q before after place grid affair state which part page number next kind matter stage category effect code person parent household "
    "seat level ended need back"
).split()


def lines():
    return [tuple(line.split()) for line in addresses().splitlines() if "stream" not in line]


async def test_a_file_that_is_not_there_is_told_so(browser_of):
    browser = await browser_of()
    for method, path in (
        ("GET", "/static/nothing.css"), ("GET", "/static/%2e%2e/app.py"), ("GET", "/static/a%00b"), ("GET", "/static/" + "a" * 5000),
        ("POST", "/static/council.css"),
    ):  # fmt: skip
        assert (await browser.request(method, path)).status_code in (404, 405), path


@pytest.mark.parametrize(("path", "leads"), [
    ("/meetings/", "/meetings"), ("/matters/?q=灯", "/matters?q=%E7%81%AF"), ("//elsewhere.example/", "/elsewhere.example"),
    ("/\\elsewhere.example/", "/%5Celsewhere.example"), ("/%5celsewhere.example//", "/%5Celsewhere.example"), ("/%0d%0aa: b/", "/a:%20b"),
])  # fmt: skip
async def test_a_stroke_too_many_leads_to_the_page_on_this_server_whatever_host_was_asked_for(browser_of, path, leads):
    browser = await browser_of()
    answer = await browser.get(f"http://council.test{path}", headers={"host": "elsewhere.example"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, leads)
    assert (await browser.post("/meetings/", follow_redirects=False)).status_code == 404


async def test_a_number_that_no_record_can_have_is_no_page(browser_of, world):
    officer = await browser_of(world.secretary)
    for method, path in lines():
        if ":int" not in path:
            continue
        for number in LONG:
            limits.forget()
            answer = await officer.request(method, re.sub(r"\{\w+:int\}", number, path).replace("{code}", "X"), follow_redirects=False)
            assert answer.status_code == 404, f"{method} {path} {len(number)}"


@pytest.mark.parametrize("odd", ODD, ids=ascii)
async def test_a_question_nobody_can_ask_is_answered_like_none(browser_of, world, odd):
    officer = await browser_of(world.secretary)
    for method, path in lines():
        if method == "GET" and "{" not in path:
            limits.forget()
            answer = await officer.get(path, params=dict.fromkeys(ASKED, odd), follow_redirects=False)
            assert answer.status_code in (200, 303, 404, 422), f"{path} {odd!r}: {answer.status_code}"
