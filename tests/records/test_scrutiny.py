"""Whoever changes votes, counts or what was asked in the files is found, because the journal has a digest of each."""

from __future__ import annotations

from datetime import timedelta

import pytest

from council import clock
from council.db import sql
from council.neighbourhood.journal import writing
from council.neighbourhood.registers import Owner, enter_owners
from council.proceedings import ballotbox, scrutiny
from council.proceedings.ballots import Ballot
from council.proceedings.conduct import close_ballot, open_ballot
from council.proceedings.questions import Way, draw_outside
from tests.room import room


async def declared(world) -> Ballot:
    hall = await room(world, listed=5, present=5)
    ballot = await hall.ballot()
    await hall.vote(ballot, yes=4, no=1)
    await ballotbox.change(ballot, "no", by=hall.members[0], after=0)
    await ballotbox.change(ballot, "yes", by=hall.members[0], after=1)
    await hall.finish(ballot)
    return ballot


MOVED = {
    "a vote says something else, and the counters too": (
        "UPDATE vote SET choice = 'no' WHERE id = (SELECT MIN(id) FROM vote WHERE choice = 'yes')",
        "UPDATE vote_count SET votes = votes + CASE choice WHEN 'no' THEN 1 ELSE -1 END", "the vote of",
    ),
    "a vote stands for another": ("UPDATE vote SET voter = 'invitation:999' WHERE id = (SELECT MIN(id) FROM vote)", "", "never cast"),
    "a vote is gone, and the counters too": (
        "DELETE FROM vote WHERE id = (SELECT MIN(id) FROM vote WHERE choice = 'yes')", "UPDATE vote_count SET votes = 3 WHERE choice = 'yes'", "gone",
    ),
    "the counters alone": ("UPDATE vote_count SET votes = votes + 1 WHERE choice = 'no'", "", "its count"),
    "the turnout": ('UPDATE ballot SET "cast" = 6', "", "its count"),
    "the result": ("""UPDATE ballot SET figures = REPLACE(CAST(figures AS TEXT), '"yes":4', '"yes":5')""", "", "journal says"),
    "the decision": ("UPDATE ballot SET decision = REPLACE(CAST(decision AS TEXT), 'true', 'false')", "", "journal says"),
    "the list": ("DELETE FROM entitlement WHERE id = (SELECT MAX(id) FROM entitlement)", "", "list of voters"),
    "the question": ("UPDATE ballot SET question = '别的问题'", "", "drawn up"),
}  # fmt: skip


class Undone(Exception):
    """What was tried is taken back."""


async def after(*statements: str):
    """What is found once these have been given to the database; then they are taken back."""
    found = []
    try:
        async with writing():
            for statement in filter(None, statements):
                await sql(statement)
            found = await scrutiny.faults()
            raise Undone
    except Undone:
        return found


async def test_what_was_changed_behind_the_application_is_named(world, database):
    if not database.startswith("sqlite"):
        pytest.skip("drops the triggers of SQLite")
    ballot = await declared(world)
    assert await scrutiny.faults() == []
    triggers = [f"DROP TRIGGER {row['name']}" for row in await sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    for change, (*statements, words) in MOVED.items():  # whoever holds the file drops the triggers first
        found = await after(*triggers, *statements)
        assert {number for number, _ in found} == {ballot.id}, change
        assert any(words in fault.message for _, fault in found), (change, found)
    assert await scrutiny.faults() == []


async def test_areas_moved_between_owners_show_in_the_sums(world):
    async with writing():
        owners = [Owner("王秀兰", ("3号楼402",), 885_000), Owner("李建国", ("3号楼502",), 600_000)]
        register = await enter_owners(owners, world.community, "登记簿", by=world.secretary)
    ballot = await draw_outside(world.community, "是否续聘", by=world.secretary, register=register, owners_item=4, way=Way(holding="each"))
    await open_ballot(ballot, by=world.secretary, closes_at=clock.now() + timedelta(days=1))
    for line, choice in zip(await sql("SELECT voter FROM entitlement ORDER BY id"), ("yes", "no"), strict=True):
        await ballotbox.enter_paper(ballot, line["voter"], choice, by=world.clerk)
    await Ballot.filter(id=ballot.id).update(closes_at=clock.now())
    ballot = await Ballot.get(id=ballot.id)
    await close_ballot(ballot, by=None)
    assert await scrutiny.faults() == []
    figures = ballot.figures
    figures["yes"]["area_cm2"], figures["no"]["area_cm2"] = 600_000, 885_000
    await Ballot.filter(id=ballot.id).update(figures=figures)
    assert [fault.message for _, fault in await scrutiny.faults()] == [scrutiny.OTHERWISE.message]
