"""Secret ballots: sealed to three, opened by any two, in no order; and what an attacker makes of the files."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import uuid
from base64 import b64decode, b64encode
from datetime import timedelta
from pathlib import Path

import pytest

from council import clock
from council.db import sql
from council.neighbourhood import treelog
from council.neighbourhood.journal import Entry, digest, writing
from council.neighbourhood.registry import grant
from council.proceedings import ballotbox, custodians, unsealing
from council.proceedings.ballots import Ballot, Vote
from council.proceedings.conduct import close_ballot, declare_ballot, open_ballot
from council.proceedings.custodians import Custodian
from council.proceedings.questions import Way, draw
from council.proceedings.votes import attested
from council.refusals import Conflict, Forbidden, Refusal
from council.workshop import sealedbox
from tests.room import room

SITES = ("东门", "西门", "南门")


async def sealed(hall, **way):
    """A secret ballot with its three codes, open."""
    world = hall.world
    ballot = await draw(hall.item, by=hall.chair, question="设在哪里", options=SITES, way=Way(secrecy="sealed", **way))
    named = {"chair": world.secretary, "scrutineer": world.resident, "street": world.street_secretary}
    await custodians.appoint(ballot, named, by=hall.chair)
    codes = [await custodians.make_code(ballot, by=person) for person in named.values()]
    await open_ballot(ballot, by=hall.chair)
    return ballot, codes


@pytest.fixture
async def hall(world):
    return await room(world, listed=7, present=7)


async def test_the_operator_is_no_custodian_whatever_else_they_are(hall, world):
    ballot = await draw(hall.item, by=hall.chair, question="设在哪里", options=SITES, way=Way(secrecy="sealed"))
    assert world.secretary.id in {row[0] for row in await custodians.candidates(ballot)}
    await grant(world.operator, "grid_worker", place=world.grid, by=world.operator)
    assert world.operator.id not in {row[0] for row in await custodians.candidates(ballot)}
    with pytest.raises(Refusal):
        await custodians.candidate(ballot, world.operator.id, "street")


@pytest.mark.parametrize("pair", [(0, 1), (0, 2), (1, 2), (2, 0)])
async def test_any_two_of_three_open_it_and_the_count_is_what_was_cast(hall, pair):
    ballot, codes = await sealed(hall)
    for member, choice in zip(hall.members, ["1", "1", "1", "1", "2", "abstain"], strict=False):
        await ballotbox.cast(ballot, choice, by=member)
    await ballotbox.change(ballot, "1", by=hall.members[4], after=0)
    await close_ballot(ballot, by=hall.chair)
    assert (ballot.cast, ballot.counts) == (6, {})
    with pytest.raises(Conflict):
        await declare_ballot(ballot, by=hall.chair)
    await unsealing.unseal(ballot, [codes[n] for n in pair], by=hall.chair)
    assert ballot.counts == {"1": 5, "abstain": 1}
    decision = await declare_ballot(ballot, by=hall.chair)
    assert decision.carried
    assert not await Vote.exclude(sealed="", choice="").exists()
    assert unsealing.progress == {}


async def test_one_code_a_wrong_code_or_the_same_twice_open_nothing(hall):
    ballot, codes = await sealed(hall)
    await ballotbox.cast(ballot, "1", by=hall.members[0])
    await close_ballot(ballot, by=hall.chair)
    for wrong in ([codes[0], codes[0]], [codes[0], "2" * 25], [codes[0], ""], ["", ""]):
        with pytest.raises(Refusal):
            await unsealing.unseal(ballot, wrong, by=hall.chair)
    with pytest.raises(Forbidden):
        await unsealing.unseal(ballot, codes[:2], by=hall.world.outsider)
    assert (await Ballot.get(id=ballot.id)).papers == {}


async def test_nothing_opens_before_three_different_people_have_made_their_codes(hall):
    world = hall.world
    ballot = await draw(hall.item, by=hall.chair, question="设在哪里", options=SITES, way=Way(secrecy="sealed"))
    with pytest.raises(Conflict):
        await open_ballot(ballot, by=hall.chair)
    with pytest.raises(Refusal):
        await custodians.appoint(ballot, {"chair": world.secretary, "scrutineer": world.secretary, "street": world.resident}, by=hall.chair)
    await custodians.appoint(ballot, {"chair": world.secretary, "scrutineer": world.resident, "street": world.street_secretary}, by=hall.chair)
    code = await custodians.make_code(ballot, by=world.resident)
    assert len(code) == 25
    with pytest.raises(Forbidden):
        await custodians.make_code(ballot, by=world.neighbour)
    with pytest.raises(Conflict):
        await open_ballot(await Ballot.get(id=ballot.id), by=hall.chair)
    assert code not in "".join(str(dict(one)) for one in [*await Custodian.all().values(), *await Entry.all().values()])


async def put_in_the_box(ballot, vote, paper, *, forge_journal=False):
    """Somebody who holds the database puts another paper in the place of one; a thorough one changes the journal's digest, too."""
    await Vote.filter(id=vote.id).update(sealed=paper)
    if forge_journal:
        entry = await Entry.get(act="ballot.voted", by_id=vote.entered_by_id) if vote.entered_by_id else await cast_entry(vote)
        await Entry.filter(id=entry.id).update(digests={"paper": digest(ballot.salt, attested(vote.voter, paper, vote.receipt))})


async def cast_entry(vote):
    return next(one for one in await Entry.filter(act="ballot.voted") if one.numbers["voter"] == vote.voter)


async def test_a_paper_that_was_changed_or_taken_out_stops_the_opening(hall):
    ballot, codes = await sealed(hall)
    await ballotbox.cast(ballot, "1", by=hall.members[0])
    await ballotbox.cast(ballot, "2", by=hall.members[1])
    await close_ballot(ballot, by=hall.chair)
    vote = await Vote.first()
    broken = bytearray(b64decode(vote.sealed))
    broken[200] ^= 1
    await put_in_the_box(ballot, vote, b64encode(bytes(broken)).decode(), forge_journal=True)
    with pytest.raises(Conflict, match=r"does not open|打不开"):
        await unsealing.unseal(ballot, codes[:2], by=hall.chair)
    await Vote.filter(id=vote.id).delete()
    with pytest.raises(Conflict, match=r"not those that were cast|不是当初"):
        await unsealing.unseal(ballot, codes[:2], by=hall.chair)
    await Entry.filter(id=(await cast_entry(vote)).id).delete()  # then only the turnout tells
    with pytest.raises(Conflict, match=r"1.*2"):
        await unsealing.unseal(ballot, codes[:2], by=hall.chair)
    assert (await Ballot.get(id=ballot.id)).unsealed_at is None
    assert await Entry.filter(act="ballot.opening_stopped", subject_id=ballot.id).count() == 3
    await (await Ballot.get(id=ballot.id)).cancel("有一张选票打不开", by=hall.chair)


async def test_a_good_paper_that_nobody_cast_stops_the_opening(hall):
    """Anybody can seal a paper to the public keys. Only with the journal forged as well would it be counted, and that the log shows."""
    ballot, codes = await sealed(hall)
    for member in hall.members[:2]:
        await ballotbox.cast(ballot, "1", by=member)
    await treelog.place_entries()
    await close_ballot(ballot, by=hall.chair)
    vote, made_up = await Vote.first(), sealedbox.seal("2", await custodians.keys(ballot), custodians.context(ballot))
    await put_in_the_box(ballot, vote, made_up)
    with pytest.raises(Conflict, match=r"not those that were cast|不是当初"):
        await unsealing.unseal(ballot, codes[:2], by=hall.chair)
    assert (await treelog.audit()).sound
    await put_in_the_box(ballot, vote, made_up, forge_journal=True)
    await unsealing.unseal(ballot, codes[:2], by=hall.chair)
    assert ballot.papers == {"1": 1, "2": 1}
    assert not (await treelog.audit()).sound


async def test_papers_of_every_choice_are_of_one_length_and_never_alike():
    keys = [sealedbox.private_from(f"code {n}", "x") for n in range(3)]
    public = [sealedbox.public_of(key) for key in keys]
    papers = [sealedbox.seal(choice, public, "x") for choice in ("1", "1", "12>11>10>9>8>7>6>5>4>3>2>1", "abstain", "")]
    assert {len(paper) for paper in papers} == {len(papers[0])}
    assert len(set(papers)) == len(papers)
    assert sealedbox.open_one(papers[2], sealedbox.openers({0: keys[0], 2: keys[2]}), "x").startswith("12>11")
    with pytest.raises(sealedbox.Tampered):
        sealedbox.open_one(papers[0], sealedbox.openers({0: keys[0], 2: keys[2]}), "y")


async def test_of_very_few_secret_papers_only_the_outcome_is_told(world):
    hall = await room(world, listed=4, present=4)
    ballot, codes = await sealed(hall)
    for member in hall.members:
        await ballotbox.cast(ballot, "1", by=member)
    await close_ballot(ballot, by=hall.chair)
    await unsealing.unseal(ballot, codes[:2], by=hall.chair)
    await declare_ballot(ballot, by=hall.chair)
    assert (ballot.hushed, ballot.counts, ballot.decision["carried"]) == (True, {}, True)
    assert "4/4" not in str(ballot.decision["arithmetic_zh_Hans_CN"])


# The linker: what whoever holds the files makes of them. `order` is what the attacker knows: who voted when.


def texts_of(file) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(file.parent.glob(file.name + "*")))


def linked(rows, truth) -> int:
    """How many voters a table of (voter, what lies beside them) gives away: rows alike in anything are guessed to be one choice."""
    return sum(truth[voter] == said for voter, said in rows)


async def test_database_wal_and_yesterdays_copy_together_link_nobody(world, database, tmp_path):
    """The copy of the open vote has the sealed papers, the file of the day after has the counts: no row leads from one to the other."""
    if not database.startswith("sqlite"):
        pytest.skip("looks into the file of SQLite")
    hall = await room(world, listed=60, present=60)
    ballot, codes = await sealed(hall)
    choices = random.Random(7).sample(["1", "2", "3"] * 20, 60)
    voters = [await ballot.voter(member) for member in hall.members]
    truth = dict(zip(voters, choices, strict=True))
    await asyncio.gather(*(ballotbox.cast(ballot, choice, by=member) for member, choice in zip(hall.members, choices, strict=True)))
    file = Path(database.removeprefix("sqlite://"))
    backup = tmp_path / "yesterday.sqlite"
    with sqlite3.connect(file) as source, sqlite3.connect(backup) as target:
        source.backup(target)
    await close_ballot(ballot, by=hall.chair)
    await unsealing.unseal(ballot, codes[:2], by=hall.chair)
    assert ballot.counts == {"1": 20, "2": 20, "3": 20}
    assert not [code for code in codes if code.encode() in texts_of(file)]
    for copy in (backup, file):
        with sqlite3.connect(copy) as db:
            kept = db.execute("SELECT id, voter, choice, sealed, changes, receipt, cast_at FROM vote ORDER BY id").fetchall()
            numbers = db.execute("SELECT numbers, digests FROM entry WHERE act = 'ballot.voted'").fetchall()
        assert len({len(row[3]) for row in kept}) == 1
        assert all(row[2] == "" and row[4] == "[]" for row in kept)
        assert all('"vote"' not in row[1] and '"choice"' not in row[0] for row in numbers)
        for guess in guesses(kept):
            assert linked(guess, truth) <= 20 + 6 * 4  # chance is a third of sixty; at three times its deviation a dozen guesses cry wolf


def guesses(rows):
    """Linkers by order, by offset, by ciphertext and by receipt: each sorts the voters by what it sees and cuts them in three."""
    joins = (
        lambda row: row[0], lambda row: row[3], lambda row: row[3][40:80], lambda row: row[5], lambda row: row[6] + row[5],
        lambda row: row[1][::-1],
    )  # fmt: skip
    for key in joins:
        order = sorted(rows, key=key)
        yield [(row[1], str(n * 3 // len(order) + 1)) for n, row in enumerate(order)]


async def test_the_usual_two_tables_are_linked_completely(tmp_path):
    """The positive control: who has voted in one table, anonymous papers under random keys in the other, one transaction each."""
    truth = {f"household:{n}": str(n % 3 + 1) for n in range(60)}
    with sqlite3.connect(tmp_path / "naive.sqlite") as db:
        db.execute("CREATE TABLE participation (voter TEXT)")
        db.execute("CREATE TABLE paper (code TEXT, choice TEXT)")
        for voter, choice in truth.items():
            db.execute("INSERT INTO participation VALUES (?)", (voter,))
            db.execute("INSERT INTO paper VALUES (?, ?)", (uuid.uuid4().hex, choice))
        rows = db.execute("SELECT p.voter, q.choice FROM participation p JOIN paper q ON q.rowid = p.rowid").fetchall()
    assert linked(rows, truth) == 60


async def test_system_columns_of_postgresql_link_nobody_and_two_tables_everybody(world, database):
    """Transaction numbers and places in the file: of our table they tell nothing about a choice, of the usual two tables everything."""
    if database.startswith("sqlite"):
        pytest.skip("looks at the columns that PostgreSQL keeps by itself")
    hall = await room(world, listed=30, present=30)
    ballot, codes = await sealed(hall)
    choices = random.Random(7).sample(["1", "2", "3"] * 10, 30)
    truth = dict(zip([await ballot.voter(member) for member in hall.members], choices, strict=True))
    for member, choice in zip(hall.members, choices, strict=True):
        await ballotbox.cast(ballot, choice, by=member)
    await close_ballot(ballot, by=hall.chair)
    await unsealing.unseal(ballot, codes[:2], by=hall.chair)
    for column in ("xmin::text::bigint", "ctid", "id"):
        rows = await sql(f"SELECT voter FROM vote WHERE ballot_id = ? ORDER BY {column}", ballot.id)
        assert linked([(row["voter"], str(n * 3 // 30 + 1)) for n, row in enumerate(rows)], truth) <= 10 + 3 * 3
    await sql("CREATE TABLE usual_voter (voter TEXT)")
    await sql("CREATE TABLE usual_paper (code TEXT, choice TEXT)")
    for voter, choice in truth.items():
        async with writing():
            await sql("INSERT INTO usual_voter VALUES (?)", voter)
            await sql("INSERT INTO usual_paper VALUES (?, ?)", uuid.uuid4().hex, choice)
    rows = await sql("SELECT p.voter AS voter, q.choice AS choice FROM usual_voter p JOIN usual_paper q ON q.xmin = p.xmin")
    assert linked([(row["voter"], row["choice"]) for row in rows], truth) == 30


async def test_lost_codes_end_in_a_cancellation_with_its_reason(hall):
    ballot, _codes = await sealed(hall)
    await ballotbox.cast(ballot, "1", by=hall.members[0])
    await close_ballot(ballot, by=hall.chair)
    await ballot.cancel("两份纸质密码遗失，无法开启", by=hall.chair)
    assert ballot.stage == "cancelled"
    assert ballot.closed_at < clock.now() + timedelta(seconds=1)
    async with writing():
        assert not await Vote.exclude(choice="").exists()
