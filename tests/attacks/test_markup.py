"""Words that want to be a page: in every text field they stay words, on every page that shows them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from html import escape

import pytest

from council import clock
from council.neighbourhood.journal import writing
from council.partnership.resources import Offer, add_resource
from council.partnership.venues import Booking
from council.proceedings.contributions import Remark
from council.proceedings.invitations import Invitation
from council.proceedings.matters import Matter
from council.proceedings.meetings import Meeting
from council.routes import limits
from council.secretariat import calendars
from council.secretariat.minutes import Minutes
from tests.client import soup
from tests.minutes import approve_all
from tests.room import room
from tests.routes.steps import confirmed, reported

EVIL = (
    """长风<img src=x onerror=alert(1)>"><script>alert(2)</script>'-{{7*7}}{% raw %}${7*7}</title></textarea><a href="javascript:alert(3)">点</a>"""
)
ATTRIBUTE = re.compile(r"^on", re.IGNORECASE)
SHOWN: list[str] = []  # what pages said in words of what was typed: a page that shows nothing of it is harmless for nothing


@pytest.fixture(autouse=True)
def counted_anew():
    limits.forget()
    SHOWN.clear()


def harmless(answer) -> None:
    page = soup(answer)
    assert not page.select("script:not([src])")
    assert not page.select("img[src=x], iframe, object, embed, base, meta[http-equiv]:not(noscript meta)")
    assert not [tag for tag in page.find_all(True) for name in tag.attrs if ATTRIBUTE.match(name)]
    assert not page.select('a[href^="javascript:" i], a[href^="data:" i], form[action^="http"]')
    assert "长风49" not in answer.text
    assert "49}" not in answer.text
    SHOWN.extend(page.find_all(string=lambda text: "长风<img" in text))


@dataclass
class Answer:
    text: str


@pytest.mark.parametrize(
    "page",
    [
        f"<p>{EVIL}</p>",
        "<p>长风49</p>",
        '<img src="x">',
        "<script>alert(1)</script>",
        '<a href="JavaScript:alert(1)">点</a>',
        '<p onclick="alert(1)">点</p>',
    ],
)
def test_markup_that_gets_through_is_seen(page):
    """The control: what the other tests call harmless would not be, were a text not escaped."""
    with pytest.raises(AssertionError):
        harmless(Answer(page))
    harmless(Answer(f"<p>{escape(page.replace('49', '四十九'))}</p>"))


async def test_in_a_report_and_all_that_is_said_about_it(browser_of, world):
    visitor, officer = await browser_of(), await browser_of(world.secretary)
    await visitor.post("/matters/new", data={"text": EVIL})
    for path in ("/matters/new", "/matters/new/place"):
        harmless(await visitor.get(path))
    code = await reported(visitor, world, EVIL, name=EVIL[:50], phone="13800001111")
    number = (await Matter.with_code(code)).id
    for page in ("/desk", f"/matters/{number}/triage", f"/matters/{number}", "/matters", f"/matters?q={EVIL}"):
        harmless(await officer.get(page))
    harmless(await confirmed(officer, number, "COLLABORATIVE", title=EVIL[:60], public_text=EVIL, reason=EVIL))
    harmless(await officer.post(f"/matters/{number}/transfer", data={"ground": "NO_POWER", "words": EVIL}))
    harmless(await officer.post(f"/matters/{number}/answer", data={"words": EVIL}))
    harmless(await officer.post(f"/matters/{number}/link", data={"number": EVIL}))
    for page in ("/", "/matters", f"/matters/{number}", f"/progress/{code}", f"/progress/{code}/receipt"):
        harmless(await visitor.get(page))
    assert len(SHOWN) >= 25, "the pages no longer show what was typed"


async def test_in_a_meeting_its_proposals_votes_and_minutes(browser_of, world):
    made, chair, visitor = await room(world, listed=3, present=3), await browser_of(world.secretary), await browser_of()
    async with writing():
        await Meeting.filter(id=made.meeting.id).update(title=EVIL[:120], venue=EVIL[:120], reason=EVIL[:300], wall_code="482913")
        await Invitation.filter(meeting_id=made.meeting.id).update(label=EVIL[:120], substitute=EVIL[:50])
        await type(made.item).filter(id=made.item.id).update(title=EVIL[:120], words=EVIL)
    ballot = await made.ballot(text=EVIL)
    await visitor.post("/r/482913/seats", data={"name": "<script>alert(1)</script>"})
    await visitor.post(f"/items/{made.item.id}/speakers", data={})
    at = f"/meetings/{made.meeting.id}"
    for page in ("/meetings", at, f"{at}/room", f"{at}/wall", f"{at}/desk", f"{at}/proposals", f"{at}/ballot", f"{at}/roll", f"/ballots/{ballot.id}",
                 f"/proposals/{ballot.proposal_id}", "/r/482913"):  # fmt: skip
        harmless(await chair.get(page))
        harmless(await visitor.get(page))
    harmless(await chair.post(f"/ballots/{ballot.id}/cancellation", data={"reason": EVIL}))
    async with writing():
        await Meeting.filter(id=made.meeting.id).update(stage="closed")
    minutes = await Minutes.draw(await Meeting.get(id=made.meeting.id), by=world.clerk)
    words = {"points": EVIL, "absence": EVIL, "dissent": EVIL, "remarks": EVIL}
    harmless(await chair.post(f"/minutes/{minutes.id}/corrections", data=words | {"version": str(minutes.version)}))
    harmless(await chair.get(f"/minutes/{minutes.id}/correction"))
    minutes = await approve_all(minutes, world.clerk, world.secretary)
    harmless(await chair.get(f"/minutes/{minutes.id}"))
    posted = await chair.post(f"/minutes/{minutes.id}/postings", data={"contact": EVIL[:120], "board": EVIL[:120]})
    harmless(posted)
    harmless(await visitor.post(f"{posted.url.path}/objections", data={"text": EVIL, "name": EVIL[:50], "phone": EVIL[:20]}))
    harmless(await visitor.get("/postings", params={"q": EVIL}))
    assert len(SHOWN) >= 80, "the pages no longer show what was typed"


async def test_in_the_standing_records_and_the_lists_of_partners(browser_of, world):
    officer, visitor = await browser_of(world.secretary), await browser_of()
    places = {"place": str(world.community.id), "parent": str(world.community.id), "level": "GRID", "kind": "resident_unit"}
    for path, data in (
        ("/places", {"name": EVIL[:30]}), ("/units", {"name": EVIL[:100]}), ("/people", {"name": EVIL[:50], "adult": "yes"}),
        ("/organisations", {"name": EVIL[:60], "kind": "branch"}),
        ("/households", {"place": str(world.grid.id), "building": EVIL[:20], "room": EVIL[:20]}),
        ("/needs", {"title": EVIL[:100], "asked_by": EVIL[:50], "urgency": "soon"}),
        ("/resources", {"organisation": str(world.committee.id), "title": EVIL[:100], "kind": "venue", "conditions": EVIL[:100]}),
    ):  # fmt: skip
        harmless(await officer.post(path, data=places | data))
        harmless(await officer.get(path))
        harmless(await visitor.get(path))
    for person in ("/people", "/offices"):
        harmless(await officer.get(person, params={"q": EVIL, "after": EVIL, "place": EVIL}))
    assert len(SHOWN) >= 25, "the pages no longer show what was typed"


async def test_in_petitions_chains_draws_alliances_and_consultations(browser_of, world):
    officer, resident, visitor = await browser_of(world.secretary), await browser_of(world.resident), await browser_of()
    place, day = str(world.community.id), clock.today().isoformat()
    asked = {"form": "options", "question": EVIL[:180], "why": EVIL, "changeable": EVIL, "fixed": EVIL, "decides": EVIL[:180],
             "electorate": "everyone", "lines": f"甲{EVIL}｜{EVIL}｜{EVIL}".replace("\n", "") + "\n乙方案｜好｜坏", "place": place}  # fmt: skip
    for browser, path, data in (
        (resident, "/petitions", {"rule": "PETITION_RC_MEETING_ADULTS", "place": place, "title": EVIL[:110], "reason": EVIL}),
        (officer, "/petitions/1/sheet", {"sheet": EVIL}), (officer, "/chains", {"title": EVIL[:110], "place": place, "rule": "RC_REPS"}),
        (officer, "/chains/1/steps", {"code": "proposal", "body": EVIL[:110], "day": day, "document": EVIL[:290]}),
        (officer, "/draws", {"title": EVIL[:110], "place": place, "seats": "2"}),
        (officer, "/draws/1/seed", {"seed": "3 1 6 2 2 5", "source": EVIL[:290]}),
        (officer, "/alliances", {"name": EVIL[:110], "kind": "alliance", "place": place}), (officer, "/consultations", asked),
    ):  # fmt: skip
        harmless(await browser.post(path, data=data))
    until = clock.local(clock.now() + timedelta(days=7))
    harmless(await officer.post("/consultations/1/opening", data={"until": f"{until:%Y-%m-%dT%H:%M}"}))
    harmless(await visitor.post("/consultations/1/contributions", data={"words": EVIL, "nonce": "x" * 12, "part_1": EVIL, "choice_1": "for"}))
    assert await Remark.all().exists()
    harmless(await officer.post("/remarks/1/hiding", data={"reason": EVIL[:200]}))
    harmless(await officer.post("/consultations/1/filings", data={"remarks": ["2"], "title": EVIL[:70]}))
    for page in ("/petitions", "/petitions/1", "/chains", "/chains/1", "/draws/1", "/consultations", "/consultations/1", "/consultations/1/remarks",
                 "/consultations/1/reach", "/alliances", "/alliances/1", "/"):  # fmt: skip
        for browser in (officer, visitor):
            harmless(await browser.get(page))
    assert len(SHOWN) >= 90, "the pages no longer show what was typed"


async def test_a_calendar_entry_has_only_lines_of_its_own(world):
    made = await room(world)
    made.meeting.title, made.meeting.venue = "评议会\r\nATTENDEE:mailto:x@evil.test", "二楼\nBEGIN:VALARM\rX:1;Y,2"
    evil = "练歌\r\nATTENDEE:mailto:x@evil.test\nBEGIN:VALARM"
    hall = await add_resource(world.community, world.hotel_branch, Offer("厅", "venue"), by=world.hotel_secretary)
    hall.title = evil
    booked = Booking(id=1, resource=hall, day=clock.today(), begins=600, ends=660, purpose=evil, asked_at=clock.now())
    for file in (calendars.ics(made.meeting, "https://council.test"), calendars.feed([made.meeting], [booked], "https://council.test")):
        names = {line.split(":")[0].split(";")[0] for line in re.split(r"\r\n|\r|\n", file.decode()) if line and not line.startswith((" ", "\t"))}
        assert not names & {"ATTENDEE", "X"}, names
        assert file.count(b"\r\nBEGIN:VEVENT") == file.count(b"\r\nBEGIN:"), "nothing but entries begins"


async def test_the_pages_of_refusal_repeat_nothing_as_markup(browser_of, world):
    visitor = await browser_of()
    for path in (f"/{EVIL}", f"/progress/{EVIL}", f"/verify/{EVIL}", f"/i/{EVIL}", f"/sign-in/{EVIL}", f"/r/{EVIL}", f"/help/{EVIL}"):
        harmless(await visitor.get(path.replace("%", "%25").replace("?", "%3F").replace("#", "%23")))
    harmless(await visitor.post("/progress", data={"code": EVIL[:40], "digits": "<b>"}))
    harmless(await visitor.post("/sign-in", data={"login": EVIL[:60], "password": EVIL, "next": EVIL}))
    harmless(await visitor.post("/verify", files={"file": (EVIL, b"no pdf", "application/pdf")}))
