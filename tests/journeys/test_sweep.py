"""Every page that can be reached, as each kind of reader: axe, sizes, overflow, leftover English, in every mode.

Here each page is opened once per mode at 390 px and resized to 320 and 1280; `bin/prove sweep` does the full product.
"""

from __future__ import annotations

import os
import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.sweep import AXE, check_page

pytestmark = pytest.mark.browser

READERS = {"secretary": "周敏", "visitor": "", "resident": "王秀兰", "grid worker": "郑凯", "staff": "蒋文", "operator": "何平", "partner": "韩雪"}
# Names that are data, not words of ours.
ALLOWED = (
    "CSV", "SHA", "pdfsig", "nssdir", "certutil", "English", "Tab", "WCAG", "WPS", "Excel", "wxl", "Python", "Linux", "Debian", "Ubuntu", "https",
)  # fmt: skip
# Pages that differ much from reader to reader are looked at as each of them; all others once.
DIFFERENT = {"/desk", "/matters/#", "/meetings/#", "/agreements/#"}
MOST = 60
FULL = (320, 390, 1280) if os.environ.get("COUNCIL_SWEEP") == "full" else (390,)
SKIPPED = re.compile(r"\.(ics|pdf|xlsx|csv|json|pem|crl|svg|jpg|webp)$|/sign-out|/download|/stream")


def shape(path: str) -> str:
    """The pattern of an address: numbers and codes stand for themselves only once."""
    return re.sub(r"/([0-9]+|[A-Z0-9-]{9,}|[A-Za-z0-9_-]{30,})(?=/|$)", "/#", urlsplit(path).path)


def links(page: Any, origin: str) -> list[str]:
    found = page.eval_on_selector_all("a[href]", "list => list.map(a => a.href)")
    return [urlsplit(f).path for f in found if f.startswith(origin) and not SKIPPED.search(urlsplit(f).path)]


def visit(page: Any, origin: str, start: tuple[str, ...] = ("/",)) -> list[str]:
    """Every reachable address, one for each pattern."""
    waiting, seen, out = list(start), {shape(path) for path in start}, []
    while waiting and len(out) < MOST:
        path = waiting.pop(0)
        answer = page.goto(origin + path)
        assert answer.status < 500, f"{path}: {answer.status}"
        if answer.status != 200:
            continue
        out.append(path)
        for link in links(page, origin):
            if shape(link) not in seen:
                seen.add(shape(link))
                waiting.append(link)
    return out


@pytest.fixture
def reader(demonstration: Any, chromium: Any) -> Any:
    contexts = []

    def make(name: str) -> Any:
        context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
        context.set_default_timeout(15_000)
        if name:
            context.add_cookies([
                {"name": "__Host-session", "value": demonstration.cast[name]["token"], "secure": True, "httpOnly": True,
                 "url": demonstration.address.replace("http:", "https:"), "sameSite": "Lax"}
            ])  # fmt: skip
        context.add_init_script(path=AXE)
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(f"script: {error}"))
        page.on("console", lambda m: m.type == "error" and page.complaints.append(m.text))
        return page

    yield make
    for context in contexts:
        context.close()


_done: set[str] = set()


@pytest.mark.parametrize("who", READERS)
def test_every_page_reads_well(reader, demonstration, who):
    page = reader(READERS[who])
    faults = []
    for path in visit(page, demonstration.address):
        seen = f"{who if shape(path) in DIFFERENT else ''} {shape(path)}"
        if seen in _done:
            continue
        _done.add(seen)
        try:
            check_page(page, demonstration.address + path, allowed=ALLOWED, axe_widths=FULL)
        except AssertionError as fault:
            faults.append(str(fault))
    assert not faults, "\n".join(faults)


def test_the_same_pages_speak_english(reader, demonstration):
    page = reader("周敏")
    page.goto(demonstration.address)
    page.get_by_role("button", name="English").first.click()
    for path in visit(page, demonstration.address):
        assert page.goto(demonstration.address + path).status == 200
        assert page.locator("html").get_attribute("lang") == "en"
        for word in ("返回", "提交", "保存", "确认", "错误"):
            assert page.locator("main button, main h1, main label").filter(has_text=word).count() == 0, f"{path}: {word}"
