"""Every page that can be reached, as each kind of reader: axe, sizes, overflow, leftover English, in every mode.

Here up to 36 pages a reader are opened once per mode at 390 px and resized to 320 and 1280; `bin/prove sweep` opens every page and does the full
product.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import Error

from tests.browser.sweep import AXE, WHOLE, WORDS, arrive, check_open, overhang, small_controls
from tests.journeys.conftest import PATIENCE, ROOT

pytestmark = pytest.mark.browser

READERS = {"secretary": "周敏", "visitor": "", "resident": "王秀兰", "grid worker": "郑凯", "staff": "蒋文", "operator": "何平", "partner": "韩雪"}
# Names that are data, not words of ours.
ALLOWED = (
    "CSV", "SHA", "pdfsig", "nssdir", "certutil", "English", "Tab", "WCAG", "WPS", "Excel", "wxl", "Python", "Linux", "Debian", "Ubuntu", "https",
)  # fmt: skip
# Pages that differ much from reader to reader are looked at as each of them; all others once.
DIFFERENT = {"/desk", "/matters/#", "/meetings/#", "/agreements/#"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
FULL = (320, 390, 1280) if WHOLE else (390,)
MOST = 1000 if WHOLE else 36  # pages a reader opens: every page, or as many as the time of a test run allows
SKIPPED = re.compile(r"\.(ics|pdf|xlsx|csv|json|pem|crl|svg|jpg|webp)$|/sign-out|/download|/stream")


def shape(path: str) -> str:
    """The pattern of an address: numbers and codes stand for themselves only once."""
    return re.sub(r"/([0-9]+|[A-Z0-9-]{9,}|[A-Za-z0-9_-]{30,})(?=/|$)", "/#", urlsplit(path).path)


def links(page: Any, origin: str) -> list[str]:
    found = page.eval_on_selector_all("a[href]", "list => list.map(a => a.href)")
    return [urlsplit(f).path for f in found if f.startswith(origin) and not SKIPPED.search(urlsplit(f).path)]


def opened(page: Any, address: str) -> Any:
    """The answer, or None where the browser keeps a file instead of showing a page."""
    try:
        return arrive(page, address)
    except Error as fault:
        if "Download is starting" not in fault.message:
            raise
        return None


def visit(page: Any, origin: str, start: tuple[str, ...] = ("/",), look: Callable[[str], None] | None = None) -> list[str]:
    """Every reachable address, one for each pattern; `look` is called on each as it is open."""
    waiting, seen, out = list(start), {shape(path) for path in start}, []
    while waiting and len(out) < MOST:
        path = waiting.pop(0)
        answer = opened(page, origin + path)
        if answer is None:
            continue
        assert answer.status < 500, f"{path}: {answer.status}"
        if answer.status != 200 or "text/html" not in answer.headers.get("content-type", ""):
            continue
        out.append(path)
        leading = links(page, origin)
        if look is not None:
            look(path)
        for link in leading:
            if shape(link) not in seen:
                seen.add(shape(link))
                waiting.append(link)
    return out


@pytest.fixture
def reader(demonstration: Any, chromium: Any) -> Any:
    contexts = []

    def make(name: str) -> Any:
        context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
        context.set_default_timeout(PATIENCE * 1000)
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


# What one reader has seen the next need not look at again: all of them in one process.
@pytest.mark.parametrize("who", READERS)
def test_every_page_reads_well(reader, demonstration, who):
    page, faults = reader(READERS[who]), []

    def look(path: str) -> None:
        seen = f"{who if shape(path) in DIFFERENT else ''} {shape(path)}"
        if seen in _done:
            return
        _done.add(seen)
        try:
            check_open(page, demonstration.address + path, allowed=ALLOWED, axe_widths=FULL)
        except AssertionError as fault:
            faults.append(str(fault))

    visit(page, demonstration.address, look=look)
    assert not faults, "\n".join(faults)


def ours() -> tuple[set[str], list[re.Pattern[str]]]:
    """Our own Chinese sentences: as they stand, and as patterns where something is put in. Any of them on an English page is left over."""
    with (ROOT / "locale/zh_Hans_CN/LC_MESSAGES/council.po").open("rb") as source:
        said = [str(message.string) for message in read_po(source) if message.id and message.string]
    fixed = {text.strip() for text in said if "%(" not in text and len(CHINESE.findall(text)) > 1}
    filled = ["".join(".+" if part.startswith("%(") else re.escape(part) for part in re.split(r"(%\(\w+\)s)", text)) for text in said if "%(" in text]
    return fixed, [re.compile(one) for one in filled if len(CHINESE.findall(one)) > 2]


def leftover_chinese(page: Any, known: tuple[set[str], list[re.Pattern[str]]]) -> list[str]:
    """What of our own words an English page still says in Chinese. Names, titles and texts of people stay as they were written."""
    fixed, filled = known
    texts = [text.strip() for text in page.evaluate(WORDS) if CHINESE.search(text)]
    return [text for text in texts if text in fixed or any(one.fullmatch(text) for one in filled)]


def test_the_same_pages_speak_english_and_fit_a_small_phone(reader, demonstration):
    page, known, faults = reader("周敏"), ours(), []
    page.goto(demonstration.address)
    assert leftover_chinese(page, known), "the measure sees Chinese words of ours"
    page.get_by_role("button", name="English").first.click()
    page.set_viewport_size({"width": 320, "height": 700})

    def look(path: str) -> None:
        assert page.locator("html").get_attribute("lang") == "en"
        faults.extend(f"{path}: left over {text[:60]!r}" for text in leftover_chinese(page, known))
        if (wider := overhang(page)) > 0:
            faults.append(f"{path}: scrolls {wider} px sideways")
        faults.extend(f"{path}: small {control}" for control in small_controls(page))

    visit(page, demonstration.address, look=look)
    assert not faults, "\n".join(faults)
