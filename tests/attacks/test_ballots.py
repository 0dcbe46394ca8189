"""What people might try with a ballot. Beside these: storms and races in tests/records/test_ballotbox.py and tests/proofs, the linker in
tests/records/test_sealed.py, times and rolls in
tests/records/test_ballots.py and test_voters.py, a client's claims in tests/routes/test_ballots.py."""

from __future__ import annotations

import asyncio
import logging
import shutil
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from council import clock, db
from council.db import sql
from council.neighbourhood.journal import Entry, writing
from council.neighbourhood.registers import Owner, enter_owners
from council.proceedings import ballotbox
from council.proceedings.ballots import Ballot, Vote
from council.proceedings.conduct import close_ballot, open_ballot
from council.proceedings.custodians import SEATS, appoint, make_code
from council.proceedings.photos import Photo
from council.proceedings.questions import Way, again, draw_outside
from council.proceedings.resolutions import declare
from council.refusals import Conflict, Refusal
from council.routes.votes import _square_metres
from tests.client import soup

OPTIONS = ("东门", "西门", "南门")


async def opened(world, options=(), **more) -> Ballot:
    """A vote of the households or adults of grid one, open for three days."""
    ballot = await draw_outside(world.grid, "设在哪里", by=world.secretary, options=options, way=Way(**more))
    await open_ballot(ballot, by=world.secretary, closes_at=clock.now() + timedelta(days=3))
    return ballot


async def over(ballot: Ballot) -> Ballot:
    await Ballot.filter(id=ballot.id).update(closes_at=clock.now())
    found = await Ballot.get(id=ballot.id)
    await close_ballot(found, by=None)
    return found


async def test_two_of_one_household_press_at_once_and_one_vote_stands(world):
    ballot = await opened(world)
    mate = world.neighbour
    await type(mate).filter(id=mate.id).update(household_id=world.resident.household_id)
    mate = await type(mate).get(id=mate.id)
    presses = [ballotbox.cast(ballot, choice, by=who) for who, choice in ((world.resident, "yes"), (mate, "no")) * 8]
    answers = await asyncio.gather(*presses)
    assert [answer.news for answer in answers].count("taken") == 1
    assert (await Vote.all().count(), (await Ballot.get(id=ballot.id)).cast) == (1, 1)
    assert (await Vote.get()).attempts  # both are told, and neither what the other chose
    assert not {"choice", "yes", "no"} & {str(part) for one in (await Vote.get()).attempts for pair in one.items() for part in pair}


@pytest.mark.parametrize(
    ("method", "numbers", "wrong"),
    [
        ("one_of_several", {}, ["4", "0", "-1", "1,2", "１", "yes", "", "3>1"]),
        ("several_of_several", {"most": 2}, ["1,2,3", "1,1", "2,1", "4", "1,", ",", "-1,2", "1;2"]),
        ("ranked", {}, ["1>1", "4", "1>", ">1", "1,2", "3>2>1>4", "0>1"]),
        ("points", {"points": 10}, ["1:11", "1:6,2:5", "1:-1", "1:1e3", "2:1,1:1", "1:1,1:1", "4:1", "1:0", "1:01", "1:", "1:10000"]),
    ],
)
async def test_papers_that_cannot_be_are_422_and_nothing_is_kept(world, browser_of, method, numbers, wrong):
    ballot, browser = await opened(world, OPTIONS, method=method, numbers=numbers, electorate="persons"), await browser_of(world.resident)
    for paper in wrong:
        answer = await browser.post(f"/ballots/{ballot.id}/votes", data={"choice": paper})
        assert answer.status_code == 422, paper
    assert not await Vote.exists()


async def test_an_option_of_another_vote_is_no_option_here(world, browser_of):
    few, many = [await opened(world, options, electorate="persons") for options in (OPTIONS[:2], OPTIONS)]
    browser = await browser_of(world.resident)
    assert (await browser.post(f"/ballots/{few.id}/votes", data={"choice": "3"})).status_code == 422
    await browser.post(f"/ballots/{many.id}/votes", data={"choice": "3"})
    assert [vote.ballot_id for vote in await Vote.all()] == [many.id]


async def test_the_same_request_after_the_closing_and_in_a_new_round_does_nothing(world, browser_of):
    ballot, browser = await opened(world, OPTIONS, electorate="persons"), await browser_of(world.resident)
    first = await browser.post(f"/ballots/{ballot.id}/votes", data={"choice": "1"})
    assert first.status_code == 200
    assert (await browser.post(f"/ballots/{ballot.id}/votes", data={"choice": "2"})).status_code == 200  # told that a vote stands
    other = await browser_of(world.neighbour)
    await over(ballot)
    for who in (browser, other):
        assert (await who.post(f"/ballots/{ballot.id}/votes", data={"choice": "2"})).status_code == 409
        assert (await who.post(f"/ballots/{ballot.id}/changes", data={"choice": "2", "after": "0"})).status_code == 409
    assert await Vote.all().values_list("choice", flat=True) == ["1"]


async def test_a_vote_in_the_old_round_is_none_in_the_new_one(world, browser_of):
    ballot, browser = await opened(world), await browser_of(world.resident)
    await browser.post(f"/ballots/{ballot.id}/votes", data={"choice": "yes"})
    await ballot.cancel("有人没有收到通知", by=world.secretary)
    second = await again(await Ballot.get(id=ballot.id), by=world.secretary)
    await open_ballot(second, by=world.secretary, closes_at=clock.now() + timedelta(days=3))
    assert (await browser.post(f"/ballots/{ballot.id}/votes", data={"choice": "yes"})).status_code == 409
    assert (await Ballot.get(id=second.id)).cast == 0


async def test_a_vote_replayed_on_a_restored_copy_after_its_time_is_refused(world, database, tmp_path):
    """The copy was taken while the vote was open; what decides is the server's clock, not the stage that was restored."""
    if not database.startswith("sqlite"):
        pytest.skip("copies the file of SQLite")
    ballot = await opened(world)
    async with writing():
        await sql("UPDATE ballot SET closes_at = ? WHERE id = ?", clock.now() - timedelta(seconds=1), ballot.id)
    copy = tmp_path / "restored.sqlite"
    await sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(database.removeprefix("sqlite://"), copy)
    async with db.connected(f"sqlite://{copy}"):
        restored = await Ballot.get(id=ballot.id)
        assert restored.stage == "open"
        with pytest.raises(Conflict):
            await ballotbox.cast(restored, "yes", by=world.resident)


async def sealed(world) -> Ballot:
    ballot = await draw_outside(world.grid, "设在哪里", by=world.secretary, options=OPTIONS, way=Way(secrecy="sealed", electorate="persons"))
    people = dict(zip(SEATS, (world.secretary, world.grid_worker, world.street_secretary), strict=True))
    await appoint(ballot, people, by=world.secretary)
    for person in people.values():
        await make_code(ballot, by=person)
    await open_ballot(ballot, by=world.secretary, closes_at=clock.now() + timedelta(days=3))
    return await Ballot.get(id=ballot.id)


@pytest.mark.parametrize(("secret", "kinds"), [(True, 1), (False, 2)])
async def test_nothing_outside_a_secret_paper_differs_by_what_it_says(world, browser_of, caplog, secret, kinds):
    """Answers, their headers, redirects, log lines and journal entries are alike but for names, times and receipts; by name they are not."""
    caplog.set_level(logging.DEBUG)
    ballot, seen = await sealed(world) if secret else await opened(world, OPTIONS, electorate="persons"), set()
    for person, choice in ((world.resident, "1"), (world.neighbour, "3")):
        browser = await browser_of(person)
        caplog.clear()
        answer = await browser.post(f"/ballots/{ballot.id}/votes", data={"choice": choice}, follow_redirects=False)
        headers = {name: value for name, value in answer.headers.items() if name != "set-cookie"}
        entries = [
            (one.act, one.stage, sorted(one.numbers), {name: len(value) for name, value in one.digests.items()} if secret else one.digests)
            for one in await Entry.filter(act="ballot.voted", by_id=person.id)
        ]
        said = [record.getMessage() for record in caplog.records if record.name.startswith("council")]
        seen.add(str((answer.status_code, sorted(headers.items()), len(answer.content), len(answer.headers["set-cookie"]), entries, said)))
    assert len(seen) == kinds
    assert await Vote.exclude(choice="").exists() is not secret


async def test_nobody_reads_or_photographs_a_secret_paper_at_the_door(world, browser_of):
    """Witness, second person and picture are for votes by name; of a secret one they would tell who voted how."""
    ballot, browser, page = await sealed(world), await browser_of(world.secretary), BytesIO()
    Image.new("RGB", (40, 30), "white").save(page, "JPEG")
    paper = {"voter": f"person:{world.resident.id}", "choice": "1"}
    shown = await browser.get(f"/ballots/{ballot.id}/papers")
    assert not soup(shown).select("input[name=witness], input[type=file]")
    refused = await browser.post(f"/ballots/{ballot.id}/papers", data=paper | {"witness": "赵大爷"})
    assert (refused.status_code, await Vote.exists()) == (409, False)
    answer = await browser.post(f"/ballots/{ballot.id}/papers", data=paper, files={"photo": ("p.jpg", page.getvalue(), "image/jpeg")})
    assert (answer.status_code, await Photo.exists()) == (409, False)


async def test_before_a_secret_vote_the_page_warns_of_few_papers(world, browser_of):
    ballot = await sealed(world)
    page = await (await browser_of(world.resident)).get(f"/ballots/{ballot.id}")
    assert "只公布" in soup(page).select_one("#ballot").text


@pytest.mark.parametrize("said", ["1e308", "NaN", "inf", "80.005", "-1", "0x10", "9" * 12, "", "∞", "八十"])
def test_an_area_that_cannot_be_is_refused(said):
    with pytest.raises(ValueError, match=r"12640|at most|最多"):
        _square_metres(said)


async def test_a_secret_vote_of_owners_is_refused_with_its_reason(world):
    async with writing():
        register = await enter_owners([Owner("王秀兰", ("3号楼402",), 885_000)], world.community, "登记簿", by=world.secretary)
    secret = Way(secrecy="sealed", holding="each")
    with pytest.raises(Refusal, match=r"area tells whose|看出是谁家"):
        await draw_outside(world.community, "是否续聘", by=world.secretary, register=register, owners_item=4, way=secret)
    ballot = await draw_outside(world.community, "是否续聘", by=world.secretary, register=register, owners_item=4, way=Way(holding="each"))
    assert not ballot.secret
    with pytest.raises(Conflict):
        await declare(ballot, by=world.secretary)
