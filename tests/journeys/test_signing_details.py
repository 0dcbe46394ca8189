"""Details 28 to 30 of how it must feel: the text before the pad, the pad itself, and what stands after signing."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.five import PIN
from tests.journeys.conftest import ROOT, Server, environment
from tests.journeys.walk import told

pytestmark = pytest.mark.browser
TWO = re.compile(r"\]\],\[\[")  # two strokes in what the pad keeps


@pytest.fixture(scope="module")
def place(server: Server) -> dict[str, Any]:
    cast = json.dumps({key: who["id"] for key, who in server.cast.items()})
    done = subprocess.run(
        [sys.executable, "-m", "tests.journeys.plant_signing", cast], cwd=ROOT, env=environment(server.data), capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


def touching(page: Any) -> Any:
    """`touch(kind, x, y)` with a finger, in pixels of the window."""
    session = page.context.new_cdp_session(page)

    def touch(kind: str, x: float = 0, y: float = 0) -> None:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}] if kind != "touchEnd" else []})

    return touch


def test_28_the_text_is_read_on_the_page_before_any_pad_appears(open_as: Any, place: dict[str, Any]) -> None:
    page = open_as("hotel_secretary")
    page.goto(f"/signatures/{place['hotel']}")
    told(page, "共建原则", "和平宾馆党支部")
    expect(page.locator(".pad__canvas")).to_have_count(0)
    bar = page.locator(".stepbar")
    expect(bar).to_be_in_viewport()
    expect(bar).to_contain_text(re.compile(r"第 1 步 阅读\s*第 2 步 签名"))
    expect(page.get_by_role("link", name=re.compile(r"PDF，\s*\d+\s*页，\s*\d+\s*KB"))).to_be_visible()
    page.mouse.wheel(0, 100_000)
    expect(bar).to_be_in_viewport()


def test_29_the_pad_keeps_its_strokes_and_the_page_stays_under_the_finger(open_as: Any, place: dict[str, Any]) -> None:
    page, address = open_as("hotel_secretary"), f"/signatures/{place['hotel']}"
    page.goto(f"{address}/hand")
    canvas = page.locator(".pad__canvas")
    expect(canvas).to_be_visible()
    canvas.scroll_into_view_if_needed()
    box, before, touch = canvas.bounding_box(), page.evaluate("scrollY"), touching(page)
    x, y = box["x"] + 30, box["y"] + box["height"] / 2
    touch("touchStart", x, y)
    for n in range(1, 7):
        touch("touchMove", x + 12 * n, y - 8 * (n % 3))
    touch("touchEnd")
    expect(page.locator("input[name=drawn]")).not_to_have_value("")
    assert page.evaluate("scrollY") == before, "the page stays while one draws"

    upright = canvas.get_attribute("width") or ""
    touch("touchStart", x, y + 20)
    touch("touchMove", x + 40, y + 25)
    page.set_viewport_size({"width": 844, "height": 390})
    expect(canvas).not_to_have_attribute("width", upright)
    touch("touchMove", x + 60, y + 30)
    touch("touchEnd")
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator("input[name=drawn]")).to_have_value(TWO)
    page.locator("[data-pad-undo]").click()
    expect(page.locator("input[name=drawn]")).not_to_have_value(TWO)
    expect(page.locator("input[name=drawn]")).not_to_have_value("")
    page.locator("[data-pad-clear]").click()
    expect(page.locator("input[name=drawn]")).to_have_value("")

    expect(page.locator("a[href$='/refusal']")).to_be_visible()
    laptop = open_as("hotel_secretary", size=(1280, 800))
    laptop.goto(address)
    laptop.locator("form[action$='/phone'] button").click()
    expect(laptop.locator(".slip svg")).to_be_visible()

    page.goto(f"{address}/hand")
    page.locator("#intent").check()
    page.locator("#typed").fill("韩雪")
    page.locator("form[action$='/preview'] button:not([type=button])").first.click()
    page.locator("#pin").fill(PIN)
    page.locator("form[action$='/signatures'] button").click()
    page.wait_for_url("**/receipt")


def test_30_afterwards_stands_who_has_signed_and_anybody_finds_it_valid(open_as: Any, place: dict[str, Any]) -> None:
    page = open_as("hotel_secretary")
    page.goto(f"/signatures/{place['done']}/receipt")
    expect(page.locator(".signatory .tag--done")).to_have_count(2)
    expect(page.locator(".signatory", has_text="长风社区党委")).to_contain_text(re.compile(r"已签\s*\d{4}年"))
    expect(page.locator("main a[href$='agreement.pdf']")).to_contain_text("PDF")
    page.goto(f"/agreements/{place['running']}")
    expect(page.locator(".signatory", has_text="康和医院党支部")).to_contain_text("已查看")
    expect(page.locator(".signatory", has_text="长风社区党委")).to_contain_text("已签")

    stranger = open_as()
    stranger.goto(f"/verify/{place['code']}")
    expect(stranger.locator(".verdict")).to_contain_text("有效，内容未改动")
    assert page.faults == stranger.faults == []
