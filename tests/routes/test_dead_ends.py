"""What a page offers can be opened, and its labels belong to their own fields. Everybody of the demonstration follows every link they are shown."""

from __future__ import annotations

import re
from collections import Counter, deque
from typing import Any

from starlette.routing import Match

from council.neighbourhood.offices import Office
from council.routes import Directory, limits, routes
from council.secretariat import demo
from tests.client import clients

LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*)')
LABEL, NAMED = re.compile(r'<label[^>]* for="([^"]+)"'), re.compile(r'<(?:input|select|textarea)[^>]* id="([^"]+)"')
ALIKE = 3  # pages of one address that are looked at
PRINTED = ("/paper", "/pack", ".pdf")  # drawn by a worker: one of a kind is enough for all
DIRECTORY = Directory(routes())


def kind_of(address: str) -> str:
    """The pattern an address belongs to; nothing for what is no page of ours."""
    scope = {"type": "http", "method": "GET", "path": address.partition("?")[0], "headers": []}
    match, about = DIRECTORY.matches(scope)
    return str(about["route"].path) if match is Match.FULL else ""


async def one_of_each() -> list[Any]:
    """Somebody for every collection of offices there is: which, and how far they reach."""
    held: dict[Any, set[tuple[str, str]]] = {}
    for office in await Office.filter(last_day=None).prefetch_related("person", "place"):
        held.setdefault(office.person, set()).add((office.code, office.place.level))
    return list({tuple(sorted(offices)): person for person, offices in held.items()}.values())


def mistaken(page: str) -> list[str]:
    """What labels name that stands on the page more than once: a tap on the words of the second would change the first."""
    named = Counter(NAMED.findall(page))
    return sorted({name for name in LABEL.findall(page) if named[name] > 1})


async def dead_ends(browser: Any, printed: Counter[str]) -> list[str]:
    """From the front page along every link: where it led to a refusal, and from which page."""
    found, seen, looked = [], {"/"}, Counter[str]()
    waiting = deque([("/", "")])
    while waiting:
        address, before = waiting.popleft()
        kind = kind_of(address)
        counted = printed if kind.endswith(PRINTED) else looked
        counted[kind] += 1
        if not kind or counted[kind] > (1 if counted is printed else ALIKE):
            continue
        limits.forget()
        answer = await browser.get(address)
        if answer.status_code != 200:
            found.append(f"{before} → {address}: {answer.status_code}")
        found += [f"{address}: a tap on a label takes another field, {name}" for name in mistaken(answer.text)]
        for link in LINK.findall(answer.text) if "html" in answer.headers.get("content-type", "") else ():
            if (whole := link.replace("&amp;", "&")) not in seen:
                seen.add(whole)
                waiting.append((whole, address))
    assert len(looked) > 20, "the crawl stopped at the door"
    return found


async def test_nobody_is_led_to_a_refusal(database):
    planted, printed = await demo.plant(), Counter[str]()
    async with clients() as make:
        for person in (None, planted.people["王秀兰"], *await one_of_each()):
            assert await dead_ends(await make(person), printed) == [], person and person.name
