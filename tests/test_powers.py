"""Office x reach x stage: every act against every member of the cast, compared with a reviewed matrix.

tests/powers.txt is the matrix. After a deliberate change: `.venv/bin/python -m tests.test_powers` writes it anew, then read the difference.
"""

from __future__ import annotations

import ast
import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from council.neighbourhood.offices import may, must
from council.neighbourhood.people import Visitor
from council.refusals import Conflict, Forbidden
from council.rules.powers import OFFICES, POWERS

MATRIX = Path(__file__).with_name("powers.txt")
COUNCIL = Path(__file__).resolve().parent.parent / "council"


@dataclass
class Thing:
    """A subject at a place and stage to which nobody stands in a relation."""

    place_id: int
    stage: str = ""
    id: int = 0

    async def relations(self, by):
        return set()


async def matrix(world) -> str:
    """One line an act: who may do it in grid one of their community, at a stage that allows it."""
    lines = []
    for act, power in sorted(POWERS.items()):
        stage = min(power.stages, default="")
        able = [key for key, person in world.people.items() if await may(person, act, Thing(world.grid.id, stage))]
        if await may(Visitor(), act, Thing(world.grid.id, stage)):
            able.append("visitor")
        lines.append(f"{act}: {' '.join(sorted(able)) or '-'}")
    return "\n".join(lines) + "\n"


async def test_who_may_do_what_is_as_reviewed(world):
    assert await matrix(world) == MATRIX.read_text()


async def test_no_office_reaches_the_community_beside(world):
    for act, power in POWERS.items():
        if power.anyone:
            continue
        thing = Thing(world.beside.id, min(power.stages, default=""))
        for key in ("secretary", "deputy", "clerk", "grid_secretary", "grid_worker"):
            assert not await may(world.people[key], act, thing), f"{key} {act}"


async def test_the_wrong_stage_is_a_conflict_and_the_wrong_person_is_forbidden(world):
    for act, power in POWERS.items():
        if not power.stages or "secretary" not in power.offices:
            continue
        with pytest.raises(Conflict):
            await must(world.secretary, act, Thing(world.grid.id, "no such stage"))
        with pytest.raises(Forbidden):
            await must(world.outsider, act, Thing(world.grid.id, min(power.stages)))


async def test_an_ended_office_and_a_resident_can_do_nothing_that_needs_an_office(world):
    for act, power in POWERS.items():
        if power.anyone:
            continue
        for key in ("former", "resident", "outsider"):
            assert not await may(world.people[key], act, Thing(world.grid.id, min(power.stages, default=""))), f"{key} {act}"


def acts_asked() -> set[str]:
    """Every act that the code asks for by name."""
    found = set()
    for path in COUNCIL.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in ("must", "may"):
                found |= {a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str) and "." in a.value}
    return found


def test_every_act_asked_for_is_in_the_table_and_every_row_is_asked_for():
    asked = acts_asked()
    assert asked <= set(POWERS), asked - set(POWERS)
    text = "\n".join(p.read_text() for p in COUNCIL.rglob("*.py") if p.name != "powers.py")
    unused = {act for act in POWERS if f'"{act}"' not in text}
    assert not unused, f"rows nobody asks for: {sorted(unused)}"


def test_every_office_in_the_table_has_a_name():
    assert {office for power in POWERS.values() for office in power.offices} <= set(OFFICES)


if __name__ == "__main__":
    import os
    import tempfile

    os.environ["COUNCIL_DATA"] = tempfile.mkdtemp()
    from council import db
    from tests.world import build

    async def write() -> None:
        await db.migrate()
        async with db.connected():
            MATRIX.write_text(await matrix(await build()))

    asyncio.run(write())
