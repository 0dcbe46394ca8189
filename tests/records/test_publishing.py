"""The published file of a vote: the same bytes for everybody, whole, and made without holding all votes at once."""

from __future__ import annotations

import hashlib
import json
import tracemalloc
from base64 import b64decode
from datetime import timedelta

import pytest

from council import clock, reading
from council.db import sql_many
from council.neighbourhood.journal import writing
from council.neighbourhood.registers import Owner, enter_owners
from council.proceedings import ballotbox, publishing
from council.proceedings.ballots import Ballot, Entitlement
from council.proceedings.conduct import close_ballot, open_ballot
from council.proceedings.questions import Way, draw_outside
from council.proceedings.resolutions import declare
from council.refusals import NotFound
from council.rules import numbering
from council.rules.decide import decide
from council.rules.recounting import faults
from tests.proofs.recounts import script


async def declared(world, votes: int) -> Ballot:
    """An advisory vote with so many votes by name, made straight from rows."""
    now = clock.now()
    counts = {"yes": votes // 2, "no": votes - votes // 2, "abstain": 0}
    entitled = max(votes, 1)
    decision = decide("ADVICE_ADULTS", {"entitled": entitled, "participating": votes} | counts)
    async with writing():
        made = await Ballot.create(
            place_id=world.grid.id, path=world.grid.path, question="是否同意“装充电桩”", rule_id="ADVICE_ADULTS", electorate="persons", opened_at=now,
            stage="declared", closes_at=now, closed_at=now, declared_at=now, entitled=entitled, cast=votes,
            figures={"entitled": entitled, "counts": counts}, decision=decision.as_json(),
        )  # fmt: skip
        rows = [(made.id, f"person:{n}", "yes" if n < counts["yes"] else "no", numbering.receipt(), now) for n in range(votes)]
        await sql_many(
            "INSERT INTO vote (ballot_id, voter, choice, receipt, cast_at, sealed, channel, witness, changes, attempts) "
            "VALUES (?, ?, ?, ?, ?, '', 'web', '', '[]', '[]')", rows,
        )  # fmt: skip
    return made


async def peak(ballot: Ballot) -> tuple[int, int]:
    """Bytes of the file, and the most memory its pieces took."""
    tracemalloc.start()
    try:
        size = sum([len(piece.encode()) async for piece in publishing.pieces(ballot)])
        return size, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


async def test_memory_stays_flat_however_many_have_voted(world, monkeypatch):
    monkeypatch.setitem(reading.parts.__kwdefaults__, "at_once", 100)
    few, many = [await declared(world, votes) for votes in (500, 2_500)]
    await peak(few)  # whatever is loaded when it is first used
    (small, least), (large, most) = await peak(few), await peak(many)
    assert large > 4 * small
    assert most < 1.5 * least
    tracemalloc.start()  # the control: the same file in one piece
    json.dumps(json.loads("".join([piece async for piece in publishing.pieces(many)])))
    assert tracemalloc.get_traced_memory()[1] > 2 * most
    tracemalloc.stop()


@pytest.mark.parametrize("votes", [0, 1, 7])
async def test_the_file_is_one_json_text_and_both_programs_agree(world, votes):
    file = await publishing.file_of(await declared(world, votes))
    text = file.read_text()
    result = json.loads(text)
    assert text == json.dumps(result, ensure_ascii=False, indent=1)
    assert [one[0] for one in result["ballots"]] == sorted(one[0] for one in result["ballots"])
    assert len(result["ballots"]) == votes
    assert faults(result) == list(script().faults(result)) == []
    assert file.stem.endswith(hashlib.sha256(text.encode()).hexdigest())


async def test_everybody_gets_the_same_bytes_and_their_digest(world, browser_of):
    ballot = await declared(world, 3)
    first = await (await browser_of(world.resident)).get(f"/ballots/{ballot.id}/result.json")
    await declared(world, 1)  # the journal goes on
    second = await (await browser_of()).get(f"/ballots/{ballot.id}/result.json")
    assert first.content == second.content
    assert b64decode(first.headers["repr-digest"].split(":")[1]) == hashlib.sha256(first.content).digest()
    assert f"result-{ballot.id}.json" in first.headers["content-disposition"]


async def test_areas_of_owners_are_sealed_part_by_part(world, monkeypatch):
    monkeypatch.setitem(reading.parts.__kwdefaults__, "at_once", 2)
    async with writing():
        owners = [Owner(name, (f"{n}号楼101",), 800_000 + n) for n, name in enumerate(("王秀兰", "李建国", "长风置业", "陈思远", "赵六"))]
        register = await enter_owners(owners, world.community, "登记簿", by=world.secretary)
    ballot = await draw_outside(world.community, "是否续聘", by=world.secretary, register=register, owners_item=4, way=Way(holding="each"))
    await open_ballot(ballot, by=world.secretary, closes_at=clock.now() + timedelta(days=1))
    for n, voter in enumerate(await Entitlement.filter(ballot_id=ballot.id).order_by("id").values_list("voter", flat=True)):
        await ballotbox.enter_paper(ballot, voter, "no" if n == 3 else "yes", by=world.clerk)
    await Ballot.filter(id=ballot.id).update(closes_at=clock.now())
    ballot = await Ballot.get(id=ballot.id)
    with pytest.raises(NotFound):
        await publishing.file_of(ballot)
    await close_ballot(ballot, by=None)
    await declare(ballot, by=world.secretary)
    result = await publishing.published(ballot)
    assert publishing.misfits(result) == list(script().faults(result)) == []
    assert (len(result["ballots"]), set(result["blindings"])) == (5, {"yes", "no"})
