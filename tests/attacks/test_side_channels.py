"""What somebody beside the line, at the log or on the stream can compare between two secret votes: lengths, events, rows, and how much was done.

Work is counted, not timed: statements given to the database and lines of our own code. The controls: votes by name, a page that shows the choice.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from tortoise import connections

from council import clock, sqlite
from council.neighbourhood.journal import Entry
from council.proceedings import ballotbox
from council.proceedings.ballots import Ballot
from council.proceedings.conduct import open_ballot
from council.proceedings.custodians import SEATS, appoint, make_code
from council.proceedings.questions import Way, draw, draw_outside
from council.routes import evenness
from council.routes.room import draw as drawn
from council.secretariat import changes
from council.secretariat.signals import Audience
from tests.client import soup
from tests.conftest import ON_POSTGRES
from tests.proofs.polling import people
from tests.room import room

SITES = ("东门", "西门", "中心花园南侧的那块空地", "南门")
VALUES = re.compile(r"'(?:[^']|'')*'|\b[0-9]+\b")
MEANS = {"one_of_several": [{"choice": "1"}, {"choice": "3"}, {"choice": "abstain"}],
         "ranked": [{"mark.3": "1"}, {"mark.1": "2", "mark.3": "1", "mark.4": "3"}, {"choice": "abstain"}]}  # fmt: skip
# What reads a paper of three marks does a little more than for one of a single mark: a few dozen lines of thousands.
READING = ("routes/forms.py", "routes/votes.py", "routes/pages.py:_told", "rules/m", "rules/tally.py", "text.py", "i18n.py")
pytestmark = pytest.mark.skipif(ON_POSTGRES, reason="asks SQLite what it was given")


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """No question is asked again because the machine was slow."""
    monkeypatch.setattr(sqlite, "AT_ONCE", 60.0)


async def opened(world, ballot: Ballot, **more: Any) -> Ballot:
    if ballot.secret:
        keepers = dict(zip(SEATS, (world.secretary, world.grid_worker, world.street_secretary), strict=True))
        await appoint(ballot, keepers, by=world.secretary)
        for person in keepers.values():
            await make_code(ballot, by=person)
    await open_ballot(ballot, by=world.secretary, **more)
    return await Ballot.get(id=ballot.id)


async def vote(world, secrecy: str, method: str = "one_of_several") -> Ballot:
    made = await draw_outside(world.grid, "设在哪里", by=world.secretary, options=SITES, way=Way(method, {}, secrecy, "persons"))
    return await opened(world, made, closes_at=clock.now() + timedelta(days=3))


@contextmanager
def lines() -> Iterator[Counter[str]]:
    """How many lines of our own code run within the block, function by function; what only looks at the clock is left out."""
    found: Counter[str] = Counter()

    def trace(frame: Any, event: str, _arg: Any) -> Any:
        place, _, file = frame.f_code.co_filename.rpartition("/council/")
        if not place or frame.f_code.co_name == "_late":
            return None
        found[f"{file}:{frame.f_code.co_name}"] += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield found
    finally:
        sys.settrace(before)


@contextmanager
def statements() -> Iterator[list[str]]:
    """What both connections were given, without its values."""
    found: list[str] = []
    raw = [connections.get("default")._connection._conn, connections.get("reading")._connection._conn, connections.get("reading")._near]
    for one in raw:
        one.set_trace_callback(lambda said: found.append(VALUES.sub("?", said)))
    try:
        yield found
    finally:
        for one in raw:
            one.set_trace_callback(None)


async def heard(browser, ballot: Ballot, paper: dict[str, str]) -> dict[str, Any]:
    """Everything about looking once more, casting and looking at the page again that somebody else may come to know."""
    with lines() as work, statements() as asked:
        look = await browser.post(f"/ballots/{ballot.id}/confirmation", data=paper, headers={"accept-encoding": "gzip, br"})
        choice = soup(look).select_one("input[name=choice]")["value"]
        cast = await browser.post(f"/ballots/{ballot.id}/votes", data={"choice": choice}, follow_redirects=False)
        page = await browser.get(f"/ballots/{ballot.id}")
    answers = [
        (one.status_code, len(one.content), sorted((name, value if name != "set-cookie" else len(value)) for name, value in one.headers.items()))
        for one in (look, cast, page)
    ]
    assert [one.status_code for one in (look, cast, page)] == [200, 303, 200]
    entries = [row(entry) for entry in await Entry.filter(act="ballot.voted").order_by("-id").limit(1)]
    return {"answers": answers, "statements": asked, "lines": work, "entries": entries, "choice": choice, "browser": browser, "ballot": ballot}


def row(entry: Entry) -> tuple[str, str, list[str], dict[str, int]]:
    return entry.act, entry.stage, sorted(entry.numbers), {name: len(digest) for name, digest in entry.digests.items()}


async def all_heard(world, browser_of, secrecy: str, method: str) -> list[dict[str, Any]]:
    """One voter for each paper, after one who warms up whatever is kept."""
    papers, them = MEANS[method], await people(world, 1 + len(MEANS[method]))
    ballot, browsers = await vote(world, secrecy, method), [await browser_of(one) for one in them]
    await heard(browsers[0], ballot, papers[0])
    return [await heard(browser, ballot, paper) for browser, paper in zip(browsers[1:], papers, strict=True)]


@pytest.mark.parametrize("method", MEANS)
async def test_secret_votes_for_different_things_look_and_cost_the_same(world, browser_of, method):
    first, *others = await all_heard(world, browser_of, "sealed", method)
    for other in others:
        assert other["choice"] != first["choice"]
        assert [other[what] for what in ("answers", "statements", "entries")] == [first[what] for what in ("answers", "statements", "entries")]
        differing = {name: abs(first["lines"][name] - other["lines"][name]) for name in first["lines"] | other["lines"]}
        assert sum(differing.values()) <= first["lines"].total() / 30, differing
        assert not {name for name, number in differing.items() if number and not name.startswith(READING)}
    assert all("no-transform" in dict(found["answers"][0][2])["cache-control"] for found in (first, *others))
    assert not any("content-encoding" in dict(found["answers"][0][2]) for found in (first, *others))


async def test_a_vote_by_name_looks_different_and_so_does_a_page_that_is_not_filled_up(world, browser_of, monkeypatch):
    """The controls: the comparison above sees what it should."""
    named = await all_heard(world, browser_of, "named", "one_of_several")
    assert len({str(one["answers"]) for one in named}) > 1
    monkeypatch.setattr(evenness, "filling", lambda ballot, choice, word: "")
    bare = await all_heard(world, browser_of, "sealed", "one_of_several")
    assert len({str(one["answers"]) for one in bare}) > 1
    again = await heard(bare[0]["browser"], bare[0]["ballot"], {"choice": "3"})  # whoever has voted already is answered by other statements
    assert again["statements"] != bare[0]["statements"]


def sent(form: Any, **ticked: str) -> int:
    """How long a form is on its way, without script, with these round buttons pressed."""
    fields = {one["name"]: one.get("value", "") for one in form.select("input[type=hidden]")}
    return len(urlencode(fields | ticked))


@pytest.mark.parametrize(("secrecy", "kinds"), [("sealed", 1), ("named", 3)])
async def test_what_is_sent_to_us_is_equally_long_for_every_choice(world, browser_of, secrecy, kinds):
    """Yes, no and abstain, with the round buttons and with the form that casts them; the control is a vote by name."""
    ballot = await draw_outside(world.grid, "装不装充电桩", by=world.secretary, way=Way(secrecy=secrecy, electorate="persons"))
    ballot, browser = await opened(world, ballot, closes_at=clock.now() + timedelta(days=3)), await browser_of(world.resident)
    form = soup(await browser.get(f"/ballots/{ballot.id}")).select_one("form[action$=confirmation]")
    offered = [one["value"] for one in form.select("input[name=choice]")]
    assert [one.strip() for one in offered] == ["yes", "no", "abstain"]
    assert len({sent(form, choice=one) for one in offered}) == kinds
    checks = [soup(await browser.post(f"/ballots/{ballot.id}/confirmation", data={"choice": one})) for one in offered]
    casting = [page.select_one("form[action$=votes]") for page in checks]
    assert [one.select_one("input[name=choice]")["value"] for one in casting] == ["yes", "no", "abstain"]
    assert len({sent(one) for one in casting}) == kinds


@pytest.mark.parametrize(("secrecy", "kinds"), [("sealed", 1), ("named", 1)])
async def test_a_room_hears_the_same_whatever_was_chosen(world, secrecy, kinds):
    """Events, and the parts that are sent to every seat and to the wall. Before the closing also a vote by name tells nothing."""
    hall = await room(world, listed=6, present=6)
    ballot = await opened(world, await draw(hall.item, by=hall.chair, question="设在哪里", options=SITES, way=Way(secrecy=secrecy)))
    told = []
    for member, choice in zip(hall.members[1:], ("1", "3", "abstain", "3"), strict=False):
        before = await changes.newest(hall.meeting.id)
        await ballotbox.cast(ballot, choice, by=member)
        events = [(one["act"], one["subject"]) for one in await changes.since(hall.meeting.id, before)]
        parts = [await drawn(hall.meeting.id, ("now",), Audience(page, "zh_Hans_CN")) for page in ("room", "wall")]
        told.append((events, [{name: re.sub("[0-9]+", "0", body) for name, body in some.items()} for some in parts]))
    assert len({str(one) for one in told}) == kinds
    assert "ballot.turnout" in str(told[0])
