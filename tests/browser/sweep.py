"""Looks at a page as its readers meet it: three widths, three modes, axe, boxes, type, leftover English.

from tests.browser.sweep import check_page, chromium
with chromium() as browser:
    page = open_page(browser)
    check_page(page, "http://127.0.0.1:8000/matters")
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

AXE = Path(__file__).resolve().parent.parent / "vendor/axe.min.js"
FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WIDTHS = (320, 390, 1280)
MODES = ("", "large", "contrast")
# A word by itself: a digest has letters too, but between figures.
ENGLISH = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{3,}(?![0-9A-Za-z])")
ENGLISH_ALLOWED = {"PDF", "XLSX", "ZIP", "ICS", "JavaScript"}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A mode is a mark that only the style sheet reads: what follows from the document alone is looked at once, what from its looks in every mode.
LOOKS = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
WHOLE = os.environ.get("COUNCIL_SWEEP") == "full"

SEEN = """
const hidden = ".govuk-visually-hidden, .govuk-skip-link, [hidden]";
const seen = (e) => { const b = e.getBoundingClientRect();
  return b.width > 1 && b.height > 1 && getComputedStyle(e).visibility !== "hidden" && !e.closest(hidden); };
const said = (e) => (e.innerText || e.getAttribute("aria-label") || e.name || e.id || "").trim().slice(0, 30);
const texts = (without) => { const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement, t = walker.currentNode.textContent.trim();
    if (t && !e.closest(without)) found.push([e, t]);
  }
  return found; };
"""
SMALL_CONTROLS = f"""(least) => {{ {SEEN}
  const controls = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  return [...document.querySelectorAll(controls)].filter(seen).map((e) => [e, e.getBoundingClientRect()])
    .filter(([e, b]) => b.height < least - .5 || b.width < least - .5)
    .map(([e, b]) => `${{e.tagName}} "${{said(e)}}" ${{b.width.toFixed(0)}}×${{b.height.toFixed(0)}}`); }}"""
TEXTS = f"""() => {{ {SEEN}
  return texts("script, style, noscript, option").filter(([e]) => seen(e)).map(([e, t]) => {{
    const s = getComputedStyle(e); return [t.slice(0, 40), parseFloat(s.fontSize), s.fontStyle]; }}); }}"""
WORDS = f"""() => {{ {SEEN}
  const found = texts("script, style, noscript, [lang=en], .code, code").map(([e, t]) => t);
  found.push(document.title);
  for (const name of ["aria-label", "placeholder", "title", "alt"])
    for (const e of document.querySelectorAll(`[${{name}}]`))
      if (!e.closest("[lang=en], .code, code")) found.push(e.getAttribute(name));
  return found; }}"""
RUN_AXE = """(options) => axe.run(document, options).then((r) => r.violations.flatMap((v) => v.nodes.map(
  (n) =>  `${v.id}: ${n.target.join(" ")} ${n.any.map((c) => c.message).join("; ").slice(0, 160)}`)))"""


def executable() -> str:
    """The machine's Chromium: the one without windows, which needs half the time, where there is one."""
    found = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    assert found, "chromium is missing: bin/test installs it"
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium, kept off the network."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=executable(), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def open_page(browser: Browser, width: int = 390, **options: Any) -> Page:
    """A fresh visitor with axe at hand, whose browser's complaints are collected in `page.complaints`."""
    context: BrowserContext = browser.new_context(
        viewport={"width": width, "height": 844}, locale="zh-CN", **options
    )
    context.add_init_script(path=AXE)
    page = context.new_page()
    page.complaints = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.complaints.append(f"script: {error}"))  # type: ignore[attr-defined]
    page.on("console", lambda m: m.type == "error" and page.complaints.append(m.text))  # type: ignore[attr-defined]
    return page


def axe_faults(page: Page, strict_contrast: bool = False) -> list[str]:
    rules = {"color-contrast-enhanced": {"enabled": strict_contrast}}
    return _axe(page, {"runOnly": RULES, "rules": rules})


def looks_faults(page: Page, mode: str) -> list[str]:
    """Of these only what a further mode of the same page can change."""
    strict = ["color-contrast-enhanced"] if mode == "contrast" else []
    return _axe(page, {"runOnly": {"type": "rule", "values": LOOKS + strict}})


def _axe(page: Page, options: dict[str, Any]) -> list[str]:
    return [str(f) for f in page.evaluate(RUN_AXE, options | {"resultTypes": ["violations"]})]


def small_controls(page: Page, least: int = 44) -> list[str]:
    """Controls whose box is under `least` CSS pixels in either direction."""
    return [str(f) for f in page.evaluate(SMALL_CONTROLS, least)]


def small_or_slanted(page: Page, least: float = 16) -> list[str]:
    texts = page.evaluate(TEXTS)
    return [
        f"{text!r} {size}px {style}" for text, size, style in texts if size < least - 0.1 or style != "normal"
    ]


def overhang(page: Page) -> int:
    """How many pixels the page can be scrolled sideways."""
    return int(
        page.evaluate("() => document.scrollingElement.scrollWidth - document.documentElement.clientWidth")
    )


def leftover_english(page: Page, allowed: Sequence[str] = ()) -> list[str]:
    """English words in a Chinese page outside [lang=en], codes and the short list of allowed ones."""
    known = ENGLISH_ALLOWED | set(allowed)
    return [w for text in page.evaluate(WORDS) for w in ENGLISH.findall(text) if w not in known]


def use_mode(page: Page, mode: str) -> None:
    page.evaluate("(mode) => { document.documentElement.dataset.mode = mode; }", mode)


def faults_at(page: Page, mode: str, width: int, least_text: float) -> list[str]:
    """What is wrong with the open page in one mode at one width."""
    page.set_viewport_size({"width": width, "height": 844 if width < 1000 else 800})
    found = [f"scrolls {overhang(page)} px sideways"] if overhang(page) > 0 else []
    found += [f"small control {fault}" for fault in small_controls(page)]
    found += [f"small or slanted text {fault}" for fault in small_or_slanted(page, least_text)]
    return [f"{mode or 'normal'} {width}: {fault}" for fault in found]


def check_page(page: Page, url: str, **asked: Any) -> None:
    """Open `url` once and look at it as `check_open` does; raises with every fault found."""
    arrive(page, url)
    check_open(page, url, **asked)


def arrive(page: Page, url: str) -> Any:
    """Leaving a live page cuts its stream, of which that page may complain: not a fault of the next one."""
    page.goto("about:blank")
    page.complaints.clear()  # type: ignore[attr-defined]
    return page.goto(url, wait_until="load")


def check_open(
    page: Page,
    url: str,
    *,
    modes: Sequence[str] = MODES,
    widths: Sequence[int] = WIDTHS,
    axe_widths: Sequence[int] = (390,),
    least_text: float = 16,
    allowed: Sequence[str] = (),
) -> None:
    """A page that has just arrived, in every mode and width; raises with every fault found."""
    found: list[str] = []
    for mode in modes:
        use_mode(page, mode)
        for width in widths:
            found += faults_at(page, mode, width, least_text)
            if width in axe_widths:
                faults = axe_faults(page, mode == "contrast") if WHOLE or mode == modes[0] else looks_faults(page, mode)
                found += [f"{mode or 'normal'} {width}: {fault}" for fault in faults]
    use_mode(page, "")
    if page.evaluate("() => document.documentElement.lang").startswith("zh"):
        found += [f"English left: {word}" for word in leftover_english(page, allowed)]
    found += [f"browser: {text}" for text in page.complaints]  # type: ignore[attr-defined]
    assert not found, f"{url}\n  " + "\n  ".join(dict.fromkeys(found))
