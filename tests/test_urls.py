"""Every address is listed, so that none disappears silently; none of them breaks for a stranger.

tests/urls.txt is the list: `.venv/bin/python -m tests.test_urls` writes it anew.
"""

from __future__ import annotations

import re
from pathlib import Path

from starlette.routing import Match, Mount, Route

import council
from council.routes import Directory, compile_path, routes

LIST = Path(__file__).with_name("urls.txt")
ROOT = Path(council.__file__).parent


def addresses() -> str:
    """One line a method and path, in order."""
    lines = []
    for route in routes():
        methods = sorted((route.methods or {"GET"}) - {"HEAD"}) if isinstance(route, Route) else ["GET"]
        lines += [f"{method} {route.path}" for method in methods] if not isinstance(route, Mount) else []
    return "\n".join(sorted(lines)) + "\n"


def test_every_address_is_listed():
    assert addresses() == LIST.read_text()


# Opened by script or by a link made for one person; the last four are put together of parts, in announcements, paper records and resolutions.
BY_ITSELF = {
    "/c/{token}", "/matters/new/photos/arriving/{key}", "/meetings/{id:int}/stream", "/resolutions/{id:int}/tasks/new",
    "/meetings/{id:int}/agenda", "/meetings/{id:int}/paper/photos/{photo:int}", "/meetings/{id:int}/paper/scan.pdf",
}  # fmt: skip
VALUE = r"(?:%d|%s|\{\{[^}]*\}\}|\{[^}]*\})"
BEGINNING = re.compile(r"""(?:\b(?:at|path|at_meeting)\s*~\s*"|\{\{\s*(?:at|path|at_meeting)\s*\}\})(?=/)""")


def written() -> str:
    """Our pages and what draws them, without the tables of routes; an address that begins with a variable begins with the noun of its folder."""
    found = []
    for file in sorted(ROOT.rglob("*.html")) + sorted(ROOT.rglob("*.py")) + sorted((ROOT / "static").glob("*.js")):
        lines = "\n".join(line for line in file.read_text().splitlines() if "Route(" not in line and "redirect(" not in line)
        found.append(BEGINNING.sub(lambda _m, noun=file.parent.name: f"/{noun}/%d", lines) if file.suffix == ".html" else lines)
    return "\n".join(found)


def test_every_page_is_linked_from_another():
    """A page that is reached only by typing its address is as good as not there."""
    pages = written()
    unlinked = [
        path for method, path in map(str.split, addresses().splitlines()) if method == "GET" and path not in BY_ITSELF
        and not re.search(re.sub(r"\\{[^}]*\\}", lambda _m: VALUE, re.escape(path)) + r"(?![\w/-])", pages)
    ]  # fmt: skip
    assert unlinked == []


def test_an_address_compiled_later_is_the_one_the_framework_makes_at_once():
    for route in routes():
        later, at_once = (route.path_regex, route.path_format, route.param_convertors), compile_path(route.path)
        assert (later[0].pattern, *later[1:]) == (at_once[0].pattern, *at_once[1:]), route.path


def test_an_address_is_answered_by_the_route_that_trying_all_in_turn_finds():
    ours = routes()
    directory = Directory(ours)
    for route in ours:
        siblings = [one for one in ours if one.path.split("/")[1] == route.path.split("/")[1]]
        for word in ("7", "new", "ABCD2345"):
            for ending in ("", "/", "/nowhere"):
                scope = {"type": "http", "path": re.sub(r"\{[^}]+\}", word, route.path) + ending, "method": max(route.methods)}
                found = [(one.matches(scope)[0], one) for one in siblings]
                first = next((pair for wanted in (Match.FULL, Match.PARTIAL) for pair in found if pair[0] is wanted), (Match.NONE, None))
                match, about = directory.matches(scope)
                assert (match, about.get("route")) == first, scope


def test_acts_are_nouns_and_change_nothing_on_get():
    verbs = re.compile(r"/(open|close|vote|sign|delete|create|update|edit|cancel|add|remove|approve)(/|$)")
    assert not [line for line in addresses().splitlines() if verbs.search(line)]


async def test_no_page_breaks_for_a_stranger_who_makes_up_numbers(browser_of):
    browser = await browser_of()
    for line in addresses().splitlines():
        method, path = line.split()
        if method != "GET" or "stream" in path:
            continue
        for number in ("0", "999999999"):
            answer = await browser.get(re.sub(r"\{[^}]+\}", number, path), follow_redirects=False)
            assert answer.status_code in (200, 303, 401, 403, 404, 409, 422), f"{line}: {answer.status_code}"


async def test_no_form_breaks_for_a_stranger_who_sends_nothing(browser_of):
    browser = await browser_of()
    for line in addresses().splitlines():
        method, path = line.split()
        if method == "GET":
            continue
        answer = await browser.post(re.sub(r"\{[^}]+\}", "1", path), data={}, follow_redirects=False)
        assert answer.status_code in (200, 303, 401, 403, 404, 409, 413, 422, 429), f"{line}: {answer.status_code}"


async def test_every_answer_carries_the_policy(browser_of):
    browser = await browser_of()
    for path in ("/", "/nowhere", "/health", "/matters", "/static/council.css"):
        answer = await browser.get(path)
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


if __name__ == "__main__":
    LIST.write_text(addresses())
