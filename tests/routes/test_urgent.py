"""What belongs to another body: why it is said to, what may wait, and what nobody here may read."""

from __future__ import annotations

import pytest

from council.proceedings.handoffs import HandOff, heard
from council.proceedings.reporting import Report
from council.routes import limits
from council.rules.bodies import HANDOFF_NUMBERS, pressing, silent
from tests.client import soup
from tests.routes.steps import GAS

CHARGE = "实名举报社区张主任收受施工队回扣三万元，有转账记录"
CASE = "我和房东的案子法院已经开庭，请社区评评理"


@pytest.fixture(autouse=True)
def counted_anew():
    limits.forget()


async def told(browser, text):
    return soup(await browser.post("/matters/new", data={"text": text})).select_one("main")


async def test_the_page_quotes_the_words_that_cannot_wait(browser_of, world):
    page = await told(await browser_of(), GAS)
    assert page.h1.text == "请马上打电话"
    assert any(part in GAS for part in page.text.split("您写了“")[1].split("”，")[0].split("”“"))
    assert page.select_one("form[action='/matters/new/urgent']")


async def test_one_tap_goes_on_when_it_was_understood_wrongly(browser_of, world):
    browser = await browser_of()
    page = await told(browser, GAS)
    assert (await browser.get(page.select_one(".govuk-button--secondary")["href"])).status_code == 200


async def test_a_case_in_court_is_not_called_a_danger(browser_of, world):
    page = await told(await browser_of(), CASE)
    assert page.h1.text == "这件事要找别的单位"
    assert page.select_one("form[action='/matters/new/urgent']") is None
    assert await HandOff.all().count() == 1


async def test_a_charge_against_an_official_reaches_no_desk(browser_of, world):
    page = await told(await browser_of(), CHARGE)
    assert "12388" in page.text
    assert "没有转给任何人" in page.text
    assert "网格员" not in page.text
    assert (await Report.all().order_by("-id").first()).suggestion["handoff"] == ["12388"]
    assert not await HandOff.exists()
    for officer in (world.grid_worker, world.secretary):
        assert "回扣" not in (await (await browser_of(officer)).get("/desk")).text


def test_words_within_others_and_single_signs_are_not_quoted():
    def of(*words):
        return heard({"reasons": [{"test": "T0", "words": list(words)}, {"test": None, "words": ["路"]}]})

    assert of("煤气味", "煤气", "一股", "气") == "煤气味”“一股"
    assert of("火") == "火"
    assert heard({"reasons": [{"test": "T5", "words": ["路"]}]}) == ""


def test_only_a_charge_without_a_danger_is_silent():
    assert silent(["12388"])
    assert silent(["12388", "COURT"])
    assert not silent(["110", "12388"])
    assert not silent(["COURT"])
    assert {code for code in HANDOFF_NUMBERS if pressing([code])} == {"119", "120", "110", "GAS", "96110"}
