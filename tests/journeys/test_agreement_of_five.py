"""An agreement of five from the draft to the public check: five people, five browsers, one of them without script.

The hotel's secretary draws on a phone that is turned meanwhile; the hospital's has no script and types; the college's comes by link.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography import x509
from playwright.sync_api import expect

from council import clock
from tests.journeys.conftest import ROOT, Server, environment
from tests.workshop import outside, tampering

pytestmark = pytest.mark.browser
PIN = "820641"
SHOTS = os.environ.get("COUNCIL_SHOTS", "")


@pytest.fixture(scope="module")
def five(server):
    """The three further signers join the cast."""
    cast = json.dumps({key: who["id"] for key, who in server.cast.items()})
    planted = subprocess.run(
        [sys.executable, "-m", "tests.journeys.plant_five", cast], cwd=ROOT, env=environment(server.data), capture_output=True, text=True,
        timeout=120, check=True,
    )  # fmt: skip
    server.cast.update(json.loads(planted.stdout.splitlines()[-1]))
    return server


def shot(page, name):
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def send(page, address):
    """Press the button of the form that posts to an address with this ending."""
    page.locator(f"form[action$='{address}'] button:not([type=button])").first.click()


def draft(page):
    """The clerk drafts, edits, lays open, fixes and opens the signing; the number of the agreement."""
    page.goto("/agreements/new")
    for name in ("和平宾馆党支部", "康和医院党支部", "老年大学长风分校临时党支部", "槐香小区业主委员会党支部"):
        page.get_by_label(name, exact=True).check()
    page.get_by_label("幸福餐桌").check()
    page.get_by_label("健康守门").check()
    page.locator("#category").select_option("MUTUAL_SERVICE")
    page.locator("#first_day").fill("2026-01-01")
    page.locator("#last_day").fill("2030-12-31")
    send(page, "/agreements")
    number = int(re.search(r"/agreements/(\d+)", page.url)[1])
    page.locator("a[href$='/wording']").click()
    page.locator("#heading_14").fill("其他")
    page.locator("#body_14").fill("未尽事宜，由各方另行约定。")
    send(page, "/wording")
    page.goto(f"/agreements/{number}")
    send(page, "/review")
    page.set_default_timeout(60_000)
    send(page, "/freezing")
    page.locator("form[action$='/sending']").wait_for(timeout=30_000)
    send(page, "/sending")
    shot(page, "5-signing-open")
    return number


def code_for(page, number, name):
    """The deputy, who did not draft, checks the person and hands over the code."""
    page.goto(f"/agreements/{number}")
    page.locator(".signatory", has_text=name).locator("a[href$='/identity']").click()
    page.locator("input[name=how][value=known]").check()
    send(page, "/identity")
    shot(page, "6-code")
    return page.locator(".receipt__code").inner_text().replace("\n", " ")


def make_key(page, code):
    page.locator("#code").fill(code)
    page.locator("#pin").fill(PIN)
    page.locator("#again").fill(PIN)
    send(page, "/key")


def strokes(page, fingers):
    """Draw over the canvas: with fingers on a phone, else with the mouse."""
    canvas = page.locator(".pad__canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    lines = [[(0.1, 0.5), (0.25, 0.2), (0.4, 0.7), (0.55, 0.3)], [(0.3, 0.8), (0.6, 0.65), (0.85, 0.75)]]
    for line in lines:
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in line]
        if fingers:
            swipe(page, points)
        else:
            page.mouse.move(*points[0])
            page.mouse.down()
            for point in points[1:]:
                page.mouse.move(*point, steps=6)
            page.mouse.up()


def swipe(page, points):
    session = page.context.new_cdp_session(page)

    def touch(kind, at=None):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": at[0], "y": at[1]}] if at else []})

    touch("touchStart", points[0])
    for (x1, y1), (x2, y2) in pairwise(points):
        for step in range(1, 7):
            touch("touchMove", (x1 + (x2 - x1) * step / 6, y1 + (y2 - y1) * step / 6))
    touch("touchEnd")


def finish(page, name):
    send(page, "/preview")
    shot(page, f"8-preview-{name}")
    page.locator("#pin").fill(PIN)
    page.set_default_timeout(60_000)
    send(page, "/signatures")
    page.wait_for_url("**/receipt", timeout=30_000)
    shot(page, f"9-receipt-{name}")


def begin(page, number):
    page.goto(f"/agreements/{number}")
    page.locator("a[href^='/signatures/']").first.click()
    page.get_by_text("共建原则").first.wait_for()
    send(page, "/reading")


def agree(page):
    page.locator("input[name=intent]").check()


def by_drawing(page, number, code, name, fingers):
    begin(page, number)
    make_key(page, code)
    agree(page)
    strokes(page, fingers)
    shot(page, f"7-hand-{name}")
    finish(page, name)


def turned_while_drawing(page, number, code):
    """A phone: the page stays put under the finger, a turn keeps the strokes, undo takes one away."""
    begin(page, number)
    make_key(page, code)
    agree(page)
    page.locator(".pad__canvas").scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    strokes(page, True)
    assert page.evaluate("scrollY") == before
    kept = json.loads(page.locator("input[name=drawn]").input_value())
    assert len(kept) == 2
    page.set_viewport_size({"width": 844, "height": 390})
    page.wait_for_timeout(200)
    shot(page, "7-turned")
    page.set_viewport_size({"width": 390, "height": 844})
    assert json.loads(page.locator("input[name=drawn]").input_value()) == kept
    page.locator("[data-pad-undo]").click()
    assert len(json.loads(page.locator("input[name=drawn]").input_value())) == 1
    page.locator("[data-pad-clear]").click()
    assert page.locator("input[name=drawn]").input_value() == ""
    strokes(page, True)
    shot(page, "7-hand-phone")
    finish(page, "phone")


def by_typing(page, number, code, name, person):
    begin(page, number)
    make_key(page, code)
    agree(page)
    page.locator("#typed").fill(person)
    finish(page, name)


def by_link(page, address, code, person):
    """No sign-in: the link opens the text, the code and the PIN do the rest."""
    page.goto(address)
    page.get_by_text("共建原则").first.wait_for()
    page.locator("form[action^='/signing/'] button").click()
    send(page, "/reading")
    make_key(page, code)
    agree(page)
    page.locator("#typed").fill(person)
    finish(page, "link")


def link_for(page, number, name):
    page.goto(f"/agreements/{number}")
    page.locator(".signatory", has_text=name).locator("form[action$='/link'] button").click()
    shot(page, "6-link")
    return page.locator(".slip__address").inner_text().strip()


def checked(page, path):
    page.goto("/verify")
    page.locator("input[type=file]").set_input_files(path)
    page.locator("form:has(input[type=file]) button").click(timeout=60_000)
    page.locator(".verdict").wait_for(timeout=60_000)
    return page.locator(".verdict").inner_text()


def test_five_sign_each_in_its_own_way_and_anybody_checks(five, open_as, tmp_path):
    clerk, deputy = open_as("clerk", size=(1280, 800)), open_as("deputy", size=(1280, 800))
    number = draft(clerk)

    by_drawing(open_as("secretary", size=(1280, 800)), number, code_for(deputy, number, "长风社区党委"), "desk", fingers=False)
    turned_while_drawing(open_as("hotel_secretary"), number, code_for(deputy, number, "和平宾馆党支部"))
    plain = open_as("clinic", script=False)
    by_typing(plain, number, code_for(deputy, number, "康和医院党支部"), "no-script", "苏玉珂")
    address = link_for(clerk, number, "老年大学长风分校临时党支部")
    by_link(open_as(), address, code_for(deputy, number, "老年大学长风分校临时党支部"), "陈龑")

    page = open_as()
    assert page.goto(f"/agreements/{number}").status == 404
    last = open_as("court")
    by_drawing(last, number, code_for(deputy, number, "槐香小区业主委员会党支部"), "last", fingers=True)
    expect(last.locator(".signatory .tag--done")).to_have_count(5)

    last.goto(f"/agreements/{number}")
    with last.expect_download() as download:
        last.locator("a[href$='agreement.pdf']").click()
    file = Path(download.value.path()).read_bytes()
    root = (five.data / "authority" / "root.pem").read_bytes()
    counted = outside.pdfsig(tmp_path, file, root)
    assert counted == {"signatures": 5, "valid": 5, "trusted": 5, "pades": 5, "whole": 1}

    good, bad = tmp_path / "good.pdf", tmp_path / "bad.pdf"
    good.write_bytes(file)
    bad.write_bytes(tampering.page_replaced(file))
    assert "有效，内容未改动" in checked(page, good)
    shot(page, "10-valid")
    assert "内容被改动" in checked(page, bad)
    shot(page, "10-altered")
    page.goto("/verify")
    page.locator("#code").fill(f"共建〔{clerk.locator('.govuk-caption-l').first.inner_text()[3:7]}〕第001号")
    page.locator("form:has(#code) button").click()
    assert "有效，内容未改动" in page.locator(".verdict").inner_text()
    assert five.run("verify", str(good)).returncode == 0
    assert five.run("verify", str(bad)).returncode == 4
    assert five.run("verify", "--all").returncode == 0
    revoked(five, good)
    for each in (clerk, deputy, last, page):
        assert each.faults == []


def revoked(five: Server, file: Path) -> None:
    """A certificate that ends today leaves what it signed; one that had been stolen since yesterday never signed this."""
    ended, stolen = re.findall(r"[0-9A-F]{4}-[0-9A-F]{4}", five.run("verify", str(file)).stdout)[:2]
    assert five.run("ca", "revoke", ended, "--why", "换了手机").returncode == 0
    assert five.run("verify", str(file)).returncode == 0
    yesterday = clock.local(clock.now() - timedelta(days=1))
    assert five.run("ca", "revoke", stolen, "--why", "手机被偷", "--since", f"{yesterday:%Y-%m-%dT%H:%M}").returncode == 0
    told = five.run("verify", str(file))
    assert told.returncode == 4
    assert "吊销" in told.stdout
    listed = x509.load_pem_x509_crl(five.run("ca", "crl").stdout.encode())
    days = sorted(clock.local(one.revocation_date_utc).date() for one in listed)
    assert days == [yesterday.date(), clock.local(clock.now()).date()]
