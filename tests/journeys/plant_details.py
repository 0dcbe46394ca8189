"""Adds an open vote of the households of grid one, and a meeting in the middle of a vote, to the cast of a running server; prints their
numbers and the session of somebody with a seat, as JSON."""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
from datetime import timedelta

from council import clock, db
from council.neighbourhood.credentials import Session
from council.neighbourhood.people import Visitor
from council.proceedings.conduct import open_ballot
from council.proceedings.questions import draw_outside
from council.routes.sessions import digest
from tests.journeys.plant_five import world_of
from tests.room import room

QUESTION = "第一网格三号楼北侧空地划二十个车位，优先本院住户，每月收费五十元，收支每季度公示。"


async def carried(by: Visitor) -> str:
    """A phone without an account that carries a seat."""
    token, now = secrets.token_urlsafe(32), clock.now()
    carries = [list(one) for one in by.carries]
    await Session.create(digest=digest(token), carries=carries, made_at=now, seen_at=now, ends_at=now + timedelta(days=1))
    return token


async def plant(cast: dict[str, int]) -> dict[str, object]:
    async with db.connected():
        world = await world_of(cast)
        homes = await draw_outside(world.grid, QUESTION, by=world.secretary)
        await open_ballot(homes, by=world.secretary, closes_at=clock.now() + timedelta(hours=2))
        hall = await room(world, listed=5, present=5)
        ballot = await hall.ballot()
        return {"homes": homes.id, "meeting": hall.meeting.id, "ballot": ballot.id, "token": await carried(hall.members[0]), "name": "代表1"}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(plant(json.loads(sys.argv[1])))))
